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

SHIPPED_TAGS: tuple[str, ...] = (
    "work", "meeting", "invoice", "travel", "house", "health", "family", "school", "recipe", "garden",
    "music", "code", "car", "book", "idea",
)  # fmt: skip


def family(topic: str) -> list[str]:
    """Return the words of *topic*."""
    return TOPICS[topic].split()


@cache
def topics_of(word: str) -> frozenset[str]:
    """Return the topics whose families hold *word*, which is in lower case."""
    return _by_word().get(word, frozenset())


@cache
def _by_word() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for topic in TOPICS:
        for word in family(topic):
            found.setdefault(word.lower(), set()).add(topic)
    return {word: frozenset(held) for word, held in found.items()}


def mentions(words: Iterable[str]) -> Counter[str]:
    """Return how many different words of each topic's family are among *words*."""
    return Counter(topic for word in {word.lower() for word in words} for topic in topics_of(word))
