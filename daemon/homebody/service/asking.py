"""How does a person ask the loaded model something, about a document or without one?

What is asked, read and answered is in no log and in no journal: it goes through, and is forgotten.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from homebody.documents.extract import MOST_CHARACTERS
from homebody.documents.shown import shown
from homebody.errors import HomebodyError, PromptTooLongError, UsageError
from homebody.house.asker import ask_about
from homebody.house.model import InTurn, Turns, slots_of
from homebody.messages import Message, Part
from homebody.model.answer import Answer, Manner, Progress
from homebody.model.cancellation import Cancellation
from homebody.model.client import ModelClient
from homebody.paths import starter_model
from homebody.recipe.asking import Ask
from homebody.sampling import GREEDY, Sampling
from homebody.service.daemon import Daemon
from homebody.service.listener import answer, refused
from homebody.service.responding import Client, Endpoint
from homebody.slots import Slot, TextSlot
from homebody.slots.prompt import CLOSE_FENCE, OPEN_FENCE, SYSTEM, fenced
from homebody.slots.spec import read_slots

LARGEST_BODY = 16_000_000
"""Bytes of a request: of a document's file about three quarters of that."""

LONGEST_QUESTION = 4000
USUAL_TOKENS = 1024
LEAST_TOKENS = 256
"""A question is asked about the whole document only where so much room is left for its answer."""

LONG_ANSWER: Mapping[str, Slot] = {"answer": TextSlot(max=1200, lines="many")}
"""What is asked for where the document has to be read in parts, or the model has no words of its own."""

DEADLINE_SECONDS = 600.0


def asking_endpoints(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Endpoint]:
    """Return what answers; *daemon* gives the daemon at the time of the request."""

    def read(body: Mapping[str, Any], client: Client) -> None:
        client.whole(*answer(lambda asked: read_document(daemon(), asked), body))

    def ask(body: Mapping[str, Any], client: Client) -> None:
        try:
            _ask(daemon(), body, client)
        except HomebodyError as error:
            if not client.begun:
                client.whole(*refused(error))
            else:
                client.event(refused(error)[1])
                client.end()

    def refusal(_status: int, words: str) -> Any:
        return {"error": words}

    return {
        ("POST", "/v1/read"): Endpoint(respond=read, refusal=refusal, largest=LARGEST_BODY),
        ("POST", "/v1/ask"): Endpoint(respond=ask, refusal=refusal, largest=LARGEST_BODY),
    }


