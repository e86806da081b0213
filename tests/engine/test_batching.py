"""Answers that share steps, forks and remembered beginnings are those of a plain loop over one sequence.

The native kernels round a token in a step of eight otherwise than one alone, so two tokens that are all but equally
likely may change places. Where an answer differs from the plain one, both tokens' logits at that place must be within
TOLERANCE of each other in the plain loop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conversations import JSON, SETTINGS, TOLERANCE, Person, Plain, answers, conversation, same_but_for_ties

from homebody.engine.draft import Draft
from homebody.engine.engine import Engine
from homebody.engine.job import Replies, Wanted
from homebody.engine.llama import Fed
from homebody.engine.loading import load
from homebody.engine.lookout import Lookout
from homebody.engine.tuning import VERSION
from homebody.errors import CancelledError
from homebody.paths import starter_model
from homebody.slots import TextSlot
from homebody.slots.grammar import grammar as slots_grammar
from homebody.slots.prompt import build

EAGER = {
    "version": VERSION,
    "lanes": {},
    "pool": {},
    "read": {},
    "beside": {},
    "bets": {str(width): 1 + width / 100 for width in range(1, 10)},
}
"""A machine on which bets cost next to nothing, so that there are many."""


@pytest.fixture(scope="module")
def weights_path(write_model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with random weights."""
    return write_model(tmp_path_factory.mktemp("models") / "model.gguf", seed=7, context=4096)


@pytest.fixture(scope="module")
def make(weights_path: Path) -> Callable[..., Engine]:
    """Return what makes engines over the same weights."""

    def made(lanes: int, **extra: object) -> Engine:
        request = {
            "context": 2048,
            "lanes": {"count": lanes, "cells": 512},
            "settings": SETTINGS,
            **extra,
        }
        engine, _ = load(request, path=weights_path, threads=1, on_load=lambda _: None)
        return engine

    return made


@pytest.mark.parametrize("beside", [{}, {"1": 0.1, "2": 1.0}], ids=["apart", "in one step"])
@pytest.mark.parametrize("lanes", [0, 6], ids=["in one hall", "in lanes"])
@pytest.mark.parametrize("grammar", [None, JSON], ids=["free", "under a grammar"])
def test_together_as_alone(
    make, weights_path: Path, lanes: int, grammar: str | None, beside: dict[str, float]
) -> None:
    """Twelve runs that are asked for at once get the answers that each gets alone from a fresh engine."""
    wanted = [
        Wanted(number=number, messages=conversation(number), grammar=grammar, max_tokens=60)
        for number in range(12)
    ]
    alone = [answers(make(0), [one], together=False)[0] for one in wanted[:4]]
    alone += answers(make(lanes), wanted[4:], together=False)
    together = answers(make(lanes, tuning=EAGER | {"bets": {}, "beside": beside}), wanted, together=True)
    plain = Plain(weights_path)

    equal = 0
    for one, left, right in zip(wanted, alone, together, strict=True):
        prompt = list(make_prompt(make, one))
        assert same_but_for_ties(plain, prompt, left.tokens, right.tokens)
        equal += left.tokens == right.tokens
    assert equal >= 8, "near-ties are rare"
    assert sum(one.cached_tokens for one in together) > 0


def make_prompt(make, wanted: Wanted) -> list[int]:
    """Return the tokens of the prompt of a run."""
    engine = make(0)
    return list(engine._prompts.build(wanted.messages).tokens)


def test_the_first_token_is_the_plain_loops(make, weights_path: Path) -> None:
    """What is written first is the most likely token of a loop that reads token by token, but for near-ties."""
    plain = Plain(weights_path)
    engine = make(4)
    for number in range(6):
        wanted = Wanted(number=number, messages=conversation(number), grammar=None, max_tokens=5)
        (found,) = answers(engine, [wanted], together=False)
        tokens = list(make_prompt(make, wanted))
        for place, token in enumerate(found.tokens):
            logits = plain.logits([*tokens, *found.tokens[:place]])
            assert logits.max() - logits[token] <= TOLERANCE


