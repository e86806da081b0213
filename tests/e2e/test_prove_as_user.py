"""`homebody prove` for an ordinary user, when the tests run as root: a daemon and a proof without any power."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import homebody

NOBODY = 65534
SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.fixture
def python() -> Iterator[Path]:
    """Yield a Python that nobody can run and that has homebody: the system's own, if it is of our version."""
    if os.geteuid() != 0:
        pytest.skip("an ordinary user runs all the other tests already")
    asked = [SYSTEM_PYTHON, "-I", "-c", "import sys, venv; print(sys.version_info[:2])"]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        told = ""
    if told != str(sys.version_info[:2]):
        pytest.skip("no Python of this version that an ordinary user can run")
    folder = Path(tempfile.mkdtemp(prefix="hb-"))
    folder.chmod(0o755)
    subprocess.run([SYSTEM_PYTHON, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    [site] = (folder / "venv" / "lib").glob("python3.*/site-packages")
    packages = Path(pytest.__file__).parents[1], Path(homebody.__file__).parents[1]
    (site / "homebody.pth").write_text("".join(f"{path}\n" for path in packages))
    for name in ("home", "tmp"):
        (folder / name).mkdir()
        os.chown(folder / name, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def test_ordinary_user_sees_it_hold(python: Path):
    """No power, no look at other processes' descriptors: ninety ways and more are tried, none gets out."""
    environ = {"HOME": str(python / "home"), "TMPDIR": str(python / "tmp"), "PATH": os.environ["PATH"]}
    command = [str(python / "venv" / "bin" / "python"), "-I", "-m", "homebody", "prove", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=environ, cwd="/",
        user=NOBODY, group=NOBODY, extra_groups=[],
    )  # fmt: skip
    if "No module named" in done.stderr:
        pytest.skip("this checkout cannot be read by an ordinary user")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["reached"], found["as_root"], found["started_for_this"]) == (0, False, True)
    for process in found["processes"].values():
        assert process["tried"] >= 90
        assert process["fds"]["by"] == "the process itself"
        assert process["fds"]["open"]
    assert list((python / "tmp").iterdir()) == []
    assert list((python / "home").iterdir()) == []


@pytest.mark.long
def test_root_is_told_to_let_the_user_prove(python: Path, house):
    """Root's own try beside another user's daemon would show nothing, so it is refused with the cure."""
    config = python / "home" / "config"
    command = [
        str(python / "venv" / "bin" / "python"),
        "-I",
        "-m",
        "homebody",
        "--home",
        str(config),
        "serve",
    ]
    environ = {"HOME": str(python / "home"), "PATH": os.environ["PATH"]}
    with subprocess.Popen(
        command, env=environ, cwd="/", user=NOBODY, group=NOBODY, extra_groups=[], stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            house.process, house.home = daemon, house.home.__class__(config=config, state=config / "state")
            house.until(house.answering)
            asked = [sys.executable, "-I", "-m", "homebody", "--home", str(config), "prove"]
            done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
        finally:
            daemon.kill()
    assert done.returncode == 64
    assert "belongs to another user" in done.stderr
