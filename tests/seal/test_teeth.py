"""Do the probes have teeth? With one lock taken away, the probe behind it gets out of a real process again."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from homebody.seal import PROBES, Targets
from homebody.seal.attempts import places
from homebody.seal.rules import rules_for
from homebody.seal.syscalls import TABLE
from homebody.seal.tier import Tier

pytestmark = pytest.mark.usefixtures("furnished_home")

BEHIND = {
    "tcp": "socket connect", "udp": "socket sendto", "dns": "socket", "listen": "socket bind", "unix": "socket connect",
    "abstract": "socket connect", "raw": "socket", "ping": "socket", "datagram_pair": "socketpair sendto",
    "io_uring": "io_uring_setup", "thread_socket": "socket", "child_socket": "socket", "fork_namespace": "clone",
    "read_memory": "process_vm_readv", "write_memory": "process_vm_writev", "take_descriptor": "pidfd_getfd",
    "limits": "prlimit64", "dumpable": "prctl", "truncate_outside": "truncate", "fifo_outside": "mknod mknodat",
    "chmod_outside": "chmod fchmodat", "chown_outside": "chown fchownat", "utime_outside": "utimensat",
    "xattr_outside": "setxattr", "futimens": "utimensat", "special_bit": "fchmod",
    "terminal_input": "ioctl", "signal_by_file": "fcntl", "queue_to_thread": "rt_tgsigqueueinfo",
    "lax_filter": "socket", "handed_in": "recvmsg", "leftover_datagram": "socketpair", "unix_datagram": "socket sendto",
    "zero_copy": "socket sendto", "fast_open": "socket sendto", "socket_outside": "mknod mknodat",
    "device_outside": "mknod mknodat",
    "file_flags": "ioctl", "file_project": "ioctl", "folder_signals": "fcntl", "let_trace": "prctl",
    "priority": "setpriority", "disk_priority": "ioprio_set", "terminal_paste": "ioctl", "signal_by_socket": "ioctl",
}  # fmt: skip
"""The calls whose rules refuse each probe in the daemon's filter, where the probe is not called like its call."""

BY_LANDLOCK = {
    "child", "loader", "open_memory", "read_environment", "signal", "write_outside", "read_outside",
    "append_outside", "list_outside", "rename_outside", "folder_outside", "symlink_outside", "hardlink_outside",
    "shared_memory", "terminal", "helper", "read_map", "name_of_file", "through_root", "through_folder", "into_pipe",
    "out_of_memory_score", "own_memory", "own_score", "signal_by_handle", "signal_a_thread", "lax_folders",
    "temporary_outside", "swap_outside", "second_name", "start_up_file",
    *(name for name, *_rest in places.DEVICES),
    "home_folder", "start_folder", "keys_folder", "system_folder", "cron_folder", "python_folder",
}  # fmt: skip
"""The probes that no rule of the daemon's filter refuses, but the list of folders, or who may signal whom."""

BY_PREAMBLE = {"old_call", "x32_call"}
"""The probes that call by other numbers: no rule is about those, the filter's first instructions end the process."""

BY_HYGIENE = {"core_dump"}
"""The probes that neither refuses: what was given away before the seal, and what only a power would bring back."""

ELSEWHERE = BY_PREAMBLE | BY_HYGIENE

