"""Is the answer copying from the prompt, and what would come next there?

A model that is made for copying says so in its file (``homebody.copy_bias``, a number of logits). Its answers are JSON
whose strings are made of the prompt's words, so three things are made so much more likely in them: a word begins as
a word of the prompt does, a word that was begun is finished as it stands there, and an answer that has followed the
document for a few tokens goes on with what comes next. Wherever a word ends the answer may end as well, a long one
where a sentence or a line does: between these two the model decides, as it does alone where it follows nothing. This is
the look-up of prompt-lookup decoding (Saxena, 2023), used to steer instead of to draft.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

KEY = "homebody.copy_bias"
"""The metadata key in a GGUF file."""

FOLLOWED = 2
"""Tokens of a string that must stand in the prompt in one piece before it counts as copying: a word and its blank."""

RUN, SURE = 8, 2.0
"""A long string that has so many tokens in one piece all but surely goes on, or ends where it may: what stands after
the same word elsewhere does not lead it astray."""

BEGINS = 0.4
"""How surely a word begins as one of the prompt does: a date or a currency may be spelt in another way."""

ENDS = 0.8
"""How surely an answer ends after a blank: before "and" a date does."""

LONG = 8
"""Words of a string that are more than a value or a title has: it is made of sentences, and ends where one does."""

JOINING = frozenset((b"@", b".", b"_", b"/", b"-", b"+"))
"""What stands between the words of an address, a path or a compound."""

BLANK = -1
"""Stands for a run of white space: a line break in the prompt is a space in the answer."""

QUOTE, STROKE = b'"', b"\\"

CLOSING = frozenset(mark.encode() for mark in ".!?:;…。！？：；")
"""After these a sentence may be over."""

OPENING, CLOSED = (b"(", b"[", b"<"), (b")", b"]", b">")
"""An answer that has begun to say something aside is not over before that is, or before the line."""

BESIDE = frozenset(mark.encode() for mark in "\"')]}”’»*_`」』）")
"""These may stand between the end of a sentence and the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The tokens of one blank, of the quote that ends a string, and of the stroke before a quote that does not."""

    space: int
    quote: int
    stroke: int


class Copying:
    """Follows the strings of one answer through the prompt, token by token."""

    def __init__(
        self, prompt: Sequence[int], pieces: Sequence[bytes], marks: Marks, document: int | None = None
    ) -> None:
        """Prepare; *pieces* are the texts of all tokens.

        Words may begin as any of *prompt* does: a tag stands in the task. Only the first *document* tokens of it are
        followed further, and where they end the answer may, too; all are followed if none is given.
        """
        self._pieces = pieces
        self._marks = marks
        self._text: list[int] = []
        self._lines: dict[int, int] = {}
        behind = len(prompt) if document is None else document
        for token in prompt[:behind]:
            self._append(token)
        self._end = len(self._text)
        for token in prompt[behind:]:
            self._append(token)
        self._places: dict[int, list[int]] = {}
        self._beginnings: dict[int, list[int]] = {}
        begin: set[int] = set()
        for place, (before, kind) in enumerate(zip([BLANK, *self._text], self._text, strict=False)):
            if place < self._end:
                self._places.setdefault(kind, []).append(place)
            starts = self._in_word(kind) and not self._in_word(before)
            if starts:
                self._beginnings.setdefault(kind, []).append(place)
            if before == BLANK or (starts and self._free(before, kind)):
                begin.add(kind)
        self._within = set(self._joined())
        self._line_ends = {place for place in self._lines if self._ends_line(place)}
        self._begin = sorted(self._written(kind for kind in begin if kind != BLANK and pieces[kind]))
        self._inside = False
        self._reset()

    def _reset(self) -> None:
        """Begin a string, or leave one."""
        self._followed = 0
        self._next: list[int] = []
        self._word: list[int] = []
        self._begins = True
        self._blank = True
        self._escaped = False
        self._words = 0
        self._closed = False
        self._aside = 0

    def _kind(self, token: int) -> int:
        return BLANK if self._pieces[token] and not self._pieces[token].strip() else token

    def _append(self, token: int) -> None:
        kind = self._kind(token)
        if kind != BLANK or self._text[-1:] != [BLANK]:
            self._text.append(kind)
        if kind == BLANK and (breaks := self._pieces[token].count(b"\n")):
            place = len(self._text) - 1
            self._lines[place] = self._lines.get(place, 0) + breaks

    def _ends_line(self, place: int) -> bool:
        """Return whether the line breaks at *place* end more than a line of wrapped text, which goes on in small."""
        after = self._text[place + 1 : place + 2]
        return self._lines[place] > 1 or not all(self._pieces[kind][:1].islower() for kind in after)

    def _in_word(self, kind: int) -> bool:
        """Return whether *kind* is of letters or digits, or a byte of some."""
        piece = b"" if kind == BLANK else self._pieces[kind]
        return bool(piece) and all(byte > 0x7F or chr(byte).isalnum() for byte in piece)

    def _free(self, before: int, kind: int) -> bool:
        """Return whether a word may begin a string: no part of an address or of a compound does, a number may."""
        return self._pieces[before] not in JOINING or self._pieces[kind].isdigit()

    def _joined(self) -> Iterator[int]:
        """Give the places inside an address or a compound: between a mark that joins two words and one of them."""
        text = self._text[: self._end]
        around = zip([BLANK, BLANK, *text], [BLANK, *text], text, [*text[1:], BLANK], strict=False)
        for place, (two_before, before, after, then) in enumerate(around):
            if self._joins(after):
                within = self._in_word(before) and (self._in_word(then) or self._joins(then))
            else:
                within = self._joins(before) and self._in_word(after) and two_before != BLANK
            if within:
                yield place

    def _joins(self, kind: int) -> bool:
        return kind != BLANK and self._pieces[kind] in JOINING

    def note(self, token: int) -> None:
        """Follow the answer one token further."""
        piece = self._pieces[token]
        if not self._inside or (QUOTE in piece and not self._escaped):
            if piece.count(QUOTE) % 2:
                self._inside = not self._inside
            self._reset()
        elif piece == STROKE and not self._escaped:
            self._escaped = True
        else:
            self._follow(BLANK if self._escaped and piece == b"n" else self._kind(token))
            self._escaped = False

    def _follow(self, kind: int) -> None:
        self._blank = kind == BLANK
        self._words += self._blank
        piece = b"" if self._blank else self._pieces[kind]
        opened, closed = (sum(map(piece.count, marks)) for marks in (OPENING, CLOSED))
        self._aside = max(0, self._aside + opened - closed)
        self._closed = piece in CLOSING or (self._closed and (self._blank or piece in BESIDE))
        self._next = self._after(kind, (place for place in self._next if place < self._end))
        self._followed = self._followed + 1 if self._next else 0
        if not self._next:
            self._next = [place + 1 for place in self._places.get(kind, ())]
            self._followed = 1 if self._next else 0
        if not self._in_word(kind):
            self._word, self._begins = [], True
        elif self._begins:
            self._word, self._begins = [place + 1 for place in self._beginnings.get(kind, ())], False
        else:
            self._word = self._after(kind, self._word)
        if kind != BLANK and self._pieces[kind].isdigit():
            self._word = []  # a number is not known by its first digit

    def _after(self, kind: int, places: Iterable[int]) -> list[int]:
        """Return the places behind those of *places* at which *kind* stands."""
        return [place + 1 for place in places if place < len(self._text) and self._text[place] == kind]

    def likely(self) -> Iterator[tuple[list[int], float]]:
        """Give tokens that come next in the prompt, each with how surely; none where the model decides."""
        if not self._inside:
            return
        if self._followed >= FOLLOWED:
            surely = SURE if self._long and self._followed >= RUN else 1.0
            yield self._going_on(), surely
            if self._blank and not self._escaped and self._may_end_after_blank():
                yield [self._marks.quote], ENDS * surely
        elif self._blank and not self._escaped:
            yield self._begin, BEGINS
        else:
            within = {self._text[place] if place < len(self._text) else BLANK for place in self._word}
            if all(self._in_word(kind) for kind in within):
                yield sorted(within), 1.0

    def _going_on(self) -> list[int]:
        """Return what follows in the document, and the quote that ends the string wherever it may end."""
        kinds = {self._text[place] for place in self._next if place < self._end}
        if self._escaped:
            return sorted(kind for kind in kinds if self._needs_stroke(kind))
        tokens = self._written(kinds)
        if not self._blank and self._may_end(kinds):
            tokens.add(self._marks.quote)
        return sorted(tokens)

    @property
    def _long(self) -> bool:
        return self._words >= LONG

    def _may_end(self, kinds: set[int]) -> bool:
        """Return whether the string may be over before *kinds*: a short one where a word is, a long one where a
        sentence or a line is, neither in an address or within brackets; each at the end of the document."""
        if any(place >= self._end for place in self._next):
            return True
        if self._aside or self._within.issuperset(self._next):
            return not self._line_ends.isdisjoint(self._next)
        if self._long:
            return self._closed or not self._line_ends.isdisjoint(self._next)
        return self._begins or not all(self._in_word(kind) for kind in kinds)

    def _may_end_after_blank(self) -> bool:
        over = self._closed if self._long else True
        return (over and not self._aside) or any(place - 1 in self._line_ends for place in self._next)

    def _written(self, kinds: Iterable[int]) -> set[int]:
        """Return the tokens with which JSON begins to write each of *kinds*."""
        space, stroke = self._marks.space, self._marks.stroke
        return {space if kind == BLANK else stroke if self._needs_stroke(kind) else kind for kind in kinds}

    def _needs_stroke(self, kind: int) -> bool:
        return kind != BLANK and self._pieces[kind] in (QUOTE, STROKE)


def copy_bias(written: str | None) -> float:
    """Return the bias that a model's file asks for, between 0 and 20; 0 for none and for nonsense."""
    try:
        return min(max(float(written or 0), 0.0), 20.0)
    except ValueError:
        return 0.0
