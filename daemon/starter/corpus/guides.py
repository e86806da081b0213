"""What does documentation look like: the words at the head of a module, a README, a page of a handbook?"""

import random
import textwrap

from starter.corpus import invent, phrases
from starter.corpus.documents import PLAIN, Document, Scribe, joined

GUIDE = phrases.PATTERNS["guide"]


def guide(scribe: Scribe, size: int) -> Document:
    """Documentation: its first sentence of prose says what it is about."""
    dice = scribe.dice
    key = scribe.one(GUIDE) if dice.random() < 0.8 else scribe.one(PLAIN)
    paragraphs = [key + _more(scribe)]
    paragraphs += [joined(dice, _told(scribe, dice.randint(1, 3))) for _ in range(max(1, size // 2))]
    for _ in range(dice.choice((0, 0, 1, 2))):
        paragraphs.insert(dice.randint(1, len(paragraphs)), _aside(scribe))
    title = None
    if dice.random() < 0.5:
        title, top = _top(scribe)
        paragraphs.insert(0, top)
    if dice.random() < 0.5:
        paragraphs = [_wrapped(dice, part) for part in paragraphs]
    text = "\n\n".join(paragraphs)
    return Document(
        text=text, key=key, kind="manual", title=title, alike=frozenset({"article", "report", "note", "code"})
    )


def _told(scribe: Scribe, count: int) -> list[str]:
    return [scribe.one(GUIDE) if scribe.dice.random() < 0.75 else scribe.one(PLAIN) for _ in range(count)]


def _more(scribe: Scribe) -> str:
    """Return what follows the first sentence in its paragraph."""
    return "".join(" " + sentence for sentence in _told(scribe, scribe.dice.choice((0, 0, 1, 2))))


def _top(scribe: Scribe) -> tuple[str, str]:
    """Return a title, and how it stands above the text."""
    dice = scribe.dice
    title = dice.choice(
        (scribe.noun(), invent.identifier(dice), scribe.fill("{N} {m}"), scribe.fill("The {n}"))
    )
    top = dice.choice(
        ("# {}", "# {}", "{}\n" + "=" * len(title), "{}\n" + "-" * len(title), "{}", "== {} ==")
    )
    top = top.format(title)
    if dice.random() < 0.35:
        badges = [_badge(scribe) for _ in range(dice.randint(1, 4))]
        top = dice.choice((f"{top}\n\n{{}}", f"{{}}\n\n{top}")).format("\n".join(badges))
    return title, top


def _badge(scribe: Scribe) -> str:
    """Return a picture or a link as it stands above a README; it says nothing."""
    dice = scribe.dice
    word, other = invent.identifier(dice), scribe.word()
    link = f"https://{word}.example/{other}"
    return dice.choice(
        (
            f"[![{other}]({link}.svg)]({link})",
            f".. image:: {link}.svg\n   :target: {link}\n   :alt: {other} {scribe.word()}",
            f"|{word}| |{other}|",
            f'<p align="center">\n  <img src="{link}.png" alt="{other}">\n</p>',
            f"[{other}]: {link}",
            f"{other} | {word} | {scribe.word()}",
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
    if part.startswith((" ", "#", "`", "-", "[")) or "\n" in part:
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
