"""Is there room in memory for the model, by what the system says and by what this program may use of it?"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homebody.doctor.finding import Finding, note, right, wrong
from homebody.model.fit import cells, context_for, keys_and_values, lanes_for
from homebody.model.gguf import ModelInfo
from homebody.quantities import rounded

MEMINFO = Path("/proc/meminfo")
CGROUPS = Path("/sys/fs/cgroup")

BUFFERS = 300_000_000
"""What interpreter and library need beside weights, keys and values: measured with the starter model, rounded up."""

SCARCE = 500_000_000
"""Less than this free, and the computer will soon swap whatever we do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes of memory: all, free for programs, swap and free swap, and the most that this program may use."""

    total: int
    free: int
    swap: int = 0
    swap_free: int = 0
    limit: int | None = None


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


def cgroup_limit(text: str, root: Path) -> int | None:
    """Return the least memory limit of the control groups that /proc/PID/cgroup *text* names, None without one.

    Version 2 has ``memory.max`` in the group and in those above it; version 1 ``memory.limit_in_bytes`` in a tree
    of its own (cgroups(7)).
    """
    limits = []
    for line in text.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if number == "0" and not controllers:
            trees = [(base, "memory.max") for base in (root, root / "unified")]
        elif "memory" in controllers.split(","):
            trees = [(root / "memory", "memory.limit_in_bytes")]
        else:
            continue
        for base, name in trees:
            inner = Path(group.lstrip("/"))
            limits += [_number(base / part / name) for part in (inner, *inner.parents)]
    real = [limit for limit in limits if limit is not None and limit < 1 << 62]
    return min(real, default=None)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None  # not there, or the word max


def memory_here(pid: int | None = None) -> Memory | None:
    """Return the memory of this computer, with the limit of the process *pid* (the daemon's), or of this one."""
    try:
        text = Path(f"/proc/{pid or 'self'}/cgroup").read_text(encoding="utf-8", errors="replace")
        limit = cgroup_limit(text, CGROUPS)
    except OSError:
        limit = None
    try:
        return parse_meminfo(MEMINFO.read_text(encoding="ascii", errors="replace"), limit)
    except OSError:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return Memory(
            total=total, free=total, limit=limit
        )  # macOS: what is free is not to be had without a program


def needed(info: ModelInfo, context: int) -> tuple[int, int]:
    """Return the bytes that the model needs in any case, and at most: with a context full of keys and values."""
    least = info.file_bytes + BUFFERS
    tokens = context_for(info, context)
    return least, least + keys_and_values(info, cells(tokens, lanes_for(info, tokens)))


def memory(found: Memory | None) -> Iterator[Finding]:
    """Yield how much there is."""
    if found is None:
        return
    words = f"memory: {rounded(found.free)} of {rounded(found.total)} are free"
    words += f", {rounded(found.swap_free)} of {rounded(found.swap)} swap" if found.swap else ", no swap"
    if found.limit is not None and found.limit < found.total:
        words += f"; homebody may use {rounded(found.limit)}"
    if min(found.free, found.limit or found.free) < SCARCE:
        yield note(
            "memory",
            words,
            "Close a large program: with so little left, the computer swaps or ends programs.",
        )
    else:
        yield right("memory", words)


def fits(info: ModelInfo, context: int, found: Memory | None, *, loaded: bool) -> Iterator[Finding]:
    """Yield whether the model fits; one that is *loaded* does."""
    if found is None or loaded:
        return
    least, need = needed(info, context)
    most = min(found.total, found.limit or found.total)
    tokens = context_for(info, context)
    words = (
        f"the model needs {rounded(least)} of memory, at most {rounded(need)} with {tokens} tokens of context"
    )
    if least > most:
        yield wrong(
            "model-memory",
            f"{words}, and homebody may use {rounded(most)}",
            "Name a smaller model in settings.yaml (`model:`).",
        )
    elif need > most:
        yield note(
            "model-memory",
            f"{words}, and homebody may use {rounded(most)}",
            "If it does not load, set a smaller `context:` in settings.yaml.",
        )
    elif least > min(found.free, most):
        yield note(
            "model-memory",
            f"{words}, and {rounded(found.free)} are free just now",
            "Close a large program first: else the computer swaps.",
        )
    else:
        yield right("model-memory", f"{words}, and there is room for that")
