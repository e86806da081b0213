"""Where do a file's desktop tags live, and how are they changed?

On Linux in the extended attribute ``user.xdg.tags``, with commas between them (freedesktop.org,
CommonExtendedAttributes): Dolphin and other file managers show and search them. They go with the file when
it is renamed, and its content and time stay as they were.
"""

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from homebody.actions.apply import worded
from homebody.actions.xattrs import attributes
from homebody.errors import ChangedSinceError, EffectError
from homebody.seal import handle

ATTRIBUTE = "user.xdg.tags"

LONGEST_TAG = 100
"""Characters that one tag may have."""

NO_ATTRIBUTES = (errno.ENOTSUP, errno.EOPNOTSUPP)


def stored_tags(path: Path) -> bytes | None:
    """Return the tags of the file at *path* as they are stored, None for none.

    Raises EffectError when they cannot be read; a file that is gone is one of these.
    """
    if not hasattr(os, "getxattr"):
        return None
    with worded(path, "read"):
        return _attribute(path)


def set_tags(path: Path, before: bytes | None, after: bytes | None) -> None:
    """Let the file at *path* carry *after* instead of *before*, both as they are stored; None is for no tags.

    The file's content and its time stay. Raises ChangedSinceError when it carries something else by now
    (then nothing is changed), EffectError when the file system keeps no attributes or the file is not ours.
    """
    if not hasattr(os, "setxattr"):
        raise EffectError("Desktop tags are set on Linux only, for now: the file was left as it is.")
    with worded(path, "tagged"):
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if _attribute(descriptor) != before:
                raise ChangedSinceError("The file's tags changed before ours were set, and were left.")
            with handle(descriptor) as number:
                if after is None:
                    attributes().removexattr(number, ATTRIBUTE)
                else:
                    attributes().setxattr(number, ATTRIBUTE, after)
            os.fsync(descriptor)
            if not os.path.samestat(os.fstat(descriptor), path.lstat()):
                raise ChangedSinceError("The file was replaced while it was tagged.")
        except OSError as error:
            if error.errno in NO_ATTRIBUTES:
                words = f"{path} lies on a file system that keeps no tags: the file was left as it is."
                raise EffectError(words) from error
            raise
        finally:
            os.close(descriptor)


def _attribute(file: Path | int) -> bytes | None:
    """Return the attribute of the file at a path, or of an open one; None for none. Raises OSError."""
    try:
        found: bytes = attributes().getxattr(file, ATTRIBUTE, follow_symlinks=isinstance(file, int))
    except OSError as error:
        if error.errno in (errno.ENODATA, *NO_ATTRIBUTES):
            return None
        raise
    return found


def split(stored: bytes | None) -> tuple[str, ...]:
    """Return the single tags in *stored*."""
    text = (stored or b"").decode("utf-8", "surrogateescape")
    return tuple(word for part in text.split(",") if (word := part.strip()))


def joined(tags: Sequence[str]) -> bytes | None:
    """Return *tags* as they are stored, None when there are none."""
    return ",".join(tags).encode("utf-8", "surrogateescape") if tags else None


def merged(there: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
    """Return the tags *there* without those to *remove*, and after them those to *add* that are not there yet.

    Upper and lower case are the same tag, as they are to the desktops; the spelling that is there stays.
    """
    gone = {word.casefold() for word in remove}
    kept = [tag for tag in there if tag.casefold() not in gone]
    known = {tag.casefold() for tag in kept}
    for word in add:
        if word.casefold() not in known:
            known.add(word.casefold())
            kept.append(word)
    return tuple(kept)


def plain_tag(text: str) -> str:
    """Return *text* as one tag: a comma would make two of it, and a line break has no place in one."""
    return " ".join(text.replace(",", " ").split())[:LONGEST_TAG].strip()
