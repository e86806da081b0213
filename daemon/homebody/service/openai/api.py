"""How is a script's question answered by the loaded model?

What is asked and what is answered is in no log and in no journal: it goes through, and is forgotten.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from homebody.clock import Clock
from homebody.errors import HomebodyError
from homebody.json_schema import Schema, complaint, grammar
from homebody.model.answer import Answer, Manner, Progress
from homebody.model.cancellation import Cancellation
from homebody.model.client import ModelClient
from homebody.model.embedding import EmbeddingClient
from homebody.service.openai.asked import USUAL_TOKENS, Wanted, read_chat, read_text
from homebody.service.openai.form import Form
from homebody.service.openai.refusal import LASTING, SOON, Refusal, of, said
from homebody.service.openai.telling import Stream
from homebody.service.openai.vectors import PATH, Embeddings
from homebody.service.responding import Client, Endpoint

ALIAS = "homebody"
"""The name of whatever model is loaded."""

ONE_MODEL = "/v1/models/"
"""Begins the address of one model; its name follows."""

LARGEST_BODY = 4_000_000
"""Bytes of a request: a hundred thousand tokens of any script, each letter escaped."""

MOST_AT_ONCE = 96
"""Questions that are being answered; the other places of the control socket stay free for the command line."""

DEADLINE_SECONDS = 600.0
"""An answer has come within so long, its waiting for others counted."""


ABSENT: Mapping[str, str] = {
    "/v1/responses": "the Responses API: ask `/v1/chat/completions`",
    "/v1/moderations": "moderations",
    "/v1/images/generations": "images",
    "/v1/audio/transcriptions": "audio",
    "/v1/audio/speech": "audio",
    "/v1/files": "files",
    "/v1/batches": "batches: many questions at once are answered side by side",
    "/v1/images/edits": "images",
    "/v1/audio/translations": "audio",
    "/v1/assistants": "assistants: ask `/v1/chat/completions`",
    "/v1/threads": "threads: a conversation's messages go with each question",
    "/v1/conversations": "conversations: their messages go with each question",
    "/v1/vector_stores": "vector stores: `/v1/embeddings` makes vectors, which your script keeps",
    "/v1/fine_tuning/jobs": "fine-tuning",
}
"""What OpenAI has and homebody has not, and why."""


class Api:
    """OpenAI's API for the model that *model* returns, and the one that makes embeddings, if there is one."""

    def __init__(
        self,
        model: Callable[[], ModelClient],
        clock: Callable[[], Clock],
        embedder: Callable[[], EmbeddingClient | None] = lambda: None,
    ) -> None:
        self._model = model
        self._clock = clock
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._embeddings = Embeddings(embedder, ALIAS, self._place)

    def endpoints(self) -> dict[tuple[str, str], Endpoint]:
        """Return what answers each method and path."""

        def endpoint(respond: Callable[[Mapping[str, Any], Client], None]) -> Endpoint:
            return Endpoint(respond=respond, refusal=said, largest=LARGEST_BODY)

        return {
            ("GET", "/v1/models"): endpoint(self._models),
            ("POST", "/v1/chat/completions"): endpoint(self._chat),
            ("POST", "/v1/completions"): endpoint(self._text),
            ("POST", PATH): endpoint(self._embeddings.respond),
            ("GET", f"{ONE_MODEL}*"): endpoint(self._one),
            **{
                (method, path): endpoint(partial(_refuse_absent, path))
                for path in ABSENT
                for method in ("GET", "POST")
            },
        }

    def _models(self, _body: Mapping[str, Any], client: Client) -> None:
        client.whole(200, {"object": "list", "data": [_model(name) for name in self._all()]})

    def _one(self, body: Mapping[str, Any], client: Client) -> None:
        name = str(body["*"])
        if name in self._all():
            client.whole(200, _model(name))
        else:
            refusal = _no_model(name, self._all())
            client.whole(refusal.status, refusal.to_dict(), refusal.headers)

    def _all(self) -> list[str]:
        """Return the names of what writes, and of what makes embeddings."""
        return list(dict.fromkeys((*self._names(), *self._embeddings.names)))

    def _chat(self, body: Mapping[str, Any], client: Client) -> None:
        self._answer(lambda: read_chat(body), client)

    def _text(self, body: Mapping[str, Any], client: Client) -> None:
        self._answer(lambda: read_text(body), client)

    def _names(self) -> list[str]:
        ready = self._model().ready
        return [ALIAS] if ready is None else list(dict.fromkeys((ALIAS, ready.info.name)))

    def _answer(self, read: Callable[[], Wanted], client: Client) -> None:
        """Answer what *read* returns, or refuse it. Raises OSError when the client is gone."""
        try:
            wanted = read()
            self._refuse_other_model(wanted.model)
            held = None if wanted.schema is None else grammar(wanted.schema)
            with self._place():
                self._write(wanted, held, client)
        except Refusal as refusal:
            client.whole(refusal.status, refusal.to_dict(), refusal.headers)
        except HomebodyError as error:
            told = of(error)
            client.whole(told.status, told.to_dict(), told.headers)

    def _write(self, wanted: Wanted, held: str | None, client: Client) -> None:
        """Have the answer written, and send it. Raises HomebodyError as long as nothing was sent."""
        form = Form.anew(
            chat=not wanted.raw, created=int(self._clock().now().timestamp()), model=self._names()[-1]
        )
        stream = Stream(client, form, usage=wanted.usage) if wanted.stream else None
        cancellation = Cancellation()
        try:
            with client.waiting(cancellation.cancel):
                answer = self._generate(wanted, held, cancellation, stream.hear if stream else None)
            if wanted.schema is not None:
                _refuse_wrong(wanted.schema, answer)
            if stream is None:
                client.whole(200, form.whole(answer))
            else:
                stream.finish(answer)
        except HomebodyError as error:
            if stream is None or not client.begun:
                raise
            stream.fail(error)

    def _generate(
        self,
        wanted: Wanted,
        held: str | None,
        cancellation: Cancellation,
        hear: Callable[[Progress], None] | None,
    ) -> Answer:
        return self._model().generate(
            wanted.messages,
            grammar=held,
            max_tokens=wanted.max_tokens or USUAL_TOKENS,
            on_progress=hear,
            deadline_seconds=DEADLINE_SECONDS,
            sampling=wanted.sampling,
            cancellation=cancellation,
            manner=Manner(
                priority="interactive",
                stop=wanted.stop,
                stream=wanted.stream,
                raw=wanted.raw,
                shorten=wanted.max_tokens is None,
                logprobs=wanted.logprobs,
            ),
        )

    def _refuse_other_model(self, name: str | None) -> None:
        names = self._names()
        if name is not None and name not in names:
            raise _no_model(name, names)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Hold one of the places. Raises Refusal when none is free."""
        if not self._places.acquire(blocking=False):
            raise Refusal(
                f"{MOST_AT_ONCE} questions are being answered. Ask again in a moment.",
                status=429, code="busy", headers=SOON,
            )  # fmt: skip
        try:
            yield
        finally:
            self._places.release()


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "you"}


def _no_model(name: str, names: Sequence[str]) -> Refusal:
    """Return the refusal of a model that is none of *names*."""
    there = " or ".join(f"`{one}`" for one in names)
    return Refusal(
        f"There is no model `{name[:80]}` here: say {there}.",
        param="model", status=404, code="model_not_found", headers=LASTING,
    )  # fmt: skip


def _refuse_absent(path: str, _body: Mapping[str, Any], client: Client) -> None:
    refusal = Refusal(
        f"homebody does not support {ABSENT[path]}.", status=404, code="not_supported", headers=LASTING
    )
    client.whole(refusal.status, refusal.to_dict(), refusal.headers)


class _WrongError(HomebodyError):
    """The model's answer does not hold to the schema."""


def _refuse_wrong(schema: Schema, answer: Answer) -> None:
    """Raise when an answer that came to its own end is not as its schema has it; one that was cut off says so."""
    if answer.stop == "end" and (wrong := complaint(schema, answer.text)) is not None:
        raise _WrongError(f"The model's answer does not hold to the schema: {wrong}.", hint="Ask again.")
