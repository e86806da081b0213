"""Which words belong to which topic? Written for the project; the model learns tags by these families."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

WORD = re.compile(r"[^\W\d_]+")
"""A run of letters."""


def _read() -> dict[str, str]:
    """Return the words of each topic: a line that begins with a blank goes on with the topic above it."""
    found: dict[str, str] = {}
    topic = ""
    for line in Path(__file__).with_name("topics.txt").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            topic = line.split(":")[0]
        found[topic] = f"{found.get(topic, '')} {line.removeprefix(topic + ': ').strip()}".strip()
    return found


TOPICS: dict[str, str] = _read()

KINDS: tuple[str, ...] = (
    "note", "mail", "invoice", "receipt", "minutes", "list", "recipe", "journal", "article", "code",
    "letter", "plan", "report", "story", "advert", "manual",
)  # fmt: skip
ALIKE = {
    "note": frozenset({"journal", "article", "report", "story", "plan"}),
    "article": frozenset({"note", "report", "story", "plan"}),
    "report": frozenset({"article", "note"}),
    "story": frozenset({"note", "article"}),
    "journal": frozenset({"note", "story"}),
    "plan": frozenset({"note", "journal", "article", "story"}),
}
"""Kinds of prose that a reader could take for one another."""

SHIPPED_TAGS: tuple[str, ...] = (
    "work", "meeting", "invoice", "travel", "house", "health", "family", "school", "recipe", "garden",
    "music", "code", "car", "book", "idea",
)  # fmt: skip


def family(topic: str) -> list[str]:
    """Return the words of *topic*."""
    return TOPICS[topic].split()


CLEAR, CHANCE = 2, 3
"""Different words of a family that make its topic plain: of one that the text is about, and of any other."""


def seen(
    words: Iterable[str], about: frozenset[str], certain: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the topics that a reader would see in *words*, and those that are too faint for anyone to say.

    *about* are those that the words were written for, *certain* those that the kind of paper tells by itself.
    """
    found = Counter(
        topic for word in {word.lower() for word in words} for topic in _topics_by_word().get(word, ())
    )
    clear = certain | {topic for topic in found if found[topic] >= (CLEAR if topic in about else CHANCE)}
    faint = {topic for topic in found if topic in about or found[topic] == CHANCE - 1} - clear
    return clear, frozenset(faint)


@cache
def _topics_by_word() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for topic in TOPICS:
        for word in family(topic):
            found.setdefault(word.lower(), set()).add(topic)
    return found
