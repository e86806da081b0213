"""How do several runs share the one reader, so that a run that is given up asks it no more?"""

import threading
from dataclasses import dataclass
from typing import Protocol

from homebody.documents.extract import Extract
from homebody.documents.reader import Reader
from homebody.model.cancellation import Cancellation


class Reads(Protocol):
    """What reads documents."""

    def read(self, data: bytes, suffix: str) -> Extract:
        """Return the text of a document. Raises DocumentError."""


@dataclass(frozen=True, slots=True)
class Heeding:
    """The reader as one run has it; *turn* is held by the run that it reads for."""

    reader: Reader
    turn: threading.Lock
    cancellation: Cancellation

    def read(self, data: bytes, suffix: str) -> Extract:
        """Return the text of a document. Raises CancelledError when the run was given up, DocumentError."""
        with (
            self.turn
        ):  # not the reader's own lock: when it is killed at the end, nobody else may start another
            self.cancellation.heed()
            return self.reader.read(data, suffix)
