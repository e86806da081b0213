"""What of an answer may be shown while it is written, where it ends before the first of some texts?"""

import codecs
from collections.abc import Sequence


class Shown:
    """The text of an answer as it grows, token by token; it ends before the first of *stops* that comes up in it.

    A stop may lie across tokens, so the end of the text that could become one is held back until it did or cannot any
    more. What `take` gave is never taken back: all of it together is always a beginning of `text`.
    """

    def __init__(self, stops: Sequence[str] = (), *, trimmed: bool = False) -> None:
        """Begin with nothing; *trimmed* leaves out the blanks before the first word. No stop is empty."""
        self._stops = tuple(stops)
        self._trimmed = trimmed
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._taken = 0
        self._sure = 0
        self.stopped = False

    @property
    def text(self) -> str:
        """Return the whole text, up to the first stop."""
        return self._text

    def feed(self, piece: bytes) -> bool:
        """Go on by a token's bytes; return whether the answer ends here, for a stop has come up."""
        new = self._decoder.decode(piece)
        if self._trimmed and not self._text:
            new = new.lstrip()
        if not new:
            return self.stopped
        begin = self._sure  # a stop that began before this would have been seen, or cannot be one any more
        self._text += new
        places = [place for stop in self._stops if (place := self._text.find(stop, begin)) >= 0]
        if places:
            self._text = self._text[: min(places)]
            self.stopped = True
            self._sure = len(self._text)
        else:
            self._sure = len(self._text) - max((self._open(stop) for stop in self._stops), default=0)
        return self.stopped

    def take(self) -> str:
        """Return what may be shown and was not taken before; only whole characters."""
        new = self._text[self._taken : self._sure]
        self._taken = self._sure
        return new

    def _open(self, stop: str) -> int:
        """Return how many characters at the end could be the beginning of *stop*."""
        longest = min(len(stop) - 1, len(self._text))
        return next((n for n in range(longest, 0, -1) if self._text.endswith(stop[:n])), 0)
