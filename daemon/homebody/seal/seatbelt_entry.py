"""How is the seal put on on macOS?

Dumps off, debuggers away, the profile compiled line by line where this release lacks a word, put on, and looked
at from the kernel's side. Threads need not be counted, as on Linux: the profile hangs on the process and not on a
thread. Never run on a Mac.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from homebody.errors import SealError
from homebody.seal import handles, hygiene
from homebody.seal.interpreter import wanted_paths
from homebody.seal.links import links_on_the_way
from homebody.seal.policy import Policy
from homebody.seal.report import SealReport
from homebody.seal.seatbelt import Line, Profile, profile
from homebody.seal.tier import Tier

HEAD = "(version 1)\n(deny default)\n"


class Sealer(Protocol):
    """What macOS does for us; see `apple.Apple`."""

    def init(self, profile: Profile) -> None:
        """Put the profile on this process. Raises SealError."""

    def sealed(self, pid: int) -> bool:
        """Return whether the process is in a sandbox."""

    def complaint(self, program: str, parameters: tuple[tuple[str, str], ...]) -> str | None:
        """Return why the program does not compile, None when it does."""

    def deny_attach(self) -> bool:
        """Keep debuggers away."""


def enter(policy: Policy, apple: Sealer, spelt: Callable[[Path], Path]) -> SealReport:
    """Put the seal of *policy* on this process, for good, and say what was put on.

    *spelt* returns the path by which the kernel knows a file. Raises SealError: already in a sandbox, a
    mandatory line that this macOS does not know, a path that is not there, no word from the kernel that it holds.
    """
    began = time.perf_counter()
    if apple.sealed(os.getpid()):
        raise SealError(
            "This process is in a sandbox already, and macOS puts no second one on.",
            hint="Start homebody from a terminal or by launchd, not from within a sandboxed program.",
        )
    wanted = as_the_kernel_says(policy, spelt)
    links = links_on_the_way((*policy.names, *(wanted_paths() if policy.read else ())))
    whole = profile(wanted, links)
    unknown = unknown_lines(whole, apple)
    taken = whole.without(unknown)
    hygiene.forbid_core_files()
    missing = [f"this macOS does not know: {line.text}" for line in unknown]
    if not apple.deny_attach():
        missing.append("debuggers of your own user are not kept away")
    if policy.tier is Tier.DAEMON and not handles.make_room():
        missing.append(
            f"attributes of a file cannot be kept: fewer than {handles.LAST + 1} files may be open"
        )
    apple.init(taken)
    if not apple.sealed(os.getpid()):
        raise SealError(
            "The kernel does not say that this process is sealed. homebody does not start.",
            hint="Please report this with your version of macOS.",
        )
    return SealReport(
        tier=policy.tier,
        kernel=os.uname().release,
        landlock_abi=0,
        seccomp_sha256=taken.sha256,
        instructions=len(taken.lines),
        as_root=os.geteuid() == 0,
        milliseconds=round((time.perf_counter() - began) * 1000, 3),
        missing=tuple(missing),
        layers=f"Seatbelt profile of {len(taken.lines)} lines (SHA-256 {taken.sha256[:16]}...)",
    )


def as_the_kernel_says(policy: Policy, spelt: Callable[[Path], Path]) -> Policy:
    """Return *policy* with every path spelt as the kernel spells it. Raises SealError for one that is not there."""
    try:
        return replace(
            policy,
            read=tuple(spelt(path) for path in policy.read),
            write=tuple(spelt(path) for path in policy.write),
            libraries=tuple(spelt(path) for path in policy.libraries),
            control=None if policy.control is None else spelt(policy.control.parent) / policy.control.name,
        )
    except OSError as error:
        raise SealError(
            f"{error.filename} cannot be reached ({error.strerror}), so nothing can be allowed there.",
            hint="Make the folder, or correct what names it; macOS may also ask you to let homebody read it"
            " (System Settings, Privacy & Security, Files and Folders).",
        ) from error


def unknown_lines(whole: Profile, apple: Sealer) -> tuple[Line, ...]:
    """Return the optional lines that this release does not know. Raises SealError for a mandatory one.

    As a rule the whole compiles, and that is one call; else each line is tried alone.
    """
    if apple.complaint(whole.text, whole.parameters) is None:
        return ()
    unknown = []
    for line in whole.lines:
        if line.text in HEAD:
            continue
        why = apple.complaint(HEAD + line.text, whole.parameters)
        if why is not None and not line.optional:
            raise SealError(
                f"This macOS does not know a line that the seal needs: {line.text[:60]} ({why}).",
                hint="Please report this with your version of macOS.",
            )
        if why is not None:
            unknown.append(line)
    return tuple(unknown)
