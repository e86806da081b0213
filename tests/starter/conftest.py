"""The shipped model, loaded once."""

from pathlib import Path

import pytest

from homebody.paths import starter_model
from starter.runner import Runner
from starter.tokenizer import Tokenizer


@pytest.fixture(scope="session")
def runner() -> Runner:
    """The shipped GGUF in llama.cpp, on two threads."""
    return Runner(starter_model(), threads=2)


@pytest.fixture(scope="session")
def tokenizer(runner: Runner) -> Tokenizer:
    """The trainer's tokenizer with the pieces that the shipped model has."""
    return Tokenizer(runner.pieces())


@pytest.fixture(scope="session")
def documents() -> Path:
    """The documents that were written by hand, and what a person marked in them."""
    return Path(__file__).parent / "documents"
