"""This side of the reader of recordings: one piece after the other, so that nobody waits long to give up."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from homebody.clock import Clock
from homebody.documents.extract import MOST_CHARACTERS, TOO_LONG, Extract
from homebody.documents.file import Unreadable
from homebody.documents.frames import FrameError
from homebody.documents.reader import NO_SENSE, Heed, Reader, nothing, refuse_error
from homebody.documents.speech.heard import MOST_HOURS
from homebody.documents.speech.whisper import Whisper

PIECE_SECONDS = 900.0
"""How long one piece, half a minute of sound, may take: the largest model on one slow core takes a few minutes."""

SECONDS = 12 * 3600.0
"""How much work one recording may be."""

START_SECONDS = 300.0
"""How long library and model may take to load: the largest has three gigabytes."""

MEMORY_BYTES = 3 << 30
"""Address space beside the model: whisper.cpp's own buffers, which grow with the model, and the recording."""

MOST_MILLISECONDS = (MOST_HOURS * 3600 + 60) * 1000
LEAST_PIECE = 20_000
"""Milliseconds that every piece has but the last."""

NO_WORDS = "no text: no words were heard in the recording"


class SpeechReader(Reader):
    """Hears recordings in a sealed child process, which ends after each."""

    work_seconds = SECONDS

    def __init__(
        self,
        found: Whisper,
        *,
        clock: Clock,
        piece_seconds: float = PIECE_SECONDS,
        memory_bytes: int | None = None,
        documents: int = 1,
        command: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            clock=clock,
            seconds=SECONDS,
            memory_bytes=MEMORY_BYTES + size_of(found) if memory_bytes is None else memory_bytes,
            documents=documents,
            command=command or starting(found),
            patience=START_SECONDS,
        )
        self.found = found
        self._piece_seconds = piece_seconds

    def hear(self, data: bytes, *, heed: Heed = nothing) -> Extract:
        """Return what is said in a recording.

        Raises DocumentError as ``read`` does, and whatever *heed* raises, which is called before each piece.
        """
        with self._lock:
            header: Mapping[str, Any] = {}
            try:
                header, _ = self._ask({}, data, self._piece_seconds)
                return self._pieces(header, heed)
            except FrameError as error:
                self._end()
                raise Unreadable(NO_SENSE, lasting=False) from error
            finally:
                self._count(header)

    def _pieces(self, header: Mapping[str, Any], heed: Heed) -> Extract:
        """Return what is said in the recording that was opened with the answer *header*."""
        refuse_error(header)
        promised = milliseconds(header)
        texts: list[str] = []
        heard = silent = characters = 0
        for _ in range(MOST_MILLISECONDS // LEAST_PIECE + 1):
            heed()
            answer, text = self._piece()
            if answer.get("over") is True:
                break
            length = milliseconds(answer)
            heard += length
            silent += length if answer.get("silent") is True else 0
            texts.append(text)
            characters += len(text)
            if characters > MOST_CHARACTERS:
                raise Unreadable(TOO_LONG, lasting=True)
        else:
            raise FrameError
        whole = "".join(texts).strip()
        if not whole:
            raise Unreadable(NO_WORDS, lasting=True)
        left_out = {
            "seconds of silence": silent // 1000,
            "seconds that are cut off": (promised - heard) // 1000,
        }
        return Extract(
            text=whole,
            left_out={what: number for what, number in left_out.items() if number > 0},
            heard=heard // 1000,
        )

    def _piece(self) -> tuple[Mapping[str, Any], str]:
        """Return the answer about the next piece, and its text. Raises DocumentError."""
        if self._child is None or not self._child.alive:  # another one would have no recording open
            raise Unreadable("the reader process ended in the middle of the recording", lasting=False)
        answer, found = self._ask({"piece": True}, b"", self._piece_seconds)
        refuse_error(answer)
        try:
            return answer, found.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FrameError from error


def starting(found: Whisper) -> tuple[str, ...]:
    """Return how the process is started that hears by the whisper.cpp that was *found*."""
    module = "homebody.documents.speech.worker"
    libraries = (str(found.library), str(found.model), found.language or "auto")
    others = (str(found.sound or "-"), str(found.aac or "-"))
    return (sys.executable, "-I", "-m", module, *libraries, *others)


def size_of(found: Whisper) -> int:
    """Return how many bytes the model has; 0 for one that is gone meanwhile, which is told when it is to be loaded."""
    try:
        return found.model.stat().st_size
    except OSError:
        return 0


def milliseconds(header: Mapping[str, Any]) -> int:
    """Return how long the process says that something is. Raises FrameError for what is no length."""
    number = header.get("milliseconds")
    if type(number) is not int or not 0 <= number <= MOST_MILLISECONDS:
        raise FrameError
    return number
