"""Another homebody is installed over one that runs, and one takes over what an older or a newer one left."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from homebody import __version__
from homebody.journal.migrate import migrate, migrations

OLDER = """
import sys, homebody
homebody.__version__ = "0.0.9"
sys.argv = ["homebody", *sys.argv[5:]]
from homebody.cli.main import main
main()
"""
"""The command line of an older version, in one process: its children come from what is installed now."""

NOTICES = """
version: 1
name: notices
triggers: [{{watch: "{notes}", settle: 100ms}}]
filters: [{{extension: {suffix}}}, {{contains: train}}]
actions: [{{write: {{dest: "{notes}/{{{{ file.stem }}}}.seen", content: "seen"}}}}]
"""

MOMENT = "2026-03-02T09:00:00.000000+00:00"


@pytest.fixture
def says(house):
    """The command line that is installed now, on the house's home."""

    def run(*words: str, code: int = 0) -> str:
        """Return what `homebody WORDS` prints, as one line; it has to end with *code*."""
        command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert code == done.returncode, done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())

    return run


def test_an_upgrade_under_a_running_daemon_costs_no_run(house, says):
    """Readers and models of the new version are not taken by the old one: what needs them waits, and says for what."""
    house.recipe("notices", NOTICES.format(notes=house.notes, suffix="md"))
    house.start(launcher=[sys.executable, "-I", "-c", OLDER])
    house.drop("a.md", "The train leaves at nine.\n")
    house.until(lambda: any("installed over it" in (run["reason"] or "") for run in house.runs("a.md")))
    (run,) = house.runs("a.md")
    assert ("queued", 0) == (run["state"], run["attempt"])
    assert "`homebody restart` lets the new one take over" in run["reason"]
    said = says("status")
    assert f"homebody 0.0.9 is running, and {__version__} was installed over it: `homebody restart`" in said
    assert "No model process can be started: homebody 0.0.9 is running" in said
    assert house.stop() == 0
    house.start()
    assert "installed over it" not in says("status")
    assert "done" == house.ended("a.md")[-1]["state"]
    assert (house.notes / "a.seen").exists()


def test_a_journal_of_the_first_version_is_taken_over(house, says):
    """It is copied, brought up to date, and what was queued in it is done."""
    house.recipe("notices", NOTICES.format(notes=house.notes, suffix="md"))
    path = house.drop("a.md", "The train leaves at nine.\n")
    house.home.state.mkdir(parents=True)
    with closing(sqlite3.connect(house.home.journal, isolation_level=None)) as old:
        migrate(old, house.home.journal, migrations()[:1])
        old.execute(
            "INSERT INTO runs (id, key, recipe, recipe_hash, event, state, place, queued_at, finished_at)"
            " VALUES (7, x'01', 'notices', 'h', 'asked', 'done', 1, ?, ?)",
            (MOMENT, MOMENT),
        )
    house.start(model=False)
    assert (7, "done") == (house.runs()[0]["id"], house.runs()[0]["state"])
    copy = house.home.journal.with_name("journal.db.version-1")
    with closing(sqlite3.connect(copy)) as before:
        assert [(7,)] == before.execute("SELECT id FROM runs").fetchall()
        assert (1,) == before.execute("PRAGMA user_version").fetchone()
    assert "notices" in says("show", "7")
    path.touch()
    house.drop("b.md", "The train leaves at ten.\n")
    assert "done" == house.ended("b.md")[-1]["state"]


def test_a_journal_of_a_newer_version_is_left_as_it_is(house, says):
    """An older homebody does not start on it, says what to do, and changes no byte of it."""
    house.start(model=False)
    assert house.stop() == 0
    with closing(sqlite3.connect(house.home.journal, isolation_level=None)) as newer:
        newer.execute("PRAGMA user_version = 99")
    before = house.home.journal.read_bytes()
    for words in (["start"], ["history"]):
        said = says(*words, code=74)
        assert f"was written by a newer homebody (version 99; this one knows {len(migrations())})" in said
        assert "Install the newer homebody again" in said
    assert "Its last start failed: The journal was written by a newer homebody" in says("status", code=69)
    assert before == house.home.journal.read_bytes()
