"""What `install` would write for launchd and systemd is what their own tools take, for whatever paths."""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.errors import UsageError
from homebody.paths import Home, find_home, shipped
from homebody.service import launchd, systemd
from homebody.service.manager import Service

KNOWN = {
    "Label": str, "ProgramArguments": list, "RunAtLoad": bool, "KeepAlive": dict, "ThrottleInterval": int,
    "ExitTimeOut": int, "ProcessType": str, "Nice": int, "SoftResourceLimits": dict, "HardResourceLimits": dict,
}  # fmt: skip
"""The keys that are used, each documented in launchd.plist(5), with its type."""

LIMITS = {"Core", "NumberOfFiles"}
"""The limits that are set, two of those in launchd.plist(5)."""

UNIT = (shipped("launchd") / "homebody.service").read_text(encoding="utf-8")
AGENT = (shipped("launchd") / "org.homebody.agent.plist").read_bytes()
NOT_ENFORCED = ("IPAddressDeny", "PrivateNetwork", "CapabilityBoundingSet", "WatchdogSec")
"""What a user manager passes over in silence, cannot do, or could not be answered (facts of the seal)."""

paths = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30).map(
    lambda text: f"/{text}"
)


def service(home: Home, *, named: bool = True, **environ: str) -> Service:
    """Return a service with a python that has a space in its path."""
    return Service(python="/opt/my venv/bin/python", home=home, named=named, environ=environ)


def settings(unit: str) -> dict[str, str]:
    """Return the settings of a unit, remarks and sections left out."""
    lines = [line for line in unit.splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_agent_is_a_property_list_with_known_keys(tmp_path: Path):
    """It parses, starts `homebody serve` isolated, and is started again only after a failure."""
    home = find_home({}, tmp_path)
    agent = plistlib.loads(launchd.agent(AGENT, service(home)).encode())
    assert {key: type(value) for key, value in agent.items()} == KNOWN
    assert agent["ProgramArguments"] == [
        "/opt/my venv/bin/python", "-I", "-m", "homebody", "--home", str(home.config), "serve", "--quiet"
    ]  # fmt: skip
    assert {"SuccessfulExit": False} == agent["KeepAlive"]
    assert set(agent["SoftResourceLimits"]) | set(agent["HardResourceLimits"]) <= LIMITS
    assert agent["ProcessType"] in {"Background", "Standard", "Adaptive", "Interactive"}


@given(paths)
def test_an_agent_says_which_home_it_is_for(path: str):
    """Whatever the path, it comes back out of the property list."""
    home = Home(config=Path(path), state=Path(path) / "state")
    assert str(home.config) == launchd.home_of(launchd.agent(AGENT, service(home)))


@pytest.mark.parametrize("text", ["", "<plist>", "[Unit]", plistlib.dumps({"Label": "x"}).decode()])
def test_another_property_list_is_none_of_ours(text: str):
    """A file that `install` did not write names no home."""
    assert launchd.home_of(text) is None
    assert systemd.home_of(text) is None


@given(paths, paths)
def test_a_unit_says_which_home_it_is_for(path: str, moved: str):
    """Whatever the path, it comes back out of the unit, no word is left to be filled in, and no specifier stays."""
    home = Home(config=Path(path), state=Path(path) / "state")
    unit = systemd.unit(UNIT, service(home, XDG_STATE_HOME=moved), 255)
    assert str(home.config) == systemd.home_of(unit)
    told = settings(unit)
    for value in (told["ExecStart"], told["Environment"]):
        assert "%" not in value.replace("%%", "")
    assert "@PYTHON@" not in told["ExecStart"].replace(path.replace("%", "%%"), "")


def test_a_path_that_would_begin_a_line_of_its_own_is_refused(tmp_path: Path):
    """A line break in a path could add a setting to the unit."""
    home = find_home({}, tmp_path / "a\nExecStartPre=/bin/true")
    with pytest.raises(UsageError, match="cannot name"):
        systemd.unit(UNIT, service(home, named=False), 252)


def test_a_python_that_systemd_would_not_start_is_refused(tmp_path: Path):
    """Quotes in the path of a program are a fatal error in a unit, so `install` says it first."""
    asked = Service(python='/opt/"x"/python', home=find_home({}, tmp_path), named=True, environ={})
    with pytest.raises(UsageError, match="quotes"):
        systemd.unit(UNIT, asked, 252)


def test_restarts_slow_down_where_systemd_can(tmp_path: Path):
    """From systemd 254 on the pauses grow to five minutes; an older one is not given keys that it does not know."""
    home = find_home({}, tmp_path)
    assert {"RestartSteps": "8", "RestartMaxDelaySec": "300"}.items() <= settings(
        systemd.unit(UNIT, service(home), 254)
    ).items()
    assert "RestartSteps" not in settings(systemd.unit(UNIT, service(home), 253))


def test_the_unit_names_no_lock_that_does_not_hold(tmp_path: Path):
    """What user units do not enforce is not in it; usage, seal and settings are not tried again, a reader's end is."""
    told = settings(systemd.unit(UNIT, service(find_home({}, tmp_path)), 255))
    assert not set(NOT_ENFORCED) & set(told)
    assert {"NoNewPrivileges": "yes", "LimitCORE": "0", "Type": "notify"}.items() <= told.items()
    prevented = set(told["RestartPreventExitStatus"].split())
    assert {"64", "77", "78"} <= prevented
    assert "75" not in prevented


@pytest.mark.parametrize(
    ("words", "version"), [("systemd 252 (252.38-1~deb12u1)\n+PAM", 252), ("busybox", 0)]
)
def test_the_version_is_read(words: str, version: int):
    """``systemctl --version`` begins with the number."""
    assert version == systemd.version_in(words)


def test_systemd_takes_the_unit(tmp_path: Path):
    """`systemd-analyze verify` finds nothing to say about the unit, odd paths in it and all."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    said = subprocess.run([analyze, "--version"], capture_output=True, text=True, check=True).stdout
    python = tmp_path / "py%n $x;thon"
    python.symlink_to("/bin/sh")
    home = find_home({}, tmp_path / "a b%n$HOME'\"\\;#é")
    asked = Service(python=str(python), home=home, named=True, environ={"XDG_STATE_HOME": '/s %h"'})
    unit = tmp_path / "homebody.service"
    unit.write_text(systemd.unit(UNIT, asked, systemd.version_in(said)), encoding="utf-8")
    places = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        [analyze, "--user", "verify", unit], env=places, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
