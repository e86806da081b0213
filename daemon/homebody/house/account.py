"""What is to be told of one run, and of many? As plain values, for JSON and for people alike."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.house.calls import calls
from homebody.house.evidence import kept_evidence
from homebody.house.state_words import standing
from homebody.journal.run import EffectRow, Run, RunState, Step
from homebody.journal.store import Journal
from homebody.journal.vault import Vault

SHORT = 12
"""Characters of a hash that are shown: enough to tell two contents of one computer apart."""


def run_dict(run: Run) -> dict[str, Any]:
    """Return *run* as JSON shows it."""
    return {
        "id": run.id,
        "recipe": run.recipe,
        "event": run.event,
        "path": printable(run.path),
        "state": run.state.value,
        "reason": run.reason,
        "attempt": run.attempt,
        "queued_at": run.queued_at.isoformat(),
        "not_before": run.not_before.isoformat() if run.not_before else None,
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "dry": run.dry,
    }


def step_dict(step: Step) -> dict[str, Any]:
    """Return *step* as JSON shows it."""
    return {
        "seq": step.seq,
        "run": step.run,
        "at": step.at.isoformat(),
        "name": step.name,
        "detail": dict(step.detail),
    }


def effect_dict(effect: EffectRow) -> dict[str, Any]:
    """Return *effect* as JSON shows it, its hashes in short."""
    return {
        "action": effect.kind,
        "deed": effect.deed.value,
        "path": printable(effect.path),
        "source": printable(effect.source),
        "before": effect.before[:SHORT] if effect.before else None,
        "after": effect.after[:SHORT] if effect.after else None,
        "state": effect.state,
    }


def account(journal: Journal, vault: Vault | None, number: int, now: datetime) -> dict[str, Any]:
    """Return everything there is to tell of run *number*. Raises JournalError when there is none.

    ``calls`` is what the model was asked and answered; without a *vault* it is None, and ``kept`` says of how
    many calls something is kept. ``evidence`` is where in the document that stands which must appear there.
    """
    run = journal.run(number)
    ahead = journal.ahead(number) if run.state is RunState.QUEUED else None
    kept = {ordinal for name, ordinal in journal.kept(number) if name in ("prompt", "answer")}
    return {
        "run": run_dict(run) | {"recipe_hash": run.recipe_hash},
        "standing": standing(run, now, ahead=ahead),
        "forgotten": journal.forgotten(number),
        "steps": [step_dict(step) for step in journal.steps(number)],
        "effects": [effect_dict(effect) for effect in journal.effects(number)],
        "kept": len(kept),
        "calls": None if vault is None else [asdict(call) for call in calls(journal, vault, number)],
        "evidence": [] if vault is None else [asdict(one) for one in kept_evidence(journal, vault, number)],
    }


def history(
    journal: Journal,
    *,
    limit: int,
    recipe: str | None = None,
    states: Collection[RunState] = (),
    path: Path | None = None,
    since: datetime | None = None,
) -> dict[str, Any]:
    """Return the newest runs that fit, newest first. Raises JournalError."""
    found = journal.history(limit=limit, recipe=recipe, states=states, path=path, since=since)
    return {"runs": [run_dict(run) for run in found]}


def printable(text: Path | str | None) -> str | None:
    """Return a name, or words with names in them, as can be printed: what is not UTF-8 is spelled out."""
    if text is None:
        return None
    return str(text).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
