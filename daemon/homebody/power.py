"""Does the computer run on battery just now?

On Linux the kernel says so in files (Documentation/ABI/testing/sysfs-class-power). On macOS only a system service
can be asked (`IOPSCopyPowerSourcesInfo` sends to powerd), and the seal lets nobody ask one; so there nobody can tell.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import SettingsError

SUPPLIES = Path("/sys/class/power_supply")
"""A link for each supply, to the folder of its device."""

TOLD = ("type", "scope", "present", "online", "status")
"""The files of a supply that are read, and no others: beside them lie serial numbers."""

STORES = frozenset({"Battery", "UPS"})
"""Kinds of supply that run out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One supply as the kernel tells of it, each in its own word; empty where it tells nothing."""

    type: str = ""
    """Mains, USB, Wireless, Battery or UPS."""
    scope: str = ""
    """Device for what feeds only a mouse or a headset."""
    present: str = ""
    online: str = ""
    """0 for a supply that is not plugged in."""
    status: str = ""
    """Charging, Discharging, Not charging, Full or Unknown."""


def runs_on_battery(supplies: Iterable[Supply]) -> bool:
    """Return whether the computer runs on battery: a battery of its own empties, and nothing else feeds it. Pure.

    Where that is not known it does not: nobody's chores are to wait for ever because of a kernel that says nothing.
    """
    ours = [supply for supply in supplies if supply.scope != "Device" and supply.present != "0"]
    fed = any(supply.type not in STORES and supply.online not in ("", "0") for supply in ours)
    return not fed and any(supply.type in STORES and supply.status == "Discharging" for supply in ours)


def supplies(folder: Path | None = None) -> list[Supply]:
    """Return the supplies of this computer; what is gone, or may not be read, tells nothing."""
    try:
        there = sorted((folder or SUPPLIES).iterdir())
    except OSError:
        return []
    return [Supply(**{name: _word(supply / name) for name in TOLD}) for supply in there]


def on_battery() -> bool:
    """Return whether this computer runs on battery just now."""
    return runs_on_battery(supplies())


def to_be_read(folder: Path | None = None) -> set[Path]:
    """Return the files that have to be open to whoever asks for the supplies, and the folder that lists them.

    A supply that is plugged in later is listed and may not be read. The battery itself then still says that it does
    not empty.
    """
    folder = folder or SUPPLIES
    try:
        there = [supply / name for supply in folder.iterdir() for name in TOLD]
    except OSError:
        return set()
    return {folder, *(path.resolve() for path in there if path.is_file())}


def refuse_where_unknown(*, wanted: bool) -> None:
    """Raise SettingsError when runs are *wanted* to wait on battery where nobody can tell whether it is in use."""
    if wanted and sys.platform != "linux":
        raise SettingsError(
            "`on_battery: pause` cannot be kept here: within the seal no service can be asked about the battery.",
            hint="Take the line out of settings.yaml; `homebody stop` and `homebody start` do it by hand.",
        )


def _word(path: Path) -> str:
    """Return what a file of the kernel's says, nothing when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
