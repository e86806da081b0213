"""Which documents does a scheduled recipe take up?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Any

from homebody.documents.file import take
from homebody.errors import DocumentError
from homebody.house.reading import Reads
from homebody.recipe.schema import Select
from homebody.triggers.rescan import scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The documents that are taken up, oldest first, as templates know them, and how many are not.

    ``beyond_limit`` are those that are older than `limit` lets through, ``unreadable`` those that could not be read.
    """

    documents: list[Mapping[str, Any]]
    beyond_limit: int = 0
    unreadable: int = 0

    def counts(self) -> dict[str, int]:
        """Return the counts as the history tells them; what was not left out is not named."""
        left_out = {"beyond_limit": self.beyond_limit, "unreadable": self.unreadable}
        return {"count": len(self.documents), **{name: number for name, number in left_out.items() if number}}


def selected(select: Select, reader: Reads, *, now: datetime) -> Selection:
    """Return the documents that *select* names.

    A document that cannot be read is left out, and counted: one bad file never stops a digest.
    """
    oldest = (now - select.newer_than).timestamp() if select.newer_than else 0.0
    found = [
        candidate
        for candidate in scan(select.folder, select.recursive)
        if candidate.kind == "file"
        and fnmatch(candidate.path.name, select.name)
        and candidate.signature.mtime_ns / 1e9 >= oldest
        and candidate.signature.size > 0
    ]
    found.sort(key=lambda candidate: (candidate.signature.mtime_ns, candidate.path))
    documents: list[Mapping[str, Any]] = []
    for candidate in found[-select.limit :]:
        try:
            snapshot = take(candidate.path)
            text = reader.read(snapshot.data, snapshot.path.suffix).text.strip()
        except DocumentError:
            continue
        path = candidate.path
        documents.append(
            {
                "name": path.name,
                "stem": path.stem,
                "path": str(path),
                "folder": str(path.parent),
                "modified": datetime.fromtimestamp(snapshot.mtime_ns / 1e9, UTC).astimezone(),
                "text": text,
            }
        )
    taken = found[-select.limit :]
    return Selection(
        documents=documents, beyond_limit=len(found) - len(taken), unreadable=len(taken) - len(documents)
    )
