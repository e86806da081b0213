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


@pytest.mark.parametrize("how", [[], ["--stopped"]])
def test_a_small_storm_is_taken_in_whole(how: list[str]):
    """Every file has its run, once, whether or not the house was held meanwhile."""
    found = run("storm", "--files", "20", *how)
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
    assert run("idle", "--files", "20", "--seconds", "1")["resident_mb"] > 0
