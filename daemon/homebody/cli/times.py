"""Which moment does a person mean who types 2h, today or a date?"""

from datetime import datetime, time, timedelta

from homebody.errors import UsageError
from homebody.quantities import parse_duration

WRITTEN_LIKE = '2h, 3d, today, yesterday, 2026-11-24 or "2026-11-24 14:00"'


def moment(text: str, now: datetime) -> datetime:
    """Return the time that *text* means, seen from *now*. Raises UsageError."""
    if text == "today":
        return datetime.combine(now.date(), time(), now.tzinfo)
    if text == "yesterday":
        return datetime.combine(now.date() - timedelta(days=1), time(), now.tzinfo)
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a time.",
            hint=f"Write it like {WRITTEN_LIKE}.",
        ) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=now.tzinfo)
