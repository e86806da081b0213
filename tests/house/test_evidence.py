"""Whoever doubts an answer sees where in the document it stands, and nobody else does."""

import json
from typing import Any

import pytest

from homebody.cli.plans import slot_words
from homebody.cli.show import run_lines
from homebody.errors import DiskFullError, UsageError
from homebody.house import review
from homebody.house.account import account
from homebody.house.evidence import kept_evidence
from homebody.house.proposal import kept
from homebody.journal.run import RunState

BILLS = """
ask:
  prompt: What does this bill say?
  output:
    sender: {type: text, max: 40, must_appear: true}
    day: {type: date, not_after: today, must_appear: true, optional: true}
    pieces: {type: number, decimals: 2, must_appear: true}
    total: {type: money, must_appear: true}
    paid: flag
    lines: {type: list, of: {what: text, price: {type: money, must_appear: true}}}
actions:
  - write:
      dest: "OUT/{{ ask.day }}.md"
      content: |
        {{ ask.sender }}, {{ ask.pieces }}, {{ ask.total }}, {{ ask.paid }}
        {% for line in ask.lines %}
        {{ line.what }}: {{ line.price.amount }}
        {% endfor %}
"""
BILL = (
    "Roof & Wall\n\nInvoice of February 27th, 2026\n\n"
    "12,5 kg tiles   1.234,50 €\nglue   0,50 €\n\nTotal   1.235,00 €\n"
)
ANSWER: dict[str, Any] = {
    "sender": "Roof & Wall",
    "day": "2026-02-27",
    "pieces": 12.5,
    "total": {"currency": "EUR", "amount": 1235},
    "paid": False,
    "lines": [
        {"what": "Tiles", "price": {"currency": "EUR", "amount": 1234.5}},
        {"what": "Glue", "price": {"currency": "EUR", "amount": 0.5}},
    ],
}
WRITTEN = "Roof & Wall, 12.50, 1235.00 EUR, False\nTiles: 1234.50\nGlue: 0.50\n"


def done(room: Any, *, more: str = "", answers: list[object] | None = None) -> Any:
    """Let a recipe ask about a bill, and return the run."""
    room.recipe("bills", BILLS + more)
    room.model.answers = answers or [ANSWER]
    (room.notes / "bill.md").write_text(BILL)
    room.settle()
    ((run, _),) = room.work()
    return run


def told(room: Any, run: int) -> list[str]:
    """Return what `show` says was found in the document."""
    lines = run_lines(account(room.journal, room.vault, run, room.clock.now()))
    if "found in the document" not in lines:
        return []
    start = lines.index("found in the document") + 1
    return [line.strip() for line in lines[start : lines.index("", start)]]


def test_show_quotes_where_each_value_stands(room: Any) -> None:
    """With its line in the document; the file has the values as they were meant."""
    run = done(room)
    assert (RunState.DONE, WRITTEN) == (run.state, room.tree()["out/2026-02-27.md"])
    assert [
        "sender: line 1, “Roof & Wall”",
        "day: line 3, “February 27th, 2026”",
        "pieces: line 5, “12,5”",
        "total: line 8, “1.235,00 €”",
        "lines[0].price: line 5, “1.234,50 €”",
        "lines[1].price: line 6, “0,50 €”",
    ] == told(room, run.id)


def test_it_is_in_the_vault_and_nowhere_else(room: Any) -> None:
    """No file of the state folder holds the document's words; without the vault, and after a purge, there are none."""
    run = done(room)
    room.journal.wipe()
    states = [path for path in (room.folder / "state").rglob("*") if path.is_file()]
    assert [] == [path for path in states if b"February" in path.read_bytes()]
    assert [] == account(room.journal, None, run.id, room.clock.now())["evidence"]
    room.vault.purge(bytes_at_most=0)
    assert [] == told(room, run.id)


