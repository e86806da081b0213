"""How do texts become vectors: several in one step of the model, and those of many who ask in turns?"""

import base64
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from homebody.engine.inbox import Inbox
from homebody.engine.job import Watch
from homebody.engine.llama import (
    TOGETHER,
    AbortedError,
    DeviceError,
    Library,
    Vectors,
    Weights,
    vectors_of,
)
from homebody.engine.llama.vectors import Floats
from homebody.engine.vocabulary import COUNTED_AT_ONCE
from homebody.errors import HomebodyError, ModelError, PromptTooLongError

PROOF_TOKENS = 40
"""Enough for the kernels of whole batches."""

SHORTER = "Cut it into shorter texts, and ask for a vector of each."


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Whom to tell, once: the vectors of all texts and the tokens of each, or why there are none."""

    done: Callable[[Floats, list[int]], None]
    failed: Callable[[HomebodyError], None]


@dataclass(eq=False, slots=True, kw_only=True)
class Texts:
    """Texts that somebody wants the vectors of, and how far that is."""

    tokens: list[list[int]]
    watch: Watch
    replies: Replies
    left: deque[list[int]]
    """Steps that are still to be done: the places of their texts."""
    found: dict[int, Floats] = field(default_factory=dict)


class Embedder:
    """A model that makes embeddings. Not for several threads: whoever holds it lets it `advance` between requests."""

    def __init__(self, weights: Weights, vectors: Vectors) -> None:
        self._weights = weights
        self._vectors = vectors
        self._waiting: deque[Texts] = deque()

    @property
    def busy(self) -> bool:
        """Return whether somebody waits for vectors."""
        return bool(self._waiting)

    def submit(self, texts: Sequence[str], watch: Watch, replies: Replies) -> None:
        """Take texts on; *replies* are told of them, some `advance` later.

        Raises PromptTooLongError with the counts: no text is cut. Raises ModelError for one that has no tokens.
        """
        tokens = [
            self._tokens(text, f"Text {number} of {len(texts)}") for number, text in enumerate(texts, 1)
        ]
        left = deque(packs([len(one) for one in tokens], self._vectors.packed))
        self._waiting.append(Texts(tokens=tokens, watch=watch, replies=replies, left=left))

    def advance(self) -> None:
        """Do one step for whoever has waited longest for one. Raises DeviceError when no step can be trusted."""
        one = self._waiting.popleft()
        try:
            one.watch.check()
            self._step(one)
        except AbortedError:  # the watch says why, at the next step
            self._waiting.appendleft(one)
        except HomebodyError as error:
            one.replies.failed(error)
        except DeviceError:
            raise
        except Exception:
            one.replies.failed(ModelError("The model process stumbled over a bug in a step."))
            raise
        else:
            if one.left:
                self._waiting.append(one)
            else:
                found = np.stack([one.found[place] for place in range(len(one.tokens))])
                one.replies.done(found, [len(text) for text in one.tokens])

    def _step(self, one: Texts) -> None:
        places = one.left[0]
        self._vectors.abort_when(one.watch.over)
        found = lengthened(self._vectors.read([one.tokens[place] for place in places]))
        one.left.popleft()
        one.found.update(zip(places, found, strict=True))

    def _tokens(self, text: str, called: str) -> list[int]:
        """Return the tokens of a text, with those that this model begins and ends a text with."""
        longest = self._vectors.longest
        if len(text) > COUNTED_AT_ONCE:  # the tokenizer's memory grows with the text
            slices = range(0, len(text), COUNTED_AT_ONCE)
            count = sum(
                len(self._weights.tokenize(text[start : start + COUNTED_AT_ONCE], special=False))
                for start in slices
            )
            if count > 2 * longest:
                raise PromptTooLongError(_too_long(called, count, longest), hint=SHORTER)
        tokens = self._weights.tokenize(text, special=False, whole=True)
        if len(tokens) > longest:
            raise PromptTooLongError(_too_long(called, len(tokens), longest), hint=SHORTER)
        if not tokens:
            raise ModelError(f"{called} has no tokens.")
        return tokens


def _too_long(called: str, count: int, longest: int) -> str:
    return f"{called} has {count} tokens, and this model takes at most {longest} of one."


def packs(lengths: Iterable[int], most: int) -> list[list[int]]:
    """Return which texts share a step, by their places: at most TOGETHER, with *most* tokens, or one that is longer."""
    found: list[list[int]] = []
    size = most
    for place, length in enumerate(lengths):
        if size + length > most or len(found[-1]) == TOGETHER:
            found.append([])
            size = 0
        found[-1].append(place)
        size += length
    return found


def lengthened(vectors: Floats) -> Floats:
    """Return the vectors, each of length one. Raises ModelError when they are no numbers."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ModelError("The model gives no numbers: its file is damaged, or it does not fit this machine.")
    found: Floats = (vectors / lengths).astype(np.float32)
    return found


def load(
    request: dict[str, Any],
    *,
    path: Path,
    threads: int,
    on_load: Callable[[float], None],
    on_proof: Callable[[], None] = lambda: None,
) -> tuple[Embedder, dict[str, Any]]:
    """Return an embedder for the model at *path*, proved, and what is to be told of it.

    Raises ModelFileError, ModelError.
    """
    library = Library()
    settings = request["settings"]
    weights = Weights(library, path, settings=settings, on_load=on_load)
    vectors = vectors_of(
        library, weights, request["context"], ends=request["ends"], threads=threads,
        gpu=settings["gpu_layers"] != 0,
    )  # fmt: skip
    on_proof()
    count = min(PROOF_TOKENS, vectors.longest)
    lengthened(vectors.read([[number % weights.size for number in range(count)]]))
    plan = {"lanes": 0, "slots": TOGETHER, "chunk": vectors.packed, "together": True, "reason": ""}
    return Embedder(weights, vectors), {
        "context": vectors.longest,
        "width": vectors.width,
        "plan": plan,
        "unmeasured": "an embedding model is laid out in one way",
    }


def begin(embedder: Embedder, inbox: Inbox, request: dict[str, Any]) -> None:
    """Let the vectors of a request's texts be made, and answered some `advance` later. Raises as `submit` does."""
    number = request["id"]

    def done(vectors: Floats, tokens: list[int]) -> None:
        inbox.answer(number, {"vectors": packed(vectors), "tokens": tokens})
        inbox.finished(number)

    def failed(error: HomebodyError) -> None:
        inbox.fail(number, error)
        inbox.finished(number)

    watch = inbox.watch(number, time.monotonic() + request["deadline"], request["deadline"])
    embedder.submit(request["texts"], watch, Replies(done=done, failed=failed))


def packed(vectors: Floats) -> list[str]:
    """Return each vector as it crosses the pipe: 32-bit numbers, little end first, in base64."""
    return [base64.b64encode(one.astype("<f4").tobytes()).decode("ascii") for one in vectors]
