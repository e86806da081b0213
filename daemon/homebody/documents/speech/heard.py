"""What is heard in a recording, and how long may one be?"""

from dataclasses import dataclass

MOST_HOURS = 4
"""Recordings that are longer are refused and not cut."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What was said from one second of a piece to another."""

    begin: float
    end: float
    text: str
