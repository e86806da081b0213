"""How long is "2h", and how much is "30 MB"?"""

import re
from datetime import timedelta

SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
BYTES = {
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}

_DURATION_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|[smhdw])\s*")
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,3})?)\s*([KMGT]i?B|B)?", re.IGNORECASE)
_UNITS = {unit.casefold(): factor for unit, factor in BYTES.items()}


def parse_duration(text: str) -> timedelta:
    """Return the time that "5s", "2h", "1h30m" or "1w" means; raise ValueError for anything else."""
    seconds, position = 0.0, 0
    while match := _DURATION_PART.match(text.strip(), position):
        seconds += float(match[1]) * SECONDS[match[2]]
        position = match.end()
    if position == 0 or position != len(text.strip()):
        raise ValueError("must be a time like 5s, 10m, 2h, 1d or 1w")
    return timedelta(seconds=seconds)


def say_duration(duration: timedelta) -> str:
    """Return *duration* as ``parse_duration`` reads it, largest units first: ``1h30m``."""
    left = round(duration / timedelta(milliseconds=1))
    said = ""
    for unit, seconds in SECONDS.items():
        count, left = divmod(left, round(seconds * 1000))
        said += f"{count}{unit}" if count else ""
    return said or "0s"


def parse_size(text: str) -> int:
    """Return the bytes that "30 MB", "1.5 GiB" or "512" means; raise ValueError for anything else."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError("must be a size like 500 KB, 30 MB or 2 GiB")
    return round(float(match[1]) * _UNITS[(match[2] or "B").casefold()])


def say_size(size: int) -> str:
    """Return *size* in the largest unit that says it exactly: ``30 MB``, ``1025 B``."""
    if size == 0:
        return "0 B"
    whole = [(factor, unit) for unit, factor in BYTES.items() if size % factor == 0]
    factor, unit = max(whole)
    return f"{size // factor} {unit}"


def rounded(size: int) -> str:
    """Return *size* as people say it."""
    unit, factor = ("GB", 1e9) if size >= 1e9 else ("MB", 1e6) if size >= 1e6 else ("KB", 1e3)
    return f"{size / factor:.1f} {unit}"


def ago(passed: timedelta) -> str:
    """Return a time that has passed, in minutes, hours or days."""
    minutes = max(0, round(passed.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
