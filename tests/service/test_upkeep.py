"""What is due when, and what happens when it cannot be done?"""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homebody.journal.copying import copied_at, copy_of
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.service.upkeep import Upkeep, copy_due, due
from homebody.settings import VaultLimits
from homebody.testing import FakeClock

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Store:
    """A journal, a vault, and their upkeep."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(datetime.now(UTC))
        self.path = folder / "journal.db"
        self.folder = folder / "vault"
        self.journal = Journal.open(self.path, self.clock)
        self.vault = Vault(self.folder, bytes(32))
        self.changing = threading.Lock()
        self.upkeep = Upkeep(self.journal, self.path, self.folder, self.clock, VaultLimits(), self.changing)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an empty store."""
    made = Store(tmp_path)
    yield made
    made.journal.close()


@pytest.mark.parametrize(
    ("last", "is_due"),
    [(None, True), (NOW - 25 * HOUR, True), (NOW - 23 * HOUR, False), (NOW, False), (NOW + HOUR, True)],
)
def test_once_a_day_is_once_a_day(last: datetime | None, is_due: bool):
    """Never done is due, and so is what was done in the future: the clock was set back."""
    assert due(last, NOW) is is_due


def test_the_copy_waits_for_an_idle_moment_but_not_for_ever():
    """A busy day puts it off, a second one does not."""
    assert copy_due(NOW - 25 * HOUR, NOW, idle=True)
    assert not copy_due(NOW - 25 * HOUR, NOW, idle=False)
    assert copy_due(NOW - 49 * HOUR, NOW, idle=False)


def test_the_first_look_purges_and_copies_and_the_next_day_too(store):
    """At the start, then after a day; not in between."""
    name = store.vault.put(b"old")
    moment = (store.clock.now() - timedelta(days=31)).timestamp()
    os.utime(store.folder / name[:2] / name, (moment, moment))
    store.upkeep.look()
    assert not store.vault.has(name)
    first = copied_at(store.path)
    assert first is not None
    store.vault.put(b"old")
    os.utime(store.folder / name[:2] / name, (moment, moment))
    store.clock.advance(3600)
    store.upkeep.look()
    assert store.vault.has(name)
    store.clock.advance(86_400)
    store.upkeep.look()
    assert not store.vault.has(name)
    assert copied_at(store.path) != first


def test_what_fails_is_told_until_it_succeeds(store):
    """A folder in the copy's place is a problem in words; the purge is done all the same."""
    copy_of(store.path).mkdir()
    (copy_of(store.path) / "in-the-way").touch()
    name = store.vault.put(b"old")
    os.utime(store.folder / name[:2] / name, (0, 0))
    moment = store.clock.now().timestamp() - 3 * 86_400
    os.utime(copy_of(store.path), (moment, moment))
    store.upkeep.look()
    assert not store.vault.has(name)
    (words,) = store.upkeep.problems.values()
    assert "copy cannot be written" in words
    (copy_of(store.path) / "in-the-way").unlink()
    copy_of(store.path).rmdir()
    store.upkeep.look()
    assert {} == store.upkeep.problems


def test_the_vault_is_not_purged_while_a_run_changes_files(store):
    """The purge waits for the lock that a run holds."""
    name = store.vault.put(b"old")
    os.utime(store.folder / name[:2] / name, (0, 0))
    with store.changing:
        thread = threading.Thread(target=store.upkeep.purge)
        thread.start()
        thread.join(timeout=0.2)
        assert thread.is_alive()
        assert store.vault.has(name)
    thread.join()
    assert not store.vault.has(name)
