"""Which ways out are there, and does any of them work in this process?

The same code runs unsealed as the control (`unsealed.control`): a probe whose control does not work has shown
nothing and counts as skipped.
"""

from collections.abc import Sequence

from homebody.errors import UsageError
from homebody.seal.attempts import (
    files,
    kernel_doors,
    layers,
    macos,
    metadata,
    neighbours,
    network,
    places,
    processes,
)
from homebody.seal.probe import Probe, ProbeResult, ProbeTargets
from homebody.seal.system import MACOS, this_system

LINUX_PROBES: tuple[Probe, ...] = (
    *network.PROBES, *processes.PROBES, *neighbours.PROBES, *layers.PROBES, *files.PROBES, *metadata.PROBES,
    *places.PROBES, *kernel_doors.PROBES,
)  # fmt: skip
LINUX_LIMITS: tuple[Probe, ...] = (*files.LIMITS, *metadata.LIMITS, *neighbours.LIMITS)

PROBES: tuple[Probe, ...] = macos.PROBES if this_system() is MACOS else LINUX_PROBES
"""Every way out of this system that the seal refuses in every tier."""

LIMITS: tuple[Probe, ...] = macos.LIMITS if this_system() is MACOS else LINUX_LIMITS
"""The ways that no seal of ours refuses in every tier, shown to people as such."""

BY_NAME = {probe.name: probe for probe in (*PROBES, *LIMITS)}


def run_probes(
    names: Sequence[str] | None = None, targets: ProbeTargets | None = None
) -> tuple[ProbeResult, ...]:
    """Try the probes with these *names*, or all of `PROBES`, in this very process; return what happened.

    Nothing that they do outlasts them, apart from what a way out that works does by itself. Raises UsageError
    for a name that no probe has.
    """
    unknown = [name for name in names or () if name not in BY_NAME]
    if unknown:
        raise UsageError(f"There is no probe called {unknown[0]!r}.", hint="See `homebody prove --help`.")
    chosen = PROBES if names is None else [BY_NAME[name] for name in names]
    wanted = targets or ProbeTargets()
    return tuple(probe.run(wanted) for probe in chosen)
