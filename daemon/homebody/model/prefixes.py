"""Which beginnings of prompts lie on the disk, which of them go first, and is one whole?

One file for each: a mark, the SHA-256 of all that follows, a line of JSON with the tokens, and then what the model's
memory held after them, as the model process gave it. It is of use only to the same weights, library, processor and
settings (the family), and to a memory laid out the same way (the kind).
"""

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from homebody import seal
from homebody.errors import EffectError
from homebody.model.attempts import Settings
from homebody.model.machine import machine
from homebody.model.wire import MOST_STATE, key_of

MARK = b"homebody prefix 1\n"
"""What a file begins with; another number means that an older homebody cannot read it."""

TOTAL_BYTES = 256_000_000
"""The room on the disk for all of them; what was not used for longest goes first."""

SENT, SENT_BYTES = 4, 128_000_000
"""How many are given back when the model is loaded: more would fill its memory, and take seconds."""

MOST_TOKENS = 65_536
LARGEST_FILE = MOST_STATE + 16 * MOST_TOKENS

SUFFIX, UNFINISHED = ".prefix", ".prefix.tmp"

_KIND = re.compile(r"(lanes|pool)-[0-9]{1,8}-k[0-9]{1,3}-v[0-9]{1,3}", re.ASCII)
_NAME = re.compile(rf"([0-9a-f]{{32}})\.({_KIND.pattern})\.([0-9a-f]{{64}})\{SUFFIX}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """A beginning of prompts: the *kind* of memory that held it, its tokens, and what that memory held then."""

    kind: str
    tokens: tuple[int, ...]
    state: bytes

    @property
    def sound(self) -> bool:
        """Return whether it can be one at all; the model process's word is not taken for it."""
        return (
            _KIND.fullmatch(self.kind) is not None
            and 0 < len(self.tokens) <= MOST_TOKENS
            and all(0 <= token < 1 << 31 for token in self.tokens)
            and 0 < len(self.state) <= MOST_STATE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file, by its name: of which family and kind, for which tokens; its bytes, and when it was used (in ns)."""

    family: str
    kind: str
    key: str
    size: int = 0
    used: int = 0

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return f"{self.family}.{self.kind}.{self.key}{SUFFIX}"


def family_of(sha256: str, settings: Settings) -> str:
    """Return what stands for the weights, the native library, the processor and what numbers depend on besides."""
    facts = (MARK.decode(), sha256, machine(), str(settings.extra_buffers), str(settings.gpu_layers))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def entry_of(name: str, size: int = 0, used: int = 0) -> Entry | None:
    """Return what a file's name says, None for one that is not ours."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return Entry(family=found[1], kind=found[2], key=found[4], size=size, used=used)


def crowded_out(entries: Sequence[Entry], newcomer: Entry) -> list[Entry]:
    """Return what goes so that there is room for *newcomer*: all of other families, then what was used longest ago."""
    gone = [one for one in entries if one.family != newcomer.family]
    ours = [one for one in entries if one.family == newcomer.family and one.name != newcomer.name]
    room = TOTAL_BYTES - newcomer.size
    for one in sorted(ours, key=lambda one: (-one.used, one.name)):
        room -= one.size
        if room < 0:
            gone.append(one)
    return gone


def to_send(entries: Sequence[Entry], family: str, kinds: Collection[str]) -> list[Entry]:
    """Return what is given to a model of *family* with memories of *kinds*: what was used last comes first."""
    chosen: list[Entry] = []
    fitting = [one for one in entries if one.family == family and one.kind in kinds]
    for one in sorted(fitting, key=lambda one: (-one.used, one.name)):
        if len(chosen) < SENT and sum(other.size for other in chosen) + one.size <= SENT_BYTES:
            chosen.append(one)
    return chosen


def encode(family: str, prefix: Prefix) -> bytes:
    """Return the content of a prefix's file."""
    head = {"family": family, "kind": prefix.kind, "tokens": prefix.tokens, "bytes": len(prefix.state)}
    body = json.dumps(head, separators=(",", ":")).encode() + b"\n" + prefix.state
    return MARK + hashlib.sha256(body).digest() + body


def decode(content: bytes, entry: Entry) -> Prefix | None:
    """Return the prefix that *entry*'s file holds, None when it is damaged, cut, or another one than its name says."""
    start = len(MARK) + hashlib.sha256().digest_size
    body = memoryview(content)[start:]
    if content[: len(MARK)] != MARK or hashlib.sha256(body).digest() != content[len(MARK) : start]:
        return None
    line, _, state = bytes(body).partition(b"\n")
    try:
        head = json.loads(line)
        prefix = Prefix(kind=head["kind"], tokens=tuple(head["tokens"]), state=state)
        as_named = (head["family"], prefix.kind, key_of(prefix.tokens)) == (
            entry.family,
            entry.kind,
            entry.key,
        )
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return None
    return prefix if as_named and head["bytes"] == len(state) and prefix.sound else None


class PrefixFolder:
    """The folder of these files, its owner's alone; whatever is wrong with it costs only what is kept."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self) -> list[Entry]:
        """Return the files that are there, none where there is no folder."""
        found = []
        with contextlib.suppress(OSError):
            for path in sorted(self._path.iterdir()):
                status = path.lstat()
                entry = entry_of(path.name, status.st_size, status.st_mtime_ns)
                if entry is not None:
                    found.append(entry)
        return found

    def keep(self, family: str, prefix: Prefix, now: datetime) -> bool:
        """Write *prefix*, whole or not at all, and remove what it crowds out; return whether it lies there now."""
        content = encode(family, prefix)
        entry = Entry(family=family, kind=prefix.kind, key=key_of(prefix.tokens), size=len(content))
        temporary = self._path / f"{os.getpid()}{UNFINISHED}"
        try:
            self._path.mkdir(mode=0o700, exist_ok=True)
            for old in self._path.glob(f"*{UNFINISHED}"):
                old.unlink(missing_ok=True)
            for gone in crowded_out(self.entries(), entry):
                self.remove(gone)
            with open(temporary, "wb", opener=_private) as file:
                file.write(content)
                file.flush()
                _note_use(file.fileno(), now)
                os.fsync(file.fileno())
            temporary.replace(self._path / entry.name)
        except (OSError, EffectError):
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            return False
        return True

    def read(self, entry: Entry) -> Prefix | None:
        """Return what a file holds; one that cannot be used is removed."""
        content = b""
        with contextlib.suppress(OSError):
            descriptor = os.open(
                self._path / entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            )
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_FILE:
                    content = file.read()
        prefix = decode(content, entry)
        if prefix is None:
            self.remove(entry)
        return prefix

    def note_use(self, entry: Entry, now: datetime) -> None:
        """Note that a kept beginning was of use just *now*."""
        with contextlib.suppress(OSError, EffectError):
            descriptor = os.open(self._path / entry.name, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                _note_use(descriptor, now)
            finally:
                os.close(descriptor)

    def remove(self, entry: Entry) -> None:
        """Remove a file, if it is there."""
        with contextlib.suppress(OSError):
            (self._path / entry.name).unlink(missing_ok=True)


def _note_use(descriptor: int, now: datetime) -> None:
    """Set the time of a file that is open for writing, in the way that the seal allows."""
    nanoseconds = int(now.timestamp() * 1e9)
    with seal.handle(descriptor) as number:
        os.utime(number, ns=(nanoseconds, nanoseconds))


def _private(path: str, flags: int) -> int:
    """Make *path* for its owner only, and follow no link there."""
    return os.open(path, flags | os.O_EXCL | os.O_NOFOLLOW, 0o600)
