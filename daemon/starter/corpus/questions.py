"""What do people ask of a document in their own words, and which of its values is the answer?

``homebody ask`` puts a question with one slot, ``answer``, whatever the question is.
"""

import random

from homebody.slots import TextSlot
from starter.corpus.invent import barred

SLOT = TextSlot(max=1200, lines="many")
"""The slot of ``homebody ask`` (``homebody.service.asking``)."""

QUESTIONS: dict[str, list[str]] = {
    "summary": barred(
        "Summarise this.|Summarise this in one sentence.|Summarise this text.|Summarise this letter.|"
        "What is this about?|What does it say?|What is it about?|What is this?|What is the most important thing here?|"
        "Sum it up.|Give me the gist.|What do I need to know?|Summarize this file.|"
        "Summarise the file in two sentences.|What is in this file?|Tell me what this says.|TL;DR"
    ),
    "date": barred(
        "When was this written?|What is the date?|Which day is it?|When was that?|What date is on it?"
    ),
    "deadline": barred(
        "When is it due?|By when?|What is the deadline?|What is the last day?|Until when?|When do I have to pay?|"
        "By when must it be done?"
    ),
    "amount": barred(
        "How much is it?|What does it cost?|How much do I have to pay?|What is the total?|What is the price?|"
        "How much money is it about?|What is still to be paid?"
    ),
    "vendor": barred(
        "Who is it from?|Which company is it from?|Who sent the bill?|Who sells it?|Which shop is it?"
    ),
    "company": barred("Which company is it?|Which firm is named?|What is the name of the company?"),
    "number": barred(
        "What is the number?|Which invoice number is it?|What is the reference?|What number does it have?"
    ),
    "name": barred("Who is it about?|Whom does it name?|Which person is it?|What is the name of the person?"),
    "email": barred("What is the email address?|Where can I write to?|Which mail address is given?"),
    "place": barred("Where is it?|Where does it take place?|Which place is it?|Where?"),
    "phone": barred("What is the phone number?|Which number can I call?"),
    "time": barred("At what time?|At what time does it begin?|What time is it at?"),
    "sender": barred("Who wrote this?|Who sent it?|Who is it from?|Who is the sender?|Who signed it?"),
    "author": barred("Who wrote it?|Who is the author?|Who wrote the report?"),
}
"""Questions, by the value that answers them."""


def asked_for(dice: random.Random, values: list[str]) -> tuple[str, str]:
    """Return what is asked for, one of *values* or the summary, and the question."""
    what = dice.choice(values) if values and dice.random() < 0.5 else "summary"
    return what, dice.choice(QUESTIONS[what])
