"""`homebody prove`: what it shows of the real daemon, of a weakened one, of a liar, and that it leaves nothing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from homebody.documents.pictures.tesseract import Tesseract, find
from homebody.documents.speech.whisper import Whisper
from homebody.documents.speech.whisper import find as find_whisper
from homebody.errors import HomebodyError
from homebody.seal import LIMITS, PROBES
from homebody.settings import Settings

HERE = Path(__file__).parent
TIERS = ("daemon", "model", "reader")
HEARS = isinstance(find_whisper(Settings()), Whisper)
PROCESSES = (*TIERS, *["pictures"] * isinstance(find(None), Tesseract), *["speech"] * HEARS)
"""The reader of pictures is there where a Tesseract is, that of recordings where a whisper.cpp and its model are."""


@pytest.fixture
def prove():
    """Return a function that runs the command on a home, with a folder of its own for what is temporary."""
    temporary = Path(tempfile.mkdtemp(prefix="hb-"))  # short: a socket's path has to fit

    def run(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-m", "homebody", "--home", str(home), "prove", *options]
        environ = os.environ | {"TMPDIR": str(temporary), "COLUMNS": "80"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environ)
        assert list(temporary.iterdir()) == [], "something was left behind"
        return done

    yield run
    shutil.rmtree(temporary)


def found_by(done: subprocess.CompletedProcess[str]) -> dict:
    """Return the object of the last line."""
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def ended(pid: int) -> bool:
    """Return whether a process is gone, waiting for it a while."""
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not Path(f"/proc/{pid}").exists()


def test_running_daemon_is_shown_to_hold(house, prove):
    """Every process tries at least ninety ways, none gets out, nothing arrives, and its work goes on undisturbed."""
    house.shipped("summarize-notes")
    house.start()
    note = house.drop("a.txt", "".join(f"The car of house {n} was washed on Monday.\n" for n in range(700)))
    house.until(lambda: any(step["name"] == "asked" for step in house.steps()))
    assert house.runs("a.txt")[0]["state"] == "running", "the model is to be at work while it is asked to try"
    done = prove(house.home.config, "--json")
    found = found_by(done)
    assert done.returncode == 0, found["wrong"] + found["unshown"]
    assert (found["held"], found["started_for_this"], found["reached"]) == (True, False, 0)
    assert found["kernel"] == os.uname().release
    assert (set(found["sha256"]), set(found["processes"])) == (set(TIERS), set(PROCESSES))
    assert all(one["control"] > 0 and one["sealed"] == 0 for one in found["listeners"].values())
    assert {"TCP", "UDP", "unix"} <= set(found["listeners"])
    assert {limit["number"] for limit in found["limits"]} == {12, 23, 35}
    for name in PROCESSES:
        process = found["processes"][name]
        assert process["tried"] >= (150 if os.geteuid() == 0 else 90), name
        assert process["sha256"] == found["sha256"]["reader" if name in ("pictures", "speech") else name]
        assert len(process["probes"]) == len(PROBES) + len(LIMITS)
        for probe in process["probes"]:
            assert {"name", "channel", "errno", "control", "verdict"} <= set(probe)
            assert probe["verdict"] != "refused" or (probe["errno"] and probe["control"]["reached"])
        assert all(thread["sealed"] for thread in process["status"])
        assert process["fds"]["open"]
        assert not any(one["foreign"] for one in process["fds"]["open"])
        assert process["fds"]["by"] == ("the kernel" if os.geteuid() == 0 else "the process itself")
    assert found["tried"] == sum(found["processes"][name]["tried"] for name in PROCESSES)
    [run] = house.ended("a.txt")
    assert (run["state"], run["attempt"]) == ("done", 1)
    assert {note.name, "a.summary.md"} == {path.name for path in house.notes.iterdir()}


def test_own_accounts_and_targets(house):
    """What the processes say that they have open holds nothing foreign, and no client can aim at a recipe's files."""
    house.shipped("summarize-notes")
    house.start()
    for name in PROCESSES:
        told = house.ask("GET", f"/v1/descriptors?process={name}")["descriptors"]
        assert told, name
        assert [one for one in told if one["foreign"]] == [], name
    kept = house.drop("secret.txt", "kept\n")
    other = house.drop("secret.txt.moved", "kept, too\n")
    (house.notes / "deep").mkdir()
    (house.folder / "link").symlink_to(house.notes)
    for folder in (
        house.notes,
        house.notes / "deep",
        house.folder / "link",
        house.home.state,
        house.home.recipes,
    ):
        for process in PROCESSES:
            body = {"process": process, "names": ["rename_outside"], "targets": {"outside": str(folder)}}
            with pytest.raises(HomebodyError, match="may use"):
                house.ask("POST", "/v1/probe", body)
    assert (kept.read_text(), other.read_text()) == ("kept\n", "kept, too\n")


