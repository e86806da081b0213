"""What do invoices, minutes, lists, recipes, plans and code look like?"""

import random

from starter.corpus import invent
from starter.corpus.documents import (
    CUED,
    HEADINGS,
    PLAIN,
    Document,
    Scribe,
    flat,
    foreign,
    heading,
    joined,
    prose,
    pseudo,
)
from starter.corpus.guides import guide
from starter.corpus.letters import mail
from starter.corpus.programs import code
from starter.corpus.topics import SHIPPED_TAGS, TOPICS, WORD, seen


def invoice(scribe: Scribe, _: int) -> Document:
    """An invoice or a receipt."""
    dice, kind = scribe.dice, scribe.dice.choice(("invoice", "receipt"))
    values = {
        "vendor": invent.company(dice),
        "number": invent.number(dice),
        "date": invent.date(dice),
        "amount": invent.amount(dice),
    }
    label = invent.pick(
        dice,
        "Total|Total|Total due|Amount due|TOTAL|Grand total|Sum|To pay|Gesamtbetrag|Summe|Betrag|Total TTC|Montant|"
        "Importe total|Totale|Totaal",
    )
    word = invent.pick(dice, "Invoice|Invoice|Invoice|Rechnung|Facture|Factura|Fattura|Factuur")
    if kind == "receipt":
        word = invent.pick(dice, "Receipt|Receipt|Receipt|Quittung|Kassenbon|Reçu|Recibo|Bon")
    lines = [
        f"{invent.pick(dice, 'From|Vendor|Seller|Company|Supplier|Von|De')}: {values['vendor']}"
        if dice.random() < 0.7
        else values["vendor"],
        dice.choice(
            (
                f"{word} {values['number']}",
                f"{word} no. {values['number']}",
                f"{word} number: {values['number']}",
                f"{word} #{values['number']}",
                f"No. {values['number']}",
                f"{word} Nr. {values['number']}",
                f"{word}-Nr.: {values['number']}",
                f"N° {values['number']}",
            )
        ),
        f"{invent.pick(dice, f'Date|Date|{word} date|Issued|Datum|Fecha|Data|Date')}: {values['date']}",
    ]
    if dice.random() < 0.5:
        dice.shuffle(lines)
    if dice.random() < 0.4:
        values["name"] = invent.name(dice)
        lines.append(f"{dice.choice(('Customer', 'Bill to', 'To', 'Name'))}: {values['name']}")
    lines.extend(_bought(scribe) for _ in range(dice.randint(1, 5)))
    key = f"{label}: {values['amount']}"
    lines.append(key)
    if dice.random() < 0.5:
        values["deadline"] = invent.date(dice)
        lines.append(
            dice.choice(
                (
                    *("Due: {}", "Payable by {}", "Due date: {}", "Please pay by {}.", "Payment due {}"),
                    *("Zahlbar bis {}", "À payer avant le {}", "Pay until {}", "Fällig am {}"),
                )
            ).format(values["deadline"])
        )
    if dice.random() < 0.3:
        values["email"] = invent.email(dice)
        lines.append(f"{dice.choice(('Email', 'Contact', 'Questions'))}: {values['email']}")
    if dice.random() < 0.5:
        lines.append("Thank you for your purchase.")
    text = "\n".join(lines)
    other = "receipt" if kind == "invoice" else "invoice"
    told_apart = word in text  # one that does not say what it is can be either
    return Document(
        text=text, key=key, kind=kind, values=values, alike=frozenset() if told_apart else frozenset({other})
    )


def _bought(scribe: Scribe) -> str:
    dice = scribe.dice
    what = f"{dice.randint(1, 9)} {dice.choice(('x ', '', 'pcs '))}{scribe.noun()}"
    return f"{what} {scribe.word()}  {invent.amount(dice)}"


