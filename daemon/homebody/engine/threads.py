"""How many threads may the model use: as many as there are real cores for us, and never more?

ggml's threads spin while they wait: one too many costs more than it brings.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

CPUS = Path("/sys/devices/system/cpu")
CGROUPS = Path("/sys/fs/cgroup")
SMALL_BYTES = 64 * 1024 * 1024


def thread_count(asked: int, weight_bytes: int) -> int:
    """Return how many threads to use; *asked* (0: no wish) can only make it fewer."""
    if sys.platform == "darwin":
        cores = _performance_cores()
        quota = None
    else:
        cores = physical_cores(os.sched_getaffinity(0), CPUS)
        quota = cgroup_quota(CGROUPS)
    return choose(cores, quota, asked, weight_bytes)


def choose(cores: int, quota: float | None, asked: int, weight_bytes: int) -> int:
    """Return the fewest of the real cores, what the quota pays for and what was asked for; at least one.

    A small model gets one unless more are asked for: its steps are so short that the threads mostly wait for each
    other, and when others use the computer too, they wait for whole time slices (measured: 100 times slower).
    """
    limits = [cores]
    if quota is not None:
        limits.append(int(quota))
    if asked > 0:
        limits.append(asked)
    elif weight_bytes < SMALL_BYTES:
        limits.append(1)
    return max(1, min(limits))


def physical_cores(allowed: Iterable[int], cpus: Path) -> int:
    """Return how many different cores the *allowed* processors stand for.

    Two processors that share a core name the same siblings (Documentation/admin-guide/cputopology.rst); where
    that cannot be read, each counts as a core.
    """
    cores: set[str] = set()
    for number in allowed:
        try:
            siblings = (cpus / f"cpu{number}" / "topology" / "thread_siblings_list").read_text(
                encoding="ascii"
            )
        except OSError:
            siblings = str(number)
        cores.add(siblings.strip())
    return len(cores)


def cgroup_quota(root: Path, membership: Path = Path("/proc/self/cgroup")) -> float | None:
    """Return how many processors' worth of time our control group may use, or None for no limit.

    Every group on the way up can limit (Documentation/admin-guide/cgroup-v2.rst, cpu.max); version 1 says it
    in two files.
    """
    try:
        lines = membership.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    own = next((line[3:] for line in lines if line.startswith("0::")), "/")
    group = root / own.lstrip("/")
    limits = [
        _cpu_max(folder / "cpu.max") for folder in (group, *group.parents) if folder.is_relative_to(root)
    ]
    limits.append(_version_1(root / "cpu"))
    return min((limit for limit in limits if limit is not None), default=None)


def _cpu_max(path: Path) -> float | None:
    """Return what a cpu.max file allows: quota and period in microseconds, or "max"."""
    try:
        quota, period = path.read_text(encoding="ascii").split()
        return int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _version_1(folder: Path) -> float | None:
    """Return what the files of a version 1 group allow."""
    try:
        quota = int((folder / "cpu.cfs_quota_us").read_text(encoding="ascii"))
        period = int((folder / "cpu.cfs_period_us").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return quota / period if quota > 0 and period > 0 else None


def _performance_cores() -> int:
    """Return the number of performance cores of a Mac (sysctl hw.perflevel0.physicalcpu), or of all cores."""
    library = ctypes.CDLL(None)
    for name in (b"hw.perflevel0.physicalcpu", b"hw.physicalcpu"):
        value, size = ctypes.c_int32(0), ctypes.c_size_t(4)
        if (
            library.sysctlbyname(name, ctypes.byref(value), ctypes.byref(size), None, 0) == 0
            and value.value > 0
        ):
            return value.value
    return os.cpu_count() or 1
