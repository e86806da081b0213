"""What fits the model's context, and what happens to the rest? Nothing is ever cut silently.

Pure: counting is passed in, so the numbers are the model's own tokens.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homebody.errors import DocumentError

Count = Callable[[Sequence[str]], list[int]]
"""The tokens of each text, by the model's own tokenizer."""

LEVELS = (
    re.compile(r"(?<=\n)(?=\s*\n)|(?<=\n)(?=#)"),  # paragraphs, headings
    re.compile(r"(?<=\n)"),  # lines
    re.compile(r"(?<=[.!?。！？])(?=\s)"),  # sentences
    re.compile(r"(?<=\s)(?=\S)"),  # words
)
"""Where a text may be cut, the best places first; what is too long for all of them is cut between letters."""


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
    part, ``summarize`` everything in several parts; ``fail`` raises DocumentError with the counts.
    """
    (total,) = count([text])
    if total <= budget:
        return Window(parts=(text,), tokens_total=total, tokens_read=total, overflow="none")
    if overflow == "summarize":
        parts = tuple(pack(pieces(text, budget, count), budget, count))
        return Window(parts=parts, tokens_total=total, tokens_read=total, overflow="summarize")
    if overflow == "head":
        kept = head(text, budget, count)
    elif overflow == "head_tail":
        kept = (
            head(text, budget * 2 // 3, count) + "\n[...]\n" + tail(text, budget - budget * 2 // 3 - 8, count)
        )
    else:
        raise DocumentError(
            f"the document has {total} tokens, and {budget} fit beside the prompt",
            hint="Choose `overflow: summarize` in the recipe's `read`, or a model with a larger context.",
        )
    (read,) = count([kept])
    return Window(parts=(kept,), tokens_total=total, tokens_read=read, overflow=overflow)


def pieces(text: str, budget: int, count: Count, level: int = 0) -> list[str]:
    """Return *text* cut into pieces of at most *budget* tokens each; joined, they are *text* again."""
    found = [piece for piece in LEVELS[level].split(text) if piece] if level < len(LEVELS) else letters(text)
    if not found:
        return []
    cut: list[str] = []
    for piece, tokens in zip(found, count(found), strict=True):
        if tokens <= budget or len(piece) == 1:
            cut.append(piece)
        else:
            cut.extend(pieces(piece, budget, count, min(level + 1, len(LEVELS))))
    return cut


def letters(text: str) -> list[str]:
    """Return *text* cut in two, for want of any better place."""
    middle = max(1, len(text) // 2)
    return [text[:middle], text[middle:]] if len(text) > 1 else [text]


def pack(found: Sequence[str], budget: int, count: Count) -> list[str]:
    """Return the pieces joined again, in order, into as few parts of at most *budget* tokens as come of it.

    Each piece's own count is an upper bound of what it adds; the joined part is counted once more, because
    tokens can grow where pieces meet.
    """
    parts: list[str] = []
    current, used = "", 0
    for piece, tokens in zip(found, count(list(found)), strict=True):
        if current and (used + tokens > budget or count([current + piece])[0] > budget):
            parts.append(current)
            current, used = "", 0
        current += piece
        used += tokens
    return [*parts, current] if current else parts


def head(text: str, budget: int, count: Count) -> str:
    """Return the beginning of *text*, cut at the best place that keeps it within *budget* tokens."""
    kept = ""
    for piece in pieces(text, max(1, budget // 4), count):
        if count([kept + piece])[0] > budget:
            break
        kept += piece
    return kept.rstrip()


def tail(text: str, budget: int, count: Count) -> str:
    """Return the end of *text*, cut at the best place that keeps it within *budget* tokens."""
    kept = ""
    for piece in reversed(pieces(text, max(1, budget // 4), count)):
        if count([piece + kept])[0] > budget:
            break
        kept = piece + kept
    return kept.lstrip()
