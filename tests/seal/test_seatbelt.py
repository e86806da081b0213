"""The profile that macOS gets: its text, and what it says of every operation and path, judged here by `sbpl`."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sbpl import Judge, parsed

from homebody.errors import SealError
from homebody.seal.policy import Policy
from homebody.seal.seatbelt import DOUBLED, DOUBLED_WHERE_KNOWN, Line, Profile, profile
from homebody.seal.seatbelt_names import FIXED_LINKS, GPU_CLIENT, GPU_COMPILER, NEVER
from homebody.seal.tier import Tier

GOLDEN = Path(__file__).with_name("golden")
VENV, NOTES, FILED, STATE = (
    Path(path)
    for path in (
        "/Users/ana/.venv", "/Users/ana/My \"notes\" \\ (würzig)", "/Users/ana/Documents/Filed",
        "/Users/ana/Library/Application Support/homebody/state",
    )
)  # fmt: skip
MODEL = Path("/Users/ana/models/a.gguf")
SOCKET = STATE / "control.sock"

POLICIES = {
    "daemon": Policy(
        tier=Tier.DAEMON, read=(VENV, NOTES, MODEL), write=(FILED, STATE),
        execute=(VENV / "bin/python",), libraries=(VENV,), control=SOCKET,
    ),
    "model": Policy(tier=Tier.MODEL, read=(VENV, MODEL), libraries=(VENV,)),
    "model-gpu": Policy(tier=Tier.MODEL, read=(VENV, MODEL), libraries=(VENV,), gpu=True),
    "reader": Policy(tier=Tier.READER),
}  # fmt: skip
LINKS = (Path("/Users/ana/Notes"),)
EVERYTHING = ("file-read-data", "file-read-metadata", "file-read-xattr", "file-test-existence")
CHANGES = (
    "file-write-create", "file-write-data", "file-write-unlink", "file-write-mode", "file-write-times",
    "file-write-owner", "file-write-xattr",
)  # fmt: skip
NOBODY_MAY = (
    "network-outbound", "network-bind", "system-socket", "process-exec", "process-exec-interpreter", "process-fork",
    "job-creation", "lsopen", "appleevent-send", "mach-register", "mach-priv-task-port", "mach-priv-host-port",
    "file-link", "file-clone", "file-mknod", "file-mount", "file-write-flags", "file-write-acl",
    "file-write-setugid", "file-ioctl", "nvram-set", "nvram-get", "device-camera", "dynamic-code-generation",
    "ipc-posix-shm-read-data", "ipc-posix-sem-create", "ipc-sysv-shm", "system-kext-load", "system-privilege",
    "sysctl-write", "pseudo-tty", "process-codesigning-status-set", "an-operation-of-next-year",
)  # fmt: skip
"""What no tier may do on anything."""


def judge(made: Profile) -> Judge:
    """Return who says what the profile says."""
    return Judge(made.text, dict(made.parameters))


def made(name: str) -> Profile:
    """Return the profile of one of the policies."""
    return profile(POLICIES[name], LINKS if POLICIES[name].read else ())


def surprises(made: Profile, policy: Policy) -> list[tuple[str, ...]]:
    """Return everything in which the profile says otherwise than its policy means; the heart of these tests."""
    told = judge(made)
    return [
        (operation, *about.values())
        for operation, about, wanted in expected(policy)
        if told.allows(operation, **about) != wanted
    ]


def expected(policy: Policy) -> Iterable[tuple[str, dict[str, str], bool]]:  # noqa: PLR0912 - one long list
    """Yield what has to be allowed and what has to be refused, written down apart from the profile's maker."""
    daemon, reads = policy.tier is Tier.DAEMON, bool(policy.read)
    for place in (*policy.read, *policy.write):
        for path in (str(place), f"{place}/sub/file.md"):
            yield from ((operation, {"path": path}, True) for operation in EVERYTHING)
            yield "file-map-executable", {"path": path}, place in policy.libraries
    for place in policy.write:
        for kind, wanted in (("REGULAR-FILE", True), ("DIRECTORY", True), ("SYMLINK", False), ("FIFO", False),
                             ("SOCKET", False), ("CHARACTER-DEVICE", False), ("BLOCK-DEVICE", False)):  # fmt: skip
            yield from ((one, {"path": f"{place}/x", "vnode": kind}, wanted) for one in CHANGES)
        yield "file-lock", {"path": f"{place}/journal.db"}, True
        yield "file-map-executable", {"path": f"{place}/evil.dylib"}, False
    for place in policy.read:
        if place not in policy.write:
            yield from ((one, {"path": f"{place}/x", "vnode": "REGULAR-FILE"}, False) for one in CHANGES)
    for path in ("/Users/ana/secret.txt", "/Users/ana", "/private/etc/passwd", "/Users/ana/Documents/Filed2/x",
                 "/Users/bob/x", "/Volumes/stick/x", "/net/evil.example", "/private/var/folders/x",
                 "/System/Volumes/Data/Users/ana/x", "/Applications/Mail.app/x", "/opt/homebrew/bin/curl"):  # fmt: skip
        yield "file-read-data", {"path": path}, False
        yield "file-read-xattr", {"path": path}, False
        yield "file-map-executable", {"path": path}, False
        yield from ((one, {"path": path, "vnode": "REGULAR-FILE"}, False) for one in CHANGES)
    for path in ("/Users/bob", "/net/evil.example", "/Users/ana/secret.txt"):
        yield "file-read-metadata", {"path": path}, False
        yield "file-test-existence", {"path": path}, False
    for path in ("/", "/Users", "/Users/ana", *FIXED_LINKS):
        yield "file-read-metadata", {"path": path}, reads
        yield "file-test-existence", {"path": path}, reads
    yield "file-read-data", {"path": "/usr/lib/libSystem.B.dylib"}, reads
    yield "file-map-executable", {"path": "/System/Library/Frameworks/Accelerate.framework/Accelerate"}, reads
    yield "file-read-data", {"path": "/dev/urandom"}, reads
    yield "file-write-data", {"path": "/dev/null", "vnode": "CHARACTER-DEVICE"}, reads
    yield "file-write-data", {"path": "/dev/null", "vnode": "REGULAR-FILE"}, False
    yield "file-write-data", {"path": "/dev/ptmx", "vnode": "CHARACTER-DEVICE"}, False
    for operation in NOBODY_MAY:
        yield operation, {}, False
        yield operation, {"path": f"{FILED}/x", "vnode": "REGULAR-FILE", "name": "x", "target": "self"}, False
    yield "network-inbound", {"path": str(policy.control)}, policy.control is not None
    yield "network-inbound", {}, False
    yield "network-inbound", {"path": "/private/var/run/other.sock"}, False
    yield "network-outbound", {"path": "/private/var/run/mDNSResponder"}, False
    yield "network-outbound", {"path": str(SOCKET)}, False
    yield "socket-option-get", {}, policy.control is not None
    yield "socket-option-set", {}, False
    for whom, wanted in (("self", True), ("children", daemon), ("pgrp", False), ("others", False)):
        yield "signal", {"target": whom}, wanted
    yield "process-info-pidinfo", {"target": "self"}, True
    yield "process-info-pidinfo", {"target": "others"}, False
    for name, wanted in (("hw.ncpu", True), ("hw.optional.arm.FEAT_BF16", True), ("hw.perflevel0.physicalcpu", True),
                         ("kern.osrelease", True), ("net.routetable", False), ("kern.procargs2", False),
                         ("hw.ncpux", False)):  # fmt: skip
        yield "sysctl-read", {"name": name}, wanted
    for name in (*NEVER, "com.apple.lsd.open", "com.apple.cfnetwork.cfnetworkagent", "com.example.unknown"):
        yield "mach-lookup", {"name": name}, False
    yield "mach-lookup", {"name": GPU_COMPILER}, policy.gpu
    yield "iokit-open", {"name": GPU_CLIENT}, policy.gpu
    yield "iokit-open", {"name": "IOHIDLibUserClient"}, False


