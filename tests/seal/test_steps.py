"""Is every step of putting the seal on needed? One is left out at a time, and the whole is looked at."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from homebody.seal import Targets

LOOK = """
import resource, threading
from homebody.seal import capabilities, entry, handles, hygiene, inherited, kernel, landlock, seccomp
from homebody.seal.apart import in_a_fork
targets = seal.ProbeTargets(**given["targets"])
folder = Path(given["folder"])
SKIPS = {
    "nothing": lambda: None,
    "threads": lambda: setattr(entry, "refuse_threads", lambda: None),
    "sockets": lambda: setattr(entry, "refuse_sockets", lambda *_: None),
    "devices": lambda: setattr(entry, "refuse_devices", lambda: None),
    "powers": lambda: setattr(capabilities, "drop_all", lambda: True),
    "dumps": lambda: setattr(hygiene, "forbid_dumps", lambda: None),
    "core": lambda: setattr(resource, "setrlimit", lambda which, limits, real=resource.setrlimit:
                            None if which == resource.RLIMIT_CORE else real(which, limits)),
    "dumpable": lambda: setattr(kernel, "prctl", lambda option, *rest, real=kernel.prctl:
                                0 if option == 4 and not any(rest) else real(option, *rest)),
    "room": lambda: setattr(handles, "make_room", lambda: False),
    "no_new_privs": lambda: setattr(kernel, "prctl", lambda option, *rest, real=kernel.prctl:
                                    0 if option == 38 else real(option, *rest)),
    "landlock": lambda: setattr(landlock, "restrict", lambda policy: landlock.abi()),
    "seccomp": lambda: setattr(seccomp, "install", lambda program: None),
    "confirmed landlock": lambda: (SKIPS["landlock"](), setattr(entry, "confirm", lambda policy: None)),
    "confirmed seccomp": lambda: (SKIPS["seccomp"](), setattr(entry, "confirm", lambda policy: None)),
}

def looked_at(skip):
    SKIPS[skip]()
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if skip in ("threads", "sockets", "devices"):
        before = {
            "threads": lambda: threading.Thread(target=threading.Event().wait, daemon=True).start(),
            "sockets": lambda: globals().update(kept=__import__("socket").socket()),
            "devices": lambda: os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY),
        }[skip]
        before()
    try:
        report = seal.enter(seal.daemon_policy(read=[], write=[folder]))
    except SealError as error:
        return ["refused to start"]
    wrong = []
    seals = seal.seal_status(os.getpid())
    if len(seals) != 1:
        wrong.append("another thread")
    if not all(each.no_new_privileges for each in seals):
        wrong.append("may gain powers")
    if any(each.capabilities for each in seals):
        wrong.append("powers")
    if any(each.seccomp_mode != 2 for each in seals):
        wrong.append("no filter")
    if kernel.prctl(3):
        wrong.append("can be dumped")
    if resource.getrlimit(resource.RLIMIT_CORE)[1]:
        wrong.append("may leave a core")
    if any(not one.harmless for one in inherited.audit()) or seal.foreign_sockets(()):
        wrong.append("something open that leads outside")
    if set(report.missing) - set(landlock.lacks(report.landlock_abi)):
        wrong.append("says that something is missing")
    out = [result.name for result in seal.run_probes(given["names"], targets) if result.reached]
    return wrong + (["a way out"] if out else [])

def apart(skip):
    found = in_a_fork(lambda: looked_at(skip))
    return ["died"] if found is None else found

told({skip: apart(skip) for skip in SKIPS})
"""

NOTICED = {
    "nothing": set(), "threads": {"another thread"}, "sockets": {"something open that leads outside"},
    "devices": {"something open that leads outside"}, "powers": {"powers"},
    "dumps": {"can be dumped", "may leave a core"}, "core": {"may leave a core"}, "dumpable": {"can be dumped"},
    "room": {"says that something is missing"}, "no_new_privs": {"refused to start"}, "landlock": {"refused to start"},
    "seccomp": {"refused to start"},
    "confirmed landlock": {"a way out"}, "confirmed seccomp": {"no filter", "a way out"},
}  # fmt: skip
"""What is wrong when a step is left out."""

NAMES = ["tcp", "unix", "write_outside", "read_outside", "signal", "chmod_outside", "open_memory", "ptrace"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has powers to drop")
def test_each_step_is_missed(child: Callable[..., Any], everyone_folder: Any) -> None:
    """A seal that lacks one step is not whole: the start is refused, or somebody who looks sees what is wrong."""
    with Targets() as targets:
        told = child(LOOK, targets=targets.targets.to_dict(), folder=str(everyone_folder), names=NAMES)
    found = {skip: set(wrong) for skip, wrong in told.items()}
    assert found["nothing"] == set()
    assert {skip for skip, wrong in found.items() if not wrong} == {"nothing"}
    assert {skip: wrong - found[skip] for skip, wrong in NOTICED.items() if wrong - found[skip]} == {}
