"""Who reads which document? The reader its text; what is a picture or a recording has a reader of its own."""

import threading

from homebody.clock import Clock
from homebody.documents.extract import Extract
from homebody.documents.file import Unreadable
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.reader import Pages, PictureReader
from homebody.documents.pictures.tesseract import Tesseract
from homebody.documents.reader import Heed, Reader, ScanError, nothing
from homebody.documents.speech.reader import SpeechReader
from homebody.documents.speech.whisper import ABSENT, Whisper
from homebody.errors import ReaderBusyError

PICTURES = frozenset((".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".webp", ".bmp", ".gif"))
"""The suffixes of what is a picture and nothing else."""

SOUNDS = frozenset(
    (
        ".wav", ".wave", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".aac", ".aif", ".aiff", ".aifc",
        ".au", ".caf", ".w64",
    )
)  # fmt: skip
"""The suffixes of what is a recording and nothing else."""

PACKED = frozenset((".wma", ".amr", ".3gp", ".ac3", ".mka"))
"""Those of recordings that no library knows which we call."""

UNPACK = "save the recording as WAV, MP3, FLAC, Ogg, Opus or M4A"

TURN_SECONDS = 5.0
"""How long a recording waits here for its turn; short ones follow each other without another look at the journal."""

AHEAD, SPEECH_AHEAD = 2, 1
"""Readers of pictures, and of recordings, that are started before the seal, where none can be started after it."""


class Readers:
    """The three readers, each with its own queue: a long scan holds no text up, and a recording neither."""

    def __init__(
        self, plain: Reader, pictures: PictureReader | Lacking, speech: SpeechReader | Lacking = ABSENT
    ) -> None:
        self.plain = plain
        self.pictures = pictures
        self.speech = speech
        self._turn, self._pictures_turn = threading.Lock(), threading.Lock()
        self._speech_turn = threading.Lock()

    def read(self, data: bytes, suffix: str, *, pages: Pages | None = None, heed: Heed = nothing) -> Extract:
        """Return the text of a document, as ``Reader.read`` does, that in pictures and recordings included.

        *heed* is called when it is this document's turn, and then before each sheet or piece. Raises DocumentError,
        what *heed* raises, and ReaderBusyError for a recording while another is heard: nobody waits an hour here.
        """
        suffix = suffix.lower()
        if suffix in SOUNDS or suffix in PACKED:
            return self._heard(data, suffix, heed)
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
        """End the reader processes, even in the middle of a document."""
        for reader in self._all():
            reader.stop()

    def start_ahead(self, number: int) -> tuple[int, ...]:
        """Start *number* readers now and none later, those of pictures and recordings beside them.

        Returns their process numbers. Raises DocumentError when one does not come up.
        """
        ahead: dict[object, int] = {self.pictures: AHEAD, self.speech: SPEECH_AHEAD}
        return tuple(pid for reader in self._all() for pid in reader.start_ahead(ahead.get(reader, number)))

    @property
    def used_up(self) -> bool:
        """Whether one of the kinds was started before the seal, and has ended for good."""
        return any(reader.used_up for reader in self._all())

    def _all(self) -> list[Reader]:
        """Return the readers that there are."""
        return [one for one in (self.plain, self.pictures, self.speech) if isinstance(one, Reader)]

    def _heard(self, data: bytes, suffix: str, heed: Heed) -> Extract:
        """Return what is said in a recording. Raises DocumentError, ReaderBusyError."""
        if suffix in PACKED:
            raise Unreadable(
                f"no text: {suffix[1:]} is a kind of recording that is not read; {UNPACK}", lasting=True
            )
        if isinstance(self.speech, Lacking):
            raise Unreadable(f"no text: this is a recording; {self.speech}", lasting=True)
        if not self._speech_turn.acquire(timeout=TURN_SECONDS):
            raise ReaderBusyError
        try:
            heed()
            return self.speech.hear(data, heed=heed)
        finally:
            self._speech_turn.release()

    def _recognised(
        self, kind: str, data: bytes, suffix: str, pages: Pages | None, without: int | None, heed: Heed
    ) -> Extract:
        """Return the text of a document of this *kind* that is in pictures. Raises DocumentError."""
        if isinstance(self.pictures, Lacking):
            raise Unreadable(f"no text: this is a {kind}; {self.pictures}", lasting=True)
        with self._pictures_turn:
            heed()
            return self.pictures.recognise(data, suffix, pages=pages, without=without, heed=heed)


def readers(
    clock: Clock, found: Tesseract | Lacking, whisper: Whisper | Lacking = ABSENT, *, recycled: bool = True
) -> Readers:
    """Return the readers, those of pictures by the Tesseract that was *found*, those of recordings by *whisper*.

    Both end after each document if they are *recycled*, which is where another can be started.
    """
    documents = 1 if recycled else 200
    return Readers(
        Reader(clock=clock),
        found if isinstance(found, Lacking) else PictureReader(found, clock=clock, documents=documents),
        whisper if isinstance(whisper, Lacking) else SpeechReader(whisper, clock=clock, documents=documents),
    )
