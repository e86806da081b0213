"""A world in which actions plan: real files in a folder of their own."""

import hashlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homebody.actions import Action, World
from homebody.actions.apply import put
from homebody.actions.effect import Effect

sys.path.append(str(Path(__file__).parent))  # for changes.py


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it was read."""

    path: Path
    data: bytes


@dataclass(slots=True, kw_only=True)
class Stage:
    """A folder, and what actions see of it."""

    folder: Path

    def world(
        self, ask: Mapping[str, Any] | None = None, *, name: str = "Ideas.md", source: str = "", **values: Any
    ) -> World:
        """Return the world of a run on the file *name*, whose slots were filled with *ask*."""
        path = self.folder / name
        file = {
            "name": name,
            "stem": path.stem,
            "suffix": path.suffix,
            "path": str(path),
            "folder": str(path.parent),
        }
        data = path.read_bytes() if path.is_file() else b""
        return World(
            values={
                "file": file,
                "ask": dict(ask or {}),
                "vars": {},
                "run": {"date": "2026-03-02"},
                **values,
            },
            file=File(path=path, data=data),
            source=source,
            roots=(self.folder,),
            content=self.content,
        )

    @staticmethod
    def content(path: Path) -> tuple[bytes, str, int] | None:
        """Return the file at *path* as it is now."""
        if not path.is_file():
            return None
        data = path.read_bytes()
        return data, hashlib.sha256(data).hexdigest(), path.stat().st_mode & 0o777

    def run(self, action: Action, ask: Mapping[str, Any] | None = None, **more: Any) -> list[Effect]:
        """Plan *action* and carry its effects out."""
        effects = action.plan(self.world(ask, **more))
        for effect in effects:
            put(effect)
        return effects

    def tree(self) -> dict[str, str]:
        """Return every file below the folder, as text."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes().decode()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage on an empty folder."""
    folder = tmp_path / "Notes"
    folder.mkdir()
    return Stage(folder=folder)


@pytest.fixture
def tree() -> Callable[[Path, Mapping[str, str]], None]:
    """A way to make several files at once."""

    def make(folder: Path, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())

    return make
