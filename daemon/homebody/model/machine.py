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


def repacked_types(flags: frozenset[str] | None = None) -> frozenset[str]:
    """Return the types of weights that the native library keeps twice here, once more as this processor likes them.

    By what the processor calls itself able to do, *flags* if given (ggml-cpu/repack.cpp, amx/common.h).
    """
    if flags is None:
        flags = frozenset(
            word for line in _cpu() if line.startswith(("flags", "Features")) for word in line.split()
        )
    found: set[str] = set()
    if "avx2" in flags:
        found |= {"Q4_0", "Q4_K", "IQ4_NL", "MXFP4"}
    if "avx512f" in flags:
        found |= {"Q2_K"}
    if "amx_int8" in flags:
        found |= {"Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS"}
    if "asimddp" in flags or "i8mm" in flags:
        found |= {"Q4_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL"}
    return frozenset(found)
