"""What a measurement gives: figures by their keys, what was left out and why, and the details."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Found:
    """Figures by key, reasons by key of what could not be measured, and what is behind the figures."""

    figures: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    def add(self, other: "Found") -> None:
        """Take over what another measurement found."""
        self.figures |= other.figures
        self.left_out |= other.left_out
        self.details |= other.details


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of *one* by that of *other*."""
    return round(statistics.median(one) / statistics.median(other), 4)


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float]:
    """Return the median of *values* and how far they go."""
    return {
        "median": round(statistics.median(values), digits),
        "least": round(min(values), digits),
        "most": round(max(values), digits),
    }
