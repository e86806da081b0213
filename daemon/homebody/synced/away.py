"""Is what is written into a folder carried away from this computer, and by what?

The decision is pure; ``Carriers`` does the looking, once for all folders of a moment.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from homebody.synced.marks import Mark, marks_above, real
from homebody.synced.mounts import Mount, mount_of, mounts_here, within
from homebody.synced.programs import marks_of_programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Why what is written into a folder does not stay: by what it is carried away, and how that is known."""

    by: str
    sign: str

    def __str__(self) -> str:
        return f"{self.by} carries it away ({self.sign})"


def carried_away(folder: Path, mounts: Sequence[Mount], marks: Iterable[Mark]) -> Away | None:
    """Return what carries away files that are written into *folder*, a real path; None when nothing is known to.

    That is a file system on another computer, or a program that left a mark: the folder itself, one that it is
    in, and one that is in it, for whoever may write the folder may write that one, too.
    """
    for mount in (mount_of(folder, mounts), within(folder, mounts)):
        if mount is not None and mount.remote:
            return Away(by=_name(mount), sign=f"{mount.folder} is mounted from there")
    marks = tuple(marks)
    for mark in marks:
        if folder.is_relative_to(mark.folder):
            return Away(by=mark.by, sign=mark.sign)
    inside = next((mark for mark in marks if folder in mark.folder.parents), None)
    return None if inside is None else Away(by=inside.by, sign=f"{inside.folder} in it: {inside.sign}")


def _name(mount: Mount) -> str:
    """Return what a mount that leads away is, in words."""
    if mount.automatic:
        return "an automatic mount (autofs)"
    if mount.kind.startswith("fuse"):
        return f"a program's own file system ({mount.kind})"
    return f"a network file system ({mount.kind})"


def person() -> Path | None:
    """Return the person's home folder, None where there is none."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    return home if home.is_absolute() else None


class Carriers:
    """What carries files away on this computer, as it was when this was made: mounts and programs' settings.

    *home* is the person's home folder; *mounts* are those of this computer, if not given.
    """

    def __init__(self, home: Path | None, mounts: Sequence[Mount] | None = None) -> None:
        self.mounts = mounts_here() if mounts is None else tuple(mounts)
        self._programs = () if home is None else tuple(self._placed(home))

    def _placed(self, home: Path) -> Iterator[Mark]:
        """Yield the folders of the programs' settings, as they are called and as they really lie."""
        reached = mount_of(home, self.mounts)
        if reached is not None and reached.remote:
            return  # the home folder leads away itself, and could hang
        for mark in marks_of_programs(home):
            yield mark
            yield Mark(folder=real(mark.folder, self.mounts), by=mark.by, sign=mark.sign)

    def of(self, folder: Path) -> Away | None:
        """Return what carries away files that are written into *folder*, None when nothing is known to.

        Cheap, and never waits for another computer: what is mounted from one is known by the list of mounts.
        """
        there = real(folder, self.mounts)
        return carried_away(there, self.mounts, (*marks_above(there, self.mounts), *self._programs))

    def between(self, folder: Path, root: Path) -> Away | None:
        """Return what carries away files in *folder*, looking from there up to *root* alone.

        For what is written below a root that itself was found to stay here. Needs no settings of programs, and
        costs a tenth of a millisecond however large the folders are.
        """
        return carried_away(folder, self.mounts, marks_above(folder, self.mounts, root, listed=False))

    def stays(self, folder: Path) -> bool:
        """Return whether *folder* can be looked at without waiting for another computer."""
        mount = mount_of(real(folder, self.mounts), self.mounts)
        return mount is None or not mount.remote
