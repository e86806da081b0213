"""What does macOS' kernel get to hear of a policy?

A Seatbelt profile that refuses by default, made from the very policy that Linux gets. What people named comes
into it as a parameter, never as text of the program. Lines that only double a refusal are optional: a release
of macOS that does not know one of their words takes none of the profile otherwise. Such a release refuses
what they name all the same, by default.

Never run on a Mac. Rules as others found them: the last line that matches decides, but a line about
``file-read*`` does not outdo an earlier one about ``file-read-data``, so denials are spelt out.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import SealError
from homebody.seal import seatbelt_names as names
from homebody.seal.policy import Policy
from homebody.seal.tier import Tier

WRITE = (
    "file-write-create file-write-data file-write-unlink file-write-mode file-write-times file-write-owner"
    " file-write-xattr"
)
"""What a write list grants, on files and folders: no links, pipes or sockets, no flags, ACLs or set-uid bits,
which are operations of their own. A rewrite carries the Finder's tags over, so attributes are among it."""

DOUBLED = (
    "network-outbound", "network-bind", "system-socket", "process-exec*", "process-fork", "file-link",
)  # fmt: skip
"""Refused by default and once more, so that no line that is added later opens them; every macOS knows them."""

DOUBLED_WHERE_KNOWN = (
    "job-creation", "lsopen", "appleevent-send", "mach-register", "mach-priv*", "mach-task-name",
    "mach-cross-domain-lookup", "nvram*", "device*", "dynamic-code-generation", "file-clone", "file-mknod",
    "file-mount", "file-write-flags", "file-write-acl", "file-write-setugid", "file-ioctl", "fs-rename",
    "iokit-set-properties", "ipc-posix*", "ipc-sysv*", "system-fsctl", "system-kext*", "system-privilege",
    "socket-ioctl", "user-preference-write", "hid-control", "distributed-notification-post",
)  # fmt: skip

MOVED = ("/tmp", "/var", "/etc")  # noqa: S108 - no file is made there
"""Links to folders of the same names in /private: the kernel knows files by what these lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule of a profile; an optional one may be left out where macOS does not know its words."""

    text: str
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The lines in their order, and the paths that they name."""

    lines: tuple[Line, ...]
    parameters: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The program as sandbox_init takes it."""
        return "\n".join(line.text for line in self.lines) + "\n"

    @property
    def sha256(self) -> str:
        """The hash of program and parameters."""
        told = self.text + "\n".join(f"{name}={value}" for name, value in self.parameters)
        return hashlib.sha256(told.encode()).hexdigest()

    def without(self, unknown: Iterable[Line]) -> "Profile":
        """Return the profile without the optional lines in *unknown*. Raises ValueError for a mandatory one."""
        gone = frozenset(unknown)
        if any(not line.optional for line in gone):
            raise ValueError("a mandatory line cannot be left out")
        return Profile(
            lines=tuple(line for line in self.lines if line not in gone), parameters=self.parameters
        )


def profile(policy: Policy, links: Iterable[Path] = ()) -> Profile:
    """Return the profile of *policy*; *links* are the symbolic links on the way to its paths.

    ``policy.execute`` grants nothing here: a program that is started inside a profile cannot put on its own.
    Raises SealError for a path that is not absolute and real, that is the whole disk, or that has characters
    in it which no profile can name.
    """
    if policy.tier is not Tier.DAEMON and (policy.write or policy.control):
        raise SealError(
            f"The {policy.tier} writes nothing and listens to nobody. This is a mistake in homebody."
        )
    ways = sorted({*links, *map(Path, names.FIXED_LINKS)} if policy.read or policy.write else set())
    listed = {"LIBRARY": policy.libraries, "READ": policy.read, "WRITE": policy.write, "LINK": tuple(ways)}
    listed["CONTROL"] = () if policy.control is None else (policy.control,)
    listed["ABOVE"] = _above((*policy.read, *policy.write, *ways))
    parameters = tuple(
        (f"{kind}_{number}", _nameable(path, linked=kind in {"LINK", "ABOVE"}))
        for kind, paths in listed.items()
        for number, path in enumerate(paths)
    )
    lines = (*_granted(policy, [name for name, _ in parameters]), *_doubled(policy))
    return Profile(
        lines=(Line(text="(version 1)"), Line(text="(deny default)"), *lines), parameters=parameters
    )


