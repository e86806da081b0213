"""What a person is told when no homebody answers, for each way in which it can be gone, or when another one does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from listening import listening

from homebody import __version__
from homebody.cli import absence
from homebody.cli.main import cli
from homebody.errors import NotRunningError
from homebody.paths import Home, find_home
from homebody.service.lock import Lock, cut_off
from homebody.service.refusal import Refusal, note
from homebody.upgrading import upgraded

HOLDS = """
import sys, pathlib
from homebody.service.lock import Lock
lock = Lock(pathlib.Path(sys.argv[1]))
lock.take()
print(flush=True)
if sys.stdin.read(1) == "r":
    lock.release()
    print(flush=True)
    sys.stdin.read(1)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which nothing was done yet."""
    return find_home({}, tmp_path / "home")


def told(home: Home, *words: str) -> str:
    """Return what `homebody WORDS` says when nobody answers, as one line; it ends with 69."""
    done = CliRunner().invoke(cli, ["--home", str(home.config), *(words or ("status",))])
    assert 69 == done.exit_code, done.output
    return " ".join(done.output.split())


def holding(home: Home) -> subprocess.Popen[bytes]:
    """Return a process that has taken the lock."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", HOLDS, str(home.lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    return child


def test_one_that_was_never_started(home: Home):
    """It is not running, and how to start it is said."""
    assert "No homebody daemon is running on this state folder. Start one with" in told(home)


def test_one_that_is_just_starting_is_not_called_gone(home: Home):
    """It holds its lock and has no socket yet: its process is named."""
    with holding(home) as child:
        assert f"homebody (process {child.pid}) is there and does not answer" in told(home)
        child.kill()


@pytest.mark.parametrize("words", [["status"], ["reload"], ["pause"]])
def test_one_that_was_killed_is_told_from_one_that_was_stopped(home: Home, words: list[str]):
    """kill -9 leaves its number behind, an orderly end does not; every command that needs it says which it was."""
    with holding(home) as child:
        child.kill()
    assert child.pid == cut_off(home.lock)
    said = told(home, *words)
    assert f"The last one (process {child.pid}) did not end in order" in said
    assert "No run is lost" in said
    assert "homebody start" in said
    with holding(home) as child:
        child.communicate(b"r")
    assert cut_off(home.lock) is None
    assert "did not end in order" not in told(home, *words)


def test_one_that_could_not_start_gives_its_reason(home: Home):
    """Its own words stand before the general ones, although its number was left, too."""
    with holding(home) as child:
        child.kill()
    note(home, Refusal(error="settings.yaml: contxt is not known.", hint="Take it out.", exit_code=78))
    said = told(home)
    assert "Its last start failed: settings.yaml: contxt is not known. Take it out." in said
    assert "in order" not in said


def test_a_service_says_who_starts_it_again(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where a service is installed for this home, the service manager is named."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    unit = tmp_path / ".config" / "systemd" / "user" / "homebody.service"
    unit.parent.mkdir(parents=True)
    unit.write_text(f"[Unit]\nX-Homebody={home.config}\n")
    with holding(home) as child:
        child.kill()
    assert "The systemd user unit starts it again by itself" in told(home)


def test_a_lock_without_sense_tells_nothing(tmp_path: Path):
    """No number, or none at all, is nobody; ours that is held is nobody who was cut off."""
    path = tmp_path / "lock"
    assert cut_off(path) is None
    path.write_text("nonsense")
    assert cut_off(path) is None
    lock = Lock(path)
    lock.take()
    assert str(os.getpid()) == path.read_text()
    assert cut_off(path) is None
    lock.release()


def test_what_says_more_stays(home: Home):
    """A daemon that went away in the middle of an answer is told as that."""
    error = NotRunningError("The running homebody went away, or does not answer.")
    assert error is absence.absent(home, error)


@pytest.mark.parametrize("words", [["status"], ["pause"], ["history"]])
def test_another_version_that_runs_is_named(home: Home, words: list[str]):
    """Answers of another form, and questions that it does not know, end in words and never in a traceback."""
    routes = {
        ("GET", "/v1/status"): lambda _asked: {"version": "9.9.9", "runs": 3},
        ("GET", "/v1/runs"): lambda _asked: {"rows": []},
    }
    with listening(home.socket, routes):
        done = CliRunner().invoke(cli, ["--home", str(home.config), *words])
    said = " ".join(done.output.split())
    assert 1 == done.exit_code, done.output
    assert "`homebody restart` lets the" in said
    if words == ["status"]:
        assert f"homebody 9.9.9 is running, and {__version__} was installed over it" in said


def test_what_another_version_calls_itself_drives_no_terminal():
    """Of the name that a process gives itself only letters, digits and dots are shown; the same one fits, or none."""
    assert "homebody 2J9.1 is running" in str(upgraded("\x1b[2J9.1\n" + " " * 1000, "1"))
    assert [None, None, None] == [upgraded("1", "1"), upgraded(None, "1"), upgraded("1", None)]


def test_a_fault_of_ours_stays_one(home: Home):
    """With a daemon of our own version a KeyError is not blamed on an upgrade."""
    with listening(home.socket, {("GET", "/v1/status"): lambda _asked: {"version": __version__}}):
        done = CliRunner().invoke(cli, ["--home", str(home.config), "status"])
        assert isinstance(done.exception, KeyError)
        asked = CliRunner().invoke(cli, ["--home", str(home.config), "status", "--json"])
    assert {"version": __version__, "bridge": None} == json.loads(asked.output)
