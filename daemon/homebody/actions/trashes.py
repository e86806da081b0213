"""Which trash does a file go into, and what must lie there so that the desktop can bring it back?

Linux: as freedesktop.org's Trash specification 1.0 has it, the home trash for what lies on its disk, and a trash at
the top of each other disk. A file is in ``files``, and a note in ``info`` says where it was and since when it is
there. macOS: ``~/.Trash``, without notes.
"""

import json
import os
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from homebody.actions.action import Output, World
from homebody.actions.conflict import names
from homebody.actions.effect import Effect, Move, Put
from homebody.errors import EffectError
from homebody.filenames import LONGEST_BYTES, shorten
from homebody.paths import real

NOTE = ".trashinfo"
"""How the names of the notes end."""

LONGEST_NAME = LONGEST_BYTES - 20
"""Bytes of a name in the trash: the note has the same name, with its own ending and perhaps a number."""

PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Trash:
    """One trash: its folder, and for that of another disk than the home folder's the top of that disk."""

    folder: Path
    top: Path | None = None
    notes: bool = True

    @property
    def files(self) -> Path:
        """The folder in which the files lie."""
        return self.folder / "files" if self.notes else self.folder

    def note_of(self, name: str) -> Path | None:
        """Return where the note on the file that is called *name* in the trash lies, None if there is none."""
        return self.folder / "info" / f"{name}{NOTE}" if self.notes else None

    def note(self, path: Path, moment: str) -> bytes:
        """Return the note on what was at *path* until *moment*, the local time as ``2026-03-02T18:00:00``."""
        told = path if self.top is None else path.relative_to(self.top)
        return f"[Trash Info]\nPath={quote(os.fsencode(told))}\nDeletionDate={moment}\n".encode("ascii")


def home_trash() -> Trash:
    """Return the trash of the person's home folder, links resolved; it need not be there yet."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    if str(sys.platform) == "darwin":  # as a plain string: else a type checker leaves one half out
        return Trash(folder=real(home / ".Trash"), notes=False)
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if os.path.isabs(data) else home / ".local" / "share"  # noqa: PTH117
    return Trash(folder=real(base / "Trash"))


def trashes(folders: Sequence[Path]) -> tuple[Trash, ...]:
    """Return the home trash, and for each of *folders* on another disk the one there, if there can be one."""
    home = home_trash()
    others = (of_another_disk(folder, home) for folder in folders)
    return tuple(dict.fromkeys((home, *(trash for trash in others if trash is not None))))


def trash_for(path: Path, roots: Sequence[Path]) -> Trash:
    """Return the trash that the file at *path* goes into: that of its disk, if it lies in one of *roots*.

    Else the home trash, into which it is copied from its disk.
    """
    home = home_trash()
    other = of_another_disk(path.parent, home)
    if other is not None and any(other.folder.is_relative_to(root) for root in roots):
        return other
    return home


def of_another_disk(folder: Path, home: Trash) -> Trash | None:
    """Return the trash at the top of *folder*'s disk, None on the disk of the trash *home*, and where none can be."""
    place = existing(folder)
    if not home.notes or device(place) == device(existing(home.folder)):
        return None
    top = next((above for above in (place, *place.parents) if os.path.ismount(above)), place)
    user = str(os.getuid())
    common = top / ".Trash"
    for trash in (common / user if is_common(common) else None, top / f".Trash-{user}"):
        if trash is not None and can_be(trash):
            return Trash(folder=trash, top=top)
    return None


def is_common(folder: Path) -> bool:
    """Return whether *folder* is the trash that all users of a disk share: no link, and nobody takes another's away."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and bool(found.st_mode & stat.S_ISVTX)


def can_be(folder: Path) -> bool:
    """Return whether *folder* is a trash of ours alone, or can be made."""
    try:
        found = folder.lstat()
    except OSError:
        return os.access(folder.parent, os.W_OK | os.X_OK)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and os.access(folder, os.W_OK)


def existing(folder: Path) -> Path:
    """Return *folder* without links, or what is there above it."""
    found = real(folder)
    return next((above for above in (found, *found.parents) if above.exists()), found)


def device(folder: Path) -> int:
    """Return the number of the disk that *folder*, which is there, lies on."""
    return folder.stat().st_dev


def trash_outputs(folders: Sequence[Path]) -> tuple[Output, ...]:
    """Return where files of *folders* lie that are thrown away."""
    places = [json.dumps(str(trash.files), ensure_ascii=False) for trash in trashes(folders)]
    return tuple(Output(dest=f"{{{{ {place} }}}}/{{{{ file.name }}}}", numbered=True) for place in places)


def thrown_away(world: World, path: Path, sha256: str, kind: str) -> list[Effect]:
    """Return the changes that bring the file at *path*, of that SHA-256, to the trash: the note first, then the file.

    So no other program takes the same name in the trash in between. Raises EffectError.
    """
    trash = trash_for(path, world.roots)
    place = free_name(trash, path.name, world.sha)
    effects: list[Effect] = [Move(path=place, source=path, after=sha256, kind=kind)]
    note = trash.note_of(place.name)
    if note is not None:
        moment = f"{world.values['run']['date']}T{world.values['run']['time']}:00"
        content = trash.note(path, moment)
        effects.insert(0, Put(path=note, content=content, before=None, kind=kind, mode=PRIVATE, ahead=True))
    return effects


def free_name(trash: Trash, name: str, planned: Callable[[Path], object] = lambda _path: None) -> Path:
    """Return where in *trash* a file called *name* finds room: neither a file nor a note has the name there.

    *planned* tells what is to be at a path, None for nothing. Raises EffectError when there are too many of that name.
    """
    for path in names(trash.files / shorten(name, LONGEST_NAME)):
        note = trash.note_of(path.name)
        taken = [one for one in (path, note) if one is not None and os.path.lexists(one)]
        if not taken and planned(path) is None and (note is None or planned(note) is None):
            return path
    raise EffectError("There is no free name in the trash: nothing was changed.")
