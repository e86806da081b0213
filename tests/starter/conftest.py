"""The shipped model, loaded once."""

from pathlib import Path

import pytest

from homebody.paths import starter_model
from starter.corpus.vocabulary import word_counts
from starter.corpus.words import CHINESE, JAPANESE, LETTERS
from starter.runner import Runner
from starter.tokenizer import Tokenizer, learn


@pytest.fixture(scope="session")
def runner() -> Runner:
    """The shipped GGUF in llama.cpp, on two threads."""
    return Runner(starter_model(), threads=2)


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """The tokenizer, learned here and now from the project's own words."""
    return learn(word_counts(0), dict.fromkeys(LETTERS + CHINESE + JAPANESE), 6144)


@pytest.fixture(scope="session")
def documents() -> Path:
    """The documents that were written by hand, and what a person marked in them."""
    return Path(__file__).parent / "documents"
