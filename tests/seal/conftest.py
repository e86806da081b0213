"""Children that put on the seal: what a test wants to know is asked inside them."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import homebody
from homebody.seal.bpf import ALLOW, ENOSYS, refuse, simulate
from homebody.seal.syscalls import TABLE, Machine, number
from homebody.seal.tier import Tier

sys.path.append(str(Path(__file__).parent))

SOURCE = Path(homebody.__file__).parents[1]
NOBODY = 65534
SECONDS = 60

PRELUDE = f"""
import json, os, sys
sys.path.insert(0, {str(SOURCE)!r})
from pathlib import Path
from homebody import seal
from homebody.errors import SealError

def told(value):
    print(json.dumps(value), flush=True)

def name_of_refusal(act):
    import errno
    try:
        act()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"
"""


@pytest.fixture
def child() -> Callable[..., Any]:
    """Return a function that runs code in a fresh Python and returns what it gave to ``told``, parsed.

    Called in the prelude's world, with *values* as the variable ``given``. A child that ends otherwise than
    with 0 fails the test with all that it said.
    """

    def run(
        code: str,
        *,
        python: str = sys.executable,
        user: int | None = None,
        descriptors: tuple[int, ...] = (),
        **values: Any,
    ) -> Any:
        script = f"{PRELUDE}\ngiven = json.loads({json.dumps(values)!r})\n{code}"
        identity = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        done = subprocess.run(
            [python, "-I", "-c", script],
            check=False, capture_output=True, text=True, timeout=SECONDS, cwd="/", pass_fds=descriptors,
            **identity,
        )  # fmt: skip
        assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture
def as_user(child: Callable[..., Any]) -> Callable[..., Any]:
    """Return `child` for an ordinary user: ourselves, or nobody when the tests run as root.

    Root's own Python may lie where nobody cannot go; then one of the system is taken.
    """
    if os.geteuid() != 0:
        return child
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        asked = "import sys; print(sys.version_info >= (3, 11))"
        try:
            done = subprocess.run(
                [python, "-I", "-c", asked],
                check=False, capture_output=True, text=True, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/",
            )  # fmt: skip
        except OSError:
            continue
        if done.stdout.strip() == "True":
            return lambda code, **values: child(code, python=python, user=NOBODY, **values)
    pytest.skip("no Python 3.11 that an ordinary user can run")


@pytest.fixture
def everyone_folder() -> Iterator[Path]:
    """Yield a temporary folder in which every user may write."""
    folder = Path(tempfile.mkdtemp(prefix="homebody-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder that is ours for this test."""
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def furnished_home(home: Path) -> Path:
    """Return that home with what the probes aim at: they do alike for every user, and leave the real one be."""
    for folder in (".ssh", ".config/autostart"):
        (home / folder).mkdir(parents=True)
    (home / ".bashrc").touch()
    return home


PID = 4321
"""The process number that the filters under test are made for."""

VERDICTS = {"ALLOW": ALLOW, "ENOSYS": ENOSYS, "EPERM": refuse(errno.EPERM), "ENOTTY": refuse(errno.ENOTTY)}

Expectation = tuple[str, tuple[int, ...], int]


@pytest.fixture(scope="session")
def expectations() -> dict[Tier, tuple[Expectation, ...]]:
    """Return for each tier what its filter must say: call, arguments, verdict; every call of the table is in it."""
    written = yaml.safe_load(Path(__file__).with_name("expectations.yaml").read_text())
    told = {tier: tuple(_expected(written[tier.value])) for tier in Tier}
    for tier in (Tier.MODEL, Tier.READER):
        named = {name for name, _arguments, _verdict in told[tier]}
        told[tier] += tuple((name, (), VERDICTS["EPERM"]) for name in TABLE if name not in named)
    return told


def _expected(written: dict[str, list[Any]]) -> Iterator[Expectation]:
    for line in written["refused"]:
        yield from ((name, (), VERDICTS["EPERM"]) for name in line.split())
    for line in written["allowed"]:
        yield from ((name, (), ALLOW) for name in line.split())
    for name, arguments, verdict in written["judged"]:
        yield name, tuple(PID if value == "PID" else value for value in arguments), VERDICTS[verdict]


@pytest.fixture(scope="session")
def surprises(
    expectations: dict[Tier, tuple[Expectation, ...]],
) -> Callable[[bytes, Tier, Machine], list[tuple[str, tuple[int, ...]]]]:
    """Return a function that names the calls which a filter judges otherwise than expected."""

    def judge(program: bytes, tier: Tier, machine: Machine) -> list[tuple[str, tuple[int, ...]]]:
        return [
            (name, arguments)
            for name, arguments, verdict in expectations[tier]
            if (call := number(name, machine)) is not None
            and simulate(program, machine.audit, call, arguments) != verdict
        ]

    return judge