def minutes(scribe: Scribe, size: int) -> Document:
    """Minutes of a meeting."""
    dice = scribe.dice
    values = {"date": invent.date(dice), "place": invent.place(dice)}
    title = dice.choice(
        (
            "Minutes of the {n} meeting",
            "Minutes: {n}",
            "Meeting about the {n}",
            "{N} meeting",
            "Protokoll {n}",
            "Protokoll der Sitzung: {n}",
            "Minutes {n}",
        )
    )
    title = scribe.fill(title)
    key = scribe.one([cue for cue in CUED if "decid" in cue or "greed" in cue or "Decision" in cue])
    sentences = scribe.body(max(1, size))
    sentences.insert(dice.randint(0, len(sentences)), key)
    people = ", ".join(invent.first_name(dice) for _ in range(dice.randint(2, 5)))
    when, where, who = dice.choice(
        (
            *[("Date", "Place", "Present"), ("Date", "Place", "Attendees")] * 2,
            *[("Datum", "Ort", "Anwesend"), ("Datum", "Ort", "Teilnehmer")],
            *[("Date", "Lieu", "Présents"), ("When", "Where", "Who was there")],
        )
    )
    head = [f"{when}: {values['date']}", f"{where}: {values['place']}", f"{who}: {people}"]
    dice.shuffle(head)
    text = heading(dice, title) + "\n".join(head) + "\n\n" + joined(dice, sentences)
    return Document(text=text, key=key, kind="minutes", title=title, values=values)


def items(scribe: Scribe, size: int) -> Document:
    """A to-do or shopping list, or a plan."""
    dice, kind = scribe.dice, scribe.dice.choice(("list", "plan"))
    values: dict[str, str] = {}
    if kind == "list":
        title = scribe.fill(
            dice.choice(
                (
                    "To do",
                    "Shopping list",
                    "To-do: {n}",
                    "Packing list",
                    "List of {n}",
                    "Things to buy for the {n}",
                    "{N} list",
                )
            )
        )
        mark = dice.choice(("- ", "* ", "- [ ] ", "• ", "[ ] "))
        rows = [
            mark
            + scribe.fill(
                dice.choice(
                    (
                        "{n}",
                        "{n} {m}",
                        "{i} {n}",
                        "call {p} about the {n}",
                        "buy {n} and {m}",
                        "{w} the {n}",
                        "{n} ({w})",
                    )
                )
            )
            for _ in range(size + 2)
        ]
    else:
        title = scribe.fill(
            dice.choice(("Plan for {l}", "Plan: {n} in {l}", "Schedule for the {n}", "{N} plan"))
        )
        values["date"] = invent.date(dice)
        done = ("{n} in {l}", "{t} {n} with {p}", "{w} the {n}")
        rows = [
            f"{dice.choice(('Day', 'Step', 'Week'))} {i + 1}: {scribe.fill(dice.choice(done))}"
            for i in range(size + 1)
        ]
        rows.insert(0, f"Start: {values['date']}")
    return Document(
        text=heading(dice, title) + "\n".join(rows), key=title, kind=kind, title=title, values=values
    )


