"""How do the asks of a recipe become answers, one after the other, and each kept with what proves it?

All of them are about the same text, which is read once. A later one sees what the earlier ones found out. What a
person was shown before is not asked again, unless it hangs on what that person changed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from homebody.house.asker import Asked, Interview, Keep, Question, answer_tokens, room
from homebody.house.evidence import is_of
from homebody.house.joining import unbounded
from homebody.house.model import InTurn
from homebody.house.proposal import Proposal
from homebody.house.tags import proposed_words
from homebody.messages import Part
from homebody.recipe.asking import Ask, is_template
from homebody.slots.check import check
from homebody.slots.evidence import Evidence, evidence
from homebody.slots.prompt import Task
from homebody.slots.slot import clean
from homebody.templates import compile_template

LEAST_ROOM = 64
"""Tokens of a text that are shown at least, however much the questions to come may take."""


class Desk(Protocol):
    """Where somebody asks: who is told of the steps, and what keeps that which was said and that which proves it."""

    def model(self) -> InTurn:
        """Return the model; it is loaded only if there is something to ask."""

    def step(self, name: str, **detail: Any) -> None:
        """Hear of a step: a name and counts, never contents."""

    def keep(self, ask: str) -> Keep | None:
        """Return what keeps the calls for the ask of that name."""

    def proven(self) -> list[Evidence]:
        """Return what proves the answers that were given before."""

    def prove(self, found: Sequence[Evidence]) -> None:
        """Keep what proves the answers, all of them."""

    def propose(self, words: Sequence[tuple[str, str]]) -> None:
        """Keep the words that the answers propose, each with its slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What all asks of a run found out: ``values`` as templates have them under ``ask``, and ``given`` to be kept.

    The slots of an ask that was not asked, because its ``when`` does not hold, are None in ``values``, and are not in
    ``given``. ``tokens`` are those read of the text and those there were.
    """

    values: Mapping[str, Any]
    given: Mapping[str, Any] | None
    tokens: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Found:
    """What was found out so far, by the names of the asks, and what is kept beside it."""

    values: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    given: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    tokens: tuple[int, int] = (0, 0)


def answer_all(
    desk: Desk,
    asks: Sequence[Ask],
    text: str,
    values: Mapping[str, Any],
    *,
    overflow: str,
    proposal: Proposal | None = None,
) -> Answers:
    """Return what *asks* find out about *text*; *values* is what their templates know beside that.

    Of *proposal*, what a person was shown, the answers are taken that are there. *desk* hears of every step, and keeps
    what was said and what proves it. Raises as ``Interview.ask`` does, and TemplateError.
    """
    found = _Found()
    if proposal is not None:
        found.tokens = proposal.tokens
        found.evidence = desk.proven()
    interview: Interview | None = None
    for number, ask in enumerate(asks):
        known = {**values, "ask": _as_templates_have(found.values)}
        named = {"ask": ask.name} if ask.name else {}
        if ask.when is not None and not compile_template(ask.when).evaluate(known):
            desk.step("not asked", **named)
            found.values[ask.name] = dict.fromkeys(ask.output)
            continue
        shown = None if proposal is None else proposal.answer_to(ask.name)
        if proposal is not None and shown is not None:
            said = json.dumps(shown, ensure_ascii=False)
            slots = unbounded(ask.output) if overflow == "join" else ask.output
            answer = check(said, slots, f"{text}\n{proposal.evidence()}")
        else:
            if interview is None:
                language = None if len({one.language for one in asks}) == 1 else "same"
                interview = Interview(desk.model(), text, overflow=overflow, language=language)
            spare = _room_for_those_to_come(desk, asks, number)
            asked = interview.ask(
                Question.of(ask, _task(ask, known)),
                tell=partial(desk.step, **named),
                keep=desk.keep(ask.name),
                spare=spare,
            )
            _write_down(desk, ask, asked, text, found)
            answer = dict(asked.values)
        found.values[ask.name] = found.given[ask.name] = answer
    given = found.given if asks and asks[0].name else found.given.get("")
    return Answers(values=_as_templates_have(found.values), given=given or None, tokens=found.tokens)


def _as_templates_have(found: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the answers by the names of their asks; those of the one without a name by themselves."""
    return found[""] if "" in found else dict(found)


def _task(ask: Ask, known: Mapping[str, Any]) -> Task:
    """Return the prompt of *ask*; what is filled in is data, as the document is: it can end no message."""
    if not is_template(ask.prompt):
        return ask.prompt
    pieces = compile_template(ask.prompt).pieces(known)
    return tuple(
        Part(text=clean(piece.text), data=True) if piece.value else Part(text=piece.text) for piece in pieces
    )


def _room_for_those_to_come(desk: Desk, asks: Sequence[Ask], number: int) -> int | None:
    """Return the tokens of text that fit beside each ask after the one with that *number*; None when it is the last.

    What a prompt will fill in is not known yet: it counts as long as the answers that it is taken from may be. An ask
    that turns out to need more reads the text anew for itself.
    """
    model = desk.model()
    free = []
    for later in range(number + 1, len(asks)):
        ask = asks[later]
        filled = sum(answer_tokens(one.output) for one in asks[:later] if ask.uses(one.slots()))
        free.append(max(LEAST_ROOM, room(model, ask.prompt, ask.output, ask.language) - filled))
    return min(free, default=None)


def _write_down(desk: Desk, ask: Ask, asked: Asked, text: str, found: _Found) -> None:
    """Tell what an ask took, and keep what proves its answer and the words that it proposes."""
    slots = ask.slots()
    proven = [replace(one, slot=ask.full(one.slot)) for one in evidence(ask.output, asked.values, text)]
    found.evidence = [*(one for one in found.evidence if not is_of(one, slots)), *proven]
    desk.prove(found.evidence)
    words = [word for said in asked.said for word in proposed_words(ask.output, said)]
    found.words += [(ask.full(slot), word) for slot, word in words]
    desk.propose(found.words)
    least = min(found.tokens[0], asked.tokens_read) if found.tokens[1] else asked.tokens_read
    found.tokens = least, asked.tokens_total
    desk.step(
        "answered",
        **({"ask": ask.name} if ask.name else {}),
        tokens_total=asked.tokens_total,
        tokens_read=asked.tokens_read,
        overflow=asked.overflow,
        calls=len(asked.calls),
        answer_tokens=asked.answer_tokens,
        seconds=round(asked.seconds, 3),
    )
