"""Which documents does a scheduled recipe take up?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Any

from homebody.documents.file import take
from homebody.errors import DocumentError
from homebody.house.reading import Reads
from homebody.recipe.schema import Select
from homebody.triggers.rescan import scan


def selected(select: Select, reader: Reads, *, now: datetime) -> list[Mapping[str, Any]]:
    """Return the documents that *select* names, oldest first, as templates know them.

    A document that cannot be read is left out: one bad file never stops a digest.
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
    return documents
