"""Vectors of texts, in the engine: what shares a step, what a vector is, whose turn it is."""

from pathlib import Path

import numpy as np
import pytest
from conversations import SETTINGS
from embedding_models import POOLINGS, write_decoder, write_encoder
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.embedding import Embedder, Replies, lengthened, load, packs
from homebody.engine.llama import TOGETHER, Library, Weights, vectors_of
from homebody.errors import CancelledError, HomebodyError, ModelError, ModelFileError, PromptTooLongError

TEXTS = [
    "the boiler of the house",
    "a note",
    "garden",
    *[f"note {number} " * (number % 7 + 1) for number in range(40)],
]
TOLERANCE = 2e-4
"""Attention is worked out in 16 bits, and rounds one way or the other by where in a step a text lies."""


class Told:
    """Who asked, and what they were told; gives up after so many looks."""

    def __init__(self, looks: float = float("inf")) -> None:
        self.left = looks
        self.vectors: np.ndarray | None = None
        self.tokens: list[int] = []
        self.error: HomebodyError | None = None

    def over(self) -> bool:
        """Return whether to stop."""
        self.left -= 1
        return self.left < 0

    def check(self) -> None:
        """Raise when it is given up."""
        if self.left < 0:
            raise CancelledError

    def replies(self) -> Replies:
        """Return what keeps the answer."""

        def done(vectors: np.ndarray, tokens: list[int]) -> None:
            self.vectors, self.tokens = vectors, tokens

        def failed(error: HomebodyError) -> None:
            self.error = error

        return Replies(done=done, failed=failed)

    @property
    def over_with(self) -> bool:
        """Return whether it was told how it ended."""
        return self.vectors is not None or self.error is not None


def asked(embedder: Embedder, *askers: tuple[Told, list[str]]) -> None:
    """Let everybody ask, and work until nobody waits."""
    for told, texts in askers:
        embedder.submit(texts, told, told.replies())
    while embedder.busy:
        embedder.advance()


def loaded(path: Path, *, context: int = 64, ends: bool = False) -> Embedder:
    """Return the embedder of a model."""
    request = {"context": context, "ends": ends, "settings": SETTINGS}
    return load(request, path=path, threads=1, on_load=lambda _: None)[0]


def vectors(embedder: Embedder, texts: list[str]) -> np.ndarray:
    """Return the vectors of *texts*."""
    told = Told()
    asked(embedder, (told, texts))
    assert told.vectors is not None, told.error
    return told.vectors


KINDS = {
    "mean of an encoder": (lambda path: write_encoder(path, pooling=POOLINGS.MEAN), False),
    "first token of an encoder": (lambda path: write_encoder(path, pooling=POOLINGS.CLS), False),
    "last token of a decoder": (write_decoder, True),
    "mean of a decoder": (lambda path: write_decoder(path, pooling=POOLINGS.MEAN), False),
}


@pytest.fixture(scope="module", params=KINDS)
def embedder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """The embedder of a model of each kind."""
    write, ends = KINDS[request.param]
    return loaded(write(tmp_path_factory.mktemp("models") / "model.gguf"), ends=ends)


def test_many_at_once_are_as_one_by_one(embedder: Embedder) -> None:
    """A text's vector hangs on the text alone; each has the length one, and another text another direction."""
    together = vectors(embedder, TEXTS)
    alone = np.concatenate([vectors(embedder, [text]) for text in TEXTS])

    assert np.abs(together - alone).max() <= TOLERANCE
    assert (together * alone).sum(axis=1).min() >= 1 - 1e-6
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() <= 1e-6
    assert together[0] @ together[1] < 0.99
    assert vectors(embedder, TEXTS[:1]).tobytes() == vectors(embedder, TEXTS[:1]).tobytes()


def test_order_is_kept(embedder: Embedder) -> None:
    """The vectors come in the order of their texts, however long these are."""
    assert np.abs(vectors(embedder, TEXTS)[::-1] - vectors(embedder, TEXTS[::-1])).max() <= TOLERANCE


