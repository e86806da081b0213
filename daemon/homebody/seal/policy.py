"""What may each kind of process read, write and start?

A policy is plain data: the kernel gets it, and people are shown the same. Paths are real and absolute, and
they exist: a rule about nothing would be a promise about nothing.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import SealError
from homebody.seal.interpreter import interpreter_paths, interpreter_programs
from homebody.seal.persistence import refuse_start_up_places
from homebody.seal.tier import Tier

DAEMON_READS = ("/proc",)
"""The daemon reads its children's status there before it trusts them, and each child finds its own
/proc/self below it, which has no name yet when the daemon is sealed. The kernel's ptrace rule keeps memory,
environment and open files of processes outside the seal closed."""

SYSTEM_READS = (
    "/sys/devices/system/cpu", "/sys/devices/system/node", "/dev/urandom", "/dev/random", "/dev/zero",
    "/sys/fs/cgroup",
)  # fmt: skip
"""What libc, OpenMP, ggml and our own count of processors look at, and what random bytes are drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What one process may do with files; everything else is refused."""

    tier: Tier
    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    execute: tuple[Path, ...] = ()
    libraries: tuple[Path, ...] = ()
    """What of ``read`` may be loaded as a library; Linux tells no difference, macOS does."""

    names: tuple[Path, ...] = ()
    """The paths as people named them: links on the way to the real ones have to be followed (macOS asks)."""

    control: Path | None = None
    """The control socket, made before: on Linux accepting needs no permission, on macOS it needs this one."""

    gpu: bool = False
    """Whether the model works on the GPU, which on macOS is a device and a service of their own."""


def daemon_policy(*, read: Iterable[Path], write: Iterable[Path], control: Path | None = None) -> Policy:
    """Return the daemon's policy: it reads *read* and *write*, writes *write*, starts its own interpreter.

    *read* has to hold what its children read, for they inherit its seal: the model file too; *control* is the
    socket that it listens on. Raises SealError
    for a path that does not exist, and for a write list with a place from which programs are started.
    """
    read, write = tuple(read), tuple(write)
    writes = _real(write, "written to")
    for folder in writes:
        if not folder.is_dir():
            raise SealError(f"{folder} is not a folder, so it cannot be a place to write.",
                            hint="Name the folder that it is in.")  # fmt: skip
        refuse_start_up_places(folder)
    machine = (*interpreter_paths(), *_present((*DAEMON_READS, *SYSTEM_READS)))
    return Policy(
        tier=Tier.DAEMON,
        read=_distinct((*_real(read, "read"), *machine)),
        write=writes,
        execute=interpreter_programs(),
        libraries=interpreter_paths(),
        names=_distinct(path.absolute() for path in (*read, *write)),
        control=control,
    )


def model_policy(*, model: Path, gpu: bool = False) -> Policy:
    """Return the model process's policy: it reads its interpreter, the one file *model*, and itself in /proc.

    Raises SealError when the model file is not there.
    """
    own = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")
    machine = (*interpreter_paths(), *_present((*own, *SYSTEM_READS)))
    return Policy(
        tier=Tier.MODEL,
        read=_distinct((*_real((model,), "read"), *machine)),
        libraries=interpreter_paths(),
        names=(model.absolute(),),
        gpu=gpu,
    )


def reader_policy() -> Policy:
    """Return the reader's policy: no file at all."""
    return Policy(tier=Tier.READER)


def _real(paths: Iterable[Path], purpose: str) -> tuple[Path, ...]:
    """Return *paths* without links and without doubles; raise SealError for one that is not there."""
    found = []
    for path in paths:
        try:
            found.append(path.resolve(strict=True))
        except (OSError, RuntimeError) as error:
            why = error.strerror if isinstance(error, OSError) else "its links go round in a circle"
            raise SealError(
                f"{path} is to be {purpose} and cannot be found ({why}).",
                hint=f"Make it (mkdir -p '{path}') or correct what names it, and start homebody again.",
            ) from error
    return _distinct(found)


def _present(paths: Iterable[str]) -> tuple[Path, ...]:
    return tuple(Path(path).resolve() for path in paths if os.access(path, os.R_OK))


def _distinct(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return *paths* in order, each once, and none that lies below another."""
    ordered = tuple(dict.fromkeys(paths))
    return tuple(path for path in ordered if not any(parent in ordered for parent in path.parents))
