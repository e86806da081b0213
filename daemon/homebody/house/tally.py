"""How much was done, by day and by recipe, what did it cost, and what failed? Counts and reasons, no contents."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from homebody.house.account import printable
from homebody.journal.history import Answers, Ended
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
    ended = journal.ended(since)
    failures = journal.history(limit=MOST_FAILURES, states=FAILED, since=since)
    return {
        "since": since.isoformat(),
        "now": now.isoformat(),
        "days": by_day(ended, since, now),
        "recipes": [asdict(share) for share in by_recipe(ended, journal.answers(since))],
        "failures": [failure(run) for run in failures],
    }


def by_day(ended: Iterable[Ended], since: datetime, now: datetime) -> list[dict[str, Any]]:
    """Return each local day from *since* to *now* with the states of the runs that ended on it; none is left out."""
    found: dict[str, Counter[str]] = {}
    day, last = since.astimezone().date(), now.astimezone().date()
    while day <= last:
        found[day.isoformat()] = Counter()
        day += timedelta(days=1)
    for one in ended:
        found.setdefault(one.at.astimezone().date().isoformat(), Counter())[one.state.value] += one.number
    return [{"day": name, "states": dict(states)} for name, states in sorted(found.items())]


def by_recipe(ended: Iterable[Ended], answers: Iterable[Answers]) -> list[Share]:
    """Return what each recipe did and cost, the one that took longest first."""
    shares: dict[str, Share] = {}
    for one in ended:
        share = shares.setdefault(one.recipe, Share(one.recipe))
        share.states[one.state.value] = share.states.get(one.state.value, 0) + one.number
        share.seconds += one.seconds
    for cost in answers:
        share = shares.setdefault(cost.recipe, Share(cost.recipe))
        share.model_seconds += cost.seconds
        share.tokens_read += cost.tokens_read
        share.tokens_written += cost.tokens_written
    for share in shares.values():
        share.seconds, share.model_seconds = round(share.seconds, 3), round(share.model_seconds, 3)
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
