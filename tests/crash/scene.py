"""What is homebody killed over: which files, which recipes, and what does everything look like at one moment?

Every kind of change is there: notes get front matter, files beside them and lines in a log; files are renamed,
moved by template, moved over others, moved to another file system where there is one, tagged, copied, and thrown away;
two recipes want one file, of which one moves it. A person may edit some of it before all is taken back by force.
"""

import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from homebody.recipe.load import load_folder
from homebody.recipe.schema import Recipe

TAGS = "user.xdg.tags"

RECIPES = {
    "stamp": ("notes", "md", "front_matter: {set: {stamp: '{{ file.stem }}'}, add: {tags: [seen]}}"),
    "beside": (
        "notes",
        "[md, txt]",
        "write: {dest: '{{ file.folder }}/{{ file.stem }}.beside.txt', content: 'Beside {{ file.name }}.'}",
    ),
    "over": (
        "notes",
        "[md, txt]",
        "write: {dest: 'OUT/{{ file.stem }}.txt', content: 'Over {{ file.name }}.', on_conflict: overwrite}",
    ),
    "log": (
        "notes",
        "[md, txt]",
        "append: {dest: 'OUT/log/{{ file.suffix | slug }}.txt', content: '{{ file.name }} was seen'}",
    ),
    "file": (
        "inbox",
        "md",
        "rename: 'Filed {{ file.stem }}{{ file.suffix }}'\n"
        "  - front_matter: {set: {filed: '{{ file.stem }}'}}\n"
        "  - move: 'OUT/filed/{{ file.stem | slug }}/'\n"
        "  - tag: {add: [filed]}\n"
        "  - append: {dest: OUT/log/filed.txt, content: '{{ file.name }} was filed'}",
    ),
    "away": ("away", "bin", "move: 'DISK/{{ file.stem | slug }}/'"),
    "replace": ("replace", "bin", "move: {dest: OUT/replaced/, on_conflict: overwrite}"),
    "replace-away": (
        "replace-away",
        "bin",
        "move: {dest: DISK/replaced/, on_conflict: overwrite}\n  - tag: {add: [there]}",
    ),
    "tag": ("tag", "bin", "tag: {add: [House, seen], remove: inbox}"),
    "throw": (
        "thrown",
        "bin",
        "tag: seen\n  - append: {dest: OUT/log/thrown.txt, content: '{{ file.name }}'}\n  - trash",
    ),
    "copy": (
        "copied",
        "bin",
        "copy: 'OUT/copied/{{ file.suffix | slug }}/'\n  - tag: seen\n  - copy: DISK/copied/",
    ),
    "copy-over": ("copied-over", "bin", "copy: {dest: OUT/replaced/, on_conflict: overwrite}"),
    "aside": ("aside", "bin", "move: {dest: OUT/replaced/, on_conflict: rename_existing}"),
    "link": ("linked", "bin", "hard_link: {dest: OUT/replaced/, on_conflict: overwrite}\n  - tag: seen"),
    "instead": ("instead", "bin", "copy: {dest: DISK/replaced/, on_conflict: trash}\n  - tag: seen"),
    "a-move": ("twice", "bin", "move: 'OUT/twice/{{ file.suffix | slug }}/'"),
    "b-tag": ("twice", "bin", "tag: twice"),
    "c-log": (
        "twice",
        "bin",
        "append: {dest: OUT/log/twice.txt, content: '{{ file.name }} was twice'}\n  - notify: 'Saw {{ file.name }}'",
    ),
    "d-tell": ("twice", "bin", "notify: 'Saw {{ file.name }}, too'"),
}
"""Each recipe's folder, the endings that it wants, and its actions."""

TELLING = frozenset({"c-log", "d-tell"})
"""The recipes that tell something when they are done."""

RECIPE = """version: 1
name: NAME
description: One kind of change
triggers:
  - {watch: FOLDER, existing: process, settle: 50ms}
filters:
  - extension: KINDS
actions:
  - ACTIONS
"""
FOLDERS = (
    "notes",
    "notes",
    "inbox",
    "away",
    "replace",
    "replace-away",
    "tag",
    "twice",
    "thrown",
    "copied",
    "copied-over",
    "aside",
    "instead",
    "linked",
)
"""Where the files lie, in turn."""

HEAP = b"\x00\xff no text, but a file's own bytes\r\n"
ONLY_MOVED = b"\x00\xff only moved or tagged"
"""How a file begins whose content nobody changes: its time stays, too."""

AS_BEFORE = (ONLY_MOVED, HEAP, b"Note ", b"---\r\ntags: [a]\r\n---")
"""How contents begin that were there first: a file that holds one is as old as it was, also once it holds it again."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is at one moment; the time of its content only where that was there first."""

    content: bytes
    mode: int
    tags: bytes | None
    mtime_ns: int | None


