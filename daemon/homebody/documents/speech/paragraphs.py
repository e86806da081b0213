"""How does what was said become a text? Sentences in a row, a new paragraph where the speaker pauses. Pure."""

import re

from homebody.documents.speech.heard import Segment

PAUSE_SECONDS = 2.0
"""A speaker who is silent for so long begins something new."""

LONG = 700
"""Characters after which a paragraph ends with the next sentence; a page has three such paragraphs."""

ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")
NO_SPEECH = re.compile(r"[\s♪♫]*(?:\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫][^♪♫]*)?[\s.♪♫]*")
"""What whisper.cpp writes of a sound that nobody said: [BLANK_AUDIO], (music), *laughs*."""


class Paragraphs:
    """Takes one segment after the other, and gives the text that each adds."""

    def __init__(self) -> None:
        self._ended: float | None = None
        self._written = ""
        """What the paragraph has so far."""

    def add(self, segment: Segment, begin: float) -> str:
        """Return what *segment* of a piece that began at the second *begin* adds to the text; nothing for a noise."""
        if NO_SPEECH.fullmatch(segment.text):
            return ""
        # Languages that part words by blanks have one in front of each segment, and the others have none.
        words = " ".join(segment.text.split())
        between = " " if segment.text[:1].isspace() else ""
        if self._ended is None:
            between = ""
        elif self._is_new(begin + segment.begin):
            between, self._written = "\n\n", ""
        self._ended = begin + segment.end
        self._written += between + words
        return between + words

    def _is_new(self, begins: float) -> bool:
        """Return whether what begins at that second begins a paragraph."""
        ended = ENDS.search(self._written) is not None
        pause = begins - (self._ended or 0.0)
        return pause >= 2 * PAUSE_SECONDS or (
            ended and (pause >= PAUSE_SECONDS or len(self._written) >= LONG)
        )