def test_without_a_daemon_one_is_started_and_ended(tmp_path, prove):
    """The report is plain, fits 80 columns and says that it holds; the daemon that was started is gone."""
    done = prove(tmp_path / "nobody")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is not running" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("It holds: ")
    assert "\x1b" not in done.stdout
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
    assert "open a TCP connection" not in done.stdout
    assert not (tmp_path / "nobody").exists()
    pids = [words.split(")")[0] for words in done.stdout.split("(process ")[1:]]
    assert len(pids) == len(PROCESSES)
    assert all(ended(int(pid)) for pid in pids)


def test_deleted_rule_is_found(house, prove):
    """A daemon whose filter lacks one rule is found by the probe behind it and by its filter's SHA-256."""
    launcher = [sys.executable, str(HERE / "without_rule.py"), "shmget"]
    house.command = lambda: ["--home", str(house.home.config), "serve"]
    house.start(launcher=launcher)
    done = prove(house.home.config, "--json")
    found = found_by(done)
    assert done.returncode == 3
    assert [one["name"] for one in found["processes"]["daemon"]["probes"] if one["verdict"] == "reached"] == [
        "shmget"
    ]
    assert (found["reached"], found["held"]) == (1, False)
    assert [words for words in found["wrong"] if "shared memory" in words]
    assert [words for words in found["wrong"] if "filter of the daemon" in words]


def test_liar_is_found_out(house, prove):
    """What only says that it is sealed is given away by the kernel, and by what arrives."""
    command = [sys.executable, str(HERE / "liar.py"), str(house.home.config)]
    with subprocess.Popen(command) as liar:
        try:
            house.process = liar
            house.until(house.answering)
            done = prove(house.home.config, "--json")
        finally:
            liar.kill()
    found = found_by(done)
    assert done.returncode == 3
    assert found["reached"] == 0
    assert [words for words in found["wrong"] if "lack the seal" in words]
    assert [words for words in found["wrong"] if "arrived" in words]
    assert [words for words in found["wrong"] if "not the one behind the control socket" in words]


@pytest.mark.long
def test_daemon_without_a_model_is_not_called_proven(house, prove):
    """When one process cannot be asked, the rest holds, and the exit code says that it was not shown whole."""
    (house.folder / "broken.gguf").write_bytes(b"GGUF, or not")
    house.settings(f"model: {house.folder / 'broken.gguf'}\n")
    house.start()
    done = prove(house.home.config, "--json")
    found = found_by(done)
    assert done.returncode == 4, found["wrong"]
    assert found["processes"]["daemon"]["tried"] > 0 == found["processes"]["model"]["tried"]
    assert [words for words in found["unshown"] if words.startswith("the model showed nothing")]


def test_help_names_the_exit_codes():
    """What the command ends with is documented where a person looks."""
    done = subprocess.run(
        [sys.executable, "-I", "-m", "homebody", "prove", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    for code in (0, 3, 4):
        assert f"\n    {code}  " in done.stdout
