"""What does each open descriptor lead to, and may a sealed process keep it?

The seal refuses new ways out, and the kernel lets open ones go on working. Most of what a process has open it has
opened itself; standard input, output and error come from whoever started it. So each is looked at once, before the
seal, and what is no file, folder, pipe, terminal or harmless device stops it. Sockets are judged by `hygiene`.
"""

import os
import stat
from dataclasses import dataclass

from homebody.seal import hygiene

HARMLESS_DEVICES = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9)}
"""Null, zero, full, random and urandom (Documentation/admin-guide/devices.txt)."""

TERMINALS = frozenset({4, *range(136, 144)})
"""Major numbers of consoles and of terminals in windows."""

OWN_TERMINALS = {(5, 0), (5, 1)}
"""/dev/tty and /dev/console; 5:2 is the other end of a terminal, which types into programs."""

PLAIN = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}

ANONYMOUS = "anon_inode:"
HARMLESS_ANONYMOUS = frozenset({"eventpoll", "eventfd", "inotify", "timerfd", "signalfd"})
"""Ways to wait; all others (io_uring, pidfd, bpf, userfaultfd, perf_event, kvm, a file system that is being made)
act on something else, or make system calls that no filter sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """One open descriptor: what it is in a word or two, and whether a sealed process may keep it."""

    number: int
    kind: str
    harmless: bool


def kind_of(mode: int, device: tuple[int, int], link: str) -> tuple[str, bool]:
    """Return what a descriptor is, and whether it is harmless, from what fstat(2) and /proc/self/fd say of it.

    A socket is called harmless here; `hygiene.foreign_sockets` says which are not.
    """
    if link.startswith(ANONYMOUS):
        name = link.removeprefix(ANONYMOUS).strip("[]")
        return name, name in HARMLESS_ANONYMOUS
    kind = stat.S_IFMT(mode)
    if kind in PLAIN:
        return PLAIN[kind], True
    if kind == stat.S_IFCHR and device in HARMLESS_DEVICES:
        return "harmless device", True
    if kind == stat.S_IFCHR and (device[0] in TERMINALS or device in OWN_TERMINALS):
        return "terminal", True
    return f"device {device[0]}:{device[1]}" if kind else "unknown", False


def audit() -> tuple[Inherited, ...]:
    """Return what every open descriptor of this process leads to."""
    return tuple(_described(number) for number in hygiene.open_descriptors())


def _described(number: int) -> Inherited:
    status = os.fstat(number)
    try:
        link = os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115 - it is no path
    except OSError:
        link = ""
    device = (os.major(status.st_rdev), os.minor(status.st_rdev))
    kind, harmless = kind_of(status.st_mode, device, link)
    return Inherited(number=number, kind=kind, harmless=harmless)
