"""Do the benchmarks still run? Each does, with very little to measure; what they measure is nobody's business here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def run(name: str, *arguments: str) -> dict[str, Any]:
    """Return what a benchmark found."""
    command = [sys.executable, str(Path(__file__).with_name(f"{name}.py")), "--json", *arguments]
    child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert child.returncode == 0, child.stderr
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("how", [["--stopped"], pytest.param([], marks=pytest.mark.long)])
def test_a_small_storm_is_taken_in_whole(how: list[str]):
    """Every file has its run, once, whether or not the house was held meanwhile."""
    found = run("storm", "--files", "20", "--calm", "0.5", *how)
    assert (0, 0, 20) == (found["missed"], found["twice"], found["written"])


@pytest.mark.parametrize("existing", ["skip", "process"])
def test_a_first_scan_is_measured(existing: str):
    """The benchmark itself sees to it that all files are queued, or none."""
    found = run("first_scan", "--files", "20", "--rounds", "1", "--existing", existing)
    assert found["resident_mb"]["median"] > 0


def test_latency_and_throughput_are_measured():
    """Every note was claimed, and every run came to its end."""
    assert {"p50", "p99", "worst"} == run("latency", "--files", "2", "--rounds", "1")["milliseconds"].keys()
    rates = run("throughput", "--files", "3", "--rounds", "1")["runs_per_second"]
    assert {"write", "front_matter"} == rates.keys()


def test_idling_is_measured():
    """The real daemon starts, scans and idles."""
    assert run("idle", "--files", "20", "--seconds", "1", "--calm", "0")["resident_mb"] > 0


def test_answering_is_measured():
    """The real daemon starts, and the command line asks it."""
    found = run("quick", "--rounds", "1")
    assert {"python", "help", "status", "serve"} == found["milliseconds"].keys()


def test_the_seal_is_measured():
    """Each tier is put on in fresh processes, and the starter model and one of random weights decode in turns."""
    found = run("seal", "--starts", "1", "--pairs", "0")
    assert {name.split(",")[0] for name in found["milliseconds"]} == {"daemon", "model", "reader"}
    assert all(times["cpu"]["least"] > 0 for times in found["milliseconds"].values())


def test_following_is_measured():
    """The follower comes through the answers that it is meant for, and knows when it is lost."""
    found = run("following", "--rounds", "1")
    assert {"slots": True, "recursive": True, "ambiguous": False} == {
        name: figures["came_through"] for name, figures in found.items()
    }


@pytest.mark.long
def test_decoding_in_the_seal_is_measured():
    """Sealed and free processes take turns; that both decode is what is tried here, not how fast."""
    found = run("seal", "--starts", "1", "--pairs", "1", "--turns", "1", "--tokens", "2")["decoding"]
    assert {"starter", "large"} == found.keys()
    assert all(one["wall"]["ratio"] > 0 for one in found.values())
