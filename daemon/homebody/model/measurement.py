"""What was measured of a model on this machine, and what was chosen from it?

The engine measures and chooses (`homebody.engine.tuning`); here is what is kept of it and shown.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from homebody.model.attempts import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What steps took with *settings*, and how the engine was laid out then."""

    settings: Settings = field(default_factory=Settings)
    tuning: Mapping[str, Any] | None = None
    """Seconds that steps took, as the engine told them; None where they were not measured."""
    measured_at: datetime | None = None
    unmeasured: str | None = None
    """Why they were not, in words."""
    plan: Mapping[str, Any] = field(default_factory=dict)
    """``lanes``, ``slots`` of the common pool, ``chunk`` tokens read in one step, and the ``reason`` in words."""
    threads: int = 0
    cpu: str = ""
    active_bytes: int = 0
    """The bytes of weights that a step of one token reads; 0 in what an older version kept."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them, the settings among them."""
        fields = asdict(self)
        del fields["settings"]
        at = None if self.measured_at is None else self.measured_at.isoformat()
        return {**self.settings.to_dict(), **fields, "measured_at": at}

    @classmethod
    def from_dict(cls, kept: Any) -> "Measurement | None":
        """Return what `to_dict` wrote; settings alone are taken, too. None for anything else."""
        settings = Settings.from_dict(kept)
        if settings is None:
            return None
        tuning, plan, threads = kept.get("tuning"), kept.get("plan"), kept.get("threads")
        unmeasured, active = kept.get("unmeasured"), kept.get("active_bytes")
        return cls(
            settings=settings,
            tuning=tuning if isinstance(tuning, dict) else None,
            measured_at=_moment(kept.get("measured_at")),
            unmeasured=unmeasured if isinstance(unmeasured, str) else None,
            plan=plan if isinstance(plan, dict) else {},
            threads=threads if isinstance(threads, int) else 0,
            cpu=str(kept.get("cpu", "")),
            active_bytes=active if isinstance(active, int) else 0,
        )


def dated(tuning: Any, kept: Measurement | None, now: datetime) -> datetime | None:
    """Return when *tuning* was measured: just now, unless it is what was *kept*; None for none."""
    if tuning is None:
        return None
    return kept.measured_at if kept is not None and kept.tuning == tuning else now


def _moment(kept: Any) -> datetime | None:
    """Return the moment that is written there, if one is, with its zone."""
    try:
        found = datetime.fromisoformat(kept)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None
