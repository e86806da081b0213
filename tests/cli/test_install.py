"""`install` and `uninstall` with stand-ins for systemctl and launchctl that write down what they are asked.

The real daemon is started by the stand-in as the manager would start it; tests/e2e/test_systemd.py has a real one.
"""

import dataclasses
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from homebody.cli import install, managing
from homebody.cli.main import cli
from homebody.paths import Home, find_home
from homebody.service import launchd, systemd
from homebody.service.ending import end
from homebody.service.lock import holder
from homebody.service.manager import Manager

STAND_IN = """#!/bin/sh
echo "$(basename $0) $*" >> "$0.asked"
case "$*" in *version*) echo "systemd 252 (252.1)" ;; esac
if [ -f "$0.fails" ] && echo "$*" | grep -q -e "$(cat "$0.fails")"; then echo "it is Tuesday" >&2; exit 1; fi
case "$*" in
  *is-failed*) exit 1 ;;
  *" start "*|*kickstart*) if [ -f "$0.starts" ]; then setsid sh "$0.starts" > /dev/null 2>&1 < /dev/null & fi ;;
esac
exit 0
"""
"""Writes down its arguments; fails where the file `fails` says; starts what the file `starts` says."""


class Person:
    """A person with a home, a PATH of stand-ins and one of the two managers."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.home: Home = find_home({}, folder / "house")
        self.home.config.mkdir()
        self.tool = folder / "bin" / ("systemctl" if kind == "systemd" else "launchctl")
        self.tool.parent.mkdir()
        self.tool.write_text(STAND_IN)
        self.tool.chmod(0o755)
        environ = {"HOME": str(folder / "person")}
        self.manager: Manager = (
            systemd.systemd(environ) if kind == "systemd" else launchd.launchd(environ, 501)
        )
        serve = [sys.executable, "-I", "-m", "homebody", "--home", str(self.home.config), "serve", "--quiet"]
        self.tool.with_name(f"{self.tool.name}.starts").write_text(f"exec {shlex.join(serve)}")

    def fails(self, words: str) -> None:
        """Let the stand-in fail when it is asked for *words*."""
        self.tool.with_name(f"{self.tool.name}.fails").write_text(words)

    def starts(self, words: str) -> None:
        """Let the stand-in start something else."""
        self.tool.with_name(f"{self.tool.name}.starts").write_text(words)

    def asked(self) -> list[str]:
        """Return what the stand-in was asked, but for what only looks."""
        lines = self.tool.with_name(f"{self.tool.name}.asked").read_text().splitlines()
        return [line for line in lines if not any(word in line for word in ("is-failed", "version"))]

    def types(self, *words: str, answer: str | None = None):
        """Return how `homebody WORDS` ended."""
        return CliRunner().invoke(cli, ["--home", str(self.home.config), *words], input=answer)


@pytest.fixture(params=["systemd", "launchd"])
def person(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Iterator[Person]:
    """Return a person who is not root, with one of the managers."""
    made = Person(tmp_path, request.param)
    monkeypatch.setenv("PATH", f"{made.tool.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 501)
    for room in (install, managing):
        monkeypatch.setattr(room, "manager_here", lambda: made.manager)
    monkeypatch.setattr("homebody.cli.service.manager_here", lambda: made.manager)
    yield made
    end(made.home.lock)


def test_an_installed_service_is_started_and_taken_away(person: Person):
    """The file is written, the manager called in order, the daemon healthy; afterwards nothing is left of it."""
    done = person.types("install", "--yes")
    assert 0 == done.exit_code, done.output
    assert "sealed, with" in done.output
    text = person.manager.file.read_text()
    assert str(person.home.config) == managing.serves(person.manager)
    assert sys.executable in text
    first = [" ".join(person.manager.reachable), *(" ".join(command) for command in person.manager.install)]
    assert first == person.asked()[: len(first)]
    assert " ".join(person.manager.start) == person.asked()[-1]
    assert holder(person.home.lock) is not None
    assert not managing.is_service(person.manager, find_home({}, person.folder / "other"))
    stopped = person.types("stop")
    assert "has stopped" in stopped.output
    assert " ".join(person.manager.stop) == person.asked()[-1]
    assert holder(person.home.lock) is None

    gone = person.types("uninstall", "--yes")
    assert 0 == gone.exit_code, gone.output
    assert str(person.home.config) in gone.output
    assert [] == [path for path in (person.folder / "person").rglob("*") if not path.is_dir()]
    assert not person.manager.file.parent.exists()
    assert person.home.journal.exists()
    calls = [*person.manager.remove, *person.manager.removed]
    assert [" ".join(command) for command in calls] == person.asked()[-len(calls) :]


def test_a_script_installs_without_a_question(person: Person):
    """With --json one object says what was done, and what would be asked about must be agreed to before."""
    for word in ("install", "uninstall"):
        asked = person.types(word, "--json")
        assert (64, True) == (asked.exit_code, "--yes" in asked.output)
    assert not person.tool.with_name(f"{person.tool.name}.asked").exists()
    done = json.loads(person.types("install", "--yes", "--json").output)
    assert {"file": str(person.manager.file), "pid": holder(person.home.lock), "installed": True} == done
    gone = json.loads(person.types("uninstall", "--yes", "--json").output)
    assert (str(person.home.state), False) == (gone["state"], gone["installed"])
    assert not person.manager.file.exists()


@pytest.mark.parametrize("step", range(4))
def test_an_install_that_fails_half_way_leaves_nothing(person: Person, step: int):
    """Whichever call fails, its words are said, and neither file nor folder is left; the daemon does not run."""
    calls = (person.manager.reachable, *person.manager.install, person.manager.start)
    if step >= len(calls):
        pytest.skip("this manager has fewer calls")
    person.fails(" ".join(calls[step][1:]))
    done = person.types("install", "--yes")
    assert 69 == done.exit_code
    assert "it is Tuesday" in done.output
    assert not (person.folder / "person").exists()
    assert holder(person.home.lock) is None


def test_what_was_installed_before_is_put_back(person: Person):
    """A file that was there comes back to the byte, and the manager is told of it."""
    person.manager.file.parent.mkdir(parents=True)
    person.manager.file.write_bytes(b"mine \xff\n")
    person.fails(" ".join(person.manager.start[1:]))
    done = person.types("install", "--yes")
    assert 69 == done.exit_code
    assert "was put back" in done.output
    assert b"mine \xff\n" == person.manager.file.read_bytes()
    assert [path.name for path in person.manager.file.parent.iterdir()] == [person.manager.file.name]


def test_a_daemon_that_cannot_start_is_not_installed(person: Person):
    """The daemon's own reason and exit code come out, and everything is taken back."""
    person.home.settings.write_text("contxt: 5\n")
    done = person.types("install", "--yes")
    assert 78 == done.exit_code
    assert "contxt" in done.output
    assert "Nothing was installed." in done.output
    assert not (person.folder / "person").exists()