ONE_BY_ONE = """
from homebody.seal import capabilities, kernel, landlock, rules, seccomp
from homebody.seal.apart import in_a_fork
from homebody.seal.bpf import compile_filter
from homebody.seal.probe import ProbeTargets
from homebody.seal.syscalls import this_machine
targets = ProbeTargets(**given["targets"])

def apart(name, prepare):
    def tried():
        kernel.prctl(38, 1)
        prepare()
        [result] = seal.run_probes([name], targets)
        return [result.reached, result.errno, result.skipped]
    return in_a_fork(tried) or [False, None, "died"]

def filter_without(names):
    kept = [rule for rule in rules.rules_for(seal.Tier.DAEMON, 0) if rule.name not in names]
    return lambda: seccomp.install(compile_filter(kept, rules.DEFAULTS[seal.Tier.DAEMON], this_machine()))

def filter_with(calls):
    tier = seal.Tier(given["tier"])
    holes = [rules.allow(name) for name in calls]
    return lambda: seccomp.install(
        compile_filter([*holes, *rules.rules_for(tier, 0)], rules.DEFAULTS[tier], this_machine()))

folders = seal.daemon_policy(read=[], write=[])

def only_landlock(policy=folders):
    capabilities.drop_all()  # with CAP_PERFMON the kernel shows other processes' memory all the same
    landlock.restrict(policy)
"""


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Return the names of all probes."""
    return [probe.name for probe in PROBES]


def calls_of(name: str) -> list[str]:
    """Return the calls whose rules keep the probe in."""
    if name.startswith("socket_") and name not in BEHIND:
        return ["socket"]
    return BEHIND.get(name, name.removesuffix("_by_path")).split()


def test_every_probe_has_its_lock(names: list[str]) -> None:
    """Each probe is behind rules of the filter that exist, or behind Landlock, and none is in both lists."""
    known = {rule.name for rule in rules_for(Tier.DAEMON, 0)}
    behind_filter = [name for name in names if name not in BY_LANDLOCK | ELSEWHERE]
    assert [name for name in behind_filter if not set(calls_of(name)) <= known] == []
    assert set(BY_LANDLOCK) <= set(names)
    assert not (BY_LANDLOCK | ELSEWHERE) & set(BEHIND)


def test_probe_gets_out_when_its_rule_is_gone(child: Callable[..., Any], names: list[str]) -> None:
    """With the whole filter a probe is refused; with its own rules deleted it does what it does unsealed."""
    locks = {name: calls_of(name) for name in names if name not in BY_LANDLOCK | ELSEWHERE}
    code = f"""{ONE_BY_ONE}
told({{name: [apart(name, lambda: None), apart(name, filter_without([])), apart(name, filter_without(calls))]
      for name, calls in given["locks"].items()}})
"""
    with Targets() as targets:
        told = child(code, targets=targets.targets.to_dict(), locks=locks)
    assert [name for name, (_free, whole, _less) in told.items() if whole[0] or whole[2]] == []
    assert [(name, free, less) for name, (free, _whole, less) in told.items() if free[0] != less[0]] == []
    assert sum(free[0] for free, _whole, _less in told.values()) >= (115 if os.geteuid() == 0 else 90)


def test_probe_gets_out_when_landlock_is_gone(child: Callable[..., Any]) -> None:
    """With the filter alone these probes do what they do unsealed; with Landlock alone they are refused."""
    code = f"""{ONE_BY_ONE}
told({{name: [apart(name, lambda: None), apart(name, filter_without([])), apart(name, only_landlock)]
      for name in given["names"]}})
"""
    with Targets() as targets:
        told = child(code, targets=targets.targets.to_dict(), names=sorted(BY_LANDLOCK))
    assert [name for name, (_free, _filter, alone) in told.items() if alone[0]] == []
    assert [(name, free, less) for name, (free, less, _alone) in told.items() if free[0] != less[0]] == []
    assert sum(free[0] for free, _filter, _alone in told.values()) >= 30


@pytest.mark.parametrize("tier", Tier)
def test_other_numbers_end_the_process(child: Callable[..., Any], tier: Tier) -> None:
    """Where a kernel takes calls by other numbers, the filter ends whoever makes one; the same call works unsealed.

    The probe lets a program of its own make it. Daemons may start one; small tiers that wrongly could are tried.
    """
    code = f"""{ONE_BY_ONE}
