"""Journal, vault and daemon: what they say of themselves."""

from findings import NOW, found

from homebody.doctor import (
    daemon,
    store,
)
from homebody.journal.store import Journal
from homebody.model.prefixes import Prefix, PrefixFolder
from homebody.paths import Home
from homebody.testing import FakeClock


def test_a_journal_whole_and_damaged(home: Home):
    """None yet, a whole one, one that a disk has eaten into, and one that was set aside."""
    assert found(store.journal(home, NOW))["journal"].verdict == "note"
    home.state.mkdir()
    Journal.open(home.journal, FakeClock()).close()
    assert found(store.journal(home, NOW))["journal"].verdict == "right"
    assert store.newest_entry(home) is None
    data = bytearray(home.journal.read_bytes())
    data[4096 : len(data)] = b"\xff" * (len(data) - 4096)
    home.journal.write_bytes(data)
    (home.state / "journal.db.damaged-20261124-101112").touch()
    said = found(store.journal(home, NOW))
    assert (said["journal"].verdict, said["journal-aside"].verdict) == ("wrong", "note")
    assert store.newest_entry(home) is None


def test_a_vault_over_its_limit(home: Home):
    """It is told with the command that purges it; no vault at all is within the limits."""
    assert found(store.vault(home, NOW))["vault"].verdict == "right"
    home.settings.write_text("vault: {size: 10 B}\n", encoding="utf-8")
    (home.vault / "ab").mkdir(parents=True)
    (home.vault / "ab" / ("ab" + "0" * 62)).write_bytes(b"x" * 100)
    said = found(store.vault(home, NOW))["vault"]
    assert (said.verdict, "homebody vault purge" in said.cure) == ("note", True)


def test_how_many_beginnings_are_kept(home: Home):
    """None before there is a folder; then how many, how large, and how large they may become."""
    assert "none kept" in found(store.prefixes(home))["prefixes"].words
    prefix = Prefix(kind="pool-512-k1-v1", tokens=(1,) * 128, state=b"x" * 1500)
    home.state.mkdir()
    assert PrefixFolder(home.prefixes).keep("a" * 32, prefix, NOW)
    assert "1 kept, 1.9 KB of at most 256 MB" in found(store.prefixes(home))["prefixes"].words


STATUS = {"pid": 7, "model": {"state": "ready"}, "paused": None, "waiting": {}, "folders": {}, "store": []}


def test_what_a_daemon_says_of_itself():
    """None runs; all is well; and each of its troubles, a recipe that waits for a restart with the command."""
    assert found(daemon.daemon(None, str))["daemon"].verdict == "note"
    assert {"daemon": "right"} == {
        name: one.verdict for name, one in found(daemon.daemon(STATUS, str)).items()
    }
    sick = {**STATUS, "model": {"state": "failed", "problem": "p"}, "paused": {"why": "full"}, "store": ["s"],
            "folders": {"/x": "f"}, "waiting": {"tidy": "waiting for restart: it would read /y"}}  # fmt: skip
    said = found(daemon.daemon(sick, str))
    assert {"daemon", "daemon-model", "daemon-paused", "recipe-waits", "folder", "store"} == set(said)
    assert "homebody restart" in said["recipe-waits"].cure
    on_battery = {**STATUS, "paused": {"why": "the computer runs on battery", "until": "it is plugged in"}}
    resting = found(daemon.daemon(on_battery, str))["daemon-paused"]
    assert ("note", True) == (resting.verdict, "Plug it in" in resting.cure), "that is what was wished"
