"""`homebody doctor` beside the real daemon: what the daemon itself finds counts, and nothing stays behind."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from homebody.cli.main import cli
from homebody.clock import SystemClock
from homebody.model.prefixes import Prefix, PrefixFolder

RECIPE = """\
name: listed
triggers:
  - watch: {notes}
    settle: 100ms
actions:
  - append: {{dest: "{out}/log.md", content: "{{{{ file.name }}}}\\n"}}
"""
DIGEST = """\
name: daily
triggers:
  - schedule: {{at: "18:00"}}
actions:
  - append: {{dest: "{out}/days.md", content: "{{{{ run.date }}}}\\n"}}
"""


def doctor(house, **environ: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code and the findings by their names."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "doctor", "--json"]
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
    findings = json.loads(done.stdout)["findings"]
    return done.returncode, {finding["name"]: finding for finding in findings}


def test_the_daemon_tries_its_own_folders(house):
    """From inside its seal; a folder that was swapped for another since is found there, and not by this terminal."""
    out = house.folder / "out"
    house.recipe("listed", RECIPE.format(notes=house.notes, out=out))
    house.start()
    code, found = doctor(house, HOME=str(house.folder))
    assert (0, "right") == (code, found["folders"]["verdict"]), found
    assert "the running homebody can use 3 folders" in found["folders"]["words"]
    assert [] == list(out.iterdir())
    assert [] == house.runs()
    out.rename(house.folder / "old")
    out.mkdir()
    code, found = doctor(house, HOME=str(house.folder))
    assert (1, "wrong") == (code, found["folder"]["verdict"])
    assert f"may not write in {out}: Permission denied; this terminal may" in found["folder"]["words"]
    assert "homebody restart" in found["folder"]["cure"]
    assert house.answering()


def test_without_a_daemon_the_rehearsal_tries_them(house):
    """In a process with the seal of these recipes, which ends; a running one is not needed."""
    out = house.folder / "out"
    out.mkdir()
    house.recipe("listed", RECIPE.format(notes=house.notes, out=out))
    code, found = doctor(house, HOME=str(house.folder))
    assert (0, True) == (code, "homebody, tried in its seal, can use 2 folders" in found["folders"]["words"])
    assert [] == list(out.iterdir())


def test_what_is_kept_for_the_model_is_told(house):
    """`status` and `doctor` say how many beginnings of prompts are kept, and how large they are."""
    house.home.state.mkdir(mode=0o700, parents=True)
    prefix = Prefix(kind="pool-512-k1-v1", tokens=(1,) * 128, state=b"x" * 99_000)
    assert PrefixFolder(house.home.prefixes).keep("a" * 32, prefix, SystemClock().now())
    house.start(model=False)

    _code, found = doctor(house, HOME=str(house.folder))
    assert "1 kept, 99.4 KB of at most 256 MB" in found["prefixes"]["words"]
    assert (1, True) == (house.status()["model"]["prefixes"]["count"], house.answering())
    said = CliRunner().invoke(cli, ["--home", str(house.home.config), "status"]).output
    assert "beginnings of prompts kept for the model's next start: 1, 0.1 MB" in said


def test_a_time_zone_that_is_none_stops_no_daemon(house):
    """It takes UTC, the schedule stands, and `doctor` says the cure."""
    house.recipe("daily", DIGEST.format(out=house.folder / "out"))
    house.start(launcher=["env", "TZ=Middle/Earth"], model=False)
    assert ["daily"] == list(house.status()["schedules"])
    _code, found = doctor(house, TZ="Middle/Earth", HOME=str(house.folder))
    assert "timedatectl" in found["time-zone"]["cure"]


def test_names_stay_and_every_wrong_has_a_cure(house, tmp_path: Path):
    """In a home with several faults: the names that scripts may count on, and no finding without a verdict."""
    (house.home.config / ".stfolder").mkdir()
    (house.home.config / "out").mkdir()
    house.recipe("listed", RECIPE.format(notes=house.folder / "Nowhere", out=house.home.config / "out"))
    code, found = doctor(house, HOME=str(tmp_path))
    assert 1 == code
    assert {
        "versions",
        "clock",
        "seal",
        "memory",
        "model",
        "key",
        "disk",
        "journal",
        "vault",
        "prefixes",
        "daemon",
    } <= set(found)
    assert "right" == found["seal"]["verdict"]
    assert {"state-synced", "recipe-synced", "folder-missing", "folder-barred"} <= set(found)
    assert all(one["cure"] for one in found.values() if one["verdict"] == "wrong")
