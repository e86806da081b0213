"""Text becomes the same pieces in the trainer and in llama.cpp, and comes back whole."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from starter.corpus.papers import document
from starter.corpus.vocabulary import word_counts
from starter.corpus.words import LETTERS
from starter.runner import Runner
from starter.tokenizer import FIRST_TEXT, SPACE, Tokenizer, learn

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[SPACE, "\0"]), max_size=60)


def test_the_same_words_give_the_same_pieces():
    """Learning from nothing is repeatable, and keeps to the size that was asked for."""
    first, second = (learn(word_counts(0), dict.fromkeys(LETTERS), 1200) for _ in range(2))
    assert first.pieces == second.pieces
    assert 1200 == len(set(first.pieces))


def test_llama_cpp_cuts_documents_like_the_trainer(runner: Runner, tokenizer: Tokenizer, documents):
    """Every document, invented or written, has the same ids in both."""
    dice = random.Random(77)
    texts = [document(dice, 6).text for _ in range(60)]
    texts += [path.read_text("utf-8") for path in sorted(documents.glob("*.txt"))]
    assert [] == [text for text in texts if runner.tokens(text) != tokenizer.encode(text)]


@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT)
def test_llama_cpp_cuts_any_text_like_the_trainer(runner: Runner, tokenizer: Tokenizer, text: str):
    """Whatever the characters, both give the same ids."""
    assert tokenizer.encode(text) == runner.tokens(text)


@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_comes_back(tokenizer: Tokenizer, text: str):
    """Decoding what was encoded gives the text again, so no character is unknown."""
    assert text == tokenizer.decode(tokenizer.encode(text))


def test_no_piece_joins_letters_with_anything_else(tokenizer: Tokenizer):
    """A piece is one character or only letters, so a word has the same pieces wherever it stands."""
    long = [
        piece for piece in tokenizer.pieces[FIRST_TEXT:] if len(piece) > 1 and not piece.startswith("<unused")
    ]
    assert [] == [piece for piece in long if not piece.isalpha()]


def test_text_cannot_spell_a_marker(runner: Runner, tokenizer: Tokenizer):
    """The marks of the chat template, written in a document, are plain characters."""
    marks = set(runner.tokens("<|im_start|><|im_end|>", special=True))
    assert 2 == len(marks)
    assert marks.isdisjoint(runner.tokens("<|im_start|>user<|im_end|>"))
