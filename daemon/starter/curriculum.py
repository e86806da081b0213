"""What is learned when: how long the documents are, and how much is copying for its own sake?"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from starter.emphasis import WITHIN
from starter.rows import Row, chat_row, row
from starter.tokenizer import FIRST_BYTE, FIRST_TEXT, Tokenizer

LONGEST = 1900
"""Tokens of the longest row that is learned from: the context less some room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the training: until which share of the time, and of what."""

    until: float
    name: str
    sentences: tuple[int, int]
    asks: int
    spans: float
    long: float


STAGES = (
    Stage(until=0.02, name="copying and short notes", sentences=(1, 4), asks=6, spans=0.15, long=0.0),
    Stage(until=0.55, name="notes of up to 5 sentences", sentences=(1, 5), asks=8, spans=0.05, long=0.01),
    Stage(until=1.01, name="all lengths", sentences=(1, 9), asks=8, spans=0.04, long=0.02),
)


def stage(share: float) -> Stage:
    """Return the stage that is on when *share* of the time has passed."""
    return next(one for one in STAGES if share < one.until)


def span_row(dice: random.Random, tokenizer: Tokenizer) -> Row:
    """Return random ids in which one span comes twice; the second time it is learned."""
    many = dice.choice((8, 40, 300, len(tokenizer), len(tokenizer)))
    low = FIRST_BYTE if dice.random() < 0.35 else FIRST_TEXT
    high = FIRST_TEXT if low == FIRST_BYTE else len(tokenizer)
    pool = [dice.randrange(low, high) for _ in range(many)]
    span = [dice.choice(pool) for _ in range(dice.randint(8, 70))]
    before, between = ([dice.choice(pool) for _ in range(dice.randint(0, 120))] for _ in range(2))
    ids = [*before, *span, *between, *span]
    weight = [0.0] * (len(ids) - len(span) + 4) + [WITHIN] * (len(span) - 4)
    return Row(ids, list(range(len(ids))), [0] * len(ids), weight)


def rows(seed: int, tokenizer: Tokenizer, share: float, count: int) -> list[Row]:
    """Return *count* rows of the stage that is on."""
    dice, on = random.Random(seed), stage(share)
    made: list[Row] = []
    while len(made) < count:
        roll = dice.random()
        if roll < on.spans:
            one = span_row(dice, tokenizer)
        elif roll < on.spans + 0.015:
            one = chat_row(dice, tokenizer)
        elif roll < on.spans + 0.015 + on.long:
            one = row(dice, tokenizer, dice.randint(20, 60), on.asks)
        else:
            one = row(dice, tokenizer, dice.randint(*on.sentences), on.asks)
        if len(one.ids) <= LONGEST + 600 and max(one.positions) < LONGEST:
            made.append(one)
    return made


def batches(made: list[Row], tokens: int, seed: int) -> Iterator[list[Row]]:
    """Return *made* in groups of rows of like length, each at most *tokens* with padding, in random order."""
    ordered = sorted(made, key=lambda one: len(one.ids))
    groups: list[list[Row]] = [[]]
    for one in ordered:
        if groups[-1] and (len(groups[-1]) + 1) * len(one.ids) > tokens:
            groups.append([])
        groups[-1].append(one)
    random.Random(seed).shuffle(groups)
    yield from groups
