"""What does a process hold open, and could any of it lead outside?

What was opened before the seal goes on working, so nothing foreign may be among it. Seen from outside by
/proc/PID/fd where the kernel lets us; a process that forbids dumps shows it to root alone, and then the
process's own account has to do, which is marked as such.
"""

import contextlib
import os
import socket
import stat
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from homebody.seal import apple, kernel
from homebody.seal.hygiene import foreign_sockets, open_descriptors
from homebody.seal.inherited import ANONYMOUS, HARMLESS_ANONYMOUS
from homebody.seal.syscalls import Machine, this_machine
from homebody.seal.system import MACOS, this_system

HARMLESS_DEVICES = frozenset({"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"})
STANDARD = 2
"""Up to this number a terminal, or a stream to the service manager's log, is where homebody was started from."""

LISTENS = 0x10000
"""__SO_ACCEPTCON in the flags of /proc/net/unix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """One open descriptor: its number, its kind in a few words, and whether it could lead outside."""

    number: int
    kind: str
    foreign: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Descriptor":
        """Return the descriptor that `to_dict` wrote; raise TypeError, ValueError or KeyError for anything else."""
        return cls(
            number=int(values["number"]),
            kind=str(values["kind"])[:40],
            foreign=values["foreign"] is not False,
        )


def own_descriptors(control: Path | None = None) -> tuple[Descriptor, ...]:
    """Return what this very process holds open, by its own account; what bears the name *control* is ours."""
    numbers = open_descriptors()
    try:
        foreign = set(foreign_sockets(()))
    except OSError:  # the small tiers cannot even ask about a socket, and have none
        foreign = set(numbers)
    return tuple(_own(number, number in foreign, control) for number in numbers)


def seen_descriptors(pid: int, control: Path) -> tuple[Descriptor, ...] | None:
    """Return what the process *pid* holds open, as the kernel shows it to us; None where it does not.

    Of sockets, ours are the listener at *control* and the connections to it; all others are foreign.
    """
    folder = Path(f"/proc/{pid}/fd")
    found = []
    try:
        sockets = _sockets(pid, control)
        for number in sorted(int(entry.name) for entry in folder.iterdir()):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                found.append(_seen(number, str((folder / str(number)).readlink()), sockets))
    except OSError:
        return None
    return tuple(found)


def _own(number: int, foreign: bool, control: Path | None) -> Descriptor:
    mode, target = 0, ""
    with contextlib.suppress(OSError):
        mode = _mode(number)
        target = _target(number)
    if stat.S_ISSOCK(mode):
        if control is not None and _name(number) == str(control):
            return Descriptor(number=number, kind="control socket or connection to it", foreign=False)
        return Descriptor(number=number, kind="socket", foreign=foreign)
    if target:
        return _seen(number, target, {})
    kinds = ((stat.S_ISFIFO, "pipe"), (stat.S_ISREG, "file"), (stat.S_ISCHR, "device"))
    kind = next((words for fits, words in kinds if fits(mode)), "other")
    return Descriptor(
        number=number, kind=kind, foreign=kind == "other" or (kind == "device" and number > STANDARD)
    )


def _target(number: int) -> str:
    """Return the kernel's name for what *number* is. Raises OSError: in the reader, and for what has none on macOS."""
    if this_system() is MACOS:
        return apple.path_of(number)
    return os.readlink(f"/proc/self/fd/{number}")  # noqa: PTH115 - a text comes of it


def _mode(number: int) -> int:
    """Return the kind of file that *number* is, by the one call that every tier may make (struct stat, 64 bits)."""
    if this_system() is MACOS:
        return os.fstat(number).st_mode
    found = kernel.buffer(256)
    kernel.call("fstat", number, found)
    at = 24 if this_machine() is Machine.X86_64 else 16
    return int(struct.unpack_from("=I", found.raw, at)[0])


def _name(number: int) -> str | None:
    """Return the name of the unix socket *number*; what was accepted on a listener bears the listener's."""
    with socket.socket(fileno=os.dup(number)) as found:
        return str(found.getsockname()) if found.family == socket.AF_UNIX else None


def _seen(number: int, target: str, sockets: Mapping[str, str]) -> Descriptor:
    """Return the descriptor that /proc shows as *target* (proc_pid_fd(5))."""
    kind, foreign = "file", False
    if target.startswith("socket:"):
        kind = sockets.get(target[8:-1], "socket")
        foreign = kind == "socket" or (kind == "stream" and number > STANDARD)
    elif target.startswith("pipe:"):
        kind = "pipe"
    elif target.startswith(ANONYMOUS):
        kind = target.removeprefix(ANONYMOUS).strip("[]")
        foreign = kind not in HARMLESS_ANONYMOUS
    elif target.startswith("/dev/"):
        kind = target if target in HARMLESS_DEVICES else "device"
        foreign = kind == "device" and number > STANDARD
    elif not target.startswith("/") or target.startswith("/memfd:"):
        kind, foreign = "other", True
    return Descriptor(number=number, kind=kind, foreign=foreign)


def _sockets(pid: int, control: Path) -> dict[str, str]:
    """Return what the unix sockets of *pid*'s network are, by inode (proc_pid_net(5)); no other kind is there."""
    table = Path(f"/proc/{pid}/net/unix").read_text(encoding="utf-8", errors="surrogateescape")
    found, real = {}, control.resolve()
    for line in table.splitlines()[1:]:
        fields = line.split(maxsplit=7)
        name = fields[7] if len(fields) > 7 else ""
        if name and (name == str(control) or Path(name).resolve() == real):
            found[fields[6]] = "control socket" if int(fields[3], 16) & LISTENS else "connection to it"
        elif not name and int(fields[4], 16) == 1:
            found[fields[6]] = "stream"
    return found
