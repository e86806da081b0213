"""Is there a way over TCP to the model just now?"""

from collections.abc import Iterator

from homebody.doctor.finding import Finding, note
from homebody.paths import Home
from homebody.service.bridge_open import opened


def bridge(home: Home) -> Iterator[Finding]:
    """Yield that a bridge is open, where one is: nothing is wrong with it, and a person may have forgotten it."""
    found = opened(home)
    if found is not None:
        words = f"the bridge is open: programs with its token reach the model over TCP at {found.address}"
        yield note("bridge", words, "Close it when it is not needed: homebody bridge --stop")
