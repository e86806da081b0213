"""How does a run read, and when? Once, when its text is first wanted; one that is given up asks no more."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from homebody.clock import Clock
from homebody.documents.extract import Extract
from homebody.documents.file import Snapshot
from homebody.documents.pictures.reader import Pages
from homebody.documents.readers import Readers
from homebody.errors import DocumentError
from homebody.house.facts import OnDisk
from homebody.house.outcome import Skip
from homebody.house.twins import original
from homebody.journal.run import Run
from homebody.journal.store import Journal
from homebody.model.cancellation import Cancellation
from homebody.recipe.schema import Recipe


class Reads(Protocol):
    """What reads documents."""

    def read(self, data: bytes, suffix: str) -> Extract:
        """Return the text of a document. Raises DocumentError."""


@dataclass(frozen=True, slots=True)
class Heeding:
    """The readers as one run has them: which pages its recipe wants, and whether it goes on at all."""

    readers: Readers
    cancellation: Cancellation
    pages: Pages | None = None

    def read(self, data: bytes, suffix: str) -> Extract:
        """Return the text of a document. Raises CancelledError when the run was given up, DocumentError."""
        return self.readers.read(data, suffix, pages=self.pages, heed=self.cancellation.heed)


class Opened(OnDisk):
    """The file of a run, which filters and asks read; it is read once, when the first of them wants its text."""

    def __init__(
        self, run: Run, recipe: Recipe, file: Snapshot, *, journal: Journal, clock: Clock, reader: Reads
    ) -> None:
        super().__init__(file.path)
        self._run = run
        self._recipe = recipe
        self._file = file
        self._journal = journal
        self._clock = clock
        self._reader = reader
        self._text: str | None = None

    def original(self) -> Path | None:
        """Return another file of the recipe that holds the same and is to be kept. Raises JournalError."""
        return original(self._journal, self._recipe, self._file.path, self._file.sha256)

    def text(self) -> str:
        """Return the text, the step told to the journal. Raises Skip when there is none, and DocumentError."""
        if self._text is None:
            self._text = self._read()
        return self._text

    def _read(self) -> str:
        began = self._clock.monotonic()
        try:
            extract = self._reader.read(self._file.data, self._file.path.suffix)
        except DocumentError as error:
            if getattr(error, "lasting", False):
                raise Skip(str(error)) from error
            raise
        found: dict[str, Any] = {"left_out": words} if (words := extract.left_out_words()) else {}
        if extract.encoding not in (None, "utf-8", "utf-8-sig"):
            found["encoding"] = extract.encoding
        if extract.recognised:
            found["recognised"] = extract.recognised
        if extract.heard:
            found["heard_seconds"] = extract.heard
        self._journal.step(
            self._run.id,
            "read",
            size=self._file.size,
            pages=extract.pages,
            seconds=round(self._clock.monotonic() - began, 3),
            **found,
        )
        if not extract.text.strip():
            raise Skip("the file has no text")
        return extract.text
