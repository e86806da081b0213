"""What is asked about an invented document, and what is the right answer?

Every prompt is made by homebody's own slots and prompt builder, so that what the model meets in use is what it
learned.
"""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homebody.slots import ChoiceSlot, DateSlot, ListSlot, MoneySlot, Slot, TextSlot
from starter.corpus import invent
from starter.corpus.documents import Document, flat
from starter.corpus.invent import barred
from starter.corpus.notation import iso, money
from starter.corpus.questions import SLOT, asked_for
from starter.corpus.topics import KINDS, SHIPPED_TAGS, TOPICS, WORD

SUMMARISE = "Summarise this note in one or two sentences."
TAG = "Choose the tags that fit this document."
PART = "Summarise this part of a longer document."

SUMMARY_NAMES = (
    *["summary"] * 3,
    "gist",
    "abstract",
    "short",
    "brief",
    "main",
    "part",
    "overview",
    "digest",
    "tldr",
    "text",
    *("answer", "about", "content", "what", "essence", "sentence", "key_point", "note", "result"),
)
SUMMARY_ABOUT = barred(
    "|what it says|the most important sentence|one or two sentences|the main point|in short|the gist"
)
TITLE_NAMES = ("title", "title", "heading", "headline", "subject", "caption")
VALUES: dict[str, tuple[str, str]] = {
    "date": ("date|date|day|day|when|dated", "the date|when it was written|the date of the document|"),
    "amount": (
        "amount|total|price|sum|cost",
        "the total amount|how much money|what is to be paid in all|the price with the currency|",
    ),
    "vendor": (
        "vendor|company|seller|supplier|from|shop",
        "who sent the invoice|the company|the seller's name|",
    ),
    "company": ("company|firm|organisation|shop|business", "the company|the firm's name|"),
    "number": ("number|invoice_number|reference|no|id", "the invoice number|the number of the document|"),
    "name": ("name|person|customer|contact|who", "the person's name|the name of the contact|who it is for|"),
    "email": ("email|mail|address|contact_email", "the mail address|an email address|"),
    "place": ("place|location|where|city|town", "where it is|the place|"),
    "deadline": ("deadline|due|due_date|until|pay_by", "the last day|when it is due|pay by this date|"),
    "phone": ("phone|telephone|call|tel", "the phone number|"),
    "time": ("time|hour|at|starts", "the time of day|when it starts|"),
    "sender": ("sender|from|author|name|written_by", "who sent it|the sender's name|"),
    "author": ("author|writer|name|by", "who wrote it|the author's name|"),
}
PROMPTS: dict[str, list[str]] = {
    "summary": [
        SUMMARISE,
        *barred("Summarise the document.|Give a short summary.|What does this say, in short?|Sum this up."),
        *barred("Summarize this text.|Write a one-sentence summary.|What is the main point?"),
        *("Say briefly what this is about.", PART),
    ],
    "title": barred("Give this a title.|Find a good title.|What should this be called?|Name this document."),
    "tags": [
        TAG,
        *barred(
            "Tag this.|Choose tags.|Which tags fit?|Pick the right labels for this note.|Label the document."
        ),
    ],
    "kind": barred(
        "What kind of document is this?|Sort this document.|Classify the file.|Decide what this is."
    ),
    "value": [
        *barred("Read the values from this document.|Copy out what is asked.|Extract the details."),
        *("Find the facts.", "Fill in the form."),
    ],
    "mixed": [
        *barred("Read this document.|Look at this file and fill in everything.|Describe the document."),
        "Process this note.",
    ],
}
REPLY = (
    "I am homebody's starter model. I pick and copy: I find the sentence that says most, "
    "choose tags and copy out values. For real answers use a bigger model: homebody model list."
)


HARDER = ("email", "place", "sender")
"""Values that are found less often than the others are."""

EXACT = "exactly "
"""Stands before an amount that is to be written as a number, digit by digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question about a document, and its answer as the grammar wants it."""

    task: str
    slots: Mapping[str, Slot]
    answer: str