def test_each_in_turn(embedder: Embedder) -> None:
    """Who asks for little is not kept waiting by who asks for much, and both get what is theirs."""
    many, one = Told(), Told()
    embedder.submit(TEXTS, many, many.replies())
    embedder.submit(TEXTS[:1], one, one.replies())
    embedder.advance()
    embedder.advance()
    assert (one.over_with, many.over_with) == (True, False)
    while embedder.busy:
        embedder.advance()

    assert many.vectors is not None
    assert np.abs(many.vectors[0] - one.vectors[0]).max() <= TOLERANCE


@pytest.mark.parametrize("looks", [0, 3, 40])
def test_one_that_is_given_up(embedder: Embedder, looks: int) -> None:
    """Whoever gives up, before a step or in the middle of one, is told so, and the others get their vectors."""
    gone, other = Told(looks), Told()
    asked(embedder, (gone, TEXTS), (other, TEXTS[:3]))

    assert isinstance(gone.error, CancelledError)
    assert np.abs(other.vectors - vectors(embedder, TEXTS[:3])).max() <= TOLERANCE


def test_too_long_is_refused_with_the_counts(embedder: Embedder) -> None:
    """No text is cut: one that is too long is an error which names it and counts; one of just the length is taken."""
    words = ["note"]
    told = Told()
    while True:
        try:
            embedder.submit([" ".join(words)], told, told.replies())
        except PromptTooLongError:
            break
        words.append("note")
    asked(embedder)
    assert told.tokens[0] >= 60

    with pytest.raises(
        PromptTooLongError, match=r"Text 2 of 2 has \d+ tokens, and this model takes at most 64 of one"
    ):
        embedder.submit(["a", " ".join(words)], told, told.replies())
    with pytest.raises(PromptTooLongError, match=r"Text 1 of 1 has \d{6} tokens"):
        embedder.submit(["note of " * 100_000], told, told.replies())
    assert not embedder.busy


@pytest.mark.parametrize("length", [1, 2, 30, 700, 1500])
def test_the_last_token_alone_is_enough(decoder: Path, length: int) -> None:
    """Reading all but the last token as a prompt is read, in pieces if need be, gives what the whole text gives."""
    library = Library()
    weights = Weights(library, decoder, settings=SETTINGS, on_load=lambda _: None)
    ours, theirs = (
        vectors_of(library, weights, 2048, ends=ends, threads=1, gpu=False) for ends in (True, False)
    )
    tokens = [(number * 7) % weights.size for number in range(length)]
    several = [tokens, tokens[::-1]] if length < 200 else [tokens]

    found: list[np.ndarray] = [lengthened(one.read(several)) for one in (ours, theirs)]
    assert np.abs(found[0] - found[1]).max() <= 1e-3  # keys and values are kept in 16 bits


@given(st.lists(st.integers(1, 700), max_size=60), st.integers(64, 512))
def test_what_shares_a_step(lengths: list[int], most: int) -> None:
    """Every text has its step, in order; a step has no more texts and tokens than it may, unless one text alone has."""
    steps = packs(lengths, most)

    assert list(range(len(lengths))) == [place for step in steps for place in step]
    for step in steps:
        assert len(step) <= TOGETHER
        assert len(step) == 1 or sum(lengths[place] for place in step) <= most


@pytest.mark.parametrize("vector", [[0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_no_direction_is_an_error(vector: list[float]) -> None:
    """What has no direction is no vector of a text."""
    with pytest.raises(ModelError, match="gives no numbers"):
        lengthened(np.array([[1.0, 2.0], vector], dtype=np.float32))


@pytest.mark.parametrize("pooling", [None, POOLINGS.NONE, POOLINGS.RANK])
def test_without_pooling_nothing_is_read(tmp_path: Path, pooling: object) -> None:
    """A file that gives no vector of a text is refused before the library would be asked for one."""
    path = write_encoder(tmp_path / "model.gguf", pooling=pooling)
    with pytest.raises(ModelFileError, match="does not say which of its numbers"):
        loaded(path)


def test_width_and_length_are_told(encoder: Path) -> None:
    """A load says how wide the vectors are and how long a text may be."""
    request = {"context": 64, "ends": False, "settings": SETTINGS}
    _, found = load(request, path=encoder, threads=1, on_load=lambda _: None)
    assert (64, 64) == (found["width"], found["context"])
