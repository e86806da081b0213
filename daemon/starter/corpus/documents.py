"""What does an invented document look like, and what in it says most?"""

import random
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

from starter.corpus import invent, library, phrases, topics, words

PLAIN, KEY, CUED, CHATTER = (phrases.PATTERNS[name] for name in ("plain", "key", "cued", "chatter"))
HEADINGS, PLANS = (phrases.PATTERNS[name] for name in ("headings", "plan"))


@dataclass(slots=True, kw_only=True)
class Document:
    """A text, and what a careful reader would say about it."""

    text: str
    key: str
    kind: str
    title: str | None = None
    topics: frozenset[str] = frozenset()
    faint: frozenset[str] = frozenset()
    """Topics that are hinted at too weakly for anyone to say yes or no."""
    values: dict[str, str] = field(default_factory=dict)
    unclear: frozenset[str] = frozenset()
    """Values that stand in the text more than once, or may: nobody can say which is meant, or that there is none."""
    alike: frozenset[str] = frozenset()
    """Kinds that a reader could give it as well."""
    real: bool = False
    """Whether it has sentences that nobody here invented, so that training may have seen them elsewhere."""


def flat(text: str) -> str:
    """Return *text* on one line, with single blanks."""
    return " ".join(text.split())


class Scribe:
    """Fills patterns with the words of some topics, one random source for all."""

    def __init__(self, dice: random.Random, about: list[str]) -> None:
        self.dice = dice
        self.about = about
        self.used: dict[str, list[str]] = {}
        """What was invented for each mark."""
        self.wild = False
        self.glue: list[str] = []
        self.share = dice.choice((0.3, 0.5, 0.7, 0.85, 0.95))
        """How many nouns are of the topics: a text may name its topic once in a while, or with every word."""
        many = dice.choice((5, 9, 16, 26))
        self.nouns = [word for topic in about for word in dice.sample(topics.family(topic), many)]

    def noun(self) -> str:
        roll = self.dice.random()
        if roll < self.share:
            return self.dice.choice(self.nouns)
        return invent.syllables(self.dice) if roll < (1 + self.share) / 2 else self.word()

    def word(self) -> str:
        return (
            self.dice.choice(invent.vocabulary())
            if self.dice.random() < 0.75
            else invent.syllables(self.dice)
        )

    def fill(self, pattern: str) -> str:
        """Return *pattern* with everything in braces invented."""
        makers: dict[str, Callable[[], str]] = {
            "n": self.noun, "m": self.noun, "w": self.word, "N": lambda: self.noun().capitalize(),
            "p": lambda: invent.name(self.dice) if self.dice.random() < 0.5 else invent.first_name(self.dice),
            "f": lambda: invent.first_name(self.dice), "s": lambda: invent.surname(self.dice),
            "d": lambda: invent.date(self.dice), "D": lambda: invent.date(self.dice),
            "c": lambda: invent.company(self.dice), "a": lambda: invent.amount(self.dice),
            "l": lambda: invent.place(self.dice), "t": lambda: invent.clock(self.dice),
            "i": lambda: str(self.dice.randint(2, 40)), "x": lambda: invent.identifier(self.dice),
        }  # fmt: skip

        def made(found: re.Match[str]) -> str:
            text = makers[found[1]]()
            self.used.setdefault(found[1], []).append(text)
            return text

        text = re.sub(r"\{(\w)\}", made, pattern)
        return text[:1].upper() + text[1:]

    def one(self, patterns: list[str]) -> str:
        return self.fill(self.dice.choice(patterns))

    def odd(self) -> str:
        """Return a sentence of words of every kind."""
        if self.dice.random() < 0.5:
            return self.common()
        self.wild = True
        parts = [invent.odd_word(self.dice) for _ in range(self.dice.randint(3, 18))]
        for _ in range(self.dice.randint(0, 3)):
            at = self.dice.randrange(len(parts))
            parts[at] = self.dice.choice(
                (
                    '"{}"',
                    "({})",
                    "{},",
                    "{}:",
                    "'{}'",
                    "*{}*",
                    "`{}`",
                    "{} -",
                    "{};",
                    "{}/x",
                    "<{}>",
                    "{}'s",
                    "\\{}",
                )
            ).format(parts[at])
        text = " ".join(parts)
        return text[:1].upper() + text[1:] + self.dice.choice("......!?:")

    def common(self) -> str:
        """Return a sentence in which a few small words come again and again, as they do in real text."""
        if not self.glue:
            language = self.dice.choice(["english", "english", *words.OTHER])
            self.glue = self.dice.sample(invent.vocabulary(language)[:24], self.dice.randint(2, 5))
        parts: list[str] = []
        for _ in range(self.dice.randint(2, 8)):
            parts += [self.dice.choice(self.glue) for _ in range(self.dice.choice((1, 1, 1, 2)))]
            parts += [self.word() for _ in range(self.dice.choice((1, 1, 2)))]
        text = " ".join(parts)
        return text[:1].upper() + text[1:] + self.dice.choice("....!?")

    def body(self, count: int) -> list[str]:
        """Return *count* sentences that matter little."""
        mix = self.dice.choice((0.0, 0.0, 0.0, 0.05, 0.1, 0.5))
        return [self.odd() if self.dice.random() < mix else self.one(PLAIN) for _ in range(count)]