told({{name: [apart(name, lambda: None), apart(name, filter_with(given["starting"]))] for name in given["names"]}})
"""
    starting = STARTING.split() if tier is not Tier.DAEMON else []
    told = child(code, targets={}, names=sorted(BY_PREAMBLE), tier=tier, starting=starting)
    if not any(free[0] for free, _whole in told.values()):
        pytest.skip("this kernel or processor takes no such calls")
    assert [
        name for name, (free, whole) in told.items() if free[0] and whole != [False, "SIGSYS", None]
    ] == []


def test_limit_that_was_given_away_stays_away(child: Callable[..., Any]) -> None:
    """Dumps can be allowed again as long as nobody gave them up, and neither filter nor folders would stop that."""
    code = f"""{ONE_BY_ONE}
from homebody.seal import hygiene
def given_up():
    hygiene.forbid_dumps()
    capabilities.drop_all()
told([apart("core_dump", lambda: None), apart("core_dump", filter_without([])), apart("core_dump", given_up)])
"""
    free, filtered, gone = child(code, targets={})
    if not free[0]:
        pytest.skip("this process may not have core dumps anyway")
    assert (filtered[0], gone) == (True, [False, "EPERM", None])


STARTING = """fork vfork clone execve wait4 waitid pipe2 dup2 dup3 readlink readlinkat openat newfstatat pread64 access
    faccessat set_tid_address getdents64 getcwd epoll_create1"""
CONNECTING = "socket connect getsockopt setsockopt sendto ioctl"
MAKING = "openat unlink unlinkat"
READING = (
    "read_environment",
    "read_outside",
    "read_map",
    "through_root",
    "through_folder",
    "vsock_device",
    "keyboard",
)
OPENED = {
    "tcp": CONNECTING, "unix": CONNECTING, "abstract": CONNECTING, "udp": "socket sendto",
    "dns": "socket openat newfstatat", "listen": "socket bind listen setsockopt", "thread_socket": "socket clone",
    "datagram_pair": "socketpair sendto recvfrom listen getsockname getpeername",
    "child": STARTING, "helper": STARTING, "loader": STARTING, "child_socket": f"socket {STARTING}",
    "fork_namespace": "clone wait4",
    "take_descriptor": "pidfd_open pidfd_getfd", "signal": "kill", "limits": "prlimit64", "dumpable": "prctl",
    "signal_by_handle": "pidfd_open pidfd_send_signal", "signal_a_thread": "tgkill", "core_dump": "prlimit64",
    "priority": "getpriority setpriority", "name_of_file": "readlink readlinkat",
    "list_outside": "openat newfstatat getdents64",
    "rename_outside": "rename renameat renameat2", "swap_outside": "renameat2",
    "folder_outside": "mkdir mkdirat rmdir unlinkat",
    "symlink_outside": "symlink symlinkat unlink unlinkat", "hardlink_outside": "link linkat unlink unlinkat",
    "second_name": "linkat unlink unlinkat", "fifo_outside": "mknod mknodat unlink unlinkat",
    "socket_outside": "mknod mknodat unlink unlinkat", "device_outside": "mknod mknodat unlink unlinkat",
    "lax_filter": "clone prctl seccomp socket",
    "lax_folders": f"clone prctl landlock_create_ruleset landlock_add_rule landlock_restrict_self {MAKING}",
    "handed_in": "socketpair sendmsg recvmsg", "leftover_datagram": "socketpair sendmsg",
    "zero_copy": "socket setsockopt sendto", "fast_open": "socket ioctl sendto",
    **dict.fromkeys((*READING, *(name for name, *_rest in places.DEVICES)), "openat"),
    **dict.fromkeys(("open_memory", "append_outside", "terminal", "into_pipe", "out_of_memory_score", "own_memory",
                     "own_score", "temporary_outside", "start_up_file"), "openat"),
    **dict.fromkeys(("write_outside", "shared_memory", "home_folder", "start_folder", "keys_folder", "system_folder",
                     "cron_folder", "python_folder"), MAKING),
}  # fmt: skip
"""The calls that a small tier would have to allow for each probe to get out, where they are not those of BEHIND."""

MODEL_BY_FOLDERS = {*READING, "list_outside", "name_of_file"}
"""The probes that the model's filter lets pass, because it reads files: Landlock alone refuses these."""


