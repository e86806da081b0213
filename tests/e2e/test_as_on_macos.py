"""A daemon that can start nothing once it is sealed, as on macOS: children first, and an end when one is gone."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from homebody.cli.prove_verdict import UNSEEN
from homebody.errors import SettingsError


def as_on_macos(house, *words: str) -> list[str]:
    """Return the command that does *words* on the house as macOS would have it."""
    launcher = Path(__file__).with_name("as_on_macos.py")
    return [sys.executable, "-I", str(launcher), "--home", str(house.home.config), *words]


def serving(house, **wishes):
    """Start *house* as macOS would have it."""
    house.command = lambda: as_on_macos(house, "serve")
    return house.start(**wishes)


def ended_with(house) -> int:
    """Return the exit code of the daemon, waiting for its end."""
    return house.process.wait(timeout=30)


def started_by(pid: int) -> set[str]:
    """Return the children of the daemon's main thread, which starts them; other threads come and go (proc(5))."""
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())


def test_children_come_first_and_the_work_is_done(house):
    """Model and readers run before the daemon is sealed; it does its work and can start no other program."""
    house.shipped("summarize-notes")
    serving(house)
    status = house.status()
    assert status["model"]["state"] == "ready"
    children = started_by(house.process.pid)
    assert len(children) == 5 + (2 if status["pictures"]["languages"] else 0) + (
        1 if status["speech"]["model"] else 0
    )
    house.drop("roof.md", "The roof leaks in the north corner. It was mended on Friday.\n")
    house.ended("roof.md")
    assert (house.notes / "roof.summary.md").exists()
    tried = house.ask("POST", "/v1/probe", {"process": "daemon", "names": ["child"]})
    assert [(one["reached"], one["errno"]) for one in tried["results"]] == [(False, "EACCES")]
    assert children == started_by(house.process.pid)


def test_a_dead_model_ends_the_daemon_after_its_run_is_written_down(house):
    """A killed model costs the run at hand, which waits; the daemon ends with 75, and the next one goes on."""
    house.shipped("summarize-notes")
    serving(house)
    os.kill(house.status()["model"]["pid"], signal.SIGKILL)
    house.drop("roof.md", "The roof leaks in the north corner. It was mended on Friday.\n")
    assert ended_with(house) == 75
    serving(house)
    house.ended("roof.md")
    assert (house.notes / "roof.summary.md").exists()


def test_a_setting_that_could_not_be_kept_is_refused(house):
    """Where no model can be loaded again, `unload_after` keeps homebody from starting, with the reason and a cure."""
    house.settings("unload_after: 30m\n")
    done = subprocess.run(
        as_on_macos(house, "serve"), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == SettingsError.exit_code
    assert "`unload_after` cannot be kept on this system" in done.stderr
    assert "settings.yaml" in done.stderr


def test_prove_claims_only_what_the_kernel_says_of_a_whole_process(house):
    """Model and reader count as sealed without a word of threads and filters; the daemon, which here is sealed less
    than a daemon of Linux, is told apart; what is not shown is named; and the daemon tells what it has open."""
    serving(house)
    done = subprocess.run(
        as_on_macos(house, "prove", "--json"), capture_output=True, text=True, timeout=120, check=False
    )
    found = json.loads(done.stdout)
    assert (done.returncode, found["system"], found["sha256"]) == (3, "macos", {})
    assert found["unshown"] == [UNSEEN]
    assert found["wrong"]
    assert [words for words in found["wrong"] if "the daemon" not in words] == []
    for name in ("model", "reader"):
        process = found["processes"][name]
        assert (process["sealed"], process["status"], process["reached"]) == (True, [], 0)
        assert process["tried"] >= 90
    told = house.ask("GET", "/v1/descriptors?process=daemon")["descriptors"]
    assert {"file", "pipe"} <= {one["kind"] for one in told}
    assert [one for one in told if one["foreign"]] == []


@pytest.mark.long
def test_the_last_reader_ends_the_daemon(house):
    """Each reader that dies is followed by the next; when none is left, the daemon ends with 75."""
    house.shipped("summarize-notes")
    serving(house)
    for number in range(4):
        pid = house.status()["reader"]["pid"]
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        house.drop(f"note{number}.md", f"The choir of house {number} rehearses on Friday in the church.\n")
        house.ended(f"note{number}.md")
    pid = house.status()["reader"]["pid"]
    os.kill(pid, signal.SIGKILL)
    house.drop("last.md", "The boat was painted blue on Tuesday by the whole family.\n")
    assert ended_with(house) == 75
    serving(house)
    [run] = house.ended("last.md")
    assert run["state"] == "done"


@pytest.mark.long
def test_a_model_that_does_not_load_ends_nothing(house):
    """Without a model the daemon lives, says why, and does not end to be started again and again."""
    model = house.folder / "broken.gguf"
    model.write_bytes(b"GGUF and no more")
    house.settings(f"settle: 0.1\nrescan: 2\nmodel: {model}\n")
    house.shipped("summarize-notes")
    serving(house)
    house.drop("roof.md", "The roof leaks in the north corner. It was mended on Friday.\n")
    house.until(lambda: bool(house.runs("roof.md")))
    assert house.process.poll() is None
    assert house.status()["model"]["problem"]
