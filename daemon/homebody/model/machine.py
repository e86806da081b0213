"""On which machine is this, as far as it matters to a model?"""

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

CPU_LINES = ("model name", "flags", "CPU implementer", "CPU part", "Features")


def machine() -> str:
    """Return a key of the processor and the native library: what was found out holds for these only."""
    facts = [platform.system(), platform.machine(), platform.processor(), library_version(), *_cpu()]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def cpu_name() -> str:
    """Return what the processor calls itself, or its family where it has no name."""
    named = [line.partition(":")[2].strip() for line in _cpu() if line.startswith("model name")]
    return (named[0] if named else "") or platform.processor() or platform.machine()


def library_version() -> str:
    """Return the version of llama-cpp-python that is installed."""
    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:
        return "none"


def _cpu() -> list[str]:
    """Return what Linux says about the first processor."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    first = text.split("\n\n", maxsplit=1)[0]
    return [line for line in first.splitlines() if line.startswith(CPU_LINES)]
