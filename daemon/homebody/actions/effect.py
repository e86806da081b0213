"""What is one change to the world, as a value?"""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Put:
    """The file at ``path`` is to hold ``content``; ``before`` is the SHA-256 of what is there now, or None.

    ``kind`` is the action that wants it, for people; ``mode`` the file's permission bits, None for those that
    it has already, or the usual ones of a new file.
    """

    path: Path
    content: bytes
    before: str | None
    kind: str
    mode: int | None = None

    @cached_property
    def after(self) -> str:
        """The SHA-256 of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()

    def following(self, earlier: "Put") -> "Put":
        """Return this change and *earlier*, on the same file, as one."""
        return replace(self, before=earlier.before, mode=earlier.mode if self.mode is None else self.mode)


Effect = Put
"""Every kind of change; moves, tags and the trash come with their actions."""
