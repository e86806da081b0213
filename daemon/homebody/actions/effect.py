"""What is one change to the world, as a value?"""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Put:
    """The file at ``path`` is to hold ``content``; ``before`` is the SHA-256 of what is there now, or None.

    ``kind`` is the action that wants it, for people; ``mode`` the file's permission bits, None for those that
    it has already, or the usual ones of a new file. ``mtime_ns`` is the time of its last change, None for now: a
    file that an undo puts back is as old as it was. ``ahead`` is for what has to be there before any file is moved,
    ``bare`` for what carries on no tags, owner or attributes of the file that it replaces.
    """

    path: Path
    content: bytes
    before: str | None
    kind: str
    mode: int | None = None
    mtime_ns: int | None = None
    ahead: bool = False
    bare: bool = False

    @cached_property
    def after(self) -> str:
        """The SHA-256 of the content, in hex."""
        return hashlib.sha256(self.content).hexdigest()

    def following(self, earlier: "Put") -> "Put":
        """Return this change and *earlier*, on the same file, as one."""
        return replace(self, before=earlier.before, mode=earlier.mode if self.mode is None else self.mode)


@dataclass(frozen=True, kw_only=True)
class Move:
    """The file at ``source``, which holds what ``after`` is the SHA-256 of, is to be found at ``path``.

    ``before`` is the SHA-256 of what is at ``path`` now and is to go, or None when nothing is there.
    """

    path: Path
    source: Path
    after: str
    before: str | None = None
    kind: str = "move"


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The file at ``path`` is to be a copy of that at ``source``, which holds what ``after`` is the SHA-256 of.

    ``before`` is the SHA-256 of what is at ``path`` now and is to go, or None when nothing is there. ``tags`` are those
    of the original, as they are stored: they come along. ``linked`` makes it a second name of the same file instead.
    """

    path: Path
    source: Path
    after: str
    before: str | None = None
    kind: str = "copy"
    tags: bytes | None = None
    linked: bool = False


@dataclass(frozen=True, kw_only=True)
class Tags:
    """The file at ``path`` is to carry the desktop tags ``stored`` instead of ``stored_before``.

    Both are the attribute's bytes as the file system keeps them, None for no tags.
    """

    path: Path
    stored: bytes | None
    stored_before: bytes | None
    kind: str = "tag"

    @property
    def before(self) -> str | None:
        """The SHA-256 of the attribute as it is now, None for none."""
        return sha(self.stored_before)

    @property
    def after(self) -> str | None:
        """The SHA-256 of the attribute as it is to be, None for none."""
        return sha(self.stored)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The person is to be told ``words`` when the run is done; no file is changed."""

    words: str
    kind: str = "notify"
    before: None = None

    @property
    def after(self) -> str:
        """The SHA-256 of the words, in hex."""
        return hashlib.sha256(self.words.encode("utf-8", "surrogateescape")).hexdigest()


OnFile = Put | Move | Copy | Tags
"""Every kind of change to a file."""

Effect = OnFile | Notice
"""Every kind of change."""


def sha(data: bytes | None) -> str | None:
    """Return the SHA-256 of *data* in hex, None for nothing."""
    return None if data is None else hashlib.sha256(data).hexdigest()
