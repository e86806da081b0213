"""Runs that are broken off half way through their changes: fixtures for the tests of what becomes of them."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.actions.apply import missing_folders, put
from homebody.actions.effect import Put
from homebody.events import FileSettled
from homebody.journal.run import EffectRow
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.testing import FakeClock

Broken = Callable[..., int]
KEY = bytes(range(32))


def sha(data: bytes) -> str:
    """Return the SHA-256 of *data*."""
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    opened = Journal.open(tmp_path / "state" / "journal.db", FakeClock())
    yield opened
    opened.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return Vault(tmp_path / "state" / "vault", KEY)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with two notes."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_bytes(b"note a")
    (folder / "b.md").write_bytes(b"note b")
    return folder


@pytest.fixture
def broken(journal: Journal, vault: Vault) -> Broken:
    """Return what starts a run that changes files, and breaks it off after so many changes and marks."""

    def started(
        changes: dict[Path, bytes], *, made: int = 0, marked: int = 0, path: Path | None = None
    ) -> int:
        key = os.urandom(8).hex()
        number = journal.enqueue(
            recipe="tag", recipe_hash="h", event=FileSettled(path=Path("/x"), content="c"), key=key, path=path,
            content="c", origin="c", due=None,
        )  # fmt: skip
        assert number is not None
        journal.claim()
        rows, puts = [], []
        for target, content in changes.items():
            old = target.read_bytes() if target.exists() else None
            before = sha(old) if old is not None else None
            puts.append(Put(path=target, content=content, before=before, kind="write"))
            rows.append(
                EffectRow(
                    id=None, run=number, ordinal=0, kind="write", path=target, before=before, after=sha(content),
                    origin=before, before_image=vault.put(old) if old is not None else None,
                    after_image=vault.put(content), mode=None, made=missing_folders(target), state="intended",
                )
            )  # fmt: skip
        numbers = journal.plan(number, rows)
        for effect in puts[:made]:
            put(effect)
        journal.mark_all(dict.fromkeys(numbers[:marked], "applied"))
        return number

    return started


def states(journal: Journal, run: int) -> list[str]:
    """Return the states of a run's effects."""
    return [effect.state for effect in journal.effects(run)]
