"""What is asked for often answers at once: it loads nothing that it does not need."""

import subprocess
import sys

import pytest

HEAVY = {
    "pydantic",
    "jinja2",
    "structlog",
    "rich",
    "yaml",
    "keyring",
    "numpy",
    "llama_cpp",
    "sqlite3",
    "watchdog",
}
"""Packages that take longer to load than the answer takes to make."""


@pytest.mark.parametrize("room", ["main", "daemon", "completion", "completers", "service"])
def test_it_loads_nothing_heavy(room: str):
    """The rooms of the help, of `status`, of Tab, and of `start` and `stop` are light."""
    said = f"import homebody.cli.{room}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", said], capture_output=True, text=True, check=True, timeout=60
    )
    assert set() == HEAVY & set(done.stdout.split())
