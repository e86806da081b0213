"""How does a script get vectors of texts, for a search over its person's own notes?

A second model makes them, which is loaded at the first request and gives its memory back when nobody asks any more.
What is asked and answered is in no log and in no journal.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from homebody.errors import HomebodyError, ModelNotReadyError, PromptTooLongError
from homebody.model.cancellation import Cancellation
from homebody.model.embedding import EmbeddingClient, Vectors, numbers_of
from homebody.model.wire import WireError
from homebody.service.openai.asked import refuse_strange, text_of
from homebody.service.openai.refusal import LASTING, SOON, Refusal, of
from homebody.service.responding import Client

PATH = "/v1/embeddings"
FIELDS = frozenset({"model", "input", "encoding_format", "dimensions", "user"})

MOST_TEXTS = 2048
"""Of one request, as OpenAI has it."""

MOST_NUMBERS = 1_600_000
"""Of one answer, all its vectors together: 2,048 of 768 each, some 20 MB as they are written out."""

IN_HAND = 2 * MOST_NUMBERS
"""Of all answers that are being made and sent."""

DEADLINE_SECONDS = 600.0

NONE_CHOSEN = (
    "homebody has no embedding model, and the model that writes makes no embeddings:"
    " `homebody model use NAME --for embeddings` chooses one (`homebody model list` shows what is here), then"
    " `homebody restart`."
)
SHORTENED = (
    "`dimensions`: this model makes vectors of {width} numbers. A shorter one is right only of a model that was trained"
    " for it, and no file says so: leave it out."
)
NUMBERS = (
    "`{place}` must be text: token numbers are those of one model's vocabulary, and mean other words in another's"
    " (LangChain sends text with `check_embedding_ctx_length=False`)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A request, understood."""

    texts: tuple[str, ...]
    model: str | None
    base64: bool
    dimensions: int | None


def read_embeddings(body: Mapping[str, Any]) -> Wanted:
    """Return what a request for vectors wants. Raises Refusal."""
    refuse_strange(body, FIELDS)
    for name in ("model", "user"):
        if body.get(name) is not None and not isinstance(body[name], str):
            raise Refusal(f"`{name}` must be text.", param=name)
    form = body.get("encoding_format") or "float"
    if form not in ("float", "base64"):
        raise Refusal("`encoding_format` must be float or base64.", param="encoding_format")
    dimensions = body.get("dimensions")
    if dimensions is not None and (type(dimensions) is not int or dimensions < 1):
        raise Refusal("`dimensions` must be a whole number from 1 on.", param="dimensions")
    return Wanted(
        texts=_texts(body.get("input")),
        model=body.get("model"),
        base64=form == "base64",
        dimensions=dimensions,
    )


def _texts(said: Any) -> tuple[str, ...]:
    texts = [said] if isinstance(said, str) else said
    if not isinstance(texts, list) or not texts:
        raise Refusal("`input` must be a text, or a list of at least one.", param="input")
    if len(texts) > MOST_TEXTS:
        raise Refusal(f"`input` may have {MOST_TEXTS:,} texts, and has {len(texts):,}.", param="input")
    return tuple(_text(one, "input" if texts is not said else f"input[{n}]") for n, one in enumerate(texts))


def _text(said: Any, place: str) -> str:
    if isinstance(said, int | list):
        raise Refusal(NUMBERS.format(place=place), param=place)
    if not text_of(said, place):
        raise Refusal(f"`{place}` is empty: there is nothing to make a vector of.", param=place)
    return str(said)


