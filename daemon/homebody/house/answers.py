"""How do the asks of a recipe become answers, one after the other, and each kept with what proves it?

All of them are about the same text, which is read once. A later one sees what the earlier ones found out. What a
person was shown before is not asked again, unless it hangs on what that person changed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from homebody.house.asker import Asked, Interview, Question, answer_tokens, room
from homebody.house.calls import keeping
from homebody.house.evidence import is_of, keep_evidence, kept_evidence
from homebody.house.joining import unbounded
from homebody.house.model import InTurn
from homebody.house.proposal import Proposal
from homebody.house.tags import keep_proposals, proposed_words
from homebody.journal.run import Run
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.messages import Part
from homebody.recipe.asking import Ask, is_template
from homebody.slots.check import check
from homebody.slots.evidence import Evidence, evidence
from homebody.slots.prompt import Task
from homebody.slots.slot import clean
from homebody.templates import compile_template

LEAST_ROOM = 64
"""Tokens of a text that are shown at least, however much the questions to come may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where one run asks: its journal and vault, and a model, which is loaded only if there is something to ask."""

    journal: Journal
    vault: Vault
    run: Run
    model: Callable[[], InTurn]


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

    Of *proposal*, what a person was shown, the answers are taken that are there. Every step is told to the journal,
    what was said and what proves it are kept in the vault. Raises as ``Interview.ask`` does, and TemplateError.
    """
    found = _Found()
    if proposal is not None:
        found.tokens = proposal.tokens
        found.evidence = kept_evidence(desk.journal, desk.vault, desk.run.id)
    interview: Interview | None = None
    for number, ask in enumerate(asks):
        known = {**values, "ask": _as_templates_have(found.values)}
        named = {"ask": ask.name} if ask.name else {}
        if ask.when is not None and not compile_template(ask.when).evaluate(known):
            desk.journal.step(desk.run.id, "not asked", **named)
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
                tell=partial(_tell, desk, named),
                keep=keeping(desk.journal, desk.vault, desk.run.id, ask.name),
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


def _tell(desk: Desk, named: Mapping[str, str], name: str, **detail: Any) -> None:
    desk.journal.step(desk.run.id, name, **named, **detail)


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
    """Tell the journal what an ask took, and keep what proves its answer and the words that it proposes."""
    journal, vault, run = desk.journal, desk.vault, desk.run
    slots = ask.slots()
    proven = [replace(one, slot=ask.full(one.slot)) for one in evidence(ask.output, asked.values, text)]
    found.evidence = [*(one for one in found.evidence if not is_of(one, slots)), *proven]
    keep_evidence(journal, vault, run.id, found.evidence)
    words = [word for said in asked.said for word in proposed_words(ask.output, said)]
    found.words += [(ask.full(slot), word) for slot, word in words]
    keep_proposals(journal, vault, run, found.words)
    least = min(found.tokens[0], asked.tokens_read) if found.tokens[1] else asked.tokens_read
    found.tokens = least, asked.tokens_total
    journal.step(
        run.id,
        "answered",
        **({"ask": ask.name} if ask.name else {}),
        tokens_total=asked.tokens_total,
        tokens_read=asked.tokens_read,
        overflow=asked.overflow,
        calls=len(asked.calls),
        answer_tokens=asked.answer_tokens,
        seconds=round(asked.seconds, 3),
    )
