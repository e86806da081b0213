"""Is a bridge open, and where? Its lock tells, which the kernel releases when its process ends in whatever way."""

from dataclasses import dataclass

from homebody.paths import Home
from homebody.service.lock import holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A bridge that is open: its process, and its address as programs want it."""

    pid: int
    address: str


def opened(home: Home) -> Opened | None:
    """Return the bridge of *home* that is open, None when none is."""
    pid = holder(home.bridge_lock)
    if pid is None:
        return None
    try:
        address = home.bridge_address.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        address = ""  # it begins, or ends, just now
    return Opened(pid=pid, address=address or "a port of this computer")