def test_a_vault_that_cannot_be_written_fails_no_run(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quotes are not kept then, and the run is done all the same."""
    real = room.vault.put

    def put(data: bytes) -> str:
        if b'"quote"' in data:
            raise DiskFullError
        return real(data)

    monkeypatch.setattr(room.vault, "put", put)
    run = done(room)
    assert (RunState.DONE, []) == (run.state, told(room, run.id))


@pytest.mark.parametrize(
    ("slot", "value", "words"),
    [
        ("day", "2026-02-28", "does not stand in the document"),
        ("day", "2026-03-03", "is after 2026-03-02"),
        ("total", {"currency": "EUR", "amount": 1234}, "does not stand in the document"),
        ("total", {"currency": "USD", "amount": 1235}, "does not stand in the document"),
        ("pieces", 2.5, "does not stand in the document"),
        (
            "lines",
            [{"what": "x", "price": {"currency": "EUR", "amount": 7}}],
            'has an object 1 whose "price" does not stand',
        ),
    ],
)
def test_what_stands_nowhere_is_asked_for_again_with_the_reason(
    room: Any, slot: str, value: Any, words: str
) -> None:
    """The second answer is taken; today is the day of the run, and the model is told of it."""
    run = done(room, answers=[{**ANSWER, slot: value}, ANSWER])
    assert RunState.DONE is run.state
    first, second = room.model.asked
    assert words in second[-1].parts[0].text
    assert "not after 2026-03-02" in first[-1].parts[-1].text


def test_slots_filled_by_hand_are_taken_as_they_are_and_prove_nothing(room: Any) -> None:
    """A person writes values as people do; what was found for them is forgotten, the rest stays."""
    run = done(room, more="approve: true\n")
    assert RunState.WAITING is run.state
    review.edit(
        room.journal,
        room.vault,
        room.recipes["bills"],
        run.id,
        {
            "day": "2026-01-31", "pieces": "7", "total": "99.50 CHF", "paid": "yes",
            "lines": '[{"what": "All", "price": {"currency": "CHF", "amount": 99.5}}]',
        },
    )  # fmt: skip
    room.work()
    assert ["sender: line 1, “Roof & Wall”"] == told(room, run.id)
    proposal = kept(room.journal, room.vault, run.id)
    assert proposal is not None
    assert proposal.answer is not None
    assert ["99.50 CHF", "yes", "2026-01-31"] == [
        slot_words(proposal.answer[name]) for name in ("total", "paid", "day")
    ]
    review.accept(room.journal, run.id)
    room.work()
    assert "Roof & Wall, 7.00, 99.50 CHF, True\nAll: 99.50\n" == room.tree()["out/2026-01-31.md"]
    assert 1 == len(room.model.asked)


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"day": "31.1.2026"}, "day is not a date as YYYY-MM-DD"),
        ({"day": "2026-03-03"}, "day is after 2026-03-02"),
        ({"total": "99"}, "total is not an amount and its currency, as in 1234.50 EUR"),
        ({"total": "1.234,50 EUR"}, "total"),
        ({"paid": "perhaps"}, "paid is neither yes nor no"),
        ({"paid": ""}, "paid is neither yes nor no"),
        ({"lines": "tiles"}, "lines is not a list of objects in JSON"),
        ({"lines": '[{"what": "x"}]'}, "just these parts: what, price"),
    ],
)
def test_a_person_is_told_how_a_value_is_written(room: Any, slots: dict[str, str], words: str) -> None:
    """The bounds hold for people, too, and the plan stays as it was."""
    run = done(room, more="approve: true\n")
    with pytest.raises(UsageError) as caught:
        review.edit(room.journal, room.vault, room.recipes["bills"], run.id, slots)
    assert words in str(caught.value)
    assert 6 == len(kept_evidence(room.journal, room.vault, run.id))


def test_an_optional_slot_can_be_emptied_by_hand(room: Any) -> None:
    """Nothing at all is nothing."""
    run = done(room, more="approve: true\n")
    review.edit(room.journal, room.vault, room.recipes["bills"], run.id, {"day": " "})
    room.work()
    proposal = kept(room.journal, room.vault, run.id)
    assert proposal is not None
    assert proposal.answer is not None
    assert (None, "") == (proposal.answer["day"], slot_words(proposal.answer["day"]))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        ("2026-01-31", "2026-01-31"),
        (["a", "b"], "a, b"),
        ([], ""),
        ({"amount": "99.50", "currency": "CHF"}, "99.50 CHF"),
        ([{"what": "x", "due": None}], '[{"what": "x", "due": null}]'),
    ],
)
def test_a_slot_is_shown_as_it_could_be_typed(value: Any, words: str) -> None:
    """`review` shows it so, and takes it so."""
    assert words == slot_words(value)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        assert value == json.loads(words)