def compact(answer: Mapping[str, object]) -> str:
    """Return *answer* as JSON without white space, with no escapes but those of the grammar, amounts to the cent."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return re.sub(rf'"{EXACT}([0-9.]+)"', r"\1", text)


def ask(dice: random.Random, document: Document) -> Ask:
    """Return something to ask about *document*."""
    roll = dice.random()
    if roll < 0.15:
        return _made(SUMMARISE, {"summary": (TextSlot(max=400), flat(document.key))})
    if roll < 0.18:
        return _made(PART, {"part": (TextSlot(max=300), flat(document.key))})
    if roll < 0.36 and document.faint.isdisjoint(SHIPPED_TAGS):
        tags = ListSlot(of=list(SHIPPED_TAGS), max=3)
        return _made(TAG, {"tags": (tags, fitting(document, SHIPPED_TAGS, 3))})
    if roll < 0.45:
        what, question = asked_for(dice, sorted(document.values))
        value = document.key if what == "summary" else document.values[what]
        said = flat(value) if what == "summary" else ended(flat(value), document.text)
        return _made(question, {"answer": (SLOT, said)})
    kinds = ["summary", "title", *["tags"] * 5, *["kind"] * 3, *["value"] * 9]
    wanted = dice.sample(kinds, dice.choice((1, 1, 1, 2, 3)))
    made: dict[str, tuple[Slot, object]] = {}
    for what in wanted:
        name, slot, answer = _SLOTS[what](dice, document)
        if name not in made:
            made[name] = (slot, answer)
    which = wanted[0] if len(set(wanted)) == 1 or dice.random() < 0.5 else "mixed"
    return _made(dice.choice(PROMPTS[which]), made)


def ended(value: str, text: str) -> str:
    """Return *value* as it is to be copied from *text*: with the blank that follows it in its line.

    So it ends where the next word is known: "14 May " before "and", "14 May 2026" where the year comes. What reads the
    answer drops the blank.
    """
    place = re.search(r"\s+".join(map(re.escape, value.split())) + r"(?= \S)", text)
    return f"{value} " if place else value


def fitting(document: Document, tags: tuple[str, ...] | list[str], most: int) -> list[str]:
    """Return those of *tags* that stand in the document or are meant by its words, in the order of the list."""
    words = {word.lower() for word in WORD.findall(document.text)}
    right = [tag for tag in tags if (tag in document.topics if tag in TOPICS else tag.lower() in words)]
    return right[:most]


def _made(task: str, slots: Mapping[str, tuple[Slot, object]]) -> Ask:
    return Ask(
        task=task,
        slots={name: slot for name, (slot, _) in slots.items()},
        answer=compact({name: answer for name, (_, answer) in slots.items()}),
    )


def _about(dice: random.Random, choices: list[str]) -> str | None:
    return (dice.choice(choices) or None) if dice.random() < 0.3 else None


def _summary(dice: random.Random, document: Document) -> tuple[str, Slot, object]:
    text = flat(document.key)
    low = len(text) + 10
    room = dice.choice(
        [size for size in (120, 160, 200, 250, 300, 400, 500, 600, 1000) if size > low] or [low]
    )
    slot = TextSlot(max=room, description=_about(dice, SUMMARY_ABOUT), must_appear=dice.random() < 0.15)
    return dice.choice(SUMMARY_NAMES), slot, text


def _title(dice: random.Random, document: Document) -> tuple[str, Slot, object]:
    words = " ".join(flat(document.key).split()[:6]).rstrip(".,;:!?")
    title = flat(document.title or words)[:80].strip()
    title = "note" if not title else title if document.title else ended(title, document.text)
    return dice.choice(TITLE_NAMES), TextSlot(max=max(dice.choice((60, 80, 100)), len(title))), title


def _tags(dice: random.Random, document: Document) -> tuple[str, Slot, object]:
    others = [topic for topic in TOPICS if topic not in document.topics and topic not in document.faint]
    tags = dice.sample(others, dice.randint(2, 18))
    if dice.random() < 0.65:
        tags += [topic for topic in sorted(document.topics) if dice.random() < 0.9]
    if dice.random() < 0.4:
        tags += [dice.choice(invent.vocabulary()).lower() for _ in range(dice.randint(1, 4))]
        words = [word.lower() for word in WORD.findall(document.text) if 2 < len(word) < 14]
        tags += dice.sample(words, min(len(words), dice.randint(0, 2)))
        tags += [invent.syllables(dice) for _ in range(dice.randint(0, 3))]
    tags = [tag for tag in dict.fromkeys(tags) if tag not in document.faint][-20:]
    dice.shuffle(tags)
    most = dice.randint(1, 6)
    name = dice.choice(("tags", "tags", "labels", "topics", "keywords"))
    return name, ListSlot(of=tags, max=most), fitting(document, tags, most)


def _kind(dice: random.Random, document: Document) -> tuple[str, Slot, object]:
    if len(document.topics) == 1 and dice.random() < 0.4:
        right, pool = (
            next(iter(document.topics)),
            [topic for topic in TOPICS if not fitting(document, [topic], 1)],
        )
        name = dice.choice(("topic", "subject", "category", "about"))
    else:
        right, pool = (
            document.kind,
            [kind for kind in KINDS if kind != document.kind and kind not in document.alike],
        )
        name = dice.choice(("kind", "kind", "type", "sort", "class"))
    of = [right, *dice.sample(pool, dice.randint(1, 5))]
    dice.shuffle(of)
    return name, ChoiceSlot(of=of), right


def _weighed(values: Mapping[str, str]) -> list[str]:
    """Return the names of *values*, those twice that take more practice: a date that is to be written in another way,
    and what has many shapes and stands anywhere."""
    dates = {what: flat(values[what]) for what in ("date", "deadline") if what in values}
    harder = {what for what, value in dates.items() if iso(value) not in (None, value)} | {*HARDER}
    return sorted([*values, *(what for what in values if what in harder)])


def _value(dice: random.Random, document: Document) -> tuple[str, Slot, object]:
    absent = [what for what in VALUES if what not in document.values and what not in document.unclear]
    there = bool(document.values) and (not absent or dice.random() < 0.85)
    if not there and not absent:  # every value may be in it somewhere: none can be asked for
        return _title(dice, document)
    what = dice.choice(_weighed(document.values)) if there else dice.choice(absent)
    names, about = VALUES[what]
    name = what if dice.random() < 0.5 else dice.choice(names.split("|"))
    plain = what in name or name in ("total", "price", "company", "seller", "due", "location", "when")
    described = (
        dice.choice([text for text in about.split("|") if text])
        if not plain or dice.random() < 0.35
        else None
    )
    common: dict[str, Any] = {
        "description": described,
        "optional": not (there and dice.random() < 0.6),
        "must_appear": dice.random() < 0.4,
    }
    value = flat(document.values[what]) if there else None
    if dice.random() < 0.65 and what in ("date", "deadline") and (value is None or iso(value)):
        return name, DateSlot(**common), iso(value) if value else None
    if dice.random() < 0.5 and what == "amount":
        code, amount = money(value) if value else ("EUR", "")
        codes = sorted({code, *dice.sample(["EUR", "USD", "GBP", "CHF"], 2)})
        slot = MoneySlot(**common, currency=codes if dice.random() < 0.4 else None)
        return name, slot, {"currency": code, "amount": EXACT + amount} if value else None
    said = None if value is None else ended(value, document.text)
    room = max(dice.choice((40, 60, 80, 100)), len(said or ""))
    return name, TextSlot(max=room, **common), said


_SLOTS = {"summary": _summary, "title": _title, "tags": _tags, "kind": _kind, "value": _value}
