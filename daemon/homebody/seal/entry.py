"""How is the seal put on?

On Linux by Landlock and seccomp, on macOS by a Seatbelt profile (`seatbelt_entry`), from one policy.

The order matters on Linux: powers away, dumps off, no_new_privs, then Landlock, then seccomp, and all of it while
there is exactly one thread. At last it is tried whether both locks hold.
"""

import errno
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path

from homebody.errors import SealError
from homebody.seal import (
    apple,
    capabilities,
    handles,
    hygiene,
    inherited,
    kernel,
    landlock,
    seatbelt_entry,
    seccomp,
)
from homebody.seal.policy import Policy
from homebody.seal.report import SealReport
from homebody.seal.syscalls import this_machine
from homebody.seal.system import LINUX, MACOS, this_system
from homebody.seal.tier import Tier

PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP = 38, 39, 21
SECCOMP_FILTER_MODE = 2
AF_UNIX, SOCK_STREAM = 1, 1


def enter(policy: Policy, closing: Collection[int] = ()) -> SealReport:
    """Put the seal of *policy* on this process and everything it starts, for good, and say what was put on.

    *closing* are sockets that the caller uses once more and closes before the first document (sd_notify).

    Raises SealError, saying what is missing and what to do: another system than Linux or macOS, more than one thread,
    a kernel without Landlock or seccomp or on which they do not hold, an open socket or device that leads
    outside, a path that is not there. After an error the process may be half sealed; it has to end.
    """
    if this_system() is MACOS:
        refuse_sockets()
        return seatbelt_entry.enter(policy, apple.Apple(), apple.kernel_path)
    if this_system() is not LINUX:
        raise SealError(
            "The seal for this system is not there yet, and without a seal homebody does not start.",
            hint="Run homebody on Linux or macOS.",
        )
    began = time.perf_counter()
    machine = this_machine()
    refuse_threads()
    refuse_sockets(closing)
    refuse_devices()
    as_root = os.geteuid() == 0
    bounding_empty = capabilities.drop_all()
    hygiene.forbid_dumps()
    has_handles = policy.tier is not Tier.DAEMON or handles.make_room()
    kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
    abi = landlock.restrict(policy)
    program = seccomp.program_for(policy.tier, machine, os.getpid())
    seccomp.install(program)
    confirm(policy)
    plain = program if policy.tier is Tier.DAEMON else seccomp.program_for(policy.tier, machine)
    missing = landlock.lacks(abi)
    if not bounding_empty:
        missing += (
            "the bounding set could not be emptied; no_new_privs keeps its capabilities out of reach",
        )
    if not has_handles:
        missing += (f"attributes of a file cannot be kept: fewer than {handles.LAST + 1} files may be open",)
    told = seccomp.digest(plain)
    instructions = len(program) // 8
    return SealReport(
        tier=policy.tier,
        kernel=os.uname().release,
        landlock_abi=abi,
        seccomp_sha256=told,
        instructions=instructions,
        as_root=as_root,
        milliseconds=round((time.perf_counter() - began) * 1000, 3),
        missing=missing,
        layers=f"Landlock ABI {abi}, seccomp filter of {instructions} instructions (SHA-256 {told[:16]}...)",
    )


def confirm(policy: Policy) -> None:
    """Raise SealError unless both locks hold in this very process: no kernel is taken at its word.

    The flags are read back, a socket is tried, and the root folder, which no sensible policy names.
    """
    unsure = []
    if kernel.prctl(PR_GET_NO_NEW_PRIVS) != 1 or kernel.prctl(PR_GET_SECCOMP) != SECCOMP_FILTER_MODE:
        unsure.append("the kernel does not say that it is sealed")
    if not _refused(lambda: kernel.call("socket", AF_UNIX, SOCK_STREAM, 0)):
        unsure.append("a socket could be made")
    root = Path("/")
    if root not in (*policy.read, *policy.write) and not _refused(lambda: os.open(root, os.O_RDONLY)):
        unsure.append("the root folder could be read")
    if unsure:
        raise SealError(
            f"The seal was put on and does not hold: {', '.join(unsure)}.",
            hint="Please report this with the output of `homebody doctor`.",
        )


def _refused(deed: Callable[[], int]) -> bool:
    try:
        os.close(deed())
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES)
    return False


def refuse_threads() -> None:
    """Raise SealError unless this process is one thread: Landlock seals the calling thread alone.

    The kernel is asked, because threads of C libraries are unknown to Python; and by the number of links of
    /proc/self/task (two, and one for each thread), because inside the daemon's seal a child may not list it.
    """
    try:
        threads = os.stat("/proc/self/task").st_nlink - 2  # noqa: PTH116 - nothing else is needed of it
    except OSError as error:
        raise SealError(
            "The threads of this process cannot be counted: /proc is not there.", hint="Mount proc on /proc."
        ) from error
    if threads != 1:
        raise SealError(
            f"The seal has to go on while there is one thread, and there are {threads}.",
            hint="Nothing that starts threads, such as numpy or llama_cpp, may be imported before the seal."
            " This is a mistake in homebody: please report it.",
        )


def refuse_sockets(closing: Collection[int] = ()) -> None:
    """Raise SealError when a socket is open that leads outside: the kernel lets open ones go on working."""
    foreign = hygiene.foreign_sockets(closing)
    if foreign:
        numbers = ", ".join(str(fd) for fd in foreign)
        raise SealError(
            f"This process was started with sockets open that lead outside (descriptor {numbers}).",
            hint="Start homebody from a terminal or a service manager, and not from a program that hands its"
            " own connections down. If that does not help, a keyring left its connection open: please report it.",
        )


def refuse_devices() -> None:
    """Raise SealError when something is open that is no file, pipe, terminal or harmless device."""
    foreign = [one for one in inherited.audit() if not one.harmless]
    if foreign:
        named = ", ".join(f"{one.number}: {one.kind}" for one in foreign)
        raise SealError(
            f"This process was started with something open that could lead outside (descriptor {named}).",
            hint="Start homebody from a terminal or a service manager, with its input and output from files, pipes"
            " or a terminal.",
        )
