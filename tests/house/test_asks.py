"""Several asks about one document: read once, one after the other, and all of it kept and shown."""

import re
from typing import Any

import pytest

from homebody.clock import SystemClock
from homebody.errors import UsageError
from homebody.house import requests, review
from homebody.house.account import account
from homebody.house.proposal import kept
from homebody.house.tags import proposals
from homebody.house.undo import undo
from homebody.journal.run import RunState
from homebody.model.client import ModelClient

TWO = """
ask:
  - name: facts
    prompt: What is this?
    output:
      kind: {type: choice, of: [bill, letter]}
      sender: {type: text, max: 40, must_appear: true}
      tags: {type: list, of: [home], new: propose, max: 2}
  - name: reply
    when: "{{ ask.facts.kind == 'letter' }}"
    prompt: Answer {{ ask.facts.sender }} in the manner of {{ file.name }}.
    output:
      text: {type: text, max: 80}
  - name: last
    prompt: Sum it up.
    sampling: {temperature: 0.5}
    output: {words: {type: text, max: 40}}
"""
WRITES = """actions:
  - write: {dest: "OUT/{{ file.stem }}.md", content: "{{ ask.facts.kind }}|{{ ask.reply.text }}|{{ ask.last.words }}"}
"""
LETTER = {"kind": "letter", "sender": "Ines Falk", "tags": ["home", "garden"]}
BILL = {**LETTER, "kind": "bill"}


def shown(room: Any, call: int) -> tuple[str, ...]:
    """Return the parts of what the model was asked in one of its calls, the document's first."""
    return tuple(part.text for part in room.model.asked[call][1].parts[1:])


def written(room: Any) -> str:
    """Return the one line that was written."""
    return str(room.tree()["out/a.md"]).removesuffix("\n")


def run(room: Any, *answers: dict[str, Any], body: str = TWO + WRITES) -> Any:
    """Let a letter come in, and return its run."""
    room.recipe("post", body)
    room.model.answers = list(answers)
    (room.notes / "a.md").write_text("Dear all,\nI am Ines Falk.")
    room.settle()
    ((found, _outcome),) = room.work()
    return found


def test_a_later_ask_sees_what_the_earlier_one_found_out(room: Any) -> None:
    """The document comes first in each prompt; what is filled in is data, as the document is."""
    found = run(room, LETTER, {"text": "Dear Ines"}, {"words": "Short."})
    assert (RunState.DONE, "letter|Dear Ines|Short.") == (found.state, written(room))
    assert {shown(room, call)[0] for call in range(3)} == {"Dear all,\nI am Ines Falk."}
    parts = room.model.asked[1][1].parts
    assert [("Answer ", False), ("Ines Falk", True), (" in the manner of ", False), ("a.md", True), (".", False)] == [
        (part.text, part.data) for part in parts[3:8]
    ]  # fmt: skip
    assert parts[8].text.startswith("\nAnswer in JSON:\ntext: ")
    assert [0.0, 0.0, 0.5] == [sampling.temperature for sampling in room.model.samplings]


def test_an_ask_whose_condition_does_not_hold_is_not_asked(room: Any) -> None:
    """Its slots are empty, the history says so, and the ones after it are asked."""
    found = run(room, BILL, {"words": "Short."})
    assert "bill||Short." == written(room)
    assert 2 == len(room.model.asked)
    steps = [(step.name, step.detail.get("ask")) for step in room.journal.steps(found.id)]
    assert ("not asked", "reply") in steps


def test_everything_is_kept_by_the_name_of_its_ask(room: Any) -> None:
    """Tokens, seeds, evidence, prompts and proposed words; `homebody show` gets all of it."""
    found = run(room, LETTER, {"text": "Dear Ines"}, {"words": "Short."})
    told = account(room.journal, room.vault, found.id, room.clock.now())
    answered = [step["detail"] for step in told["steps"] if step["name"] == "answered"]
    assert [("facts", 6, 6), ("reply", 6, 6), ("last", 6, 6)] == [
        (one["ask"], one["tokens_read"], one["tokens_total"]) for one in answered
    ]
    asked = [step["detail"] for step in told["steps"] if step["name"] == "asked"]
    assert [("facts", None), ("reply", None), ("last", 3)] == [(one["ask"], one.get("seed")) for one in asked]
    assert ["facts", "reply", "last"] == [call["ask"] for call in told["calls"]]
    assert [("facts.sender", 2, "Ines Falk")] == [
        (one["slot"], one["line"], one["quote"]) for one in told["evidence"]
    ]
    (word,) = proposals(room.journal, room.vault, room.recipes)
    assert ("facts.tags", "garden") == (word.slot, word.word)
    undo(room.journal, room.vault, found.id)
    assert "out/a.md" not in room.tree()


