"""This side of the reader of pictures: one sheet after the other, so that nobody waits long to give up."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from homebody.clock import Clock
from homebody.documents.extract import MOST_CHARACTERS, TOO_LONG, Extract, FormatError, chosen
from homebody.documents.file import Unreadable
from homebody.documents.frames import FrameError
from homebody.documents.pictures.tesseract import Tesseract
from homebody.documents.reader import NO_SENSE, Heed, Reader, nothing, refuse_error

SHEET_SECONDS = 60.0
"""How long one sheet may take."""

SECONDS = 900.0
"""How much work one document may be."""

MOST_SHEETS = 100
"""Sheets of one document that are recognised; each takes seconds. More are refused and not cut."""

MEMORY_BYTES = 3 << 30
"""Address space: the largest picture in colours takes half a gigabyte, and Tesseract works on copies."""

MOST_PAGES = 1 << 20
"""More than that is nothing that a document has."""


Pages = tuple[int, int | None]
"""The first page to be read, counted from 1, and the last, or None for the end."""


class PictureReader(Reader):
    """Reads pictures and scanned pages in a sealed child process, which ends after each document."""

    def __init__(
        self,
        found: Tesseract,
        *,
        clock: Clock,
        sheet_seconds: float = SHEET_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        documents: int = 1,
        command: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            clock=clock,
            seconds=SECONDS,
            memory_bytes=memory_bytes,
            documents=documents,
            command=command or starting(found),
        )
        self.found = found
        self._sheet_seconds = sheet_seconds

    def recognise(
        self,
        data: bytes,
        suffix: str,
        *,
        pages: Pages | None = None,
        without: int | None = None,
        heed: Heed = nothing,
    ) -> Extract:
        """Return the text of a document; where a page has none of its own, that which is recognised on it.

        *without* is how many pages have none, if that is known. Raises DocumentError as ``read`` does, and whatever
        *heed* raises, which is called before each sheet.
        """
        with self._lock:
            header: Mapping[str, Any] = {}
            try:
                header, _ = self._ask({"suffix": suffix.lower()}, data, self._sheet_seconds)
                return self._sheets(header, pages, without, heed)
            except FrameError as error:
                self._end()
                raise Unreadable(NO_SENSE, lasting=False) from error
            finally:
                self._count(header)

    def _sheets(
        self, header: Mapping[str, Any], pages: Pages | None, without: int | None, heed: Heed
    ) -> Extract:
        """Return what is on the sheets of the document that was opened with the answer *header*."""
        refuse_error(header)
        number, attachments = counted(header, "pages"), counted(header, "attachments")
        which = wanted(pages, number)
        if (many := len(which) if without is None else without) > MOST_SHEETS:
            raise Unreadable(
                f"no text: {many:,} pages are scans, and at most {MOST_SHEETS} of a document are recognised;"
                " say with `pages` in the recipe's `read` which, as in 1-20",
                lasting=True,
            )
        texts: list[str] = []
        recognised = empty = characters = 0
        for index in which:
            heed()
            text, seen = self._sheet(index)
            texts.append(text)
            recognised += seen and bool(text)
            empty += not text
            characters += len(text)
            if characters > MOST_CHARACTERS:
                raise Unreadable(TOO_LONG, lasting=True)
        if empty == len(which):
            raise Unreadable(
                "no text: nothing that could be read was recognised in the picture", lasting=True
            )
        left_out = {
            "pages without text": empty,
            "pages that were not asked for": number - len(which),
            "attachments": attachments,
        }
        return Extract(
            text="\n\n".join(text for text in texts if text),
            pages=number,
            left_out={what: many for what, many in left_out.items() if many},
            recognised=recognised,
        )

    def _sheet(self, index: int) -> tuple[str, bool]:
        """Return the text of a sheet, and whether it was recognised. Raises DocumentError."""
        if self._child is None or not self._child.alive:  # another one would have no document open
            raise Unreadable("the reader process ended in the middle of the document", lasting=False)
        header, found = self._ask({"sheet": index}, b"", self._sheet_seconds)
        refuse_error(header)
        try:
            return found.decode("utf-8").strip(), header["recognised"] is True
        except (UnicodeDecodeError, KeyError) as error:
            raise FrameError from error


def starting(found: Tesseract) -> tuple[str, ...]:
    """Return how the process is started that reads by the Tesseract that was *found*."""
    module = "homebody.documents.pictures.worker"
    return (
        sys.executable,
        "-I",
        "-m",
        module,
        str(found.library),
        str(found.data),
        "+".join(found.languages),
    )


def wanted(pages: Pages | None, number: int) -> range:
    """Return which of *number* pages are read. Raises DocumentError for a first one that is not there."""
    try:
        return chosen(pages, number)
    except FormatError as error:
        raise Unreadable(str(error), lasting=True) from error


def counted(header: Mapping[str, Any], what: str) -> int:
    """Return a number that the process gave. Raises FrameError for what is none."""
    number = header.get(what)
    if type(number) is not int or not 0 <= number < MOST_PAGES:
        raise FrameError
    return number
