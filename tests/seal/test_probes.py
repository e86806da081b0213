"""The ways out, tried in sealed processes beside an unsealed control."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from homebody.errors import UsageError
from homebody.seal import LIMITS, PROBES, ProbeResult, ProbeTargets, Targets, Tier, control, run_probes

NOBODY = 65534
HANDFUL = {"tcp", "udp", "dns", "unix", "child", "write_outside"}
NAMES = [probe.name for probe in (*PROBES, *LIMITS)]

TRY = """
os.umask(0o077)
folder = Path(given["folder"])
policies = {
    "daemon": lambda: seal.daemon_policy(read=[], write=[folder]),
    "model": lambda: seal.model_policy(model=folder / "model.gguf"),
    "reader": seal.reader_policy,
}
seal.enter(policies[given["tier"]]())
told([result.to_dict() for result in seal.run_probes(given["names"], seal.ProbeTargets(**given["targets"]))])
"""

CONTROL = """
from homebody.seal.unsealed import apart
targets = seal.ProbeTargets(**given["targets"])
told([apart(name, targets).to_dict() for name in given["names"]])
"""


@pytest.fixture(scope="module")
def targets() -> Iterator[Targets]:
    """Yield what the probes aim at."""
    with Targets() as opened:
        yield opened


@pytest.fixture(scope="module")
def controls(targets: Targets) -> dict[str, ProbeResult]:
    """Return what every probe does in an unsealed process of our own user."""
    return {result.name: result for result in control(NAMES, targets.targets)}


def prepared(folder: Path) -> Path:
    """Return *folder*, with a file in it for the model tier to read."""
    (folder / "model.gguf").write_bytes(b"GGUF")
    return folder


def test_handful_works_unsealed(controls: dict[str, ProbeResult]) -> None:
    """The six probes of the demo all get out of a process that is not sealed."""
    assert {name for name in HANDFUL if controls[name].reached} == HANDFUL


def test_most_probes_work_unsealed(controls: dict[str, ProbeResult]) -> None:
    """Most probes have a control that works here, so that refusing them means something."""
    assert sum(result.reached for result in controls.values()) >= 150


def test_controls_really_arrive(targets: Targets) -> None:
    """The listeners count what an unsealed process sends: TCP, UDP, a named and an abstract unix socket."""
    before = targets.arrived
    results = control(["tcp", "udp", "unix", "abstract", "datagram_pair"], targets.targets)
    assert [result.reached for result in results] == [True] * 5
    assert targets.arrived == before + 5


@pytest.mark.parametrize("tier", Tier)
def test_nothing_gets_out(
    tier: Tier,
    targets: Targets,
    controls: dict[str, ProbeResult],
    child: Callable[..., Any],
    everyone_folder: Path,
) -> None:
    """In each tier the kernel refuses every probe that works unsealed, and most of the others, too."""
    before = targets.arrived
    answers = child(
        TRY, tier=tier, folder=str(prepared(everyone_folder)), names=[probe.name for probe in PROBES],
        targets=targets.targets.to_dict(),
    )  # fmt: skip
    results = [ProbeResult.from_dict(answer) for answer in answers]
    assert [result for result in results if result.reached] == []
    lacking = {result.name for result in results if result.skipped}
    assert [name for name in lacking if controls[name].reached] == []
    assert {result.errno for result in results if result.refused} <= {
        "EPERM",
        "EACCES",
        "ENOSYS",
        "ENOTTY",
        "SIGSYS",
    }
    assert sum(controls[result.name].reached for result in results) >= 150
    assert targets.arrived == before


@pytest.mark.parametrize("tier", Tier)
def test_nothing_gets_out_for_an_ordinary_user(
    tier: Tier, as_user: Callable[..., Any], everyone_folder: Path
) -> None:
    """A user without any power is sealed as well, beside a control of the same user."""
    inside, outside = everyone_folder / "inside", everyone_folder / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        folder.chmod(0o777)
    (inside / "model.gguf").write_bytes(b"GGUF")
    with Targets(outside) as targets:
        open_up(targets.targets)
        aims = targets.targets.to_dict() | {
            "victim": None
        }  # a process of our own user is not theirs to attack
        names = [probe.name for probe in PROBES]
        unsealed = {answer["name"]: answer for answer in as_user(CONTROL, names=names, targets=aims)}
        before = targets.arrived
        answers = as_user(TRY, tier=tier, folder=str(inside), names=names, targets=aims)
        assert targets.arrived == before
    tried = [ProbeResult.from_dict(answer) for answer in answers if unsealed[answer["name"]]["reached"]]
    assert {result.name for result in tried} >= HANDFUL
    assert len(tried) >= 110
    assert [result for result in tried if not result.refused] == []


def open_up(targets: ProbeTargets) -> None:
    """Let every user reach the targets, so that the control of an ordinary user works."""
    assert targets.outside is not None
    assert targets.unix_path is not None
    assert targets.datagram_path is not None
    folder = Path(targets.outside)
    folder.chmod(0o777)
    if os.geteuid() == 0:
        os.chown(folder / "secret.txt", NOBODY, NOBODY)
    Path(targets.unix_path).parent.chmod(0o755)
    Path(targets.unix_path).chmod(0o777)
    Path(targets.datagram_path).chmod(0o777)


def test_known_limits_are_shown_as_such(
    targets: Targets, child: Callable[..., Any], everyone_folder: Path
) -> None:
    """What no seal of ours refuses says so, with its number; the reader is refused all of it, the model some."""
    assert all(limit.limit and limit.number for limit in LIMITS)
    as_root = {"processors"} if os.geteuid() == 0 else set()  # without its powers root may not touch root's
    reached = {}
    for tier in Tier:
        answers = child(TRY, tier=tier, folder=str(prepared(everyone_folder)), names=[limit.name for limit in LIMITS],
                        targets=targets.targets.to_dict())  # fmt: skip
        reached[tier] = {answer["name"] for answer in answers if answer["reached"]} - as_root
    assert reached == {
        Tier.DAEMON: {limit.name for limit in LIMITS} - as_root,
        Tier.MODEL: {"stat_outside", "read_link_outside", "processors"} - as_root,
        Tier.READER: set(),
    }


def test_probe_without_its_target_is_skipped() -> None:
    """A probe that was given nothing to aim at has shown nothing, and says what it lacked."""
    [result] = run_probes(["ptrace"], ProbeTargets())
    assert (result.reached, result.refused) == (False, False)
    assert result.skipped == "no process was given to aim at"


def test_unknown_probe_is_an_error() -> None:
    """A name that no probe has is refused, rather than passed over."""
    with pytest.raises(UsageError, match="telepathy"):
        run_probes(["telepathy"])


def test_names_are_distinct_and_words_are_there() -> None:
    """Every probe has a name of its own, a channel and words."""
    assert len(set(NAMES)) == len(NAMES)
    assert all(probe.channel and probe.words for probe in (*PROBES, *LIMITS))


def test_results_survive_json() -> None:
    """A result is the same after it went through JSON, as it does from the model and the reader."""
    for result in (
        ProbeResult(name="tcp", reached=True),
        ProbeResult(name="udp", reached=False, errno="EPERM"),
        ProbeResult(name="dns", reached=False, skipped="why"),
    ):
        assert ProbeResult.from_dict(json.loads(json.dumps(result.to_dict()))) == result