def test_a_wrong_answer_of_a_later_ask_is_repaired_alone(room: Any) -> None:
    """The earlier ones are not asked again within the try; the next try begins anew."""
    found = run(room, LETTER, "no json", {"text": "Dear Ines"}, {"words": "Short."})
    assert (RunState.DONE, 4) == (found.state, len(room.model.asked))
    assert "repair" in [step.name for step in room.journal.steps(found.id)]


def test_a_text_too_long_is_read_once_for_all_asks(room: Any) -> None:
    """Its parts are summarised before the first ask, and every ask begins with the same summaries."""

    def answers(messages: Any) -> dict[str, Any]:
        task = "".join(part.text for part in messages[1].parts[3:])
        if "part:" in task:
            return {"part": "Ines Falk wrote it."}
        return LETTER if "kind:" in task else {"text": "Dear"} if "text:" in task else {"words": "Short."}

    room.recipe("post", TWO + WRITES)
    room.model.answers = [answers]
    room.model.context = 700
    (room.notes / "a.md").write_text("Ines Falk says one thing more. " * 300)
    room.settle()
    ((found, _),) = room.work()
    assert "letter|Dear|Short." == written(room)
    details = [step.detail for step in room.journal.steps(found.id) if step.name == "answered"]
    assert {("summarize", 1800, 1800)} == {
        (d["overflow"], d["tokens_total"], d["tokens_read"]) for d in details
    }
    assert 1 == details[1]["calls"] == details[2]["calls"] < details[0]["calls"]
    assert 1 == len({shown(room, call)[0] for call in (-3, -2, -1)})


def test_a_prompt_that_grows_too_long_reads_the_text_anew_for_itself(room: Any) -> None:
    """What is filled in may take more than was foreseen: then that ask alone sees less, and nothing is cut silently."""
    body = """
read: {overflow: head}
ask:
  - name: one
    prompt: First.
    output: {list: {type: list, max: 10}}
  - name: two
    prompt: "{% for a in ask.one.list %}{% for b in ask.one.list %}{{ a }} {{ b }} {% endfor %}{% endfor %}"
    output: {x: {type: text, max: 20}}
actions:
  - write: {dest: "OUT/a.md", content: "{{ ask.two.x }} {{ run.tokens_read }}/{{ run.tokens_total }}"}
"""
    words = [f"{number} a b c d" for number in range(10)]
    room.model.context = 1800
    room.recipe("long", body)
    room.model.answers = [{"list": words}, {"x": "ok"}]
    (room.notes / "a.md").write_text("word " * 2000)
    room.settle()
    ((found, outcome),) = room.work()
    assert RunState.DONE == found.state, outcome
    first, second = (len(shown(room, call)[0].split()) for call in (0, 1))
    assert 2000 > first > second > 0
    assert f"ok {second}/2000" == written(room)


@pytest.fixture
def waiting(room: Any) -> int:
    """Return a run that waits for a person."""
    run(room, LETTER, {"text": "Dear Ines"}, {"words": "Short."}, body=TWO + WRITES + "approve: true\n")
    (one,) = review.waiting(room.journal, room.vault)
    assert {"facts.kind": "letter", "reply.text": "Dear Ines"}.items() <= one.proposal.slots().items()
    return int(one.run.id)


def test_accepting_asks_nothing_again(room: Any, waiting: int) -> None:
    """What was shown is done, with the answers of every ask."""
    review.accept(room.journal, waiting)
    room.work()
    assert ("letter|Dear Ines|Short.", 3) == (written(room), len(room.model.asked))


