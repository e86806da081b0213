"""How does a run stand, in words that a person reads? Pure."""

from datetime import datetime, timedelta

from homebody.journal.run import Run, RunState
from homebody.quantities import say_duration


def local(moment: datetime) -> str:
    """Return *moment* to the minute, on the clock of this computer."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def say_seconds(seconds: float) -> str:
    """Return *seconds* as a person says them: to the second from ten on, to the tenth below."""
    if seconds < 10:
        return f"{max(0.0, round(seconds, 1)):g}s"
    return say_duration(timedelta(seconds=round(seconds)))


def until(moment: datetime, now: datetime) -> str:
    """Return *moment* to the second, with how long that is from *now*."""
    clock = moment.astimezone().strftime(
        "%H:%M:%S" if moment - now < timedelta(hours=12) else "%Y-%m-%d %H:%M"
    )
    return f"{clock} (in {say_seconds((moment - now).total_seconds())})"


def pauses(run: Run, now: datetime) -> bool:
    """Return whether a queued run waits for a moment that has not come."""
    return run.state is RunState.QUEUED and run.not_before is not None and run.not_before > now


def standing(run: Run, now: datetime, *, ahead: int | None = None) -> str:
    """Return how *run* stands: its state, since or until when, and the reason if there is one.

    *ahead* is how many queued runs have their turn before it.
    """
    because = f": {run.reason}" if run.reason else ""
    if pauses(run, now):
        assert run.not_before is not None
        return f"waits until {until(run.not_before, now)}{because}"
    if run.state is RunState.QUEUED:
        return f"queued, {place(ahead)}{because}" if ahead is not None else f"queued{because}"
    if run.state is RunState.RUNNING:
        since = f" since {local(run.started_at)}" if run.started_at else ""
        return f"running{since}" + (f", try {run.tries}" if run.tries > 1 else "")
    if run.state is RunState.WAITING:
        return f"waits for a person's approval{because}"
    if run.state is RunState.UNDOING:
        return "is being taken back"
    when = f" {local(run.finished_at)}" if run.finished_at else ""
    return f"{run.state.value}{when}{because}"


def place(ahead: int) -> str:
    """Return the place in the queue in words."""
    return "next in the queue" if ahead == 0 else f"place {ahead + 1} in the queue, behind {ahead}"
