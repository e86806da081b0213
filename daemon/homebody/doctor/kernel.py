"""Does the seal go on here, and what does this kernel leave open?"""

from collections.abc import Iterable, Iterator

from homebody.doctor.finding import Finding, note, right, wrong
from homebody.errors import HomebodyError
from homebody.seal import SealReport


def refused(error: HomebodyError) -> Finding:
    """Return that the seal cannot be put on."""
    return wrong("seal", str(error), error.hint or "Please report this.")


def sealed(report: SealReport) -> Iterator[Finding]:
    """Yield what the seal would be, each level that this kernel lacks with what that costs, and root's word."""
    yield right("seal", f"the seal: {report.layers}, on in {report.milliseconds:.1f} ms")
    for missing in report.missing:
        yield note("seal-level", f"this kernel's seal lacks: {missing}", "A newer kernel closes this, too.")
    if report.as_root:
        yield note(
            "root",
            "runs as root: every capability is dropped, the seal is the same",
            "Better use your own user: root's files are what others could not read anyway.",
        )


def open_ways(found: Iterable[str]) -> Iterator[Finding]:
    """Yield what the mounts of this machine leave open (``seal.uncovered``)."""
    for words in found:
        yield note(
            "uncovered",
            f"no seal can cover way {words}",
            "Unmount it while homebody works with what is private, or switch automatic mounts off.",
        )