def test_a_slot_filled_by_hand_asks_anew_what_hangs_on_it(room: Any, waiting: int) -> None:
    """The reply was to somebody else; the third ask has nothing to do with it. Then it waits again."""
    room.model.answers = [{"text": "Dear Ada"}]
    edits = {"facts.sender": "Ada"}
    review.edit(room.journal, room.vault, room.recipes["post"], waiting, edits)
    room.work()
    (one,) = review.waiting(room.journal, room.vault)
    assert ("Ada", "Dear Ada", 4) == (
        one.proposal.slots()["facts.sender"], one.proposal.slots()["reply.text"], len(room.model.asked))  # fmt: skip
    review.accept(room.journal, waiting)
    room.work()
    assert ("letter|Dear Ada|Short.", 4) == (written(room), len(room.model.asked))


def test_a_condition_that_no_longer_holds_takes_its_answer_away(room: Any, waiting: int) -> None:
    """A slot may be named without its ask where only one has it; a skipped one has nothing to fill in."""
    review.edit(room.journal, room.vault, room.recipes["post"], waiting, {"kind": "bill"})
    room.work()
    (one,) = review.waiting(room.journal, room.vault)
    assert ("bill", False, 3) == (
        one.proposal.slots()["facts.kind"], "reply.text" in one.proposal.slots(), len(room.model.asked))  # fmt: skip
    for edits, says in (({"reply.text": "x"}, "was not asked"), ({"nothing": "x"}, "no slot 'nothing'")):
        with pytest.raises(UsageError, match=says):
            review.edit(room.journal, room.vault, room.recipes["post"], waiting, edits)
    review.accept(room.journal, waiting)
    room.work()
    assert "bill||Short." == written(room)


def test_what_a_person_filled_is_left_as_it_is(room: Any, waiting: int) -> None:
    """An ask of which a person filled a slot is not asked anew, whatever it hangs on."""
    edits = {"reply.text": "Mine", "facts.sender": "Ada"}
    review.edit(room.journal, room.vault, room.recipes["post"], waiting, edits)
    room.work()
    review.accept(room.journal, waiting)
    room.work()
    assert ("letter|Mine|Short.", 3) == (written(room), len(room.model.asked))


def test_a_dry_run_keeps_every_answer(room: Any) -> None:
    """Applying it asks nothing again."""
    room.recipe("post", TWO + WRITES, existing="skip")
    room.model.answers = [LETTER, {"text": "Dear Ines"}, {"words": "Short."}]
    (room.notes / "a.md").write_text("I am Ines Falk.")
    file = requests.file_of(room.journal, room.recipes["post"], room.notes / "a.md")
    number = requests.request(room.journal, room.recipes["post"], file, dry=True)
    room.work()
    assert ("facts", "reply", "last") == kept(room.journal, room.vault, number).asks
    assert "out/a.md" not in room.tree()
    review.accept(room.journal, number)
    room.work()
    assert ("letter|Dear Ines|Short.", 3) == (written(room), len(room.model.asked))


def test_the_condition_of_the_only_ask(room: Any) -> None:
    """Without an ask its slots are empty, and the model is not even loaded."""
    body = """
ask:
  when: "{{ file.size > 100 }}"
  prompt: Sum it up.
  output: {words: {type: text, max: 40}}
actions:
  - write: {dest: "OUT/a.md", content: "{{ ask.words or file.stem }}"}
"""
    assert RunState.DONE == run(room, {"words": "Short."}, body=body).state
    assert ("a", []) == (written(room), room.model.asked)


def test_the_engine_reads_the_document_once(room: Any, random_model: Any) -> None:
    """A real process: the second and third ask find the document in memory, and read their own task alone.

    They choose, since random weights may go on with a text for longer than it has room.
    """
    chosen = re.sub(r"type: text, max: \d+(, must_appear: true)?", "type: choice, of: [short, long]", TWO)
    chosen = chosen.replace(", new: propose", "").replace("== 'letter'", "!= ''")
    client = ModelClient(random_model, clock=SystemClock(), context=4096)
    room.recipe("post", chosen + WRITES)
    (room.notes / "a.md").write_text("Ines Falk says one thing more about the roof. " * 60)
    room.settle()
    room.model = client
    try:
        client.start()
        ((found, outcome),) = room.work()
    finally:
        client.stop()
    assert RunState.DONE == found.state, outcome
    steps = [step.detail for step in room.journal.steps(found.id)]
    document = next(detail["tokens_total"] for detail in steps if "tokens_total" in detail)
    asked = {detail["ask"]: detail for detail in reversed(steps) if "cached_tokens" in detail}
    assert document > 500
    for name in ("reply", "last"):
        assert asked[name]["cached_tokens"] > 0.8 * document, asked
