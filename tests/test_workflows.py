"""The jobs that are run for every change are what they should be, as far as they can be read."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONS = {"actions/checkout@v4", "actions/setup-python@v5"}


def loaded(path: Path) -> dict[str, Any]:
    """Return a workflow; YAML 1.1 takes its ``on`` for true."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in found.items()}


def steps(path: Path) -> list[dict[str, Any]]:
    """Return all steps of all jobs."""
    return [step for job in loaded(path)["jobs"].values() for step in job["steps"]]


def test_there_is_a_job_for_each_system() -> None:
    """Linux runs everything; a Mac with Apple silicon runs two Pythons."""
    jobs = loaded(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert set(jobs) == {"linux", "macos"}
    assert jobs["linux"]["runs-on"] == "ubuntu-latest"
    assert jobs["macos"]["runs-on"] == "macos-latest"
    assert jobs["macos"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert ".ci/run" in [step.get("run") for step in jobs["linux"]["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_read_and_nothing_else(path: Path) -> None:
    """No secret is used, nothing may be written, only the two usual actions are used, and each job ends."""
    text, found = path.read_text(encoding="utf-8"), loaded(path)
    assert found["permissions"] == {"contents": "read"}
    assert "secrets" not in text
    assert "pull_request_target" not in text
    assert {step["uses"] for step in steps(path) if "uses" in step} <= ACTIONS
    assert all("permissions" not in job and job["timeout-minutes"] <= 60 for job in found["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_is_run_is_there(path: Path) -> None:
    """Every test file and folder that a job names exists, and nothing of the event's text gets into a shell."""
    for step in steps(path):
        command = step.get("run", "")
        assert "${{" not in command
        for name in re.findall(r"\btests/[\w/.]*", command):
            assert (ROOT / name).exists(), name


def test_a_mac_runs_the_profiles_the_probes_and_the_demo() -> None:
    """The macOS job has the tests that only a Mac can run, and the demo."""
    job = loaded(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["macos"]
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    assert "-m macos tests/seal" in commands
    assert "homebody demo" in commands
    text = (ROOT / "tests" / "seal" / "test_on_macos.py").read_text(encoding="utf-8")
    assert "pytest.mark.macos" in text