@pytest.mark.parametrize("name", POLICIES)
def test_profile_says_what_the_policy_means(name: str) -> None:
    """Every expectation of each tier holds, those of what must work included."""
    assert surprises(made(name), POLICIES[name]) == []


@pytest.mark.parametrize("name", POLICIES)
def test_profile_is_the_golden_one(name: str) -> None:
    """The whole text is what a person has read and agreed to; a change of it is a change of these files."""
    told = made(name)
    listed = "".join(f"; {key} = {value}\n" for key, value in told.parameters)
    golden = GOLDEN / f"{name}.sb"
    if os.environ.get("HOMEBODY_GOLDEN") == "write":
        golden.write_text(listed + told.text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == listed + told.text


@pytest.mark.parametrize("name", POLICIES)
def test_each_line_that_allows_is_needed(name: str) -> None:
    """With any one allowing line taken away something that must work is refused: no line is there for nothing."""
    whole = made(name)
    for line in whole.lines[2:]:
        if line.text.startswith("(allow"):
            less = replace(whole, lines=tuple(one for one in whole.lines if one != line))
            assert surprises(less, POLICIES[name]) != [], line.text


@pytest.mark.parametrize("name", POLICIES)
def test_each_doubled_refusal_has_teeth(name: str) -> None:
    """Whatever a careless line allows, each refusal still stands, and without its line it falls."""
    whole = made(name)
    open_up = [("mach-lookup", {"name": NEVER[0]})]
    open_up += [(pattern, {}) for pattern in (*DOUBLED, *DOUBLED_WHERE_KNOWN)]
    for pattern, about in open_up:
        careless = Line(text=f"(allow {pattern})")
        operation = pattern.replace("*", "-x")
        lines = (*whole.lines[:2], careless, *whole.lines[2:])
        assert not judge(replace(whole, lines=lines)).allows(operation, **about), operation
        guards = [
            line for line in whole.lines
            if line.text.startswith("(deny") and line.text != "(deny default)" and _is_about(line, operation)
        ]  # fmt: skip
        assert len(guards) == 1, operation
        fallen = replace(whole, lines=tuple(line for line in lines if line not in guards))
        assert judge(fallen).allows(operation, **about), operation


def _is_about(line: Line, operation: str) -> bool:
    [expression] = parsed(line.text)
    named = expression[1]
    return operation.startswith(named[:-1]) if named.endswith("*") else named == operation


@pytest.mark.parametrize("name", POLICIES)
def test_without_its_optional_lines_it_refuses_no_less(name: str) -> None:
    """A release that knows none of the optional words allows nothing that the whole profile refuses."""
    whole = made(name)
    bare = whole.without(line for line in whole.lines if line.optional)
    told = judge(bare)
    for operation, about, wanted in expected(POLICIES[name]):
        assert wanted or not told.allows(operation, **about), (operation, about)


def test_mandatory_lines_stay() -> None:
    """A line that is not optional cannot be left out."""
    whole = made("reader")
    with pytest.raises(ValueError, match="mandatory"):
        whole.without([Line(text="(deny network-outbound)")])


names = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1, max_size=12
).filter(lambda name: name not in (".", ".."))
paths = st.lists(names, min_size=1, max_size=4).map(lambda parts: Path("/Users", *parts))


