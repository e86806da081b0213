"""Questions in a person's own words are learned as ``homebody ask`` puts them."""

import json
import random

from homebody.service.asking import LONG_ANSWER
from starter.corpus.asks import ask
from starter.corpus.documents import flat
from starter.corpus.papers import document
from starter.corpus.questions import QUESTIONS, SLOT, asked_for


def test_the_slot_is_that_of_homebody_ask():
    """What the model meets in use is what it learned."""
    assert LONG_ANSWER == {"answer": SLOT}


def test_the_answer_is_the_value_or_the_sentence_that_is_asked_for():
    """Whatever the question is, its answer is copied from the document."""
    of = {question: what for what, questions in QUESTIONS.items() for question in questions}
    kinds = set()
    for seed in range(3000):
        dice = random.Random(seed)
        made = document(dice, 4)
        one = ask(dice, made)
        if one.slots != {"answer": SLOT}:
            continue
        said = json.loads(one.answer)["answer"].rstrip()
        assert said in {flat(made.key), *map(flat, made.values.values())}
        kinds.add(of[one.task])
    assert {"summary", "amount", "date", "sender"} <= kinds


def test_a_document_without_values_is_asked_what_it_says():
    """Nothing is asked that the text cannot answer."""
    assert {asked_for(random.Random(seed), [])[0] for seed in range(50)} == {"summary"}
    assert {asked_for(random.Random(seed), ["amount"])[0] for seed in range(50)} == {"summary", "amount"}