def test_nothing_is_done_without_a_yes(person: Person):
    """What would be written is shown, the answer is no, and nothing was written or called."""
    done = person.types("install", answer="n\n")
    assert 1 == done.exit_code
    assert str(person.manager.file) in done.output
    assert "Do this? [y/N]" in done.output
    assert not (person.folder / "person").exists()
    assert [" ".join(person.manager.reachable)] == person.asked()


def test_root_is_refused(person: Person, monkeypatch):
    """root is told why, and what to do; nobody is called."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    done = person.types("install", "--yes")
    assert 64 == done.exit_code
    assert "for root" in done.output
    assert "Log in as the user" in done.output
    assert not person.tool.with_name(f"{person.tool.name}.asked").exists()


def test_without_a_manager_the_way_by_hand_is_said(person: Person, monkeypatch):
    """Where the tool is not there, nothing is written, and `homebody start` is named."""
    gone = dataclasses.replace(person.manager, reachable=(f"{person.tool}.gone",))
    monkeypatch.setattr(install, "manager_here", lambda: gone)
    done = person.types("install", "--yes")
    assert 69 == done.exit_code
    assert "nothing was written" in done.output
    assert "homebody start" in done.output
    assert not (person.folder / "person").exists()


def test_uninstall_takes_the_file_away_although_nobody_answers(person: Person):
    """A file that is left from another day goes also where no manager runs."""
    person.manager.file.parent.mkdir(parents=True)
    for path in (person.manager.file, *person.manager.traces):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    person.fails(".")
    done = person.types("uninstall", "--yes")
    assert 0 == done.exit_code, done.output
    assert not person.manager.file.parent.exists()
    assert 64 == person.types("uninstall", "--yes").exit_code


@pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")
def test_a_manager_with_another_environment_finds_the_same_home(tmp_path: Path):
    """Where XDG variables lead to the home, they are in the unit; the usual home needs none, a named one --home."""
    usual = {"HOME": str(tmp_path)}
    moved = usual | {"XDG_STATE_HOME": str(tmp_path / "moved")}
    python = "/usr/bin/python3"
    assert {} == dict(install.service_for(find_home(usual), usual, python).environ)
    assert {"XDG_STATE_HOME": str(tmp_path / "moved")} == dict(
        install.service_for(find_home(moved), moved, python).environ
    )
    named = install.service_for(find_home({}, tmp_path / "x"), usual, python)
    assert (True, {}) == (named.named, dict(named.environ))
    data = {"XDG_DATA_HOME": str(tmp_path / "data"), "TZ": "Asia/Tokyo"}  # the trash, and when 07:30 is
    assert data == dict(install.service_for(find_home(usual | data), usual | data, python).environ)
    assert data == dict(install.service_for(find_home({}, tmp_path / "x"), usual | data, python).environ)


def test_a_start_that_takes_long_says_what_it_may_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Once, beside what is printed for scripts; a quick one says nothing."""
    for patience, times in ((0.0, 1), (60.0, 0)):
        answers = iter([None, None, {"pid": 7}])
        monkeypatch.setattr(managing, "status_of", lambda _home, answers=answers: next(answers))
        monkeypatch.setattr(managing, "TOLD_SECONDS", patience)
        monkeypatch.setattr(managing, "POLL_SECONDS", 0.0)
        assert {"pid": 7} == managing.until_healthy(find_home({}, tmp_path), lambda: None)
        said = capsys.readouterr()
        assert (times, "") == (said.err.count("a keyring may ask"), said.out)


def test_a_stop_that_takes_long_says_so(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Once, beside what is printed for scripts; when it has ended before, nothing is said."""
    said: list[str] = []
    told = threading.Event()

    def echo(lines: list[str], *, error: bool) -> None:
        assert error
        said.extend(lines)
        told.set()

    monkeypatch.setattr(managing, "echo_fitted", echo)
    for patience, times in ((0.0, 1), (60.0, 0)):
        told.clear()
        said.clear()
        monkeypatch.setattr(managing, "TOLD_SECONDS", patience)
        monkeypatch.setattr(
            managing, "end", lambda _lock, times=times: 7 if not times or told.wait(10) else None
        )
        assert managing.finish(find_home({}, tmp_path), person.manager) == 7
        assert [managing.STOPPING] * times == said


def test_no_other_process_than_ours_is_meant(tmp_path: Path):
    """A lock that a process holds that wrote another number, and a number without a lock, name nobody."""
    lock = tmp_path / "lock"
    with subprocess.Popen(["sleep", "60"]) as other:
        lock.write_text(str(other.pid))
        assert holder(lock) is None
        assert end(lock) is None
        assert other.poll() is None
        other.kill()
