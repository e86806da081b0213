"""Which system is this, and what does its seal leave to be done after it is on?

The one place that looks at the platform: the rest of homebody asks what holds here, never which system it is.
"""

import sys
from dataclasses import dataclass

PLATFORM: str = sys.platform
"""Kept as a plain string: a type checker would call the code of every other system unreachable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """When may the daemon start its children, the model and the reader?"""

    after_seal: bool
    """Whether a sealed daemon may. On Linux a child inherits the seal and adds its own; a Seatbelt profile
    cannot be put on inside another one (macOS says "forbidden-sandbox-reinit"), so there every child is started
    before, and what has ended stays ended until the service manager starts all again."""

    readers: int
    """How many reader processes are started before the seal: 0 where they can be started when needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """What holds on this system, as far as homebody has to act by it."""

    name: str
    starts: Starts
    limits_memory: bool
    """Whether setrlimit(RLIMIT_AS) holds a process; on macOS the shared cache alone is larger than any limit."""

    tells_of_files: bool
    """Whether the kernel itself tells of changed files; on macOS that is a service (FSEvents), behind the seal."""

    shows_processes: bool
    """Whether a process's threads, filters and parent can be read from outside (proc(5)); macOS says of a whole
    process whether it is in a sandbox, and no more."""


LINUX = System(
    name="linux", starts=Starts(after_seal=True, readers=0), limits_memory=True, tells_of_files=True,
    shows_processes=True,
)  # fmt: skip
MACOS = System(
    name="macos", starts=Starts(after_seal=False, readers=4), limits_memory=False, tells_of_files=False,
    shows_processes=False,
)  # fmt: skip
"""Four readers: each reads 200 documents or one that kills it, and holds 58 MB until it ends, 42 MB of it alone
(measured on Linux)."""

UNKNOWN = System(
    name="unknown", starts=Starts(after_seal=False, readers=0), limits_memory=False, tells_of_files=False,
    shows_processes=False,
)  # fmt: skip
"""No seal of ours goes on there, so nothing ever runs by these."""


def system_called(platform: str) -> System:
    """Return what holds on the system that Python calls *platform* (sys.platform)."""
    return {"linux": LINUX, "darwin": MACOS}.get(platform, UNKNOWN)


def this_system() -> System:
    """Return what holds on this computer."""
    return system_called(PLATFORM)
