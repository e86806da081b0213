"""What is really there? File system events are hints; this is the truth."""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from homebody.errors import HomebodyError
from homebody.triggers.settle import Signature

if TYPE_CHECKING:
    Entries = os._ScandirIterator[str]  # the type that os.scandir returns has no public name


class FolderError(HomebodyError):
    """A watched folder cannot be looked at."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something found in a watched folder; links are not followed, so a link is a link."""

    path: Path
    signature: Signature
    kind: Literal["file", "link", "special"]


def candidate(path: Path, found: os.stat_result) -> Candidate | None:
    """Return what *path* is, or None for a folder and for a name that is not UTF-8 and could not be kept."""
    if stat.S_ISDIR(found.st_mode):
        return None
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return None
    kind: Literal["file", "link", "special"] = "special"
    if stat.S_ISREG(found.st_mode):
        kind = "file"
    elif stat.S_ISLNK(found.st_mode):
        kind = "link"
    return Candidate(path, Signature(found.st_size, found.st_mtime_ns, found.st_ino), kind)


def look(path: Path) -> Candidate | None:
    """Return what *path* is now, or None when it is gone, a folder, hidden, or out of reach."""
    if path.name.startswith("."):
        return None
    try:
        return candidate(path, path.lstat())
    except OSError:
        return None


def scan(folder: Path, recursive: bool) -> Iterator[Candidate]:
    """Yield everything in *folder*, and below it if *recursive*; hidden files and folders are left out.

    What vanishes meanwhile, or may not be looked into below *folder*, is left out, too. Raises FolderError when
    *folder* itself is not there or may not be looked into.
    """
    folders: list[str] = []
    yield from files_of(listed(folder), folders)
    while recursive and folders:
        path = folders.pop()
        try:
            entries = os.scandir(path)
        except OSError:
            continue
        yield from files_of(entries, folders)


def listed(folder: Path) -> "Entries":
    """Return the entries of *folder*. Raises FolderError."""
    try:
        return os.scandir(folder)
    except FileNotFoundError as error:
        raise FolderError(
            f"The folder {folder} is not there.", hint="Make it, or change the recipe."
        ) from error
    except NotADirectoryError as error:
        raise FolderError(f"{folder} is a file, not a folder.", hint="Change the recipe.") from error
    except PermissionError as error:
        raise FolderError(
            f"homebody may not look into {folder}.",
            hint="Give it access: on macOS in System Settings, Privacy & Security, Files and Folders; else with chmod.",
        ) from error
    except OSError as error:
        raise FolderError(f"The folder {folder} cannot be looked into: {error.strerror}.") from error


def files_of(entries: "Entries", folders: list[str]) -> Iterator[Candidate]:
    """Yield what is no folder among *entries*, and put the paths of folders into *folders*."""
    with entries, contextlib.suppress(OSError):  # a network folder can go away in the middle of its list
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                found = candidate(Path(entry.path), entry.stat(follow_symlinks=False))
            except OSError:
                continue
            if found is not None:
                yield found
