"""The templates for launchd and systemd are what their own tools take."""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

from homebody.paths import shipped

KNOWN = {"Label", "ProgramArguments", "RunAtLoad", "KeepAlive", "ThrottleInterval", "Umask"}
"""The keys that are used, each documented in launchd.plist(5)."""


def test_the_agent_is_a_property_list_with_known_keys():
    """It parses, starts `homebody serve` isolated, and is started again only after a failure."""
    agent = plistlib.loads((shipped("launchd") / "org.homebody.agent.plist").read_bytes())
    assert KNOWN == set(agent)
    assert ["-I", "-m", "homebody", "serve"] == agent["ProgramArguments"][1:]
    assert {"SuccessfulExit": False} == agent["KeepAlive"]
    assert 0o077 == agent["Umask"]


def test_systemd_takes_the_unit(tmp_path: Path):
    """`systemd-analyze verify` finds nothing to say about the unit."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    text = (shipped("launchd") / "homebody.service").read_text(encoding="utf-8")
    unit = tmp_path / "homebody.service"
    unit.write_text(text.replace("%h/.venv/bin/python", "/usr/bin/env"), encoding="utf-8")
    places = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    said = subprocess.run(
        [analyze, "--user", "verify", unit], env=places, capture_output=True, text=True, check=False
    )
    assert (0, "") == (said.returncode, said.stderr)
