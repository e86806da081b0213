"""What a grammar leaves no choice about is taken without asking the model, and never more than that."""

import ctypes
import weakref
from pathlib import Path

import numpy as np
import pytest

from homebody.engine.constraint import KEPT, Constraint, Grammars
from homebody.engine.llama import Library, Weights, matcher
from homebody.engine.vocabulary import Vocabulary
from homebody.engine.writing import Draw, Writing
from homebody.errors import ModelError

NOTE = r"""
root ::= "{\"title\":" text ",\"kind\":" ("\"letter\"" | "\"ledger\"") "}"
text ::= "\"" [a-z]{1,20} "\""
"""


@pytest.fixture(scope="module")
def vocabulary(write_model, tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    """The tokens of a model with random weights."""
    path: Path = write_model(tmp_path_factory.mktemp("models") / "model.gguf")
    settings = {"extra_buffers": True, "gpu_layers": 0, "mmap": True}
    return Vocabulary(Weights(Library(), path, settings=settings, on_load=lambda _: None))


def accept(constraint: Constraint, vocabulary: Vocabulary, text: str) -> None:
    """Let the model have written *text*."""
    for token in vocabulary.exactly(text):
        assert constraint.takes(token)
        constraint.accept(token)


def said(vocabulary: Vocabulary, tokens: list[int]) -> str:
    """Return what tokens say."""
    return vocabulary.text(tokens)


def test_the_head_is_certain(vocabulary: Vocabulary) -> None:
    """An answer's beginning is known before the model is asked; its last token is left to the model."""
    writing = Writing(
        Draw(
            vocabulary=vocabulary,
            prompt=[1],
            constraint=Grammars(vocabulary).constraint(NOTE),
            limit=100,
        )
    )
    head = writing.head()

    assert '{"title":' == said(vocabulary, head)
    assert head == writing.tokens
    assert not writing.unfed
    assert writing.stop is None


def test_a_head_leaves_room_for_the_model(vocabulary: Vocabulary) -> None:
    """However short the answer must be, its last token is the model's."""
    constraint = Grammars(vocabulary).constraint(NOTE)
    writing = Writing(Draw(vocabulary=vocabulary, prompt=[1], constraint=constraint, limit=3))

    assert 2 == len(writing.head())


def test_what_is_between_two_slots(vocabulary: Vocabulary) -> None:
    """After a closed text come the next key and what both choices begin with, but for the last token."""
    constraint = Grammars(vocabulary).constraint(NOTE)
    accept(constraint, vocabulary, '{"title":"abc"')

    assert ',"kind":"le'.startswith(said(vocabulary, constraint.forced()))
    assert ',"kind":"' in said(vocabulary, constraint.forced())


def test_the_end_is_taken_whole(vocabulary: Vocabulary) -> None:
    """Where nothing but one ending is left, it is taken to its last token, and the answer is complete."""
    constraint = Grammars(vocabulary).constraint(NOTE)
    accept(constraint, vocabulary, '{"title":"abc","kind":"let')
    tokens = constraint.forced()

    assert 'ter"}' == said(vocabulary, tokens)
    assert not constraint.complete()
    for token in tokens:
        constraint.accept(token)
    assert constraint.complete()
    assert [] == constraint.forced()


def test_nothing_is_forced_where_there_is_a_choice(vocabulary: Vocabulary) -> None:
    """Inside a text nothing is certain."""
    constraint = Grammars(vocabulary).constraint(NOTE)
    accept(constraint, vocabulary, '{"title":"a')

    assert [] == constraint.forced()


def test_without_force(vocabulary: Vocabulary) -> None:
    """Where it is switched off, nothing is forced, and complete is complete all the same."""
    constraint = Grammars(vocabulary, force=False).constraint(NOTE)

    assert [] == constraint.forced()
    accept(constraint, vocabulary, '{"title":"abc","kind":"ledger"}')
    assert constraint.complete()


def test_one_grammar_many_answers(vocabulary: Vocabulary) -> None:
    """Answers under the same grammar go their own ways."""
    grammars = Grammars(vocabulary)
    one, other = grammars.constraint(NOTE), grammars.constraint(NOTE)
    accept(one, vocabulary, '{"title":"abc"')

    assert not other.takes(vocabulary.exactly(",")[0])
    accept(other, vocabulary, '{"title":"x')


@pytest.mark.parametrize(
    ("grammar", "reason"),
    [
        ('root ::= a root "x" | "y"\na ::= b b\nb ::= "x" |', "come back to itself"),
        ('root ::= "', "cannot be used"),
        ("root ::= missing", "cannot be used"),
        ("", "empty"),
    ],
)
def test_a_grammar_that_cannot_be_used(vocabulary: Vocabulary, grammar: str, reason: str) -> None:
    """What the native parser refuses, or would take all memory over, is an error with its reason."""
    with pytest.raises(ModelError, match=reason):
        Grammars(vocabulary).constraint(grammar)


def test_complete_as_the_whole_vocabulary_says(vocabulary: Vocabulary) -> None:
    """A grammar that the follower does not understand is judged by trying every token, with the same result."""
    constraint = Grammars(vocabulary).constraint(NOTE)
    constraint._follower = None
    accept(constraint, vocabulary, '{"title":"abc","kind":"ledger"')

    assert not constraint.complete()
    accept(constraint, vocabulary, "}")
    assert constraint.complete()


def test_forced_text_is_what_greedy_writes(vocabulary: Vocabulary) -> None:
    """With and without asking the model, the certain parts of an answer read the same."""
    texts = []
    for force in (True, False):
        constraint = Grammars(vocabulary, force=force).constraint(NOTE)
        writing = Writing(Draw(vocabulary=vocabulary, prompt=[1], constraint=constraint, limit=200))
        random = np.random.default_rng(4)
        writing.head()
        while writing.stop is None:
            writing.choose(random.standard_normal(vocabulary.size).astype(np.float32))
        texts.append(writing.text())
    for text in texts:
        assert text.startswith('{"title":"')
        assert text.endswith(('ledger"}', 'letter"}'))


def test_grammars_that_are_no_longer_kept_give_their_memory_back(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many grammars only the last few stay compiled, and whatever goes is freed by the native library, too."""
    free, compile_one = matcher.native.llama_sampler_free, vocabulary.weights.grammar
    compiled: list[weakref.ref] = []
    freed: list[int] = []

    def noted(text: str) -> matcher.Grammar:
        made = compile_one(text)
        compiled.append(weakref.ref(made))
        return made

    def given_back(pointer: object) -> None:
        freed.append(ctypes.cast(pointer, ctypes.c_void_p).value)
        free(pointer)

    monkeypatch.setattr(vocabulary.weights, "grammar", noted)
    monkeypatch.setattr(matcher.native, "llama_sampler_free", given_back)
    grammars = Grammars(vocabulary)
    for number in range(KEPT + 10):
        grammars.constraint(f'root ::= "{number}" [a-z]').close()

    assert KEPT == sum(one() is not None for one in compiled)
    assert [True] * KEPT == [one() is not None for one in compiled[-KEPT:]], "the last ones are kept"
    assert len(freed) >= (KEPT + 10) + 10, "each answer's copy, and the ten oldest"