class Embeddings:
    """Answers for the embedding model that *embedder* returns; *place* holds one of the places of the socket."""

    def __init__(
        self,
        embedder: Callable[[], EmbeddingClient | None],
        alias: str,
        place: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._embedder = embedder
        self._alias = alias
        self._place = place
        self._guard = threading.Lock()
        self._in_hand = 0

    @property
    def names(self) -> list[str]:
        """Return what the embedding model is called, nothing where there is none."""
        embedder = self._embedder()
        return [] if embedder is None else [embedder.name]

    def respond(self, body: Mapping[str, Any], client: Client) -> None:
        """Answer with vectors, or say why there are none."""
        try:
            wanted = read_embeddings(body)
            embedder = self._chosen(wanted)
            with self._place(), self._holding(len(wanted.texts) * embedder.width):
                cancellation = Cancellation()
                with client.waiting(cancellation.cancel):
                    found = embedder.embed(
                        wanted.texts, deadline_seconds=DEADLINE_SECONDS, cancellation=cancellation
                    )
                _refuse_shortened(wanted, found)
                client.whole(200, written(found, embedder.name, packed=wanted.base64))
        except Refusal as refusal:
            client.whole(refusal.status, refusal.to_dict(), refusal.headers)
        except HomebodyError as error:
            told = of(error, param="input" if isinstance(error, PromptTooLongError) else None)
            client.whole(told.status, told.to_dict(), told.headers)

    def _chosen(self, wanted: Wanted) -> EmbeddingClient:
        """Return the embedding model. Raises Refusal when there is none, or another is wanted."""
        embedder = self._embedder()
        if embedder is None:
            raise Refusal(NONE_CHOSEN, status=404, code="not_supported", headers=LASTING)
        if wanted.model not in (None, self._alias, embedder.name):
            raise Refusal(
                f"There is no embedding model `{wanted.model[:80]}` here: say `{self._alias}` or `{embedder.name}`.",
                param="model", status=404, code="model_not_found",
            )  # fmt: skip
        if embedder.lost:
            raise ModelNotReadyError(
                "The embedding model's process ended, and within the seal no other can be started.",
                hint="`homebody restart` starts it again.",
            )
        return embedder

    @contextmanager
    def _holding(self, numbers: int) -> Iterator[None]:
        """Count so many numbers as in hand. Raises Refusal when they are too many, alone or with others."""
        if numbers > MOST_NUMBERS:
            raise Refusal(
                f"The vectors of `input` would have {numbers:,} numbers together, and an answer may have"
                f" {MOST_NUMBERS:,}: ask for fewer texts at once.",
                param="input",
            )
        with self._guard:
            if self._in_hand + numbers > IN_HAND:
                raise Refusal(
                    "Too many vectors are being made. Ask again in a moment.",
                    status=429, code="busy", headers=SOON,
                )  # fmt: skip
            self._in_hand += numbers
        try:
            yield
        finally:
            with self._guard:
                self._in_hand -= numbers


def _refuse_shortened(wanted: Wanted, found: Vectors) -> None:
    width = len(found.packed[0]) // 4
    if wanted.dimensions not in (None, width):
        raise Refusal(SHORTENED.format(width=width), param="dimensions")


def written(found: Vectors, model: str, *, packed: bool) -> bytes:
    """Return the answer in OpenAI's form, one vector written after the other, so that never all are numbers at once."""
    vectors = (
        f'{{"object":"embedding","index":{place},"embedding":{_vector(one, packed=packed)}}}'
        for place, one in enumerate(found.packed)
    )
    tokens = sum(found.tokens)
    usage = json.dumps({"prompt_tokens": tokens, "total_tokens": tokens})
    head = f'{{"object":"list","model":{json.dumps(model)},"usage":{usage},"data":['
    return f"{head}{','.join(vectors)}]}}".encode()


def _vector(one: bytes, *, packed: bool) -> str:
    """Return a vector in base64, or as numbers of nine digits, as 32 bits have. Raises WireError for no numbers."""
    if packed:
        return f'"{base64.b64encode(one).decode("ascii")}"'
    text = ",".join([f"{number:.9g}" for number in numbers_of(one)])
    if "n" in text:
        raise WireError("The model process sent vectors that are no numbers.")
    return f"[{text}]"
