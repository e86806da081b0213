"""What was put on?"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SealReport:
    """What was put on, for people and for `status`."""

    tier: str
    kernel: str
    landlock_abi: int
    """0 where the seal is not Landlock's."""

    seccomp_sha256: str
    """Of the filter; on macOS, where there is none, of the Seatbelt profile and its parameters."""

    instructions: int
    """Of the filter; on macOS the rules of the profile."""

    as_root: bool
    milliseconds: float
    missing: tuple[str, ...]
    layers: str = ""
    """What it is made of, in words for people."""

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON takes it."""
        return asdict(self) | {"missing": list(self.missing)}
