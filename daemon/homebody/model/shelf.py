"""Which models are already on this computer? The GGUF files of other programs, looked at and never touched."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from homebody.errors import ModelFileError
from homebody.model.gguf import ModelInfo, described, opened
from homebody.model.header import Header, read_header
from homebody.model.kinds import Kind, kind_of
from homebody.model.ollama import named
from homebody.model.stores import Store

DEEPEST = 8
MOST_ENTRIES = 200_000
"""No store has so many files and folders; what is beyond is not looked at."""

UNFINISHED = (
    ".part",
    ".partial",
    ".incomplete",
    ".crdownload",
    ".download",
    ".downloading",
    ".tmp",
    ".aria2",
)
_PIECE = re.compile(r"-(\d{5})-of-(\d{5})$")
_HUB = re.compile(r"models--([^/]+?)--([^/]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file on the shelf: whose it is, what it is called there, what it holds, or what is wrong with it."""

    path: Path
    store: str
    name: str
    size: int = 0
    what: str = ""
    """"model", or in words what else it is."""
    info: ModelInfo | None = None
    problem: str = ""
    sha256: str | None = None
    """As the store knows it; it was not reckoned."""
    pieces: int = 1
    also: tuple[str, ...] = ()
    """Other names of the same file."""

    @property
    def usable(self) -> bool:
        """Return whether it is a whole language model, one that writes."""
        return self.info is not None and not self.info.pooling

    @property
    def embeds(self) -> bool:
        """Return whether it is a whole embedding model."""
        return self.info is not None and bool(self.info.pooling)

    def is_a(self, kind: Kind) -> bool:
        """Return whether it is a whole model of this *kind*."""
        return self.embeds if kind is Kind.EMBEDDING else self.usable


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All that was found, and how many links were left alone because they lead out of their store."""

    found: tuple[Found, ...] = ()
    strayed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A file to be looked at: as the store names it, and where it really lies."""

    path: Path
    name: str
    store: str
    sha256: str | None = None


def look(stores: Iterable[Store]) -> Shelf:
    """Return every model, and what else is a GGUF, in *stores*; each file once, however many names it has."""
    strayed = [0]
    found: dict[tuple[int, int], Found] = {}
    missing = []
    roots = set()
    for store in stores:
        root = Path(os.path.realpath(store.root))
        if root in roots or not root.is_dir():
            continue
        roots.add(root)
        entries = _of_ollama(store, root, strayed) if store.manifests else _files(store, root, strayed)
        for entry in entries:
            try:
                status = entry.path.stat()
            except OSError:
                missing.append(_damaged(entry, "its file is not there"))
                continue
            key = (status.st_dev, status.st_ino)
            if key in found:
                found[key] = replace(found[key], also=(*found[key].also, f"{entry.name} ({entry.store})"))
            elif stat.S_ISREG(status.st_mode):
                found[key] = judged(entry, status.st_size)
    return Shelf(found=tuple(_joined([*found.values(), *missing])), strayed=strayed[0])


def judged(entry: _Entry, size: int) -> Found:
    """Return what a file is, by its name where that is enough, else by its header."""
    blank = Found(path=entry.path, store=entry.store, name=entry.name, size=size, sha256=entry.sha256)
    lower = entry.path.name.casefold()
    if lower.endswith(UNFINISHED) or lower.startswith(("incomplete-", "downloading_")):
        return replace(blank, what="unfinished download")
    try:
        with opened(entry.path) as (file, length):
            header = read_header(file, length)
            kind = kind_of(header)
            if kind is Kind.OTHER and header.text("general.type"):
                return replace(blank, what=f"{kind.value} ({header.text('general.type', 30)})")
            if kind is Kind.EMBEDDING:
                return _embedding(replace(blank, what=kind.value), header)
            if kind is not Kind.MODEL:
                return replace(blank, what=kind.value, pieces=max(1, header.number("split.count")))
            return replace(blank, what=kind.value, info=described(header, entry.path, length))
    except ModelFileError as error:
        return _damaged(entry, str(error).removeprefix(f"The model file {entry.path} "), size)


def _embedding(blank: Found, header: Header) -> Found:
    """Return the embedding model with this *header*, or why it makes no vectors."""
    try:
        return replace(blank, info=described(header, blank.path, blank.size, Kind.EMBEDDING))
    except ModelFileError as error:
        return replace(blank, problem=str(error))


def _damaged(entry: _Entry, why: str, size: int = 0) -> Found:
    return Found(path=entry.path, store=entry.store, name=entry.name, size=size, what="damaged", problem=why,
                 sha256=entry.sha256)  # fmt: skip


def _of_ollama(store: Store, root: Path, strayed: list[int]) -> Iterator[_Entry]:
    """Give the files that Ollama has names for."""
    for one in named(root):
        if (real := _within(one.path, root)) is None:
            strayed[0] += 1
        else:
            yield _Entry(path=real, name=one.name, store=store.name, sha256=one.sha256)


def _files(store: Store, root: Path, strayed: list[int]) -> Iterator[_Entry]:
    """Give the GGUF files below *root*, and unfinished downloads of some; folders that are links are not entered."""
    left = [MOST_ENTRIES]
    for path in _below(root, DEEPEST, left):
        name = path.name.casefold()
        unfinished = name.endswith(UNFINISHED) and ".gguf" in name
        if not (name.endswith(".gguf") or unfinished):
            continue
        real = _within(path, root)
        if real is None:
            strayed[0] += 1
            continue
        # In the hub a file's real name is its SHA-256; it is known by the name that the hub gave it.
        kept = re.fullmatch(r"[0-9a-f]{64}", real.name)
        yield _Entry(path=path if kept else real, name=called(path, root), store=store.name,
                     sha256=kept[0] if kept else None)  # fmt: skip


def called(path: Path, root: Path) -> str:
    """Return what a file is called: without its suffix, with the publisher and the repository that it is from."""
    parts = path.relative_to(root).parts
    hub = _HUB.fullmatch(parts[0]) if len(parts) > 1 else None
    if hub is not None:
        return f"{hub[1]}/{hub[2]}/{path.stem}"
    if path.stem == "model" and len(parts) > 1:
        return "/".join(parts[:-1])
    return path.stem


def _below(folder: Path, depth: int, left: list[int]) -> Iterator[Path]:
    """Give the files below *folder*, *left* entries at most."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        left[0] -= 1
        if left[0] < 0:
            return
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
        except OSError:
            continue
        if is_folder and depth > 1 and entry.name != "blobs":
            yield from _below(Path(entry.path), depth - 1, left)
        elif not is_folder:
            yield Path(entry.path)


def _within(path: Path, root: Path) -> Path | None:
    """Return where *path* really lies, None when that is not in *root*."""
    real = Path(os.path.realpath(path))
    return real if real.is_relative_to(root) else None


def _joined(found: Iterable[Found]) -> Iterator[Found]:
    """Give each file, the pieces of one split model as one: its first piece, with the size of all."""
    whole: dict[str, Found] = {}
    for one in found:
        piece = _PIECE.search(one.path.stem)
        key = f"{one.path.parent / one.path.stem[: piece.start()]}" if piece else str(one.path)
        if piece and key in whole:
            before = whole[key]
            first = min(before, one, key=lambda each: each.path.name)
            whole[key] = replace(first, size=before.size + one.size, what=Kind.PIECE.value)
        elif piece:
            whole[key] = replace(one, what=Kind.PIECE.value, info=None, problem="", pieces=int(piece[2]),
                                 name=_PIECE.sub("", one.name))  # fmt: skip
        else:
            whole[key] = one
    yield from whole.values()
