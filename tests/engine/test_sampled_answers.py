"""Drawn answers of a real model process: a seed brings them again, and without one nothing changes."""

import json

import pytest

from homebody.messages import Message, Part
from homebody.model.client import ModelClient
from homebody.sampling import Sampling

NOTE = 'root ::= "{\\"summary\\":\\"" [a-z ]{10,40} "\\"}"'
GRAMMARS = pytest.mark.parametrize("grammar", [None, NOTE], ids=["free", "held"])


def ask(text: str) -> tuple[Message, ...]:
    """Return a conversation about a document."""
    return (Message(role="user", parts=(Part(text=text, data=True), Part(text="\nSummarise."))),)


@GRAMMARS
def test_the_same_seed_gives_the_same_answer(client: ModelClient, grammar: str | None) -> None:
    """Two answers of one seed are alike, whatever was asked between them, and say which seed it was."""
    sampling = Sampling(temperature=1.2, top_k=50, seed=7)
    first = client.generate(ask("roof"), grammar=grammar, max_tokens=60, sampling=sampling)
    client.generate(ask("x"), grammar=grammar, max_tokens=9, sampling=Sampling(temperature=2))
    second = client.generate(ask("roof"), grammar=grammar, max_tokens=60, sampling=sampling)
    assert (7, 7) == (first.seed, second.seed)
    assert first.tokens == second.tokens


@GRAMMARS
def test_other_seeds_give_other_answers(client: ModelClient, grammar: str | None) -> None:
    """Ten seeds give ten answers, each as the grammar wants it."""
    answers = [
        client.generate(
            ask("roof"), grammar=grammar, max_tokens=60, sampling=Sampling(temperature=1.2, seed=seed)
        )
        for seed in range(10)
    ]
    assert 10 == len({answer.tokens for answer in answers})
    if grammar is not None:
        assert all(10 <= len(json.loads(answer.text)["summary"]) <= 40 for answer in answers)


@GRAMMARS
def test_a_drawn_seed_brings_its_answer_again(client: ModelClient, grammar: str | None) -> None:
    """Without a seed one is drawn, another each time, and comes back with the answer: with it the answer does, too."""
    free = Sampling(temperature=1.0, min_p=0.01)
    first, other = (
        client.generate(ask("roof"), grammar=grammar, max_tokens=60, sampling=free) for _ in range(2)
    )
    assert first.seed is not None
    assert first.seed != other.seed
    held = Sampling(temperature=1.0, min_p=0.01, seed=first.seed)
    again = client.generate(ask("roof"), grammar=grammar, max_tokens=60, sampling=held)
    assert first.tokens == again.tokens


@GRAMMARS
def test_without_a_temperature_nothing_is_drawn(client: ModelClient, grammar: str | None) -> None:
    """The likeliest answer is the one without a word about sampling; it has no seed, given or not."""
    plain = client.generate(ask("roof"), grammar=grammar, max_tokens=60)
    cold = Sampling(temperature=0, top_k=3, seed=9)
    same = client.generate(ask("roof"), grammar=grammar, max_tokens=60, sampling=cold)
    one = Sampling(temperature=1.5, top_k=1, seed=9)
    narrow = client.generate(ask("roof"), grammar=grammar, max_tokens=60, sampling=one)
    assert plain.tokens == same.tokens == narrow.tokens
    assert (None, None, 9) == (plain.seed, same.seed, narrow.seed)


def test_the_penalty_shuns_what_was_written(client: ModelClient) -> None:
    """With a strong penalty the answer has more different tokens than without."""
    plain = client.generate(ask("roof"), grammar="root ::= [a-z] root", max_tokens=60)
    shy = client.generate(
        ask("roof"), grammar="root ::= [a-z] root", max_tokens=60, sampling=Sampling(repeat_penalty=2.0)
    )
    assert len(set(shy.tokens)) > len(set(plain.tokens))
