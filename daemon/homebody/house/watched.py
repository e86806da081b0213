"""Which recipes want to see the files of which folder, and how patient are they?"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from homebody.paths import real
from homebody.recipe.schema import Recipe, Watch
from homebody.triggers.settle import Signature

MOST_FOLDERS = 10_000
"""Of so many folders is it remembered who looks at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One recipe's wish to see the files of one folder."""

    recipe: Recipe
    folder: Path
    recursive: bool
    settle: float
    existing: str

    def covers(self, path: Path) -> bool:
        """Return whether *path* lies where this wish looks."""
        return path.parent == self.folder or (self.recursive and self.folder in path.parents)


def wishes(recipes: Iterable[Recipe], settle: float) -> list[Watched]:
    """Return every watched folder of every enabled recipe, links resolved; *settle* is the default pause."""
    return [
        Watched(
            recipe=recipe,
            folder=real(folder),
            recursive=trigger.recursive,
            settle=settle if trigger.settle is None else trigger.settle,
            existing=trigger.existing,
        )
        for recipe in recipes
        if recipe.enabled
        for trigger in recipe.triggers
        if isinstance(trigger, Watch)
        for folder in trigger.folders
    ]


class Coverage:
    """All wishes together, asked by path; what holds for a file holds for all files of its folder."""

    def __init__(self, watched: Iterable[Watched]) -> None:
        self._watched = tuple(watched)
        self.wavers = any(one.recipe.wavers for one in self._watched)
        """Whether a file that nobody touches can come to be wanted."""
        self._known: dict[str, tuple[Watched, ...]] = {}

    def __iter__(self) -> Iterator[Watched]:
        """Return every wish, in order."""
        return iter(self._watched)

    def folders(self) -> list[Watched]:
        """Return one wish for each way in which a folder is looked at."""
        return list({(watched.folder, watched.recursive): watched for watched in self._watched}.values())

    def of(self, path: str) -> tuple[Watched, ...]:
        """Return the wishes that cover *path*."""
        folder = os.path.dirname(path)  # noqa: PTH120 - asked for every file of a storm
        found = self._known.get(folder)
        if found is None:
            if len(self._known) >= MOST_FOLDERS:
                self._known.clear()
            found = tuple(watched for watched in self._watched if watched.covers(Path(path)))
            self._known[folder] = found
        return found

    def quiet(self, path: str) -> float:
        """Return the longest pause that any recipe wants before *path* counts as settled, in seconds."""
        return max((watched.settle for watched in self.of(path)), default=0.0)


def key_of(signature: Signature) -> str:
    """Return a signature as the journal keeps it of what was there before a recipe."""
    return f"{signature.size}:{signature.mtime_ns}:{signature.inode}"