@settings(max_examples=150, deadline=None)
@given(st.lists(paths, max_size=3), st.lists(paths, min_size=1, max_size=3), paths, st.booleans())
def test_nothing_outside_the_lists(read: list[Path], write: list[Path], asked: Path, below: bool) -> None:
    """Whatever folders are named, a path is read if it lies in one of them, and written if in a written one.

    Quotation marks, brackets, backslashes and every alphabet are among the names.
    """
    told = judge(profile(Policy(tier=Tier.DAEMON, read=tuple(read), write=tuple(write))))
    asked = (write[0] / asked.name) if below else asked

    def inside(places: list[Path]) -> bool:
        return any(asked == place or place in asked.parents for place in places)

    about = {"path": str(asked), "vnode": "REGULAR-FILE"}
    assert told.allows("file-read-data", **about) == inside([*read, *write])
    for operation in CHANGES:
        assert told.allows(operation, **about) == inside(write)
    assert not told.allows("file-write-create", path=str(asked), vnode="SYMLINK")
    assert not told.allows("network-outbound", path=str(asked))
    assert not told.allows("process-exec", path=str(asked))


@settings(max_examples=100, deadline=None)
@given(st.lists(paths, min_size=1, max_size=3))
def test_names_never_become_program(given_paths: list[Path]) -> None:
    """The text is the same for all names: what a person called a folder is a parameter and nothing else."""
    plain = [
        Path(f"/Users/{'/'.join(f'n{i}{k}' for k in range(len(p.parts) - 2))}")
        for i, p in enumerate(given_paths)
    ]
    strange = profile(Policy(tier=Tier.DAEMON, write=tuple(given_paths)))
    usual = profile(Policy(tier=Tier.DAEMON, write=tuple(plain)))
    kept = {line.text for line in usual.lines if "ABOVE_" not in line.text}
    assert {line.text for line in strange.lines if "ABOVE_" not in line.text} == kept
    assert all(
        f'"{value}"' not in strange.text for name, value in strange.parameters if name.startswith("WRITE")
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/Users/ana/a\nb", "characters"), ("/Users/ana/a\x7fb", "characters"), ("/Users/ana/\udc80", "characters"),
        ("/", "cannot stand"), ("Notes", "cannot stand"), ("/Users/ana/../bob", "cannot stand"),
        ("/tmp/notes", "real path"), ("/var/folders/x", "real path"), ("/etc/x", "real path"),
    ],
)  # fmt: skip
def test_paths_that_a_profile_cannot_name_are_refused(path: str, words: str) -> None:
    """Control characters, undecodable names, the whole disk, relative paths and the links of /private are errors."""
    with pytest.raises(SealError, match=words):
        profile(Policy(tier=Tier.DAEMON, write=(Path(path),)))


@pytest.mark.parametrize("tier", [Tier.MODEL, Tier.READER])
def test_children_write_nothing(tier: Tier) -> None:
    """A policy by which model or reader could write or listen is a mistake, and no profile is made of it."""
    with pytest.raises(SealError, match="writes nothing"):
        profile(Policy(tier=tier, write=(FILED,)))
    with pytest.raises(SealError, match="listens to nobody"):
        profile(Policy(tier=tier, control=SOCKET))


def test_hash_tells_parameters_apart() -> None:
    """Two policies with the same text and other folders have other hashes."""
    one, two = (profile(Policy(tier=Tier.DAEMON, write=(Path(path),))) for path in ("/Users/a", "/Users/b"))
    assert one.text == two.text
    assert one.sha256 != two.sha256
