"""What is kept for undo has limits and a key; losing either costs undo, never the journal."""

import json
import os
import signal
import subprocess
import sys

GOOD = "# Lisbon\n\nThe train to Lisbon leaves on 3 October at 07:42 from platform 9.\n"

STAMP = """
name: stamp
triggers:
  - watch: {notes}
    settle: 100ms
    existing: process
filters:
  - extension: md
actions:
  - front_matter: {{set: {{seen: "yes"}}}}
"""


def stamp(house) -> None:
    """Put the recipe in place."""
    house.recipe("stamp", STAMP.format(notes=house.notes))


def homebody(house, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the house's home."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_purged_run_cannot_be_undone_and_says_why(house):
    """`vault` counts, `purge --dry-run` leaves everything, `purge --all` costs the undo and nothing else."""
    stamp(house)
    house.start(model=False)
    house.drop("a.md", GOOD)
    (run,) = house.ended("a.md")
    shown = json.loads(homebody(house, "vault", "--json").stdout)
    assert (shown["images"], shown["key"]) == (2, "file")
    assert "30 days" in homebody(house, "vault").stdout
    assert "Would throw away 2" in homebody(house, "vault", "purge", "--all", "--dry-run").stdout
    assert "Threw away 0" in homebody(house, "vault", "purge", "--older-than", "7d").stdout
    assert "Threw away 2" in homebody(house, "vault", "purge", "--all").stdout
    refused = homebody(house, "undo", str(run["id"]))
    assert refused.returncode != 0
    assert "purged by hand" in refused.stderr
    assert "cannot be undone" in homebody(house, "history").stdout
    assert (house.notes / "a.md").read_text(encoding="utf-8").endswith(GOOD)
    assert house.runs("a.md")[0]["state"] == "done"


def test_the_limits_of_the_settings_are_kept_from_the_start_on(house):
    """A daemon that starts with a smaller limit throws away what is beyond it."""
    stamp(house)
    house.start(model=False)
    house.drop("a.md", GOOD)
    (run,) = house.ended("a.md")
    house.stop()
    house.settings('settle: 0.1\nvault: {keep: 30d, size: "10 B"}\n')
    house.start(model=False)
    house.until(lambda: json.loads(homebody(house, "vault", "--json").stdout)["images"] == 0)
    assert "`vault: size`" in homebody(house, "undo", str(run["id"])).stderr


def test_without_a_daemon_the_command_purges_itself(house):
    """It holds the daemon's lock, and what a person asked for is done."""
    stamp(house)
    house.start(model=False)
    house.drop("a.md", GOOD)
    house.ended("a.md")
    house.stop()
    assert "Threw away 2" in homebody(house, "vault", "purge", "--all").stdout
    assert "keeps 0 old contents" in homebody(house, "vault").stdout
    both = homebody(house, "vault", "purge", "--all", "--older-than", "7d")
    assert (both.returncode, "exclude each other" in both.stderr) == (64, True)
    assert homebody(house, "vault", "purge", "--older-than", "soon").returncode == 64


def test_a_lost_key_costs_undo_and_never_the_journal(house):
    """Killed in the middle and its key replaced, the daemon starts, says so, goes on, and keeps its history."""
    stamp(house)
    house.start(model=False)
    house.drop("a.md", GOOD)
    (run,) = house.ended("a.md")
    house.drop("b.md", GOOD)
    house.until(lambda: bool(house.runs("b.md")))
    house.process.send_signal(signal.SIGKILL)
    house.process.wait()
    house.home.key.unlink()
    fd = os.open(house.home.key, os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(fd, b"ab" * 32 + b"\n")
    os.close(fd)
    house.start(model=False)
    (problem,) = house.status()["problems"]
    assert "new key since" in problem
    assert "new key since" in homebody(house, "status").stdout
    assert "the vault has a new key" in homebody(house, "doctor").stdout
    refused = homebody(house, "undo", str(run["id"]))
    assert "key is not the one" in refused.stderr
    assert house.runs("a.md")[0]["state"] == "done"
    assert house.ended("b.md")[-1]["state"] in {"done", "failed"}
    house.drop("c.md", GOOD)
    (newer,) = house.ended("c.md")
    assert newer["state"] == "done"
    assert homebody(house, "undo", str(newer["id"])).returncode == 0
    assert (house.notes / "c.md").read_text(encoding="utf-8") == GOOD
