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
    "homebody.seal",
}
"""Packages that take longer to load than the answer takes to make."""


def test_help_loads_nothing_to_ask_with():
    """The table of commands needs no socket, no HTTP and no JSON."""
    said = "import homebody.cli.main, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", said], capture_output=True, text=True, check=True, timeout=60
    )
    assert set() == {"socket", "ssl", "http.client", "json", "subprocess"} & set(done.stdout.split())


@pytest.mark.parametrize(
    "room",
    ["main", "daemon", "completion", "completers", "service", "runs", "show", "why", "notices", "report"],
)
def test_it_loads_nothing_heavy(room: str):
    """The rooms of the help, of `status`, of Tab, of `start` and `stop`, and of what the daemon is asked are light."""
    said = f"import homebody.cli.{room}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", said], capture_output=True, text=True, check=True, timeout=60
    )
    assert set() == HEAVY & set(done.stdout.split())
