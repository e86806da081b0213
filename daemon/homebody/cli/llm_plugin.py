"""A plugin of simonw/llm: ``llm -m homebody`` asks the loaded model of the running homebody, over its socket.

``llm embed -m homebody`` has its embedding model make vectors, where a person has chosen one.

Installed where llm is (``pip install 'homebody[llm]'``); homebody itself never imports it. What llm keeps of prompts
and answers in a database of its own is llm's; ``llm logs off`` ends that.
"""

from collections.abc import Iterable, Iterator
from typing import Any, cast

import click
import llm
from llm.models import EmbeddingModel
from pydantic import Field

from homebody.cli.chat import ANSWER_SECONDS
from homebody.errors import HomebodyError
from homebody.paths import find_home
from homebody.service.control import events, request

SCHEMA_NAME = "answer"


@llm.hookimpl
def register_models(register: Any) -> None:
    """Tell llm of the one model."""
    register(Homebody())


@llm.hookimpl
def register_embedding_models(register: Any) -> None:
    """Tell llm of the one embedding model."""
    register(Embeddings())


class Embeddings(EmbeddingModel):
    """Whatever embedding model a person has chosen for homebody."""

    model_id = "homebody"
    batch_size = 32

    def embed_batch(self, items: Iterable[str | bytes], *, key: str | None = None) -> Iterator[list[float]]:  # noqa: ARG002 - the socket is its owner's
        """Yield a vector of each text. Raises ClickException with homebody's words: llm shows it, and no traceback."""
        body = {"input": list(items), "encoding_format": "float"}
        try:
            found = request(find_home().socket, "POST", "/v1/embeddings", body, timeout=ANSWER_SECONDS)
        except HomebodyError as error:
            raise click.ClickException(f"{error} {error.hint or ''}".rstrip()) from error
        for one in found["data"]:
            yield one["embedding"]


class Homebody(llm.Model):
    """Whatever model homebody has loaded."""

    model_id = "homebody"
    can_stream = True
    supports_schema = True

    class Options(llm.Options):
        """What the API knows beside the messages."""

        temperature: float | None = Field(
            default=None, ge=0, le=2, description="0 or nothing: always the likeliest."
        )
        top_p: float | None = Field(
            default=None, gt=0, le=1, description="Only the likeliest, up to this share."
        )
        seed: int | None = Field(default=None, description="Of what is left to chance.")
        max_tokens: int | None = Field(default=None, ge=1, description="Of the answer, at most.")

    def execute(
        self,
        prompt: llm.Prompt,
        stream: bool,  # noqa: ARG002 - the answer comes in pieces either way
        response: llm.Response,
        conversation: llm.Conversation | None = None,
    ) -> Iterator[str]:
        """Yield the answer as it is written. Raises llm.ModelError with homebody's words."""
        options = {name: value for name, value in prompt.options.model_dump().items() if value is not None}
        body = {
            "messages": _messages(prompt, conversation),
            "stream": True,
            "stream_options": {"include_usage": True},
            **options,
        }
        if prompt.schema:
            schema = {"name": SCHEMA_NAME, "schema": prompt.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        try:
            for event in events(find_home().socket, "/v1/chat/completions", body, timeout=ANSWER_SECONDS):
                if usage := event.get("usage"):
                    response.set_usage(input=usage["prompt_tokens"], output=usage["completion_tokens"])
                for choice in event["choices"]:
                    yield choice["delta"].get("content") or ""
        except HomebodyError as error:
            raise llm.ModelError(f"{error} {error.hint or ''}".rstrip()) from error


def _messages(prompt: llm.Prompt, conversation: llm.Conversation | None) -> list[dict[str, str]]:
    """Return what was said so far, and the new question."""
    found: list[dict[str, str]] = []
    for earlier in conversation.responses if conversation is not None else ():
        found += _asked(earlier.prompt, first=not found)
        found.append({"role": "assistant", "content": cast("llm.Response", earlier).text()})
    return [*found, *_asked(prompt, first=not found)]


def _asked(prompt: llm.Prompt, *, first: bool) -> list[dict[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if first and prompt.system else []
    return [*system, {"role": "user", "content": prompt.prompt}]
