"""What of an answer is a decision weighs more in the loss than what follows by itself."""

import random

from starter.corpus.asks import ask
from starter.corpus.papers import document
from starter.emphasis import BEGINNING, CLOSE, FORCED, SHORT, WHETHER, WITHIN, emphasis
from starter.tokenizer import Tokenizer


def weighed(tokenizer: Tokenizer, answer: str) -> list[tuple[str, float]]:
    """Return the pieces of *answer*, each with its weight."""
    pieces = [tokenizer.pieces[token] for token in tokenizer.encode(answer)]
    return list(zip(pieces, emphasis(pieces), strict=True))


def test_the_grammar_s_own_tokens_weigh_next_to_nothing(tokenizer: Tokenizer):
    """Brackets, keys and colons are dictated, and hardly count."""
    found = weighed(tokenizer, '{"invoice_number":"A-1","date":null}')
    frame = [weight for piece, weight in found[: found.index((":", FORCED)) + 1] if piece != "x"]
    assert set(frame) == {FORCED}
    assert found[-1] == ("}", FORCED)


def test_where_a_value_begins_weighs_most(tokenizer: Tokenizer):
    """The quote or null, the first piece, the quote at the end and what comes after a blank, where a short value could
    end, count; what lies between counts once."""
    assert [weight for _, weight in weighed(tokenizer, '{"a":"one two three"}')[5:]] == [
        *(WHETHER, BEGINNING, BEGINNING, CLOSE, WITHIN, CLOSE, CLOSE, FORCED)
    ]
    long = weighed(tokenizer, '{"a":"' + "one two " * 12 + '"}')
    assert {weight for piece, weight in long[5 + SHORT + 1 : -2]} == {WITHIN}
    assert weighed(tokenizer, '{"a":null}')[5][1] == WHETHER


def test_each_item_of_a_list_and_its_end_are_decisions(tokenizer: Tokenizer):
    """Which tag, and whether there is another, counts; the quote of an item after a comma is dictated."""
    weights = [weight for _, weight in weighed(tokenizer, '{"t":["work","car"]}')[5:]]
    assert weights == [FORCED, WHETHER, BEGINNING, CLOSE, WHETHER, FORCED, BEGINNING, CLOSE, WHETHER, FORCED]
    assert [weight for _, weight in weighed(tokenizer, '{"t":[]}')[5:]] == [FORCED, WHETHER, FORCED]


def test_a_quote_inside_a_value_does_not_end_it(tokenizer: Tokenizer):
    """An escaped quote, or a backslash before the closing one, is told from the end."""
    assert weighed(tokenizer, '{"a":"say \\"yes\\" now"}')[-2] == ('"', CLOSE)
    assert weighed(tokenizer, '{"a":"one\\\\","b":"two"}')[-2] == ('"', CLOSE)


def test_the_digits_of_an_amount_are_decisions(tokenizer: Tokenizer):
    """An amount is written as a number: each of its digits counts, and where it ends."""
    found = weighed(tokenizer, '{"a":{"currency":"EUR","amount":14.20}}')
    assert [weight for piece, weight in found if piece.isdigit() or piece == "."] == [BEGINNING] * 5
    assert [weight for piece, weight in found if piece == "}"] == [CLOSE, FORCED]


def test_every_answer_has_a_decision(tokenizer: Tokenizer):
    """Whatever is asked, some token of the right answer counts more than once."""
    for seed in range(200):
        dice = random.Random(seed)
        one = ask(dice, document(dice, 3))
        weights = [weight for _, weight in weighed(tokenizer, one.answer)]
        assert max(weights) > WITHIN
        assert min(weights) > 0