def read_document(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the text of the document whose bytes are in ``data`` (base64), as the sealed reader finds it, what is
    not in it, and how many of its pictures the model is not shown.

    ``suffix`` is that of its name. Raises DocumentError with the reason, UsageError for what is no base64.
    """
    try:
        data = base64.b64decode(str(asked["data"]), validate=True)
    except binascii.Error as error:
        raise UsageError("The document's bytes are not base64.") from error
    found = daemon.reader.read(data, str(asked.get("suffix", ""))[:20])
    unseen = shown(found.text).pictures
    return {"text": found.text, "left_out": found.left_out_words(), "pictures_not_shown": unseen}


class Attended:
    """The model, for one person who waits."""

    def __init__(self, model: ModelClient) -> None:
        self._model = model

    @property
    def context(self) -> int:
        """Return the tokens that a prompt and its answer may have together."""
        return self._model.context

    def count(self, texts: list[str]) -> list[int]:
        """Return the tokens of each text alone."""
        return self._model.count(texts)

    def prompt_tokens(self, messages: tuple[Message, ...]) -> int:
        """Return the tokens of the whole prompt."""
        return self._model.prompt_tokens(messages)

    def generate(
        self,
        messages: tuple[Message, ...],
        *,
        grammar: str | None,
        max_tokens: int,
        on_progress: Callable[[Progress], None] | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
        sampling: Sampling = GREEDY,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Return the model's answer. Raises CancelledError when *cancellation* was told."""
        return self._model.generate(
            messages,
            grammar=grammar,
            max_tokens=max_tokens,
            on_progress=on_progress,
            deadline_seconds=deadline_seconds,
            sampling=sampling,
            cancellation=cancellation,
            manner=Manner(priority="interactive", stream=on_progress is not None, shorten=grammar is None),
        )


def _ask(daemon: Daemon, asked: Mapping[str, Any], client: Client) -> None:
    """Answer ``question`` about the text in ``document``, if any; ``slots`` names what is to be found out.

    Events tell of parts that were read and of newly written text, and the last one has the answer and its costs.
    Raises HomebodyError, OSError when the client is gone.
    """
    question, document = str(asked.get("question", "")).strip(), str(asked.get("document", ""))
    if not 0 < len(question) <= LONGEST_QUESTION:
        raise UsageError(
            f"A question has 1 to {LONGEST_QUESTION} characters.", hint="Put what is longer into a file."
        )
    if len(document) > MOST_CHARACTERS:
        raise UsageError(
            f"There are {len(document):,} characters to read, and at most {MOST_CHARACTERS:,} are read."
        )
    slots = read_slots(str(asked["slots"])) if asked.get("slots") else None
    model, cancellation = daemon.model, Cancellation()
    with client.waiting(cancellation.cancel):
        if model.ready is None:
            model.start()
        attended = InTurn(Attended(model), Turns(lambda: slots_of(model.ready)), cancellation)
        messages = _messages(question, document)
        # The starter model picks and copies for slots, and has no words of its own about a document.
        wordless = daemon.settings.model_path() == starter_model()
        if slots is None and (not document or (not wordless and _fits(attended, messages))):
            found = _said(attended, messages, client)
        else:
            today = daemon.clock.now().astimezone().date()
            asks = {name: slot.on(today) for name, slot in (slots or LONG_ANSWER).items()}
            found = _filled(attended, question, document, asks, client)
            if slots is None:
                found["answer"] = found["answer"]["answer"]
    client.event(found)
    client.end()


def _messages(question: str, document: str) -> tuple[Message, ...]:
    """Return the conversation; all that a person said is data, and so kept nowhere as a recipe's words are."""
    if not document:
        return (Message(role="user", parts=(Part(text=question, data=True),)),)
    parts = (
        Part(text=OPEN_FENCE),
        Part(text=fenced(shown(document).text), data=True),
        Part(text=CLOSE_FENCE),
        Part(text=question, data=True),
    )
    return (Message(role="system", parts=(Part(text=SYSTEM),)), Message(role="user", parts=parts))


def _fits(model: InTurn, messages: tuple[Message, ...]) -> bool:
    """Return whether the whole prompt can be read at once, with room for an answer."""
    try:
        return model.prompt_tokens(messages) + LEAST_TOKENS <= model.context
    except PromptTooLongError:
        return False


def _said(model: InTurn, messages: tuple[Message, ...], client: Client) -> dict[str, Any]:
    """Return the answer in the model's own words, told as they are written."""

    def hear(progress: Progress) -> None:
        if progress.phase == "prefill" or progress.text:
            counts = {"done": progress.done, "total": progress.total}
            client.event({"phase": progress.phase, "text": progress.text, **counts})

    found = model.generate(messages, grammar=None, max_tokens=USUAL_TOKENS, on_progress=hear)
    return {"answer": found.text, "cut": found.stop == "limit", "parts": 1, **_costs([found])}


def _filled(
    model: InTurn, question: str, document: str, slots: Mapping[str, Slot], client: Client
) -> dict[str, Any]:
    """Return the slots filled from a document of any length."""
    parts = 1

    def tell(_name: str, **detail: Any) -> None:
        nonlocal parts
        if "part" in detail:
            parts = max(parts, detail["parts"])
            client.event({"part": detail["part"], "parts": detail["parts"]})

    ask = Ask.model_construct(prompt=question, language="same", output=slots, sampling=GREEDY)
    found = ask_about(model, ask, document, overflow="summarize", tell=tell)
    values = {name: _plain(value) for name, value in found.values.items()}
    return {"answer": values, "cut": False, "parts": parts, **_costs(found.calls)}


def _costs(calls: Sequence[Answer]) -> dict[str, Any]:
    return {
        "prompt_tokens": sum(call.prompt_tokens for call in calls),
        "answer_tokens": sum(call.answer_tokens for call in calls),
        "seconds": round(sum(call.prefill_seconds + call.decode_seconds for call in calls), 3),
    }


def _plain(value: Any) -> Any:
    """Return a slot's value as JSON has it; a date as 2026-03-02, money as 1234.50 EUR."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value if value is None or isinstance(value, str | int | float) else str(value)
