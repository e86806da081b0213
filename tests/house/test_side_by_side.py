"""The parts of a long text are asked about side by side, and come together in their order."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from several import until
from told import Told, ask

from homebody.clock import SystemClock
from homebody.errors import CancelledError, ModelGoneError
from homebody.house.asker import MAP_TASK
from homebody.house.model import InTurn, Turns
from homebody.model.cancellation import Cancellation
from homebody.model.client import ModelClient
from homebody.testing import FakeModel

LONG = " ".join(f"Sentence number {number} says something of its own." for number in range(300))


def in_parts(messages) -> dict[str, str]:
    """Answer with the first number in the document: so an answer tells of which part it is."""
    document = next(part.text for part in messages[1].parts if part.data)
    number = next((word for word in document.split() if word.isdigit()), "")
    return (
        {"part": f"From {number}."}
        if messages[1].parts[-1].text.startswith(MAP_TASK)
        else {"summary": document[:99]}
    )


def side_by_side(model: FakeModel, slots: int, gone: Cancellation | None = None) -> InTurn:
    """Return a model of so many slots."""
    return InTurn(model, Turns(lambda: slots), gone)


def test_parts_are_asked_about_side_by_side_and_come_together_in_their_order():
    """Whatever the order in which they end: values, sums and what is read are those of one after the other."""
    told, model = Told(), FakeModel(context=700, answers=[in_parts])
    one_by_one = ask(FakeModel(context=700, answers=[in_parts]), LONG)
    model.hold_back()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(ask, side_by_side(model, 3), LONG, told=told)
        ended = []
        parts = len(one_by_one.calls) - 1
        assert parts > 3
        for left in range(parts, 0, -1):
            last = model.until_held(min(3, left))[-1]
            ended.append(last.document)
            model.let_go(last)
        model.let_go(*model.until_held(1))
        asked = found.result(timeout=60)
    assert (one_by_one.values, one_by_one.tokens_read) == (asked.values, asked.tokens_read)
    assert one_by_one.answer_tokens == asked.answer_tokens
    steps = [(detail["part"], detail["parts"]) for _, detail in told.steps[:-1]]
    assert sorted(steps) == [(number, parts) for number in range(1, parts + 1)] != steps
    assert [LONG.index(document.strip()) for document in ended] != sorted(
        map(LONG.index, map(str.strip, ended))
    )


@pytest.mark.parametrize("answer", [ModelGoneError("it was killed"), ValueError("a bug")])
def test_a_part_that_fails_gives_the_others_up(answer: Exception):
    """What it met is what the run meets, and no part is asked about after it."""
    model = FakeModel(context=700, answers=[in_parts])
    model.hold_back()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(ask, side_by_side(model, 3), LONG)
        model.let_go(model.until_held(3)[1], answer=answer)
        with pytest.raises(type(answer), match=str(answer)):
            found.result(timeout=60)
    assert [] == model.held
    assert len(model.asked) <= 4


def test_a_wrong_answer_about_a_part_is_repaired_in_its_place():
    """The complaint is about that part, and the summary of the others is as it was."""
    told, model = Told(), FakeModel(context=700, answers=[in_parts])
    model.hold_back()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(ask, side_by_side(model, 2), LONG, told=told)
        model.let_go(model.until_held(2)[0], answer="no json")
        until(lambda: "repair" in told.names())
        model.let_all_go()
        asked = found.result(timeout=60)
    assert asked.values == ask(FakeModel(context=700, answers=[in_parts]), LONG).values
    (repaired,) = [detail["part"] for name, detail in told.steps if name == "repair"]
    assert [detail.get("part") for _, detail in told.steps].count(repaired) == 3


def test_a_run_that_is_given_up_takes_all_its_parts_with_it():
    """Those with the model, and those that wait for a turn."""
    model, gone = FakeModel(context=700, answers=[in_parts]), Cancellation()
    model.hold_back()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(ask, side_by_side(model, 2, gone), LONG)
        model.until_held(2)
        gone.cancel()
        with pytest.raises(CancelledError):
            found.result(timeout=60)
    assert ([], 2) == (model.held, len(model.asked))


def test_the_real_model_says_the_same_side_by_side(random_model):
    """A real process, asked by three threads about the parts of one text and by one: the same values and steps."""
    client = ModelClient(random_model, clock=SystemClock(), context=1024)
    try:
        client.start()
        one, many = Told(), Told()
        text = LONG[: len(LONG) // 3]
        expected = ask(side_by_side(client, 1), text, told=one)
        found = ask(side_by_side(client, 3), text, told=many)
    finally:
        client.stop()
    assert expected.values == found.values
    assert (expected.tokens_read, expected.answer_tokens) == (found.tokens_read, found.answer_tokens)
    assert len(expected.calls) == len(found.calls) > 4
    assert sorted(one.names()) == sorted(many.names())
