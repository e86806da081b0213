"""The ways out of macOS, as far as Linux can show: none stumbles over itself, and those of all systems work."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.seal import Targets
from homebody.seal.attempts import macos, macos_calls
from homebody.seal.probe import Probe, ProbeTargets, Untestable
from homebody.seal.seatbelt_names import NEVER

EVERYWHERE = {
    "tcp", "udp", "listen", "unix", "datagram_pair", "child", "signal", "write_outside", "read_outside",
    "append_outside", "list_outside", "rename_outside", "folder_outside", "symlink_outside", "hardlink_outside",
    "fifo_outside", "chmod_outside", "chown_outside", "utime_outside", "stat_outside", "truncate_outside", "sendmsg",
    "bind_unix", "fork", "shmget", "semget", "msgget",
}  # fmt: skip
"""What works unsealed on Linux as well as on macOS."""

RUN = """
from homebody.seal.attempts import macos
from homebody.seal.apart import in_a_fork
from homebody.seal.probe import ProbeTargets
targets = ProbeTargets(**given["targets"])
os.chdir("/")

if given["sealed"]:
    seal.enter(seal.daemon_policy(read=[], write=[]))
tried = [one for one in (*macos.PROBES, *macos.LIMITS) if one.name not in given["leave"]]
told([in_a_fork(lambda one=one: one.run(targets).to_dict()) for one in tried])
"""
LEAVE = ["attach", "task"]
"""Left out here: Linux' ptrace has other numbers."""


def results(child: Callable[..., Any], *, sealed: bool) -> dict[str, dict[str, Any]]:
    """Return what every probe does in a process of its own."""
    with Targets() as targets:
        told = child(RUN, targets=targets.targets.to_dict(), sealed=sealed, leave=LEAVE)
    return {one["name"]: one for one in told}


def test_none_stumbles_and_those_of_all_systems_work(child: Callable[..., Any]) -> None:
    """Unsealed, no probe fails of itself; what Linux has too gets out, and what it lacks says so."""
    told = results(child, sealed=False)
    assert [one for one in told.values() if str(one["skipped"]).startswith("the probe failed")] == []
    assert {name for name in EVERYWHERE if not told[name]["reached"]} == set()
    assert told["service_trustd"]["skipped"] == "this process finds no bootstrap_look_up"
    assert told["driver"]["skipped"] == "this process finds no IOServiceMatching"


def test_sealed_by_linux_none_of_them_gets_out(child: Callable[..., Any]) -> None:
    """The same code is refused inside a seal: it tells a refusal from a way out."""
    told = results(child, sealed=True)
    linux_lets = {"fork", "stat_outside", "make_code", "semaphore"}
    assert {name for name, one in told.items() if one["reached"]} <= linux_lets
    assert {name for name in EVERYWHERE - linux_lets if told[name]["skipped"]} == set()


def test_names_are_distinct_and_enough() -> None:
    """There are more than 70 ways, as many as the README says, each with a name of its own, a channel and words."""
    known = [*macos.PROBES, *macos.LIMITS]
    readme = Path(__file__).parents[2] / "README.md"
    assert f"**{len(macos.PROBES)} ways out**" in readme.read_text(encoding="utf-8")
    assert len({one.name for one in known}) == len(known) > 70
    assert all(one.channel and one.words for one in known)


def test_services_that_are_probed_are_refused_twice() -> None:
    """Every service that is probed stands in the profile's list, but the two that every program talks to."""
    asked = set(macos.SERVICES.values())
    assert asked - set(NEVER) == {"com.apple.system.notification_center", "com.apple.system.logger"}


@pytest.mark.parametrize(
    ("answer", "reached", "errno", "skipped"),
    [(0, True, None, False), (1100, False, "EPERM", False), (1102, False, None, True)],
)
def test_launchds_answers_are_understood(
    monkeypatch: pytest.MonkeyPatch, answer: int, reached: bool, errno: str | None, skipped: bool
) -> None:
    """A port means out, "not privileged" means refused, and "unknown service" shows nothing."""
    monkeypatch.setattr(macos, "variable", lambda _name: 7)
    monkeypatch.setattr(macos, "function", lambda _name: lambda *_arguments: answer)
    [one] = [one for one in macos.PROBES if one.name == "service_trustd"]
    result = one.run(ProbeTargets())
    assert (result.reached, result.errno, result.skipped is not None) == (reached, errno, skipped)


@pytest.mark.parametrize(("answer", "errno"), [(0, None), (-0x1FFFFD1E, "EPERM")])
def test_drivers_answers_are_understood(
    monkeypatch: pytest.MonkeyPatch, answer: int, errno: str | None
) -> None:
    """kIOReturnNotPermitted, which C hands over as a negative number, is a refusal."""

    class Stand:
        restype: Any = None

        def __init__(self, result: int) -> None:
            self._result = result

        def __call__(self, *_arguments: object) -> int:
            return self._result

    monkeypatch.setattr(macos_calls, "variable", lambda _name: 7)
    monkeypatch.setattr(
        macos_calls, "function", lambda name, _library: Stand(answer if name == "IOServiceOpen" else 9)
    )
    [one] = [one for one in macos.PROBES if one.name == "driver"]
    assert one.run(ProbeTargets()).errno == errno


def test_missing_functions_show_nothing() -> None:
    """A function that a system lacks is no refusal, and no way out."""
    with pytest.raises(Untestable, match="finds no clonefile"):
        macos_calls.function("clonefile")
    assert isinstance(macos.LIMITS[0], Probe)
    assert json.dumps(macos.LIMITS[0].limit)
