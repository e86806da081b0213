"""May one more run of a recipe on one file begin now, or has it had too many? Pure.

Own writes wake nothing, and `homebody check` refuses recipes that would go round in a circle. What is left
is another program that rewrites a file without end: the breaker lets its runs wait, and loses none.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from homebody.quantities import say_duration

MARK = "the breaker:"
"""How the reason of a run begins that waits because of the breaker."""


def opens_until(starts: Sequence[datetime], count: int, per: timedelta, now: datetime) -> datetime | None:
    """Return until when the next run has to wait, or None when it may begin.

    *starts* are the times at which earlier runs began. *count* of them may lie within *per*: the next one
    begins when so many have left that there is room for it. Times after *now* come from a clock that was set
    back, and do not count.
    """
    within = sorted(start for start in starts if now - per < start <= now)
    return within[-count] + per if len(within) >= count else None


def waits(count: int, per: timedelta, until: datetime) -> str:
    """Return why a run waits, in words for a person; *until* is said in local time."""
    runs = "run" if count == 1 else "runs"
    clock = until.astimezone().strftime("%H:%M:%S").removesuffix(":00")
    return f"{MARK} {count} {runs} on this file within {say_duration(per)}; it waits until {clock}"
