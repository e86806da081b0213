"""What is there in a test of a recipe only: a document, the other files, and a desk where nothing is kept."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from homebody.documents.extract import Extract
from homebody.documents.file import Snapshot
from homebody.documents.readers import PACKED, PICTURES, SOUNDS
from homebody.errors import DocumentError
from homebody.filters import Closer
from homebody.filters.magic import HEAD
from homebody.house.facts import front_matter, tags_in
from homebody.house.outcome import Skip
from homebody.house.overlay import Overlay
from homebody.slots.evidence import Evidence

PAPERS = (".pdf", ".docx", ".odt", ".xlsx", ".ods", ".pptx", ".odp", ".epub")
"""Other files that are no text of themselves."""


class Reads(Protocol):
    """What gets the text of a document; Readers have it."""

    def read(self, data: bytes, suffix: str) -> Any:
        """Return the text, under ``text``. Raises DocumentError."""


@dataclass(frozen=True, slots=True)
class InWords:
    """What reads a document of which a test has only the words: no recording is made of them, and no picture."""

    words: str
    others: Reads

    def read(self, data: bytes, suffix: str) -> Any:
        """Return the words of what cannot be written as a text, as any reader would. Raises DocumentError."""
        if suffix.lower() in (*SOUNDS, *PACKED, *PICTURES, *PAPERS):
            return Extract(text=self.words)
        return self.others.read(data, suffix)


class Nowhere(Overlay):
    """Files that are there only in a test."""

    def __init__(self, file: Snapshot | None, there: Mapping[Path, bytes]) -> None:
        super().__init__(file)
        for path, data in there.items():
            self._content[path] = data, hashlib.sha256(data).hexdigest(), 0o644

    def content(self, path: Path) -> tuple[bytes, str, int] | None:
        """Return a file's bytes, their SHA-256 and its mode, or None when the test has no such file."""
        return self._content.get(path)

    def sha(self, path: Path) -> str | None:
        """Return the SHA-256 of what a file holds, None when the test has no such file."""
        there = self.content(path)
        return None if there is None else there[1]

    def tags(self, path: Path) -> bytes | None:
        """Return the tags that a file was given, None for none."""
        return self._tags.get(path)


class InMind(Closer):
    """A document that is only in a test, looked at closely."""

    def __init__(self, file: Snapshot, made: datetime, reads: Reads) -> None:
        self._file = file
        self._made = made
        self._reads = reads
        self._text: str | None = None

    def born(self) -> datetime:
        """Return when it was made: when it was changed."""
        return self._made

    def head(self) -> bytes:
        """Return its first bytes."""
        return self._file.data[:HEAD]

    def matter(self) -> Mapping[str, Any]:
        """Return its front matter."""
        return front_matter(self._file.data)

    def tags(self) -> set[str]:
        """Return the tags in its front matter; of the desktop's it has none."""
        return tags_in(self.matter())

    def text(self) -> str:
        """Return its text. Raises Skip when it has none and will never have any, DocumentError."""
        if self._text is None:
            try:
                self._text = str(self._reads.read(self._file.data, self._file.path.suffix).text)
            except DocumentError as error:
                if getattr(error, "lasting", False):
                    raise Skip(str(error)) from error
                raise
            if not self._text.strip():
                raise Skip("the file has no text")
        return self._text


@dataclass(slots=True)
class QuietDesk:
    """Where a test asks: nothing is kept, and the steps are counted."""

    load: Callable[[], Any]
    steps: list[str] = field(default_factory=list)

    def model(self) -> Any:
        """Return the model."""
        return self.load()

    def step(self, name: str, **_detail: Any) -> None:
        """Remember the name of a step."""
        self.steps.append(name)

    def keep(self, ask: str) -> None:
        """Keep nothing."""

    def proven(self) -> list[Evidence]:
        """Return nothing: there was no plan before."""
        return []

    def prove(self, found: Sequence[Evidence]) -> None:
        """Keep nothing."""

    def propose(self, words: Sequence[tuple[str, str]]) -> None:
        """Keep nothing."""