def _granted(policy: Policy, parameters: list[str]) -> Iterator[Line]:
    """Yield what *policy* allows, narrow lines only."""
    reads, writes = _paths(parameters, "subpath", "READ_"), _paths(parameters, "subpath", "WRITE_")
    if reads or writes:
        runtime = [f'(subpath "{path}")' for path in names.RUNTIME]
        fixed = runtime + [f'(subpath "{path}")' for path in names.SHARED]
        fixed += [f'(literal "{path}")' for path in names.DEVICES]
        ways = ['(literal "/")', *_paths(parameters, "literal", "LINK_", "ABOVE_")]
        yield _rule("allow file-read*", *fixed, *reads, *writes)
        yield _rule("allow file-map-executable", *runtime, *_paths(parameters, "subpath", "LIBRARY_"))
        yield _rule("allow file-read-metadata", *ways)
        yield _rule("allow file-test-existence", *ways, *fixed, *reads, *writes, optional=True)
        null = '(require-all (literal "/dev/null") (vnode-type CHARACTER-DEVICE))'
        yield _rule("allow file-write-data", null)
    kinds = "(require-any (vnode-type REGULAR-FILE) (vnode-type DIRECTORY))"
    for one in writes:
        yield _rule(f"allow {WRITE}", f"(require-all {one} {kinds})")
        yield _rule("allow file-lock", one, optional=True)
    asked = [f'(sysctl-name "{name}")' for name in names.SYSCTL]
    asked += [f'(sysctl-name-prefix "{name}")' for name in names.SYSCTL_BEGINNINGS]
    yield _rule("allow sysctl-read", *asked)
    yield _rule("allow process-info*", "(target self)")
    yield _rule("allow signal", "(target self)")
    if policy.tier is Tier.DAEMON:  # it ends a reader that hangs
        yield _rule("allow signal", "(target children)", optional=True)
    for one in _paths(parameters, "literal", "CONTROL_"):
        yield _rule("allow network-inbound", one)
        yield _rule("allow socket-option-get", optional=True)  # who is it that asks?
    if policy.gpu:
        yield _rule("allow iokit-open", f'(iokit-user-client-class "{names.GPU_CLIENT}")')
        yield _rule("allow mach-lookup", f'(global-name "{names.GPU_COMPILER}")')


def _doubled(policy: Policy) -> Iterator[Line]:
    """Yield the refusals that stay true whatever is allowed above."""
    for operation in DOUBLED:
        yield _rule(f"deny {operation}")
    if policy.control is None:
        yield _rule("deny network-inbound")
    for operation in DOUBLED_WHERE_KNOWN:
        yield _rule(f"deny {operation}", optional=True)
    services = [f'(global-name "{name}")' for name in names.NEVER]
    services += [f'(global-name-prefix "{name}")' for name in names.NEVER_BEGINNINGS]
    yield _rule("deny mach-lookup", *services)


def _rule(what: str, *filters: str, optional: bool = False) -> Line:
    """Return the rule, what it is about one below the other where that is more than one thing."""
    between = "\n  " if len(filters) > 1 else " "
    return Line(text=f"({between.join([what, *filters])})", optional=optional)


def _paths(parameters: list[str], kind: str, *beginnings: str) -> list[str]:
    return [f'({kind} (param "{name}"))' for name in parameters if name.startswith(beginnings)]


def _above(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the folders above *paths*, ``/`` left aside: realpath(3) asks about each of them."""
    found = {parent for path in paths for parent in path.parents}
    return tuple(sorted(parent for parent in found if parent.parent != parent))


def _nameable(path: Path, *, linked: bool) -> str:
    """Return *path* as text, or raise SealError when a profile could not name it, or would name something else."""
    text = str(path)
    if any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) < 0xE000 for c in text):
        raise SealError(
            f"{text!r} has characters in its name that macOS' seal cannot name.",
            hint="Give the folder a name without control characters, and correct what names it.",
        )
    if not path.is_absolute() or ".." in path.parts or path == Path(path.anchor):
        raise SealError(
            f"{text!r} cannot stand in a seal.", hint="Name a folder by its whole path, and not /."
        )
    if not linked and f"/{path.parts[1]}" in MOVED:
        raise SealError(f"The real path of {text} begins with /private. This is a mistake in homebody.")
    return text
