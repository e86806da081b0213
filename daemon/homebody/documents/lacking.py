"""Why is something not read that could be, and what is there to do about it?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Why a kind of document is not read, and the cure; ``wanted`` is False where a person wishes it so."""

    reason: str
    cure: str
    wanted: bool = True

    def __str__(self) -> str:
        return f"{self.reason}; {self.cure}" if self.reason else self.cure
