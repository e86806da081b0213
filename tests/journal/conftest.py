"""A real journal and a real vault in a folder of their own, and a clock whose hands a test moves."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.events import FileSettled
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.testing import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def journal(tmp_path: Path, clock: FakeClock) -> Iterator[Journal]:
    """An empty journal."""
    opened = Journal.open(tmp_path / "state" / "journal.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return Vault(tmp_path / "state" / "vault", bytes(range(32)))


@pytest.fixture
def queue(journal: Journal) -> Callable[..., int]:
    """Return what queues a run of *recipe* on a file that holds *text*."""

    def queued(recipe: str = "tag", path: Path = Path("/notes/a.md"), text: str = "a note") -> int:
        content = hashlib.sha256(text.encode()).hexdigest()
        number = journal.enqueue(
            recipe=recipe,
            recipe_hash="1" * 64,
            event=FileSettled(path=path, content=content),
            key=f"{recipe}\n{content}\n{path}",
            path=path,
            content=content,
            origin=content,
            due=None,
        )
        assert number is not None
        return number

    return queued
