"""How does a run read, so that one that is given up asks no more?"""

from dataclasses import dataclass
from typing import Protocol

from homebody.documents.extract import Extract
from homebody.documents.pictures.reader import Pages
from homebody.documents.readers import Readers
from homebody.model.cancellation import Cancellation


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
