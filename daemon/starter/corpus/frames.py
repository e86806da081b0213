"""What stands around and within the words of a README: titles, pictures, links, marks? None of it says anything."""

import random
import re
from collections.abc import Callable

from starter.corpus import invent
from starter.corpus.documents import Scribe

HOSTS = (
    "github.com|img.shields.io|pypi.org|{}.readthedocs.io|www.{}.org|docs.{}.dev|codecov.io|badge.fury.io|"
    "raw.githubusercontent.com|{}.example|example.com|pepy.tech|opensource.org|{}.io|results.pre-commit.ci"
)
STEPS = (
    "en|latest|stable|badge|project|main|actions|workflows|graph|{}|{}|{}|docs|v|pypi|license|src|blob|master|tree|"
    "static"
)
LABELS = (
    "build status|docs|Documentation|coverage|CI|license|version|PyPI|Downloads|tests|logo|Python versions|code style|"
    "chat|Package version|Supported versions|Tests|release|Code coverage|stars|Discord|sponsor"
)


def link(dice: random.Random) -> str:
    """Return an address that nobody has."""
    host = invent.pick(dice, HOSTS).format(invent.identifier(dice))
    steps = [invent.pick(dice, STEPS).format(invent.identifier(dice)) for _ in range(dice.randint(0, 4))]
    end = dice.choice(("", "", "/", ".svg", ".png", "?branch=main", ".svg?style=flat", "#usage", ".html"))
    return f"https://{'/'.join([host, *steps])}{end}"


def framed(scribe: Scribe, paragraphs: list[str], title: str) -> list[str]:
    """Return *paragraphs* under what a README begins with."""
    dice = scribe.dice
    parts = [_title(dice, title)] if dice.random() < 0.8 else []
    for _ in range(dice.choice((0, 0, 1, 1, 1, 2))):
        parts.insert(dice.randint(0, len(parts)), _pictures(dice, title))
    if dice.random() < 0.2:
        parts.append(_listed(scribe))
    return [*parts, *paragraphs]


def _title(dice: random.Random, title: str) -> str:
    line = dice.choice(("=", "=", "-", "*", "~")) * len(title)
    return dice.choice(
        (
            *(f"# {title}",) * 4,
            *(f"{title}\n{line}",) * 4,
            f"{line}\n{title}\n{line}",
            f'<h1 align="center">{title}</h1>',
            f"# `{title}`",
            f"# {title} {dice.choice(('🚀', '👋', '🐍', '✨'))}",
            f"## {title}",
            f"<!-- {title} -->\n# {title}",
            f".. {title}-begin\n\n{title}\n{line}",
        )
    )


def _pictures(dice: random.Random, title: str) -> str:
    """Return some pictures in one of the ways in which READMEs have them."""
    labels = [invent.pick(dice, LABELS) for _ in range(dice.choice((1, 1, 2, 2, 3, 4)))]
    gap = dice.choice(("\n", "\n", " "))
    makers: tuple[Callable[[str], str], ...] = (
        lambda label: f"[![{label}]({link(dice)})]({link(dice)})",
        lambda label: f"[![{label}]({link(dice)})]({link(dice)})",
        lambda label: f"![{label}]({link(dice)})",
        lambda label: f".. image:: {link(dice)}\n   :target: {link(dice)}\n   :alt: {label}",
        lambda _label: f".. image:: {link(dice)}\n    :target: {link(dice)}\n",
        lambda label: f'<a href="{link(dice)}"><img src="{link(dice)}" alt="{label}"></a>',
        lambda label: f"|{label}|",
        lambda label: f".. |{label}| image:: {link(dice)}\n   :target: {link(dice)}",
    )
    which = dice.randrange(len(makers))
    if which in (3, 4, 7):
        gap = "\n"
    made = gap.join(makers[which](label) for label in labels)
    if which == 5 or dice.random() < 0.12:
        made = f'<p align="center">\n{made}\n</p>'
    elif dice.random() < 0.05:
        made = f'<p align="center">\n    <img\n        src="{link(dice)}"\n        alt="{title} logo"\n    />\n</p>'
    return made


def _listed(scribe: Scribe) -> str:
    """Return a list of facts or of links."""
    dice = scribe.dice
    many = dice.randint(2, 4)
    labels = [invent.pick(dice, LABELS) for _ in range(many)]
    return dice.choice(
        (
            "\n".join(f"* [{label}]({link(dice)})" for label in labels),
            "\n".join(f"- {label}: {link(dice)}" for label in labels),
            "\n".join(f":{label.split()[0].lower()}: {scribe.word()}" for label in labels),
            " | ".join(f"[{label}]({link(dice)})" for label in labels),
        )
    )


def _marked(dice: random.Random, sentence: str) -> str:
    """Return *sentence* with one or two of its words linked or marked, as Markdown or reStructuredText has it."""
    words = sentence.split(" ")
    for _ in range(dice.choice((1, 1, 2))):
        at = dice.randrange(len(words))
        if words[at].isalpha():
            words[at] = _mark(dice, words[at])
    return " ".join(words)


def _mark(dice: random.Random, word: str) -> str:
    return dice.choice(
        (
            *(f"[{word}]({link(dice)})",) * 3,
            f"`{word} <{link(dice)}>`_",
            f"`{word}`_",
            f"{word}_",
            *(f"**{word}**", f"*{word}*", f"`{word}`", f"``{word}``", f"_{word}_"),
            f"[{word}]",
            f"{word} ({link(dice)})",
        )
    )


def linked(dice: random.Random, paragraphs: list[str], key: str, title: str) -> tuple[list[str], str]:
    """Return *paragraphs* and their *key* sentence, of one line, with marks in it, or under the title's name."""
    fresh = _marked(dice, key)
    if dice.random() < 0.3 and re.match(r"(An?|The) [a-z]", key):
        name = dice.choice((f"**{title}**", title, f"*{title}*", f"`{title}`", f"``{title}``"))
        fresh = f"{name} is {fresh[0].lower()}{fresh[1:]}"
    lines = [" ".join(part.split()) for part in paragraphs]
    at = next((at for at, line in enumerate(lines) if key in line), None)
    if at is None:
        return paragraphs, key
    return [*paragraphs[:at], lines[at].replace(key, fresh, 1), *paragraphs[at + 1 :]], fresh
