"""Where one recording at a time is heard, piece by piece."""

from collections.abc import Iterator
from typing import Any

from homebody.documents.extract import FormatError
from homebody.documents.speech.aac import Aac
from homebody.documents.speech.engine import Engine
from homebody.documents.speech.mp4 import is_file, is_stream
from homebody.documents.speech.paragraphs import Paragraphs
from homebody.documents.speech.pieces import Piece, pieces
from homebody.documents.speech.sndfile import SoundFile
from homebody.documents.speech.sound import Sound
from homebody.documents.speech.wav import OtherKindError, WavSound
from homebody.documents.worker import Answer, guarded

NO_AAC = (
    "no text: AAC, as in m4a, is read by libfaad2, which is not on this computer; install `libfaad2` (Homebrew:"
    " `faad2`) and restart homebody, or save the recording as WAV or MP3 (on a Mac:"
    " afconvert -f WAVE -d LEI16 memo.m4a memo.wav)"
)
NO_LIBRARY = (
    "no text: of recordings only plain WAV is read without libsndfile, which is not on this computer; install"
    " `libsndfile1` (Homebrew: `libsndfile`, pip: `soundfile`) and restart homebody, or save the recording as WAV"
)


class Desk:
    """What answers requests about recordings."""

    def __init__(self, engine: Engine, file: SoundFile | None, aac: Aac | None) -> None:
        """Hear by *engine* what is WAV, and where there are *file* and *aac* what they unpack."""
        self._engine = engine
        self._file = file
        self._aac = aac
        self._pieces: Iterator[Piece] | None = None
        self._paragraphs = Paragraphs()
        self._language: str | None = None

    def answer(self, header: dict[str, Any], data: bytes) -> Answer:
        """Open the recording in *data*, or return what is said in the next piece of the open one."""
        return guarded(lambda: self._answer(header, data))

    def _answer(self, header: dict[str, Any], data: bytes) -> Answer:
        if "piece" not in header:
            sound = self._opened(data)
            self._pieces, self._paragraphs, self._language = pieces(sound), Paragraphs(), None
            return {"milliseconds": sound.frames * 1000 // sound.rate}, b""
        if self._pieces is None:
            raise FormatError("no recording is open")
        piece = next(self._pieces, None)
        if piece is None:
            self._pieces = None
            return {"milliseconds": 0, "silent": False, "over": True}, b""
        text = "" if piece.silent else self._heard(piece)
        said = {"milliseconds": round(piece.seconds * 1000), "silent": piece.silent, "over": False}
        return said, text.replace("\0", "").encode("utf-8", "replace")

    def _opened(self, data: bytes) -> Sound:
        """Return the recording in *data*. Raises FormatError."""
        if not data:
            raise FormatError("the recording is empty")
        if is_file(data) or is_stream(data):
            if self._aac is None:
                raise FormatError(NO_AAC)
            return self._aac.open(data)
        try:
            return WavSound(data)
        except OtherKindError as error:
            if self._file is None:
                raise FormatError(NO_LIBRARY if data[:4] != b"RIFF" else str(error)) from error
            return self._file.open(data)

    def _heard(self, piece: Piece) -> str:
        """Return what is said in a piece; the language of the first with words is that of the recording."""
        segments = list(self._engine.hear(piece.samples, self._language))
        text = "".join(self._paragraphs.add(segment, piece.begin) for segment in segments)
        if text and self._language is None:
            self._language = self._engine.language_heard()
        return text
