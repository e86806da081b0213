"""Which words, and how often, does the tokenizer learn from?"""

import random
from collections import Counter

from homebody.slots.prompt import SYSTEM
from starter.corpus import asks, invent, phrases, questions, words
from starter.corpus.library import told
from starter.corpus.papers import document
from starter.corpus.topics import TOPICS, WORD, family

SPELLINGS = 12_000
SLOT_WORDS = (
    "document answer Answer in JSON text lines of at most characters copied from the document list one null or "
    "short items system user assistant"
)


def word_counts(seed: int) -> Counter[str]:
    """Return the words of what the project wrote and invented, and of Python's library, each with a weight."""
    dice, counts = random.Random(seed), Counter[str]()
    for language in ("english", *words.OTHER):
        for rank, word in enumerate(invent.vocabulary(language)):
            weight = 400 if language == "english" else 60
            counts[word] += weight + (400 if rank < 120 else 0)
            counts[word.capitalize()] += weight // 4
    for topic in TOPICS:
        for word in [topic, *family(topic)]:
            counts[word] += 300
            counts[word.capitalize()] += 80
    patterns = [line for name in ("plain", "key", "cued", "chatter") for line in phrases.PATTERNS[name]]
    prompts = [line for lines in (*asks.PROMPTS.values(), *questions.QUESTIONS.values()) for line in lines]
    written = " ".join((*patterns, SYSTEM, asks.REPLY, *prompts, SLOT_WORDS * 20))
    for word in WORD.findall(written):
        counts[word] += 60
    for _ in range(SPELLINGS):
        counts[invent.syllables(dice)] += 2
        counts[invent.surname(dice)] += 2
    counts.update(WORD.findall(" ".join(told())))
    for _ in range(400):
        counts.update(WORD.findall(document(dice, 6).text))
    return counts
