"""One ask becomes values, whatever the length of the text and however wrong the first answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import SUMMARY, Told, ask

from homebody.errors import DocumentError, ModelError, SlotError
from homebody.house.asker import MAP_TASK, answer_tokens, ask_about, room
from homebody.model.client import Answer
from homebody.recipe.schema import Ask
from homebody.sampling import Sampling
from homebody.slots import DateSlot, ListSlot, TextSlot
from homebody.testing import FakeModel


def shown(model: FakeModel, index: int) -> str:
    """Return the document that the model was shown in one of its calls."""
    return next(part.text for part in model.asked[index][1].parts if part.data)


def test_a_text_that_fits_is_asked_about_once():
    """One call, all tokens read, the answer's value under its slot."""
    model, told = FakeModel(), Told()
    found = ask(model, "The roof leaks.", told=told)
    assert {"summary": "A summary."} == dict(found.values)
    assert ("none", 3, 3, 1) == (found.overflow, found.tokens_total, found.tokens_read, len(found.calls))
    assert ["asked"] == told.names()


PICTURED = "# Roof\n\n![The ridge](https://pictures.example/ridge.jpg)\n\nThe roof leaks."


def test_the_address_of_a_picture_is_not_shown_and_that_is_told():
    """The model sees the words alone; what must appear is looked for in the whole text."""
    model, told = FakeModel(), Told()
    model.answers = [{"where": "https://pictures.example/ridge.jpg"}]
    output = {"where": TextSlot(max=100, must_appear=True)}
    asked = Ask.model_construct(prompt="Where?", language="same", output=output)
    found = ask(model, PICTURED, asked=asked, told=told)
    assert "# Roof\n\nThe roof leaks." == shown(model, 0)
    assert {"where": "https://pictures.example/ridge.jpg"} == dict(found.values)
    assert ["pictures not shown", "asked"] == told.names()


def test_a_text_that_is_worked_on_part_by_part_is_shown_whole():
    """A translation keeps its pictures."""
    model = FakeModel()
    ask(model, PICTURED, overflow="join")
    assert PICTURED.split() == "\n".join(shown(model, index) for index in range(len(model.asked))).split()


def test_a_long_text_is_summarised_in_parts_and_then_asked_about():
    """Every part is shown once, in order; the recipe's ask sees the summaries; all tokens count as read."""
    sentences = [f"Sentence number {number} says something of its own." for number in range(200)]
    model = FakeModel(context=700)
    original = model.generate

    def generate(messages, **options):
        task = messages[1].parts[-1].text
        model.answers = [{"part": "Part."}] if task.startswith(MAP_TASK) else [{"summary": "All."}]
        return original(messages, **options)

    model.generate = generate  # type: ignore[method-assign]
    found = ask(model, " ".join(sentences))
    assert {"summary": "All."} == dict(found.values)
    assert found.overflow == "summarize"
    assert found.tokens_total == found.tokens_read == 1600
    parts = [shown(model, index) for index in range(len(model.asked) - 1)]
    assert len(parts) >= 2
    assert " ".join(sentences).split() == " ".join(parts).split()


def test_fail_refuses_a_text_that_does_not_fit():
    """``overflow: fail`` raises with the counts, and the model is not asked."""
    model = FakeModel(context=400)
    with pytest.raises(DocumentError, match="1000 tokens"):
        ask(model, "word " * 1000, overflow="fail")
    assert [] == model.asked


def test_head_counts_what_was_left_out():
    """``overflow: head`` reads the beginning and records how much."""
    model = FakeModel(context=400)
    found = ask(model, "word. " * 1000, overflow="head")
    assert found.overflow == "head"
    assert found.tokens_total == 1000
    assert 0 < found.tokens_read < 400


def test_a_wrong_answer_is_complained_of_and_asked_for_again():
    """The second call has the first answer and what is wrong with it; its values count."""
    tags = Ask.model_construct(
        prompt="Tag.", language="same", output={"tags": ListSlot(of=["a", "b"], max=2)}
    )
    model, told = FakeModel(answers=[{"tags": ["zebra"]}, {"tags": ["b"]}]), Told()
    found = ask(model, "Text.", asked=tags, told=told)
    assert {"tags": ["b"]} == dict(found.values)
    assert ["asked", "repair", "asked"] == told.names()
    assert ["system", "user", "assistant", "user"] == [message.role for message in model.asked[1]]


def test_what_may_stay_empty_is_left_empty_before_all_is_given_up():
    """A value that is wrong twice is none where the slot is optional, and a step says so; the others count."""
    slots = {"title": TextSlot(max=20), "day": DateSlot(optional=True, must_appear=True)}
    facts = Ask.model_construct(prompt="What?", language="same", output=slots)
    model, told = FakeModel(answers=[{"title": "Roof", "day": "2026-02-03"}]), Told()
    found = ask(model, "The roof leaks.", asked=facts, told=told)

    assert {"title": "Roof", "day": None} == dict(found.values)
    assert ["asked", "repair", "asked", "left empty"] == told.names()
    assert {"slots": ["day"]} == told.steps[-1][1]


