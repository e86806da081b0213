"""Is another process sealed, as the kernel says it from outside?"""

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
