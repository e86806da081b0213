"""How do the files look after the changes that are planned so far? Nothing of them is made yet."""

import os
from pathlib import Path

from homebody.actions.effect import Copy, Effect, Move, Notice, Put, Tags
from homebody.actions.tags import stored_tags
from homebody.documents.file import LIMIT, Snapshot, glance, take


class Overlay:
    """The files as they will be after the effects planned so far; *file*, the run's own, is as it was read."""

    def __init__(self, file: Snapshot | None = None) -> None:
        self._content: dict[Path, tuple[bytes, str, int] | None] = {}
        self._not_held: dict[Path, Snapshot] = {}
        if file is not None and file.held:
            self._content[file.path] = file.data, file.sha256, file.mode
        elif file is not None:
            self._not_held[file.path] = file
        self._tags: dict[Path, bytes | None] = {}
        self._rewritten: set[Path] = set()

    def content(self, path: Path) -> tuple[bytes, str, int] | None:
        """Return a file's bytes, their SHA-256 and its mode, or None when there is none.

        Raises DocumentError for what is there and cannot be read: a folder, a link, a pipe.
        """
        if path in self._content:
            return self._content[path]
        if path in self._not_held:
            path = self._not_held[path].path
        if not path.exists() and not path.is_symlink():
            return None
        snapshot = take(path)
        return snapshot.data, snapshot.sha256, snapshot.mode

    def sha(self, path: Path) -> str | None:
        """Return the SHA-256 of what a file of any size holds, None when there is none.

        Raises DocumentError as ``content`` does.
        """
        if path in self._not_held:
            return self._not_held[path].sha256
        if path in self._content or not os.path.lexists(path):
            there = self.content(path)
            return None if there is None else there[1]
        return glance(path).sha256

    def rewritten(self, path: Path) -> bool:
        """Return whether a file is planned to hold something else than what is on the disk."""
        return path in self._rewritten

    def tags(self, path: Path) -> bytes | None:
        """Return a file's desktop tags as they are stored, None for none. Raises EffectError."""
        return self._tags[path] if path in self._tags else stored_tags(path)

    def add(self, effect: Effect) -> None:
        """Let later actions see *effect* as done."""
        match effect:
            case Put():
                if effect.before is None:
                    self._tags[effect.path] = None
                self._not_held.pop(effect.path, None)
                self._rewritten.add(effect.path)
                self._content[effect.path] = effect.content, effect.after, effect.mode or 0o644
            case Move():
                self._tags[effect.path] = self.tags(effect.source)
                self._know(effect.path, effect.source)
                self._not_held.pop(effect.source, None)
                self._content[effect.source] = None
            case Copy():
                self._tags[effect.path] = self.tags(effect.source)
                self._know(effect.path, effect.source)
            case Tags():
                self._tags[effect.path] = effect.stored
            case Notice():
                pass

    def _know(self, path: Path, source: Path) -> None:
        """Let *path* hold what *source* holds."""
        (self._rewritten.add if source in self._rewritten else self._rewritten.discard)(path)
        if source in self._not_held or (source not in self._content and too_large(source)):
            self._not_held[path] = self._not_held[source] if source in self._not_held else glance(source)
            self._content.pop(path, None)
        else:
            self._content[path] = self.content(source)
            self._not_held.pop(path, None)


def too_large(path: Path) -> bool:
    """Return whether the file at *path* is too large to be held."""
    return os.path.lexists(path) and path.lstat().st_size > LIMIT