def say(scribe: Scribe, size: int, keys: list[str] = KEY) -> tuple[list[str], str]:
    """Return sentences and the one that says most: the one with a cue, else the first that is no chatter."""
    dice = scribe.dice
    before = [scribe.one(CHATTER) for _ in range(dice.choice((0, 0, 0, 1, 2)))]
    rest = scribe.body(size)
    if dice.random() < 0.4:
        key = (
            scribe.one(CUED)
            if dice.random() < 0.8
            else scribe.dice.choice(("Important: ", "In short, ", "Decision: ", "We decided: "))
            + scribe.odd()
        )
        rest.insert(dice.randint(0, len(rest)), key)
    else:
        key = (
            scribe.one(keys)
            if dice.random() < 0.7
            else (scribe.odd() if dice.random() < 0.4 else scribe.one(PLAIN))
        )
        rest.insert(0, key)
    if dice.random() < 0.15:
        rest.append(scribe.one(CHATTER))
    return before + rest, key


def joined(dice: random.Random, sentences: list[str]) -> str:
    """Return *sentences* as paragraphs, bullets or lines, sometimes wrapped."""
    roll = dice.random()
    if roll < 0.08:
        mark = dice.choice(("- ", "* ", "• ", ""))
        return "\n".join(mark + sentence for sentence in sentences)
    paragraphs: list[list[str]] = [[]]
    for sentence in sentences:
        if paragraphs[-1] and dice.random() < 0.2:
            paragraphs.append([])
        paragraphs[-1].append(sentence)
    texts = [" ".join(part) for part in paragraphs]
    if dice.random() < 0.35:
        width = dice.choice((48, 60, 72, 79))
        texts = [
            "\n".join(textwrap.wrap(part, width, break_long_words=False, break_on_hyphens=False))
            for part in texts
        ]
    return "\n\n".join(texts)


def heading(dice: random.Random, title: str) -> str:
    return dice.choice(
        ("# {}\n\n", "## {}\n\n", "{}\n\n", "{}\n" + "=" * len(title) + "\n\n", "{}\n", "# {}\n")
    ).format(title)


def prose(scribe: Scribe, size: int) -> Document:
    """A note, journal, article, report or story."""
    dice = scribe.dice
    kind = dice.choice(("note", "note", "note", "journal", "article", "report", "story", "plan"))
    sentences, key = say(scribe, size, PLANS if kind == "plan" else KEY)
    text, title = joined(dice, sentences), None
    if kind in ("article", "report") or dice.random() < 0.3:
        title = (
            scribe.one(HEADINGS)
            if dice.random() < 0.7
            else " ".join(invent.odd_word(dice) for _ in range(dice.randint(1, 4)))
        )
        text = heading(dice, title) + text
    values: dict[str, str] = {}
    if kind == "journal":
        values["date"] = invent.date(dice)
        text = (
            dice.choice(("{}\n\n", "Journal, {}\n\n", "{}: ", "Dear diary, today is {}. ")).format(
                values["date"]
            )
            + text
        )
    elif kind == "report":
        values["author"] = invent.name(dice)
        text = dice.choice((f"Report by {values['author']}\n\n", f"Author: {values['author']}\n\n")) + text
    elif kind == "story":
        text = dice.choice(("Once upon a time ", "Long ago, ", "A tale: ")) + "\n" + text
    elif kind == "plan":
        text += " " + " ".join(scribe.one(PLANS) for _ in range(dice.randint(1, 3)))
    if dice.random() < 0.08:
        values.setdefault("date", invent.date(dice))
        text = f"---\ntitle: {title or scribe.noun()}\ndate: {values['date']}\n---\n{text}"
    return Document(text=text, key=key, kind=kind, title=title, values=values, alike=topics.ALIKE[kind])


def pseudo(scribe: Scribe, size: int) -> Document:
    """Sentences of any words at all, or real ones in any order; the first or a marked one is the one that counts."""
    dice = scribe.dice
    scribe.wild = True
    real = dice.random() < 0.5
    sentences = [dice.choice(library.told()) if real else scribe.odd() for _ in range(max(2, size))]
    key = sentences[0]
    if dice.random() < 0.3:
        at = dice.randrange(len(sentences))
        key = sentences[at] = (
            dice.choice(("Important: ", "In short, ", "Decision: ", "We decided that ", "To sum up: "))
            + sentences[at]
        )
    title = (
        " ".join(invent.odd_word(dice) for _ in range(dice.randint(1, 5))) if dice.random() < 0.3 else None
    )
    text = joined(dice, sentences)
    return Document(
        text=heading(dice, title) + text if title else text,
        key=key,
        kind="note",
        title=title,
        alike=topics.ALIKE["note"],
        real=real,
    )


def foreign(scribe: Scribe, size: int) -> Document:
    """Text of one other language's words or letters."""
    dice = scribe.dice
    scribe.wild = True
    roll = dice.random()

    def sentence() -> str:
        if roll < 0.3:
            letters = (
                words.CHINESE
                if roll < 0.12
                else words.JAPANESE
                if roll < 0.2
                else "".join(chr(dice.randint(0x4E00, 0x9FA5)) for _ in range(80))
            )
            return (
                "".join(
                    dice.choice(letters) + ("，" if dice.random() < 0.06 else "")
                    for _ in range(dice.randint(6, 26))
                )
                + "。"
            )
        language = dice.choice(list(words.OTHER)) if roll < 0.8 else dice.choice(("greek", "russian"))
        parts = [
            dice.choice(invent.vocabulary(language))
            if dice.random() < 0.8
            else dice.choice(
                (
                    invent.syllables(dice),
                    invent.surname(dice),
                    invent.any_unicode(dice),
                    dice.choice(words.EMOJI),
                )
            )
            for _ in range(dice.randint(4, 14))
        ]
        text = " ".join(parts)
        return text[:1].upper() + text[1:] + dice.choice("...!?")

    sentences = [sentence() for _ in range(max(2, size))]
    gap = "" if roll < 0.3 else " "
    return Document(
        text=gap.join(sentences) if dice.random() < 0.7 else "\n".join(sentences),
        key=sentences[0],
        kind="note",
        alike=topics.ALIKE["note"],
    )
