"""How much memory has this computer, how much of it is free, and how much may this program and a GPU use?"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
CGROUPS = Path("/sys/fs/cgroup")

SMALL_MAC = 36 * 1024**3
"""Up to about so much memory macOS lets the GPU hold two thirds of it, above three quarters (its default policy)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes of memory: all, free for programs, swap and free swap, and the most that this program may use.

    *gpu* is the most that a GPU may hold of the same memory, None where none is known of.
    """

    total: int
    free: int
    swap: int = 0
    swap_free: int = 0
    limit: int | None = None
    gpu: int | None = None

    @property
    def usable(self) -> int:
        """Return the most that this program could ever use here."""
        return min(self.total, self.limit or self.total)


def parse_meminfo(text: str, limit: int | None = None) -> Memory | None:
    """Return what a meminfo *text* says (proc_meminfo(5)), None when it says nothing."""
    found = {name: int(number) * 1024 for name, number in re.findall(r"(?m)^(\w+):\s+(\d+) kB$", text)}
    if "MemTotal" not in found:
        return None
    return Memory(
        total=found["MemTotal"],
        free=found.get("MemAvailable", found.get("MemFree", 0)),
        swap=found.get("SwapTotal", 0),
        swap_free=found.get("SwapFree", 0),
        limit=limit,
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """What the files of a control group are called: its limit, what it uses, and which parts of that are caches."""

    limit: str
    usage: str
    caches: tuple[str, str]


_SECOND = _Names("memory.max", "memory.current", ("inactive_file", "active_file"))
_FIRST = _Names(
    "memory.limit_in_bytes", "memory.usage_in_bytes", ("total_inactive_file", "total_active_file")
)


def cgroup_limit(text: str, root: Path) -> int | None:
    """Return the least memory limit of the control groups that /proc/PID/cgroup *text* names, None without one.

    Version 2 has ``memory.max`` in the group and in those above it; version 1 ``memory.limit_in_bytes`` in a tree
    of its own (cgroups(7)).
    """
    return min((limit for _folder, _names, limit in _limited(text, root)), default=None)


def cgroup_room(text: str, root: Path) -> int | None:
    """Return the bytes that can still be had in those groups, None without a limit; pages of files count as free."""
    rooms = []
    for folder, names, limit in _limited(text, root):
        used = _number(folder / names.usage)
        if used is not None:
            rooms.append(max(0, limit - max(0, used - _caches(folder, names))))
    return min(rooms, default=None)


def _limited(text: str, root: Path) -> Iterator[tuple[Path, _Names, int]]:
    """Give each group that has a limit, how its files are called, and the limit."""
    for line in text.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if number == "0" and not controllers:
            trees = [(root, _SECOND), (root / "unified", _SECOND)]
        elif "memory" in controllers.split(","):
            trees = [(root / "memory", _FIRST)]
        else:
            continue
        inner = Path(group.lstrip("/"))
        for base, names in trees:
            for part in (inner, *inner.parents):
                limit = _number(base / part / names.limit)
                if limit is not None and limit < 1 << 62:
                    yield base / part, names, limit


def _caches(folder: Path, names: _Names) -> int:
    """Return the bytes of a group's use that are pages of files."""
    try:
        text = (folder / "memory.stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = dict(re.findall(r"(?m)^(\w+) (\d+)$", text))
    return sum(int(found.get(name, 0)) for name in names.caches)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None  # not there, or the word max


def memory_here(pid: int | None = None) -> Memory:
    """Return the memory of this computer, with the limit of the process *pid* (the daemon's), or of this one."""
    group = _group_of(pid)
    limit = least(cgroup_limit(group, CGROUPS), _of_process(pid))
    try:
        found = parse_meminfo(MEMINFO.read_text(encoding="ascii", errors="replace"), limit)
    except OSError:
        found = None
    if found is not None:
        return replace(found, free=least(found.free, cgroup_room(group, CGROUPS)) or 0)
    total = physical()
    gpu = gpu_share(total) if str(sys.platform) == "darwin" else None
    return Memory(total=total, free=guessed_free(total), limit=limit, gpu=gpu)


def peak_of(pid: int) -> int | None:
    """Return the most bytes that the process *pid* ever held (proc(5), VmHWM), None where nobody says so."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(r"(?m)^VmHWM:\s+(\d+) kB$", text)
    return None if found is None else int(found[1]) * 1024


def physical() -> int:
    """Return the bytes of memory that this computer has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def guessed_free(total: int) -> int:
    """Return the bytes that can be taken to be free where nobody says it without a program (macOS).

    A quarter is left to everything else, four gigabytes at least, and half of a very small computer.
    """
    return total - min(max(4 * 1024**3, total // 4), total // 2)


def gpu_share(total: int) -> int:
    """Return the bytes that macOS lets the GPU of a Mac with so much memory hold, if nobody has set it otherwise."""
    return total * 2 // 3 if total <= SMALL_MAC else total * 3 // 4


def least(*limits: int | None) -> int | None:
    """Return the least of *limits*, None when there is none."""
    return min((limit for limit in limits if limit is not None), default=None)


def _group_of(pid: int | None) -> str:
    """Return in which control groups a process is, as /proc says it."""
    try:
        return Path(f"/proc/{pid or 'self'}/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _of_process(pid: int | None) -> int | None:
    """Return what a process and its children may each use at most (setrlimit(2)), None for no limit."""
    try:
        text = Path(f"/proc/{pid or 'self'}/limits").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return least(*map(int, re.findall(r"(?m)^Max (?:data size|address space) +(\d+) ", text)))