def recipe(scribe: Scribe, size: int) -> Document:
    """A recipe to cook, or a manual."""
    dice = scribe.dice
    kind = "recipe" if "recipe" in scribe.about else "manual"
    title = scribe.fill(
        dice.choice(("{N} {m}", "{N} with {m}", "{w} {n}"))
        if kind == "recipe"
        else dice.choice(("Manual: {n}", "How to {w} the {n}", "{N} manual"))
    )
    key = (
        scribe.one(PLAIN)
        if dice.random() < 0.5
        else scribe.fill("This {w} {n} is ready in {i} minutes and needs a {m}.")
    )
    parts = [
        f"- {dice.randint(1, 900)} {dice.choice(('g', 'ml', 'pcs', 'tablespoons'))} {scribe.noun()}"
        for _ in range(dice.randint(2, 6))
    ]
    steps = [
        f"{i + 1}. {scribe.fill('Put the {n} into the {m} and {w} it for {i} minutes.')}"
        for i in range(max(1, size // 2))
    ]
    word = "Ingredients" if kind == "recipe" else "Parts"
    text = heading(dice, title) + key + f"\n\n{word}:\n" + "\n".join(parts) + "\n\n" + "\n".join(steps)
    return Document(text=text, key=key, kind=kind, title=title)


def advert(scribe: Scribe, size: int) -> Document:
    """An advert or an invitation with labelled facts."""
    dice = scribe.dice
    values = {
        "name": invent.name(dice),
        "phone": invent.phone(dice),
        "place": invent.place(dice),
        "time": invent.clock(dice),
        "amount": invent.amount(dice),
    }
    title = scribe.one(HEADINGS)
    key = scribe.fill(
        dice.choice(
            (
                "For sale: {w} {n} with {m}.",
                "You are invited to our {n}.",
                "Wanted: {n} in {l}.",
                "Our {n} offers {w} {m} for everyone.",
            )
        )
    )
    labels = {
        "name": "Contact|Ask for|Name",
        "phone": "Phone|Tel.|Call",
        "place": "Place|Where|Location",
        "time": "Time|When|Opens at",
        "amount": "Price|Cost|Entry",
    }
    rows = [f"{invent.pick(dice, labels[what])}: {value}" for what, value in values.items()]
    dice.shuffle(rows)
    kept = rows[: dice.randint(2, 5)]
    values = {
        what: value for what, value in values.items() if any(row.endswith(": " + value) for row in kept)
    }
    text = heading(dice, title) + joined(dice, [key, *scribe.body(size // 2)]) + "\n\n" + "\n".join(kept)
    return Document(text=text, key=key, kind="advert", title=title, values=values)


MAKERS = (prose, mail, guide, pseudo, foreign, invoice, minutes, items, recipe, code, advert)
WEIGHTS = (31, 17, 19, 5, 6, 12, 8, 6, 4, 5, 7)
MARKS = {"date": "d", "deadline": "D", "amount": "a", "time": "t", "place": "l", "company": "c", "name": "p"}
"""The mark of a pattern that each value is invented for."""
ANYTHING = frozenset({*MARKS, "number", "email", "vendor", "sender", "author", "phone"})


def document(dice: random.Random, size: int) -> Document:
    """Return a document of about *size* sentences, about no, one or two topics."""
    pool = list(SHIPPED_TAGS) if dice.random() < 0.5 else list(TOPICS)
    about = dice.sample(pool, dice.choice((1, 1, 1, 2)))
    maker = dice.choices(MAKERS, WEIGHTS)[0]
    own = {"invoice": "invoice", "minutes": "meeting", "code": "code"}.get(maker.__name__)
    if own and own not in about:
        about = [own, *about[:1]]
    if maker is recipe and dice.random() < 0.7:
        about = ["recipe"]
    scribe = Scribe(dice, about)
    made = maker(scribe, size)
    told(made, scribe)
    certain = frozenset({own} if own and made.kind != "receipt" else ())
    made.topics, made.faint = seen(WORD.findall(made.text), frozenset(about), certain)
    return made


def told(made: Document, scribe: Scribe) -> None:
    """Add what running text tells once, and name what it may tell more than once."""
    text = flat(made.text)
    made.values = {what: value for what, value in made.values.items() if flat(value) in text}
    unclear = set(made.unclear) | (set(ANYTHING) if scribe.wild else set())
    for what, mark in MARKS.items():
        found = {value for value in scribe.used.get(mark, ()) if value in text}
        if what in made.values or not found:
            continue
        if len(found) == 1 and what not in unclear and made.kind in RUNNING:
            made.values[what] = found.pop()
        else:
            unclear.add(what)
    if "deadline" in made.values and "date" not in made.values:
        unclear.add("date")
    if "vendor" in made.values or "company" in made.values:
        unclear |= {"company", "vendor"}
    if {"sender", "author", "name"} & set(made.values):
        unclear |= {"sender", "author", "name"}
    made.unclear = frozenset(unclear - set(made.values))


RUNNING = ("note", "journal", "article", "report", "story", "plan", "mail", "letter", "minutes")
"""Kinds that are written in sentences."""
