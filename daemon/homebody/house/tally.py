"""How much was done, by day and by recipe, what did it cost, and what failed? Counts and reasons, no contents."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from homebody.house.account import printable
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal

MOST_FAILURES = 30

FAILED = (RunState.FAILED, RunState.QUARANTINED)


@dataclass(slots=True)
class Share:
    """What one recipe did and cost: runs by their states, seconds, and the model's tokens."""

    name: str
    states: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    """From their last start to their end, over all runs."""
    model_seconds: float = 0.0
    tokens_read: int = 0
    tokens_written: int = 0


def tally(journal: Journal, since: datetime, now: datetime) -> dict[str, Any]:
    """Return what was done from *since* to *now*, as JSON shows it: by local day, by recipe, and what failed."""
    runs = list(journal.ended(since))
    failures = [run for run in runs if run.state in FAILED]
    return {
        "since": since.isoformat(),
        "now": now.isoformat(),
        "days": by_day(runs, since, now),
        "recipes": [asdict(share) for share in by_recipe(runs, journal.answers(since))],
        "failures": [failure(run) for run in reversed(failures[-MOST_FAILURES:])],
    }


def by_day(runs: Iterable[Run], since: datetime, now: datetime) -> list[dict[str, Any]]:
    """Return each local day from *since* to *now* with the states of the runs that ended on it; none is left out."""
    found: dict[str, Counter[str]] = {}
    day, last = since.astimezone().date(), now.astimezone().date()
    while day <= last:
        found[day.isoformat()] = Counter()
        day += timedelta(days=1)
    for run in runs:
        if run.finished_at is not None:
            found.setdefault(run.finished_at.astimezone().date().isoformat(), Counter())[run.state.value] += 1
    return [{"day": day, "states": dict(states)} for day, states in sorted(found.items())]


def by_recipe(runs: Iterable[Run], answers: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Share]:
    """Return what each recipe did and cost, the one that took longest first."""
    shares: dict[str, Share] = {}
    for run in runs:
        share = shares.setdefault(run.recipe, Share(run.recipe))
        share.states[run.state.value] = share.states.get(run.state.value, 0) + 1
        if run.started_at is not None and run.finished_at is not None:
            share.seconds += max(0.0, (run.finished_at - run.started_at).total_seconds())
    for recipe, cost in answers:
        share = shares.setdefault(recipe, Share(recipe))
        share.model_seconds += cost.get("seconds", 0)
        share.tokens_read += cost.get("tokens_read", 0)
        share.tokens_written += cost.get("answer_tokens", 0)
    return sorted(shares.values(), key=lambda share: (-share.seconds, share.name))


def failure(run: Run) -> dict[str, Any]:
    """Return a run that failed: its number, when, its recipe and why."""
    return {
        "run": run.id,
        "at": run.finished_at.isoformat() if run.finished_at else None,
        "recipe": run.recipe,
        "state": run.state.value,
        "reason": printable(run.reason),
    }
