"""Who reads which document? The reader its text; where there is none but in pictures, the reader of pictures."""

import threading

from homebody.clock import Clock
from homebody.documents.extract import Extract
from homebody.documents.file import Unreadable
from homebody.documents.pictures.reader import Pages, PictureReader
from homebody.documents.pictures.tesseract import Lacking, Tesseract
from homebody.documents.reader import Heed, Reader, ScanError, nothing

PICTURES = frozenset((".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".webp", ".bmp", ".gif"))
"""The suffixes of what is a picture and nothing else."""

AHEAD = 2
"""Readers of pictures that are started before the seal, where none can be started after it."""


class Readers:
    """Both readers, each with its own queue: a long scan holds no text up."""

    def __init__(self, plain: Reader, pictures: PictureReader | Lacking) -> None:
        self.plain = plain
        self.pictures = pictures
        self._turn, self._pictures_turn = threading.Lock(), threading.Lock()

    def read(self, data: bytes, suffix: str, *, pages: Pages | None = None, heed: Heed = nothing) -> Extract:
        """Return the text of a document, as ``Reader.read`` does, that in pictures included.

        *heed* is called when it is this document's turn, and then before each sheet. Raises DocumentError, and what
        *heed* raises.
        """
        suffix = suffix.lower()
        if suffix in PICTURES:
            return self._recognised("picture", data, suffix, pages, None, heed)
        try:
            # Not the reader's own lock: when it is killed at the end, nobody else may start another.
            with self._turn:
                heed()
                found = self.plain.read(data, suffix, pages)
        except ScanError:
            return self._recognised("scan", data, suffix, pages, None, heed)
        if (without := found.left_out.get("pages without text", 0)) and isinstance(
            self.pictures, PictureReader
        ):
            try:
                return self._recognised("scan", data, suffix, pages, without, heed)
            except Unreadable:
                return found  # which says that there are pages without text
        return found

    def stop(self) -> None:
        """End both reader processes, even in the middle of a document."""
        self.plain.stop()
        if isinstance(self.pictures, PictureReader):
            self.pictures.stop()

    def start_ahead(self, number: int) -> tuple[int, ...]:
        """Start *number* readers now and none later, two of pictures beside them; return their process numbers.

        Raises DocumentError when one does not come up.
        """
        pids = self.plain.start_ahead(number)
        return pids + (self.pictures.start_ahead(AHEAD) if isinstance(self.pictures, PictureReader) else ())

    @property
    def used_up(self) -> bool:
        """Whether one of the two kinds was started before the seal, and has ended for good."""
        return self.plain.used_up or (isinstance(self.pictures, PictureReader) and self.pictures.used_up)

    def _recognised(
        self, kind: str, data: bytes, suffix: str, pages: Pages | None, without: int | None, heed: Heed
    ) -> Extract:
        """Return the text of a document of this *kind* that is in pictures. Raises DocumentError."""
        if isinstance(self.pictures, Lacking):
            raise Unreadable(f"no text: this is a {kind}; {self.pictures}", lasting=True)
        with self._pictures_turn:
            heed()
            return self.pictures.recognise(data, suffix, pages=pages, without=without, heed=heed)


def readers(clock: Clock, found: Tesseract | Lacking, *, recycled: bool = True) -> Readers:
    """Return the readers, that of pictures by the Tesseract that was *found*.

    It ends after each document if it is *recycled*, which is where another can be started.
    """
    if isinstance(found, Lacking):
        return Readers(Reader(clock=clock), found)
    pictures = (
        PictureReader(found, clock=clock) if recycled else PictureReader(found, clock=clock, documents=200)
    )
    return Readers(Reader(clock=clock), pictures)
