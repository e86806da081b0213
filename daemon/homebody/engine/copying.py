"""Is the answer copying from the prompt, and what would come next there?

A model that is made for copying says so in its file (``homebody.copy_bias``, a number of logits). While its
answer has followed the prompt for a few tokens, the token that comes next in the prompt is made so much more
likely; at the end of a sentence or a line, and wherever it follows nothing, the model alone decides. This is the
look-up of prompt-lookup decoding (Saxena, 2023), used to steer instead of to draft.
"""

from collections.abc import Sequence

KEY = "homebody.copy_bias"
"""The metadata key in a GGUF file."""

FOLLOWED = 4
"""Tokens that the answer must have in common with the prompt before it counts as copying: about two words."""

BLANK = -1
"""Stands for a run of white space: a line break in the prompt is a space in the answer."""

ENDS = (b".", b"!", b"?", "。".encode(), "！".encode(), "？".encode())


class Copying:
    """Follows one answer through the prompt, token by token."""

    def __init__(self, prompt: Sequence[int], pieces: Sequence[bytes], space: int) -> None:
        """Prepare; *pieces* are the texts of all tokens, *space* is the token of one blank."""
        self._pieces = pieces
        self._space = space
        self._places: dict[int, list[int]] = {}
        self._text: list[int] = []
        self._breaks: set[int] = set()
        for token in prompt:
            self._append(self._kind(token), breaks=b"\n" in pieces[token])
        for place, kind in enumerate(self._text):
            self._places.setdefault(kind, []).append(place)
        self._followed = 0
        self._next: list[int] = []
        self._ended = False

    def _kind(self, token: int) -> int:
        return BLANK if self._pieces[token] and not self._pieces[token].strip() else token

    def _append(self, kind: int, *, breaks: bool) -> None:
        if kind != BLANK or self._text[-1:] != [BLANK]:
            self._text.append(kind)
        if breaks:
            self._breaks.add(len(self._text) - 1)

    def note(self, token: int) -> None:
        """Follow the answer one token further."""
        kind = self._kind(token)
        going_on = [
            place + 1 for place in self._next if place < len(self._text) and self._text[place] == kind
        ]
        if going_on:
            self._followed += 1
        else:
            going_on = [place + 1 for place in self._places.get(kind, ())]
            self._followed = 1 if going_on else 0
        self._next = going_on
        self._ended = self._pieces[token].endswith(ENDS)

    def likely(self) -> list[int]:
        """Return the tokens that come next in the prompt, none unless the answer is copying."""
        if self._followed < FOLLOWED or self._ended:
            return []
        kinds = {
            self._text[place] for place in self._next if place < len(self._text) and place not in self._breaks
        }
        return sorted(self._space if kind == BLANK else kind for kind in kinds)


def copy_bias(written: str | None) -> float:
    """Return the bias that a model's file asks for, between 0 and 20; 0 for none and for nonsense."""
    try:
        return min(max(float(written or 0), 0.0), 20.0)
    except ValueError:
        return 0.0