def test_what_must_not_stay_empty_fails():
    """One wrong value of a slot that is not optional fails the ask, whatever else could be left empty."""
    slots = {"title": TextSlot(max=20, must_appear=True), "day": DateSlot(optional=True, must_appear=True)}
    facts = Ask.model_construct(prompt="What?", language="same", output=slots)
    with pytest.raises(SlotError, match=r'"title" does not stand in the document'):
        ask(FakeModel(answers=[{"title": "Mill", "day": "2026-02-03"}]), "The roof leaks.", asked=facts)


def test_every_call_is_sampled_as_the_recipe_says():
    """The parts of a long text, the ask about their summaries, and the second try after a wrong answer."""
    drawn = SUMMARY.model_copy(update={"sampling": Sampling(temperature=0.7, min_p=0.1)})
    model, told = FakeModel(context=700), Told()
    original = model.generate

    last = iter(["wrong", {"summary": "All."}])

    def generate(messages, **options):
        of_a_part = messages[1].parts[-1].text.startswith(MAP_TASK)
        model.answers = [{"part": "Part."} if of_a_part else next(last)]
        return original(messages, **options)

    model.generate = generate  # type: ignore[method-assign]
    ask(model, "A sentence of some words. " * 300, asked=drawn, told=told)
    assert "repair" in told.names()
    assert len(model.samplings) >= 4
    assert {drawn.sampling} == set(model.samplings)
    seeds = [detail["seed"] for name, detail in told.steps if name == "asked"]
    assert list(range(1, len(model.samplings) + 1)) == seeds


def test_a_greedy_call_has_no_seed():
    """Nothing is drawn if the recipe says nothing, so no step tells a seed."""
    model, told = FakeModel(), Told()
    ask(model, "Text.", told=told)
    assert [Sampling()] == model.samplings
    assert all("seed" not in detail for _, detail in told.steps)


def test_two_wrong_answers_are_an_error():
    """There is one repair try, not more."""
    model = FakeModel(answers=["not json", "not json either"])
    with pytest.raises(SlotError):
        ask(model, "Text.")
    assert len(model.asked) == 2


def test_an_answer_that_was_cut_is_asked_for_shorter():
    """An answer that reached its limit is asked for again with a quarter of the length."""

    class Cutting(FakeModel):
        def generate(self, messages, **options):
            answer = super().generate(messages, **options)
            first = len(self.asked) == 1
            return Answer(
                text=answer.text[: 5 if first else None],
                prompt_tokens=1,
                cached_tokens=0,
                answer_tokens=1,
                prefill_seconds=0,
                decode_seconds=0,
                stop="limit" if first else "end",
            )

    model = Cutting()
    assert {"summary": "A summary."} == dict(ask(model, "Text.").values)
    assert "at most 25 characters" in model.asked[1][1].parts[-1].text


def test_must_appear_is_judged_against_the_whole_document():
    """A value copied from the end of a long text passes, though the ask saw only summaries."""
    asked = Ask.model_construct(
        prompt="Who?", language="same", output={"who": TextSlot(max=40, must_appear=True)}
    )
    text = "word " * 900 + "Ines Falk signed."

    class Two(FakeModel):
        def generate(self, messages, **options):
            task = messages[1].parts[-1].text
            self.answers = (
                [{"part": "Ines Falk signed."}] if task.startswith(MAP_TASK) else [{"who": "Ines Falk"}]
            )
            return super().generate(messages, **options)

    assert {"who": "Ines Falk"} == dict(ask(Two(context=700), text, asked=asked).values)


def test_a_prompt_that_leaves_no_room_is_refused_with_the_sum():
    """A recipe that asks for more than the context holds fails with the numbers, before any call."""
    model = FakeModel(context=100)
    with pytest.raises(ModelError, match="context has 100"):
        ask(model, "Text.")
    assert [] == model.asked


@given(st.integers(min_value=500, max_value=4000), st.integers(min_value=10, max_value=800))
def test_document_prompt_and_answer_always_fit(context: int, most: int):
    """Whatever the context and the slot, a document of the size that has room fits with prompt and answer."""
    model = FakeModel(context=context)
    slots = {"summary": TextSlot(max=most)}
    try:
        free = room(model, "Summarise.", slots, "same")
    except ModelError:
        return
    ask_about(model, SUMMARY.model_copy(update={"output": slots}), "w " * free, overflow="fail", tell=Told())
    assert model.prompt_tokens(model.asked[0]) + answer_tokens(slots) <= context
