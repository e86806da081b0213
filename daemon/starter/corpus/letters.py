"""What do mails and letters look like, with their heads and without?"""

import random

from starter.corpus import invent, phrases
from starter.corpus.documents import HEADINGS, Document, Scribe, joined, say

GREETINGS, CLOSINGS = (phrases.PATTERNS[name] for name in ("greetings", "closings"))


def mail(scribe: Scribe, size: int) -> Document:
    """A mail or a letter; often only the greeting and the name below tell."""
    dice, kind = scribe.dice, scribe.dice.choice(("mail", "mail", "letter"))
    sentences, key = say(scribe, size)
    closing, who = _signed(scribe)
    greeting = scribe.one(GREETINGS)
    if greeting.endswith(",") and dice.random() < 0.4:
        begun = _begun(sentences[0])
        key = begun if key == sentences[0] else key
        sentences[0] = begun
    text = greeting + "\n\n" + joined(dice, sentences) + "\n\n" + closing
    if dice.random() < 0.45:
        other = "letter" if kind == "mail" else "mail"
        return Document(
            text=text, key=key, kind=kind, values={"sender": who}, alike=frozenset({other}), unclear=PEOPLE
        )
    title: str | None = None
    if kind == "mail":
        title = scribe.one(HEADINGS)
        head, values = _head(dice, title)
        text = "\n".join(head) + "\n\n" + text
    else:
        values = {"place": invent.place(dice), "date": invent.date(dice)}
        text = (
            dice.choice(("{place}, {date}", "{place}, {date}", "{place}\n{date}")).format(**values)
            + "\n\n"
            + text
        )
    return Document(text=text, key=key, kind=kind, title=title, values=values, unclear=PEOPLE)


PEOPLE = frozenset({"name", "author"})
"""A mail names several people: its writer, its reader, and those that it tells of."""


SMALL = frozenset(invent.spaced("The A We Our My This It There Please Thank Thanks Many Sorry On If In"))


def _begun(sentence: str) -> str:
    """Return *sentence* as it goes on behind a greeting and its comma: many write its first word small."""
    small = sentence.split(" ", maxsplit=1)[0] in SMALL
    return sentence[:1].lower() + sentence[1:] if small else sentence


def _signed(scribe: Scribe) -> tuple[str, str]:
    """Return the end of a letter, and the name that it is signed with."""
    dice = scribe.dice
    who = invent.first_name(dice) if dice.random() < 0.6 else invent.name(dice)
    return dice.choice(CLOSINGS).replace("{f}", who).replace("{p}", who), who


def _head(dice: random.Random, title: str) -> tuple[list[str], dict[str, str]]:
    """Return the lines above a mail, and the values that stand in them."""
    values = {"sender": invent.name(dice), "email": invent.email(dice), "date": invent.date(dice)}
    roll = dice.random()
    if roll < 0.75:
        sender = f"{values['sender']} <{values['email']}>"
    elif roll < 0.9:
        sender = values["sender"]
        del values["email"]
    else:
        sender = values["email"]
        del values["sender"]
    von, when, about, to = dice.choice(
        (
            *[("From", "Date", "Subject", "To")] * 6,
            ("Von", "Datum", "Betreff", "An"),
            ("De", "Date", "Objet", "À"),
            ("De", "Fecha", "Asunto", "Para"),
            ("From", "Sent", "Subject", "To"),
        )
    )
    head = [f"{von}: {sender}", f"{when}: {values['date']}", f"{about}: {title}"]
    if dice.random() < 0.5:
        other = invent.name(dice)
        if dice.random() < 0.4 and "email" in values:
            other += f" <{invent.email(dice)}>"
        head.insert(dice.choice((1, 2)), f"{to}: {other}")
    if dice.random() < 0.2:
        dice.shuffle(head)
    return head, values
