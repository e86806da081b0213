"""What is one try to get out, and what can come of it?"""

import errno
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

Target = TypeVar("Target")

REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS})
"""How the seal says no. Any other error means that the kernel looked at the request, which counts as out."""


class Untestable(Exception):  # noqa: N818 - it says that nothing was learned, which is no error
    """The try could not be made here, for a reason that has nothing to do with the seal."""


class Killed(Exception):  # noqa: N818 - for a process that was made to try it, no error
    """The kernel ended the process that made the try: the argument names the signal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTargets:
    """What a probe aims at: harmless things on this computer that an unsealed process really reaches."""

    tcp_port: int | None = None
    udp_port: int | None = None
    unix_path: str | None = None
    datagram_path: str | None = None
    abstract_name: str | None = None
    outside: str | None = None
    victim: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the targets as JSON takes them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What became of one probe: it got out, the kernel refused it with ``errno``, or it was ``skipped``."""

    name: str
    reached: bool
    errno: str | None = None
    skipped: str | None = None

    @property
    def refused(self) -> bool:
        """Whether the kernel said no."""
        return not self.reached and self.skipped is None

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "ProbeResult":
        """Return the result that `to_dict` wrote."""
        return cls(
            name=values["name"], reached=values["reached"], errno=values["errno"], skipped=values["skipped"]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One way out: a short name, the channel it belongs to, and words that follow "it tries to"."""

    name: str
    channel: str
    words: str
    attempt: Callable[[ProbeTargets], None] = field(repr=False)
    refusals: frozenset[int] = REFUSALS
    limit: str | None = None
    """Why no seal of ours can refuse it, for the few that are named as out of reach."""
    number: int | None = None
    """The number under which SECURITY.md names such a limit."""
    landlock_abi: int = 1
    """The Landlock ABI from which on the kernel refuses it in the daemon."""

    def run(self, targets: ProbeTargets) -> ProbeResult:
        """Try it in this very process and return what happened; never raises."""
        try:
            self.attempt(targets)
        except Untestable as reason:
            return ProbeResult(name=self.name, reached=False, skipped=str(reason))
        except Killed as signal:
            return ProbeResult(name=self.name, reached=False, errno=str(signal))
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, str(error.errno))
            return ProbeResult(name=self.name, reached=error.errno not in self.refusals, errno=name)
        except Exception as error:  # noqa: BLE001 - a probe must not end the process that it judges
            return ProbeResult(
                name=self.name, reached=False, skipped=f"the probe failed: {type(error).__name__}"
            )
        return ProbeResult(name=self.name, reached=True)


def probe(name: str, channel: str, words: str, attempt: Callable[[ProbeTargets], None], *also: int) -> Probe:
    """Return the probe, for which the errors *also* are refusals, too."""
    return Probe(
        name=name, channel=channel, words=words, attempt=attempt, refusals=REFUSALS | frozenset(also)
    )


def needs(target: Target | None, what: str) -> Target:
    """Return *target*, or raise Untestable naming *what* the caller did not supply."""
    if target is None:
        raise Untestable(f"no {what} was given to aim at")
    return target
