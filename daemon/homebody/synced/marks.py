"""Which synchronising program has left its mark in a folder?

Every marker is a name that its program puts into the folder that it synchronises, and needs there or makes again.
Only names are looked at, with lstat(2), and nothing below a mount that leads away.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from homebody.synced.mounts import Mount, mount_of

NEXTCLOUD = "Nextcloud or ownCloud"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A folder that a program carries away: which program, and how that is known."""

    folder: Path
    by: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A name that a program leaves in a folder; ``folder`` says whether it is one, ``holds`` what must be in it."""

    by: str
    name: str
    folder: bool | None = None
    holds: tuple[str, ...] = ()


MARKERS = (
    Marker(by="Syncthing", name=".stfolder"),  # docs.syncthing.net/users/config: markerName
    # In the home folder ~/.dropbox is a folder, Dropbox's own state; in the synchronised one it is a file.
    Marker(by="Dropbox", name=".dropbox", folder=False),
    Marker(by="Dropbox", name=".dropbox.cache", folder=True),
    # help.resilio.com, "What is '.sync' folder": each synchronised folder gets one, with the folder's ID in it.
    Marker(
        by="Resilio Sync", name=".sync", folder=True, holds=("ID", "IgnoreList", "StreamsList", "Archive")
    ),
    Marker(by="Resilio Sync", name=".SyncID"),
    # help.mega.io, "How does syncing work" and ".megaignore": each is made in the root of a synchronised folder.
    Marker(by="MEGA", name=".megaignore"),
    Marker(by="MEGA", name=".debris", folder=True),
    # Google Drive for desktop, in the folders that it mirrors; grive2 and drive are its Linux clients.
    Marker(by="Google Drive", name=".tmp.drivedownload"),
    Marker(by="Google Drive", name=".tmp.driveupload"),
    Marker(by="Google Drive", name=".grive"),
    Marker(by="Google Drive", name=".grive_state"),
    Marker(by="Google Drive", name=".gd", folder=True, holds=("credentials.json",)),
    # Microsoft's own client marks the root so, also on macOS; the Linux client is known by its settings.
    Marker(by="OneDrive", name=".849C9593-D756-4E56-8D6E-42412F2A707B"),
    # docs.nextcloud.com/desktop, "Architecture": the journal of the synchronisation lies in the folder.
    Marker(by=NEXTCLOUD, name=".owncloudsync.log"),
    Marker(by=NEXTCLOUD, name=".nextcloudsync.log"),
)
PATTERNS = ("._sync_*.db", ".sync_*.db", ".csync_journal.db")
"""Names of that journal, the newest clients' last but one."""


def marks_at(folder: Path, *, listed: bool = True) -> Iterator[Mark]:
    """Yield the marks that programs have left in *folder* itself; none when it cannot be looked at.

    Unless it is *listed*, the one marker whose name is not known whole is not looked for: a list can be long.
    """
    for marker in MARKERS:
        if _is_there(folder, marker):
            yield Mark(folder=folder, by=marker.by, sign=f"{marker.name} lies in {folder}")
    if listed and (name := _journal(folder)):
        yield Mark(folder=folder, by=NEXTCLOUD, sign=f"{name} lies in {folder}")


def _is_there(folder: Path, marker: Marker) -> bool:
    path = f"{folder}/{marker.name}"  # a text: this is asked before every change that a run makes
    try:
        kind = os.lstat(path).st_mode
    except (OSError, ValueError):
        return False
    if marker.folder is not None and stat.S_ISDIR(kind) != marker.folder:
        return False
    return not marker.holds or any(os.path.lexists(f"{path}/{name}") for name in marker.holds)


def _journal(folder: Path) -> str | None:
    try:
        with os.scandir(folder) as entries:
            hidden = (entry.name for entry in entries if entry.name.startswith("."))
            return next(
                (name for name in hidden if any(fnmatchcase(name, pattern) for pattern in PATTERNS)), None
            )
    except (OSError, ValueError):
        return None


def marks_above(
    folder: Path, mounts: Sequence[Mount], stop: Path | None = None, *, listed: bool = True
) -> Iterator[Mark]:
    """Yield the marks in *folder* and the folders that it is in, up to *stop*; nothing that leads away is touched."""
    for place in (folder, *folder.parents):
        mount = mount_of(place, mounts)
        if mount is None or not mount.remote:
            yield from marks_at(place, listed=listed)
        if place == stop:
            return


def real(folder: Path, mounts: Sequence[Mount]) -> Path:
    """Return *folder* with its links followed, as far as that needs no look at a mount that leads away.

    ``Path.resolve`` would wait for a server that is gone. A link that leads round in a circle stays as it is.
    """
    done, rest, links = Path(folder.anchor), list(folder.parts[1:]), 0
    while rest:
        step = done / rest.pop(0)
        mount = mount_of(step, mounts)
        if mount is not None and mount.remote:
            return step.joinpath(*rest)
        try:
            target = Path(os.readlink(step))  # noqa: PTH115 - a Path comes of it here
        except (OSError, ValueError):
            done = step.parent.parent if step.name == ".." else step
            continue
        links += 1
        if links > 40:
            return step.joinpath(*rest)
        if target.is_absolute():
            done = Path(target.anchor)
        rest[:0] = target.parts[1:] if target.is_absolute() else target.parts
    return done