def test_nothing_is_in_use_when_nobody_asks(make) -> None:
    """After a crowd has gone, what the sequences hold is what the index says, whole blocks only."""
    engine = make(6)
    wanted = [
        Wanted(
            number=number, messages=conversation(number, long=number % 2 == 0), grammar=None, max_tokens=20
        )
        for number in range(20)
    ]
    answers(engine, wanted, together=True)
    for room in engine._loop._rooms:
        assert not room.jobs
        assert [] == room.index.busy
        for number in range(room.cache.sequences):
            assert room.index.held(number) == room.cache.held(number)


@dataclass
class Canceller(Person):
    """Who asked, and gives up when asked for the fifth time whether to go on: in the middle of a step."""

    asked: int = 0

    def over(self) -> bool:
        """Return whether it is given up."""
        self.asked += 1
        return self.asked >= 5

    def check(self) -> None:
        """Raise when it is given up."""
        if self.asked >= 5:
            raise CancelledError


@pytest.mark.parametrize("lanes", [0, 4], ids=["in one hall", "in lanes"])
def test_cancel_in_the_middle_of_a_step(make, weights_path: Path, lanes: int) -> None:
    """A run that is cancelled while native code works ends; one in the same step writes what it writes alone."""
    wanted = Wanted(number=1, messages=conversation(1), grammar=None, max_tokens=50)
    (undisturbed,) = answers(make(lanes), [wanted], together=True)
    engine, gone, stays = make(lanes), Canceller(), Person()
    for room in engine._loop._rooms:
        room.lookout = Lookout(soon=0.0)
    for number, person in ((2, gone), (1, stays)):
        replies = Replies(report=lambda *_, **__: None, done=person.heard.append, failed=person.heard.append)
        engine.submit(
            Wanted(number=number, messages=conversation(number), grammar=None, max_tokens=50), person, replies
        )
    while engine.busy:
        engine.advance()

    assert isinstance(gone.heard[0], CancelledError)
    assert same_but_for_ties(
        Plain(weights_path), list(make_prompt(make, wanted)), undisturbed.tokens, stays.heard[0].tokens
    )


@pytest.mark.parametrize("lanes", [0, 4], ids=["in one hall", "in lanes"])
def test_bets_change_nothing(make, weights_path: Path, lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers with bets on what comes next, here mostly lost ones, are those without, but for near-ties."""
    wanted = [
        Wanted(number=number, messages=conversation(number), grammar=None, max_tokens=120)
        for number in range(5)
    ]
    without = answers(make(lanes), wanted, together=False)
    monkeypatch.setattr(Draft, "propose", lambda self, most: [*self._last, 9, 10][: min(most, 4)])
    engine = make(lanes, tuning=EAGER)
    fed: list[int] = []
    for room in engine._loop._rooms:
        room.cache.step = counting(room.cache.step, fed)
    betting = answers(engine, wanted, together=False)
    plain = Plain(weights_path)

    for one, left, right in zip(wanted, without, betting, strict=True):
        assert same_but_for_ties(plain, list(make_prompt(make, one)), left.tokens, right.tokens)
    assert any(1 < count <= 9 for count in fed), "there were bets"


def counting(step: Callable, fed: list[int]) -> Callable:
    """Return *step*, with a list of how many tokens each sequence was fed."""

    def stepped(feed: list[Fed]) -> list[int]:
        fed.extend(len(one.tokens) for one in feed)
        return step(feed)

    return stepped


def test_bets_on_copied_text_are_won() -> None:
    """A model that copies needs far fewer steps with bets than without, and writes the same."""
    text = (
        "The boiler was serviced on Tuesday by Mr Adams, who found a worn seal and changed it for a new one."
    )
    messages = build("Summarise the note.", {"summary": TextSlot(max=200)}, text)
    wanted = Wanted(
        number=1, messages=messages, grammar=slots_grammar({"summary": TextSlot(max=200)}), max_tokens=150
    )
    found = []
    for tuning in (None, EAGER):
        request = {
            "context": 1024,
            "lanes": {"count": 0, "cells": 0},
            "settings": SETTINGS,
            "tuning": tuning,
        }
        engine, _ = load(request, path=starter_model(), threads=1, on_load=lambda _: None)
        steps: list[int] = []
        cache = engine._loop._rooms[0].cache
        cache.step = counting(cache.step, steps)
        found.append((answers(engine, [wanted], together=True)[0].text, len(steps)))

    (plainly, many), (betting, few) = found
    assert plainly == betting
    assert few < many / 2