def opened(name: str) -> list[str]:
    """Return the calls by which the probe would get out of a small tier."""
    return OPENED.get(name, " ".join(calls_of(name))).split()


def test_every_probe_has_its_hole(names: list[str]) -> None:
    """The holes are made of calls that exist, and no probe is named that is none; only BY_PREAMBLE has none."""
    assert {name for name in names if not set(opened(name)) <= set(TABLE)} == BY_PREAMBLE
    assert set(OPENED) <= set(names)
    assert MODEL_BY_FOLDERS <= BY_LANDLOCK


@pytest.mark.parametrize("tier", [Tier.MODEL, Tier.READER])
def test_probe_gets_out_of_a_small_tier_that_allows_too_much(
    child: Callable[..., Any], names: list[str], tier: Tier
) -> None:
    """With its own calls added to the allow-list each probe does what it does unsealed; without them it is refused."""
    code = f"""{ONE_BY_ONE}
told({{name: [apart(name, lambda: None), apart(name, filter_with([])), apart(name, filter_with(calls))]
      for name, calls in given["holes"].items()}})
"""
    elsewhere = BY_PREAMBLE | (MODEL_BY_FOLDERS if tier is Tier.MODEL else set())
    holes = {name: opened(name) for name in names if name not in elsewhere}
    with Targets() as targets:
        told = child(code, targets=targets.targets.to_dict(), holes=holes, tier=tier)
    assert [name for name, (_free, whole, _more) in told.items() if whole[0] or whole[2]] == []
    assert [(name, free, more) for name, (free, _whole, more) in told.items() if not alike(free, more)] == []
    assert sum(free[0] for free, _whole, _more in told.values()) >= (150 if os.geteuid() == 0 else 125)


def alike(free: list[Any], other: list[Any]) -> bool:
    """Return whether both got out or neither; ENOTTY is how a small filter refuses ioctl, and counts as out nowhere."""
    return free[0] == other[0] and (free[1] == "ENOTTY" or other[1] != "ENOTTY")


def test_model_reads_nothing_else_by_landlock_alone(child: Callable[..., Any]) -> None:
    """What the model's filter lets pass does what it does unsealed, and its list of folders alone refuses it."""
    code = f"""{ONE_BY_ONE}
policy = seal.model_policy(model=Path(os.__file__))
told({{name: [apart(name, lambda: None), apart(name, filter_with([])), apart(name, lambda: only_landlock(policy))]
      for name in given["names"]}})
"""
    with Targets() as targets:
        told = child(code, targets=targets.targets.to_dict(), names=sorted(MODEL_BY_FOLDERS), tier=Tier.MODEL)
    assert [(name, free, less) for name, (free, less, _alone) in told.items() if free[0] != less[0]] == []
    assert [name for name, (_free, _filter, alone) in told.items() if alone[0]] == []
    assert sum(free[0] for free, _filter, _alone in told.values()) >= len(MODEL_BY_FOLDERS) - 2  # two devices


@pytest.mark.parametrize(
    ("widened", "names"),
    [
        ("execute=(*folders.execute, Path('/bin/true').resolve()), read=(*folders.read, Path('/bin').resolve())",
         ["child"]),
        ("read=(*folders.read, outside)", ["read_outside", "list_outside"]),
        ("write=(outside,)", ["write_outside", "append_outside", "folder_outside", "rename_outside"]),
    ],
)  # fmt: skip
def test_probe_gets_out_of_a_wider_policy(child: Callable[..., Any], widened: str, names: list[str]) -> None:
    """What one more folder in the policy allows, the probes find: they judge the policy, not the wind."""
    code = f"""{ONE_BY_ONE}
from dataclasses import replace
outside = Path(targets.outside)
wider = replace(folders, {widened})
told([apart(name, lambda: seal.enter(wider))[0] for name in given["names"]])
"""
    with Targets() as targets:
        assert child(code, targets=targets.targets.to_dict(), names=names) == [True] * len(names)
