"""Do the parts that are installed, and the daemon that runs, belong together?"""

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from homebody import __version__
from homebody.doctor.finding import Finding, note, right, wrong

LLAMA = "llama-cpp-python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What is installed here: our own version, Python's, the system, the library's, and which of it we need."""

    homebody: str
    python: str
    system: str
    llama: str | None
    wanted: str


def versions_here() -> Versions:
    """Return what is installed for this very Python."""
    try:
        llama: str | None = version(LLAMA)
    except PackageNotFoundError:
        llama = None
    try:
        needs = requires("homebody") or []
    except PackageNotFoundError:
        needs = []
    wanted = next((need.removeprefix(LLAMA) for need in needs if need.startswith(LLAMA)), "")
    return Versions(
        homebody=__version__,
        python=platform.python_version(),
        system=platform.platform(terse=True),
        llama=llama,
        wanted=wanted,
    )


def versions(found: Versions, daemon: str | None) -> Iterator[Finding]:
    """Yield whether the parts fit together; *daemon* is the version that runs, None without one."""
    yield right(
        "versions",
        f"homebody {found.homebody}, Python {found.python}, {LLAMA} {found.llama or 'none'}, {found.system}",
    )
    if found.llama is None:
        yield wrong(
            "library", f"{LLAMA} is not installed for this Python", "Install homebody again: pip install ."
        )
    elif not within(found.llama, found.wanted):
        yield wrong(
            "library",
            f"{LLAMA} {found.llama} is not the one that homebody was made for ({found.wanted})",
            f"pip install '{LLAMA}{found.wanted}'",
        )
    if daemon is not None and daemon != found.homebody:
        yield note(
            "daemon-version",
            f"the homebody that runs is {daemon}, and {found.homebody} is installed",
            "Let the new one take over: homebody restart",
        )


def within(found: str, wanted: str) -> bool:
    """Return whether the version *found* is in a range such as ``<0.4,>=0.3.36``; a range that is none has all."""
    have = _numbers(found)
    for sign, bound in re.findall(r"(<=|>=|==|<|>)\s*([\d.]+)", wanted):
        limit = _numbers(bound)
        holds = {
            "<": have < limit,
            "<=": have <= limit,
            ">": have > limit,
            ">=": have >= limit,
            "==": have == limit,
        }
        if not holds[sign]:
            return False
    return True


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:4])
