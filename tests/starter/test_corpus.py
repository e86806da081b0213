"""The invented documents and their answers are what the model should learn."""

import json
import random
from datetime import date
from decimal import Decimal

import pytest

from homebody.slots.money import Money
from homebody.slots.slot import clean
from starter.corpus.asks import ask, ended
from starter.corpus.documents import Document, Scribe, flat
from starter.corpus.notation import iso, money
from starter.corpus.papers import document, told
from starter.curriculum import LONGEST, STAGES, rows
from starter.evaluate import squeezed
from starter.runner import grammar
from starter.tokenizer import END, Tokenizer

SEEDS = range(300)


@pytest.mark.parametrize("many", [1, 5, 12])
def test_the_key_stands_in_the_document(many: int):
    """What the summary should say is there word for word, however the text is wrapped."""
    for seed in SEEDS:
        made = document(random.Random(seed), many)
        assert squeezed(made.key) in squeezed(made.text)


def test_values_and_title_stand_in_the_document():
    """What is to be copied can be copied."""
    for seed in SEEDS:
        made = document(random.Random(seed), 5)
        assert all(flat(value) in flat(made.text) for value in made.values.values())
        assert made.title is None or squeezed(made.title) in squeezed(made.text)


def test_answers_pass_their_own_slots():
    """Every right answer is accepted by homebody's own check of the slot."""
    for seed in SEEDS:
        dice = random.Random(seed)
        made = document(dice, 4)
        one = ask(dice, made)
        for name, value in json.loads(one.answer).items():
            checked = one.slots[name].check(value, made.text)
            if isinstance(checked, date):
                assert checked.isoformat() == value
            elif isinstance(checked, Money):
                assert (checked.currency, checked.amount) == (
                    value["currency"],
                    Decimal(str(value["amount"])),
                )
            else:
                assert checked == (clean(flat(value)) if isinstance(value, str) else value)


def test_answers_are_compact_and_in_the_order_of_the_slots():
    """The text that is learned is the text that the grammar wants."""
    for seed in SEEDS:
        dice = random.Random(seed)
        one = ask(dice, document(dice, 4))
        assert list(one.slots) == list(json.loads(one.answer))
        assert grammar(one.slots).startswith("root ::= ")
        assert "\\u" not in one.answer
        assert "\\t" not in one.answer


def test_the_same_seed_makes_the_same_rows(tokenizer: Tokenizer):
    """Nothing random is left over: a training can be repeated."""
    assert rows(5, tokenizer, 0.5, 8) == rows(5, tokenizer, 0.5, 8)


@pytest.mark.parametrize("share", [stage.until - 0.02 for stage in STAGES])
def test_rows_fit_the_context_and_end(tokenizer: Tokenizer, share: float):
    """No row goes past the context, and what is learned of each ask ends with the stop token."""
    for one in rows(6, tokenizer, share, 40):
        assert max(one.positions) < LONGEST
        assert len(one.ids) == len(one.positions) == len(one.branch) == len(one.weight)
        if max(one.branch):
            last = [
                i for i in range(len(one.ids)) if one.branch[i : i + 2] in ([k, k + 1] for k in range(1, 9))
            ]
            assert all(one.ids[i] == tokenizer.ids[END] for i in [*last, len(one.ids) - 1])


@pytest.mark.parametrize(
    ("text", "day", "amount"),
    [
        ("9 January 2026", "2026-01-09", None),
        ("9. Januar 2026", "2026-01-09", None),
        ("January 9, 2026", "2026-01-09", None),
        ("15/03/2026", "2026-03-15", None),
        ("3.4.2026", "2026-04-03", None),
        ("03/04/2026", None, None),
        ("9 January", None, None),
        ("€14.20", None, ("EUR", "14.20")),
        ("1296,74 €", None, ("EUR", "1296.74")),
        ("$13,753.28", None, ("USD", "13753.28")),
        ("CHF 26.88", None, ("CHF", "26.88")),
        ("£19500", None, ("GBP", "19500")),
    ],
)
def test_a_slot_has_its_own_notation(text: str, day: str | None, amount: tuple[str, str] | None):
    """Dates as ISO 8601 writes them, where day and month are certain; money with its code and a point."""
    assert day == (None if amount else iso(text))
    assert amount == (money(text) if amount else None)


def test_a_value_in_running_text_is_copied_with_the_blank_behind_it():
    """At the end of a line or before a mark there is none."""
    assert "14 May " == ended("14 May", "It starts on 14 May and takes a week.")
    assert ["14 May"] * 2 == [
        ended("14 May", text) for text in ("Date: 14 May\nPlace: here", "It is 14 May.")
    ]


def test_what_is_told_twice_is_not_asked():
    """A date that is the only one is a value; of two, nobody can say which is meant, nor that there is none."""
    for text, values, unclear in (
        ("It begins on {d}.", {"date"}, set()),
        ("It begins on {d} and ends on {d}.", set(), {"date"}),
        ("It is due by {D}.", {"deadline"}, {"date"}),
    ):
        scribe = Scribe(random.Random(4), ["work"])
        filled = scribe.fill(text)
        made = Document(text=filled, key=filled, kind="note")
        told(made, scribe)
        assert (values, unclear) == (set(made.values), set(made.unclear))
