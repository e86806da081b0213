"""What fits the model's context, and what happens to the rest? Nothing is ever cut silently.

Pure: counting is passed in, so the numbers are the model's own tokens. It is asked in large batches, because
each question crosses a pipe.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from homebody.documents.file import Unreadable

Count = Callable[[Sequence[str]], list[int]]
"""The tokens of each text, by the model's own tokenizer."""

LEVELS = (
    re.compile(r"\n[ \t]*\n\s*|\n(?=#)"),  # paragraphs and headings
    re.compile(r"""[.!?…]["'”’»)\]]*\s+|[。！？]["”’」』]*\s*"""),  # sentences, wherever their lines break
    re.compile(r"\n"),  # lines
    re.compile(r"\s+"),  # words
)
"""After what a text may be cut, the best places first; what is too long for all of them is halved."""

GAP = "\n[...]\n"
"""What stands in ``head_tail`` where something was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is read of a text: its parts in order, the tokens of the whole and of what is read, and the way."""

    parts: tuple[str, ...]
    tokens_total: int
    tokens_read: int
    overflow: str


def fit(text: str, *, budget: int, overflow: str, count: Count) -> Window:
    """Return *text* in parts of at most *budget* tokens, as *overflow* wants it.

    A text that fits is one part. ``head`` keeps the beginning, ``head_tail`` the beginning and the end in one
    part, ``summarize`` and ``join`` everything in several parts that, joined, are the text again. Raises
    DocumentError with the counts for any other word (``fail``), and when not even a letter fits.
    """
    (total,) = count([text])
    if total <= budget:
        return Window(parts=(text,), tokens_total=total, tokens_read=total, overflow="none")
    if overflow in ("summarize", "join"):
        parts = tuple(pack(pieces(text, budget, count), budget, count))
        return Window(parts=parts, tokens_total=total, tokens_read=total, overflow=overflow)
    if overflow == "head":
        kept = head(text, budget, count)
    elif overflow == "head_tail":
        kept = head_tail(text, budget, count)
    else:
        raise Unreadable(
            f"the document has {total} tokens, and {budget} fit beside the prompt",
            lasting=True,
            hint="Choose `overflow: summarize` in the recipe's `read`, or a model with a larger context.",
        )
    (read,) = count([kept])
    return Window(parts=(kept,), tokens_total=total, tokens_read=read, overflow=overflow)


def cut(text: str, level: int) -> Iterator[str]:
    """Yield *text* in pieces that end where *level* ends something; beyond the last level, in two halves."""
    if level >= len(LEVELS):
        middle = len(text) // 2
        yield from (text[:middle], text[middle:]) if middle else (text,)
        return
    begin = 0
    for found in LEVELS[level].finditer(text):
        yield text[begin : found.end()]
        begin = found.end()
    if begin < len(text):
        yield text[begin:]


def pieces(text: str, budget: int, count: Count) -> list[str]:
    """Return *text* cut into pieces of at most *budget* tokens each; joined, they are *text* again.

    Only what is too long is cut further, at the next best places; all of a level is counted at once. A single
    letter stays, even when it is more than *budget*.
    """
    found = [(text, 0)]
    while True:
        counts = iter(count([piece for piece, level in found if level >= 0]))
        marked = [(piece, level if level >= 0 and next(counts) > budget else -1) for piece, level in found]
        if all(level < 0 for _, level in marked):
            return [piece for piece, _ in marked]
        found = [smaller for piece, level in marked for smaller in _smaller(piece, level)]


def _smaller(piece: str, level: int) -> list[tuple[str, int]]:
    """Return a piece with the level to cut it at next: itself when nothing is left to cut (-1), else its pieces."""
    if level < 0 or len(piece) == 1:
        return [(piece, -1)]
    return [(smaller, level + 1) for smaller in cut(piece, level)]


def pack(found: Sequence[str], budget: int, count: Count) -> list[str]:
    """Return the pieces joined again, in order, into few parts of at most *budget* tokens.

    The sum of the pieces' tokens is nearly what the joined part has; the parts are counted once more, and one
    that grew where pieces meet is taken apart again. Raises DocumentError for a piece that is too long alone.
    """
    groups: list[list[str]] = []
    used = 0
    for piece, tokens in zip(found, count(found), strict=True):
        if not groups or used + tokens > budget:
            groups.append([])
            used = 0
        groups[-1].append(piece)
        used += tokens
    parts: list[str] = []
    for group, tokens in zip(groups, count(["".join(group) for group in groups]), strict=True):
        if tokens <= budget:
            parts.append("".join(group))
        elif len(group) == 1:
            raise Unreadable(
                "the model's context has no room for a single letter beside the prompt", lasting=True
            )
        else:
            middle = len(group) // 2
            parts += pack(group[:middle], budget, count) + pack(group[middle:], budget, count)
    return parts


def head(text: str, budget: int, count: Count) -> str:
    """Return the beginning of *text*, cut at the best place that keeps it within *budget* tokens."""
    return _longest(pieces(text, max(1, budget // 4), count), budget, count, "".join).rstrip()


def tail(text: str, budget: int, count: Count) -> str:
    """Return the end of *text*, cut at the best place that keeps it within *budget* tokens."""
    backwards = pieces(text, max(1, budget // 4), count)[::-1]
    return _longest(backwards, budget, count, lambda kept: "".join(reversed(kept))).lstrip()


def head_tail(text: str, budget: int, count: Count) -> str:
    """Return two thirds of *budget* from the beginning and the rest from the end, the gap marked."""
    (gap,) = count([GAP])
    room = max(0, budget - gap)
    while True:
        end = tail(text, room - room * 2 // 3, count) if room >= 2 else ""
        joined = head(text, room * 2 // 3, count) + GAP + end if end else head(text, budget, count)
        if not end or count([joined])[0] <= budget:
            return joined
        room -= 1 + room // 20


def _longest(found: Sequence[str], budget: int, count: Count, join: Callable[[Sequence[str]], str]) -> str:
    """Return as many of the first pieces, joined, as *budget* tokens hold."""
    number, used = 0, 0
    for tokens in count(found):
        if used + tokens > budget:
            break
        number, used = number + 1, used + tokens
    while number and count([join(found[:number])])[0] > budget:
        number -= 1
    return join(found[:number])
