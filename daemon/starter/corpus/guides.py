"""What does documentation look like: the words at the head of a module, a README, a page of a handbook?

Some of it is invented, the rest are the words of Python's library (``library.taught``), both under invented titles,
pictures and samples as they stand around such words elsewhere.
"""

import random
import textwrap

from starter.corpus import frames, invent, phrases
from starter.corpus.documents import PLAIN, Document, Scribe, joined
from starter.corpus.library import Text, taught

GUIDE = phrases.PATTERNS["guide"]
REAL = 0.6
"""How much of the documentation has real words."""
MOST = 600
"""Characters of a paragraph behind the first that are kept."""


def guide(scribe: Scribe, size: int) -> Document:
    """Documentation: its first sentence of prose says what it is about."""
    dice = scribe.dice
    real = dice.choice(taught()) if dice.random() < REAL else None
    paragraphs, key = _real(real, size) if real else _invented(scribe, size)
    for _ in range(dice.choice((0, 0, 1, 2))):
        paragraphs.insert(dice.randint(1, len(paragraphs)), _aside(scribe))
    title = None
    if dice.random() < 0.65:
        title = _named(scribe)
        if dice.random() < 0.6:
            paragraphs, key = frames.linked(dice, paragraphs, key, title)
        paragraphs = frames.framed(scribe, paragraphs, title)
        title = title if any(title in part for part in paragraphs) else None
    if dice.random() < 0.5:
        paragraphs = [_wrapped(dice, part) for part in paragraphs]
    scribe.wild = scribe.wild or real is not None
    return Document(
        text="\n\n".join(paragraphs),
        key=key,
        kind="manual",
        title=title,
        alike=frozenset({"article", "report", "note", "code"}),
        real=real is not None,
    )


def _real(text: Text, size: int) -> tuple[list[str], str]:
    """Return the beginning of *text*, of about *size* paragraphs, and its key sentence, which is among them."""
    kept: list[str] = []
    for part in text.paragraphs:
        if len(kept) > size and text.key in " ".join(" ".join(kept).split()):
            break
        kept.append(part[:MOST] if kept else part)
    return kept, text.key


def _invented(scribe: Scribe, size: int) -> tuple[list[str], str]:
    key = scribe.one(GUIDE) if scribe.dice.random() < 0.8 else scribe.one(PLAIN)
    told = [joined(scribe.dice, _told(scribe, scribe.dice.randint(1, 3))) for _ in range(max(1, size // 2))]
    roll = scribe.dice.random()
    if roll < 0.1:  # a line of its own needs no full stop
        key = key.removesuffix(".")
        return [key, *told], key
    if roll < 0.18:  # a list follows
        key = key.removesuffix(".") + scribe.dice.choice((":", ":", " with these features:", " which is:"))
        rows = "\n".join(f"{scribe.dice.choice('-*')} {one}" for one in _told(scribe, 3))
        return [key, rows, *told], key
    return [key + _more(scribe), *told], key


def _told(scribe: Scribe, count: int) -> list[str]:
    return [scribe.one(GUIDE) if scribe.dice.random() < 0.75 else scribe.one(PLAIN) for _ in range(count)]


def _more(scribe: Scribe) -> str:
    """Return what follows the first sentence in its paragraph."""
    return "".join(" " + sentence for sentence in _told(scribe, scribe.dice.choice((0, 0, 1, 2))))


def _named(scribe: Scribe) -> str:
    """Return the title of a page, or the name of a program."""
    dice = scribe.dice
    return dice.choice(
        (
            scribe.noun(),
            invent.identifier(dice),
            f"{invent.identifier(dice)}-{invent.identifier(dice)}",
            scribe.fill("{N} {m}"),
            scribe.fill("The {n}"),
        )
    )


def _aside(scribe: Scribe) -> str:
    """Return a sample, a list or a heading between paragraphs."""
    dice = scribe.dice
    name, other = invent.identifier(dice), invent.identifier(dice)
    rows = [scribe.fill(dice.choice(("{n} of the {m}", "{w} {n}", "the {n}, if any"))) for _ in range(3)]
    return dice.choice(
        (
            f"    >>> {name}({dice.randint(0, 99)}, {other})\n    {dice.randint(0, 999)}",
            f"```\n{name} --{other} {scribe.word()}\n```",
            f"    {name} = {other}.{scribe.word()}()",
            "\n".join(f"- {row}" for row in rows),
            "\n".join(f"{invent.identifier(dice)}: {row}" for row in rows),
            "\n".join(f"{invent.identifier(dice)}() -- {row}" for row in rows),
            f"## {rows[0]}",
            f"{rows[0]}\n{'-' * len(rows[0])}",
        )
    )


def _wrapped(dice: random.Random, part: str) -> str:
    """Return *part* in lines of about 70 characters, when it is prose."""
    if part.startswith((" ", "#", "```", "-", "[!", "<", ".", "|", "!", ":")) or "\n" in part:
        return part
    indent, width = dice.choice(("", "", "", "    ")), dice.choice((66, 72, 76))
    return textwrap.fill(
        part,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