class Scene:
    """Folders of files, one for what comes out, one on another disk, recipes, and homebody's state."""

    def __init__(self, folder: Path, files: int) -> None:
        self.folder, self.files = folder, files
        self.out, self.state = folder / "out", folder / "state"
        self.disk = another_disk(folder)

    def build(self) -> None:
        """Make everything as it is before homebody comes."""
        for made in (*set(FOLDERS), "out/replaced", "state", "recipes"):
            (self.folder / made).mkdir(parents=True)
        (self.disk / "replaced").mkdir(parents=True)
        for name, (folder, kinds, actions) in RECIPES.items():
            text = RECIPE.replace("NAME", name).replace("KINDS", kinds).replace("ACTIONS", actions)
            text = text.replace("FOLDER", str(self.folder / folder))
            text = text.replace("OUT", str(self.out)).replace("DISK", str(self.disk))
            (self.folder / "recipes" / f"{name}.yaml").write_text(text)
        for number in range(self.files):
            self._make(number, FOLDERS[number % len(FOLDERS)])

    def _make(self, number: int, folder: str) -> None:
        """Make one file, and what it is to replace."""
        ending = "bin" if folder not in ("notes", "inbox") else "txt" if number % 16 == 1 else "md"
        path = self.folder / folder / f"file-{number}.{ending}"
        if ending == "bin":
            path.write_bytes(ONLY_MOVED + b" %d" % number)
        else:
            top = b"---\r\ntags: [a]\r\n---\r\n" if number % 3 == 0 else b""
            path.write_bytes(top + b"Note %d.\r\n" % number)
        if number % 2:
            os.setxattr(path, TAGS, b"inbox,mine %d" % number)
        if folder == "notes" and number % 2:
            self._there(self.out / f"file-{number}.txt", number)
        if folder in ("replace", "copied-over", "aside", "linked"):
            self._there(self.out / "replaced" / path.name, number)
        if folder in ("replace-away", "instead"):
            self._there(self.disk / "replaced" / path.name, number)
        modes = (0o600, 0o644, 0o640, 0o444 if folder == "away" else 0o664)
        path.chmod(modes[number // len(FOLDERS) % 4])
        os.utime(path, ns=(0, 1_600_000_000_000_000_000 + number))

    def _there(self, path: Path, number: int) -> None:
        path.write_bytes(HEAP + b"%d" % number)
        path.chmod(0o604)
        os.setxattr(path, TAGS, b"there before,%d" % number)
        os.utime(path, ns=(0, 1_500_000_000_000_000_000 + number))

    def edit(self) -> None:
        """Be a person who goes on with every third file of what came out, and takes a name or two."""
        for number, (name, path) in enumerate(sorted(self._files().items())):
            if number % 3 == 0 and "/log/" not in name and not name.startswith("notes/"):
                path.chmod(0o644)
                path.write_bytes(b"A person's newer %s" % name.encode())
        for number in range(0, self.files, 4):
            folder = FOLDERS[number % len(FOLDERS)]
            if folder in ("inbox", "replace"):
                ending = "md" if folder == "inbox" else "bin"
                (self.folder / folder / f"file-{number}.{ending}").write_bytes(
                    b"A person's other %d" % number
                )

    def remove(self) -> None:
        """Remove what lies outside the scene's folder."""
        shutil.rmtree(self.disk, ignore_errors=True)

    def recipes(self) -> dict[str, Recipe]:
        """Return the recipes."""
        os.environ["XDG_DATA_HOME"] = str(self.folder / "data")
        loaded = load_folder(self.folder / "recipes")
        assert not loaded.problems, loaded.problems
        return {recipe.name: recipe for recipe in loaded.recipes}

    def _files(self) -> dict[str, Path]:
        tops = {name: self.folder / name for name in (*FOLDERS, "out", "data")} | {"disk": self.disk}
        return {
            f"{name}/{path.relative_to(top)}": path
            for name, top in tops.items()
            for path in top.rglob("*")
            if path.is_file()
        }

    def tree(self) -> dict[str, Look]:
        """Return every file, in all folders but homebody's own, as it is now."""
        return {name: looked_at(path) for name, path in self._files().items()}


def looked_at(path: Path) -> Look:
    """Return what the file at *path* is now."""
    status, content = path.stat(), path.read_bytes()
    if path.suffix == ".trashinfo":  # where the scene lies, and when it is played, does not count
        content = re.sub(rb"(?m)^Path=.*/(?=[^/]*/[^/]*$)|^DeletionDate=.*$", b"", content)
    try:
        tags = os.getxattr(path, TAGS)
    except OSError:
        tags = None
    time = status.st_mtime_ns if content.startswith(AS_BEFORE) else None
    return Look(content, stat.S_IMODE(status.st_mode), tags, time)


def another_disk(folder: Path) -> Path:
    """Return a new folder on another file system than *folder*'s, or beside it where there is no other."""
    shared = Path("/dev/shm")
    folder.mkdir(parents=True, exist_ok=True)
    if shared.is_dir() and shared.stat().st_dev != folder.stat().st_dev and os.access(shared, os.W_OK):
        return Path(tempfile.mkdtemp(prefix="homebody-kill-", dir=shared))
    return folder / "disk"
