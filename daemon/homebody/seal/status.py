"""Is another process sealed, as the kernel says it from outside?"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from homebody.errors import SealError
from homebody.seal.apple import Apple
from homebody.seal.system import MACOS, this_system

SECCOMP_FILTER_MODE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSeal:
    """The kernel's word on one thread (proc_pid_status(5))."""

    thread: int
    no_new_privileges: bool
    seccomp_mode: int
    filters: int
    capabilities: int

    @property
    def sealed(self) -> bool:
        """Whether the thread has a filter, and no way to gain powers."""
        return self.no_new_privileges and self.seccomp_mode == SECCOMP_FILTER_MODE and not self.capabilities

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self) | {"sealed": self.sealed}


def seal_status(pid: int) -> tuple[ThreadSeal, ...]:
    """Return the seal of every thread of the process *pid*; raise SealError when there is no such process."""
    try:
        tasks = sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda task: int(task.name))
    except OSError as error:
        raise SealError(
            f"The seal of process {pid} cannot be read ({error.strerror}).",
            hint="See whether the process still runs.",
        ) from error
    return tuple(seal for task in tasks if (seal := _thread(task)) is not None)


def parent_of(pid: int) -> int | None:
    """Return the number of the process that started *pid*, None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("PPid:")), None)


def refuse_unsealed(pid: int) -> None:
    """Raise SealError unless the kernel says that our child *pid* has put on a seal of its own, in every thread.

    A child inherits ours, so it has to have one filter more than we have. What the child itself says is not asked:
    it could be another program. macOS says of a process whether it has a profile, and no more.
    """
    if not _has_its_own(pid):
        raise SealError(
            f"The kernel says that process {pid} is not sealed.",
            hint="See `homebody doctor`. If that does not help, this is a mistake in homebody: please report it.",
        )


def _has_its_own(pid: int) -> bool:
    if this_system() is MACOS:
        return is_sealed(pid)
    ours = max((thread.filters for thread in seal_status(os.getpid())), default=0)
    threads = seal_status(pid)
    return bool(threads) and all(thread.sealed and thread.filters > ours for thread in threads)


def is_sealed(pid: int) -> bool:
    """Return whether the kernel says that the whole process *pid* is sealed; raise SealError when it cannot tell.

    Linux is asked for each thread, macOS for the process (sandbox_check, never run on a Mac), whose threads have
    one profile.
    """
    if this_system() is MACOS:
        return Apple().sealed(pid)
    threads = seal_status(pid)
    return bool(threads) and all(thread.sealed for thread in threads)


def _thread(task: Path) -> ThreadSeal | None:
    """Return the seal of one thread, None when it ended meanwhile."""
    try:
        text = (task / "status").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return ThreadSeal(
        thread=int(task.name),
        no_new_privileges=fields["NoNewPrivs"].strip() == "1",
        seccomp_mode=int(fields["Seccomp"]),
        filters=int(fields.get("Seccomp_filters", "0")),
        capabilities=int(fields["CapPrm"], 16) | int(fields["CapEff"], 16),
    )
