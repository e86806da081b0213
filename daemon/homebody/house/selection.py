"""Which documents does a scheduled recipe take up?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Any

from homebody.documents.file import LIMIT, Snapshot, take
from homebody.errors import DocumentError
from homebody.filters import FileFacts, Filter, Stage
from homebody.house.facts import OnDisk, facts_of, judged
from homebody.house.reading import Reads
from homebody.recipe.schema import Select
from homebody.triggers.rescan import scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The documents that are taken up, oldest first, as templates know them, and how many are not.

    ``beyond_limit`` are those that are older than `limit` lets through, ``unreadable`` those that could not be read,
    ``filtered`` those that were read and left out for their text.
    """

    documents: list[Mapping[str, Any]]
    beyond_limit: int = 0
    unreadable: int = 0
    filtered: int = 0

    def counts(self) -> dict[str, int]:
        """Return the counts as the history tells them; what was not left out is not named."""
        left_out = {
            "beyond_limit": self.beyond_limit,
            "unreadable": self.unreadable,
            "filtered": self.filtered,
        }
        return {"count": len(self.documents), **{name: number for name, number in left_out.items() if number}}


class Document(OnDisk):
    """A document that may be taken up, read when its text is first wanted."""

    def __init__(self, facts: FileFacts, reader: Reads, *, limit: int) -> None:
        super().__init__(facts.path)
        self._reader = reader
        self._limit = limit
        self._text: str | None = None
        self.snapshot: Snapshot | None = None

    def text(self) -> str:
        """Return its text. Raises DocumentError."""
        if self._text is None:
            self.snapshot = take(self.path, limit=self._limit)
            self._text = self._reader.read(self.snapshot.data, self.path.suffix).text.strip()
        return self._text


def selected(
    select: Select, reader: Reads, *, now: datetime, filters: Sequence[Filter] = (), limit: int = LIMIT
) -> Selection:
    """Return the documents that *select* names and that *filters* choose, the newest when there are too many.

    A document that cannot be read, or has more than *limit* bytes, is left out, and counted: one bad file never stops
    a digest.
    """
    found = _found(select, [*select.own_filters, *filters], now)
    documents: list[Mapping[str, Any]] = []
    unreadable = filtered = looked_at = 0
    by_text = any(one.stage is Stage.TEXT for one in filters)
    for facts in reversed(found):
        if len(documents) >= select.limit or (not by_text and looked_at >= select.limit):
            break
        looked_at += 1
        document = Document(facts, reader, limit=limit)
        try:
            text = document.text()
            if by_text and not judged(filters, replace(facts, closer=document), Stage.TEXT):
                filtered += 1
                continue
        except DocumentError:
            unreadable += 1
            continue
        assert document.snapshot is not None
        documents.append(_as_value(document.snapshot, text))
    return Selection(
        documents=documents[::-1],
        beyond_limit=len(found) - looked_at,
        unreadable=unreadable,
        filtered=filtered,
    )


def _found(select: Select, filters: Sequence[Filter], now: datetime) -> list[FileFacts]:
    """Return what may be taken up, as far as that can be known without reading it, the oldest first."""
    found = []
    for candidate in scan(select.folder, select.recursive):
        if (
            candidate.kind == "file"
            and fnmatch(candidate.path.name, select.name)
            and candidate.signature.size > 0
        ):
            facts = facts_of(candidate.path, candidate.signature, folder=select.folder, now=now)
            try:
                answer = judged(filters, facts, Stage.INSIDE)
            except DocumentError:
                answer = None  # reading it tells
            if answer is not False:
                found.append((candidate.signature.mtime_ns, facts))
    found.sort(key=lambda one: (one[0], one[1].path))
    return [facts for _, facts in found]


def _as_value(snapshot: Snapshot, text: str) -> Mapping[str, Any]:
    """Return a document as templates know it."""
    path = snapshot.path
    return {
        "name": path.name,
        "stem": path.stem,
        "path": str(path),
        "folder": str(path.parent),
        "modified": datetime.fromtimestamp(snapshot.mtime_ns / 1e9, UTC).astimezone(),
        "text": text,
    }
