"""A homebody in which nothing moves any more is ended, and its service manager starts it again."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.journal.store import Journal
from homebody.service.pulse import Watchdog, pulse, watched_over

STUCK = """
import sys, threading
from pathlib import Path
from homebody.clock import SystemClock
from homebody.journal.store import Journal
from homebody.service.pulse import Watchdog, pulse
journal = Journal.open(Path(sys.argv[1]), SystemClock())
held, stop = threading.Event(), threading.Event()
def hold():
    with journal._database.writing():
        held.set()
        stop.wait()
threading.Thread(target=hold, daemon=True).start()
held.wait()
watchdog = Watchdog(armed=sys.argv[2] == "armed", seconds=0.5, out=sys.stderr)
watchdog.beat()
threading.Timer(1.5, stop.set).start()
pulse(journal, watchdog, stop)
print("went on")
"""


def stuck(tmp_path: Path, how: str) -> subprocess.CompletedProcess[str]:
    """Run a process whose journal is held for three times as long as its watchdog waits."""
    return subprocess.run(
        [sys.executable, "-c", STUCK, str(tmp_path / "journal.db"), how],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_process_whose_journal_never_answers_is_ended(tmp_path: Path):
    """It ends with 1, and says what each thread was doing; systemd then starts it again (Restart=on-failure)."""
    ended = stuck(tmp_path, "armed")
    assert ended.returncode == 1
    assert "in pulse" in ended.stderr
    assert "went on" not in ended.stdout


def test_nobody_else_s_process_is_ended(tmp_path: Path):
    """One that a person started at a terminal, and may stop with Ctrl+Z, waits as long as it takes."""
    ended = stuck(tmp_path, "not")
    assert (ended.returncode, ended.stdout) == (0, "went on\n")


def test_while_it_moves_it_goes_on_and_at_the_end_nothing_is_left(tmp_path: Path):
    """The pulse beats, hears the stop, and takes its timer away: what comes after is not cut short."""
    beats = 0

    class Counted(Watchdog):
        def beat(self) -> None:
            nonlocal beats
            beats += 1
            super().beat()

    journal = Journal.open(tmp_path / "journal.db", SystemClock())
    stop = threading.Event()
    with (tmp_path / "out").open("w") as out:
        thread = threading.Thread(target=pulse, args=(journal, Counted(armed=True, out=out), stop))
        thread.start()
        stop.set()
        thread.join(timeout=10)
    assert not thread.is_alive()
    assert beats == 1
    journal.close()


def test_an_error_of_the_journal_is_no_standstill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A journal that answers with whatever error beats all the same: a sound homebody is not ended for it."""
    journal = Journal.open(tmp_path / "journal.db", SystemClock())
    journal.close()
    stop, beats = threading.Event(), []

    class Third(Watchdog):
        def beat(self) -> None:
            beats.append(1)
            if len(beats) == 3:
                stop.set()

    monkeypatch.setattr("homebody.service.pulse.BEAT_SECONDS", 0.0)
    with (tmp_path / "out").open("w") as out:
        pulse(journal, Third(armed=True, out=out), stop)
    assert len(beats) == 3


@pytest.mark.parametrize("supervised", [True, False])
def test_what_a_stuck_one_left_is_kept_and_told(tmp_path: Path, supervised: bool):
    """The next start puts it beside, so that a person can send it along with a report, and begins an empty one."""
    path = tmp_path / "stuck.txt"
    path.write_text("Thread 0x1: in somewhere")
    with watched_over(path, supervised=supervised):
        assert (tmp_path / "stuck.before.txt").read_text() == "Thread 0x1: in somewhere"
        assert not path.exists() or not path.read_text()
    assert not path.exists() or path.stat().st_mode & 0o777 == 0o600
