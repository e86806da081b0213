"""What does a request want? Every field is understood, or refused by name: none is passed over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homebody.json_schema import ANY_OBJECT, Schema, read_schema
from homebody.messages import Message, Part
from homebody.sampling import Sampling
from homebody.service.openai.refusal import Refusal

USUAL_TOKENS = 1024
"""The most tokens of an answer where a request does not say, or what the context has left if that is less."""

MOST_TOKENS = 1_000_000
MOST_STOPS = 16
LONGEST_STOP = 256

SAMPLING = ("temperature", "top_p", "seed", "top_k", "min_p", "repeat_penalty")

LABELS = ("user", "safety_identifier", "prompt_cache_key")
"""What a client calls its person, or a question, by: it changes no answer."""

COMMON = frozenset({"model", "max_tokens", "stop", "stream", "stream_options", *LABELS, *SAMPLING})

CHAT = COMMON | {"messages", "max_completion_tokens", "response_format", "logprobs", "top_logprobs"}

TEXT = COMMON | {"prompt", "logprobs"}

MOST_LOGPROBS = 20
MOST_LIKELIHOODS = 50_000
"""Probabilities that one answer may come with: some megabytes."""

NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "n": (1,),
    "best_of": (1,),
    "echo": (False,),
    "logit_bias": ({},),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "parallel_tool_calls": (True, False),
    "tool_calls": ([],),
    "annotations": ([],),
    "functions": ([],),
    "modalities": (["text"],),
    "store": (False,),
    "metadata": ({},),
    "service_tier": ("auto", "default"),
}
"""What is not there, and the values with which a client says that it does not want it."""

ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A request, understood."""

    messages: tuple[Message, ...]
    raw: bool
    model: str | None
    max_tokens: int | None
    """None where the request does not say."""
    sampling: Sampling
    stop: tuple[str, ...]
    stream: bool
    usage: bool
    """Whether a stream ends with what it cost."""
    schema: Schema | None
    logprobs: int | None
    """Of how many likely tokens it wants to know beside each of the answer's; None for nothing of the kind."""


def read_chat(body: Mapping[str, Any]) -> Wanted:
    """Return what a request for the next message of a conversation wants. Raises Refusal, SchemaError."""
    refuse_strange(body, CHAT)
    tokens = [_tokens(body, name) for name in ("max_tokens", "max_completion_tokens")]
    if None not in tokens and tokens[0] != tokens[1]:
        raise Refusal(
            "`max_tokens` and `max_completion_tokens` mean the same here, and differ.", param="max_tokens"
        )
    most = next((one for one in tokens if one is not None), None)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refusal("`messages` must be a list with at least one message.", param="messages")
    read = tuple(_message(one, f"messages[{number}]") for number, one in enumerate(messages))
    schema = _schema(body.get("response_format"))
    top = _count(body, "top_logprobs")
    if top is not None and not _flag(body, "logprobs"):
        raise Refusal("`top_logprobs` goes with `logprobs`: true.", param="top_logprobs")
    wanted = _wanted(body, read, most, schema, logprobs=(top or 0) if _flag(body, "logprobs") else None)
    if schema is not None and wanted.stop:
        raise Refusal("`stop` would cut JSON short: leave it out, or `response_format`.", param="stop")
    return wanted


def read_text(body: Mapping[str, Any]) -> Wanted:
    """Return what a request for the continuation of a text wants. Raises Refusal."""
    refuse_strange(body, TEXT)
    prompt = body.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str) or not prompt:
        raise Refusal("`prompt` must be one text; several, and token numbers, are not there.", param="prompt")
    message = Message(role="user", parts=(Part(text=text_of(prompt, "prompt")),))
    logprobs = None if body.get("logprobs") is False else _count(body, "logprobs")
    return _wanted(body, (message,), _tokens(body, "max_tokens"), None, raw=True, logprobs=logprobs)


def _wanted(
    body: Mapping[str, Any],
    messages: tuple[Message, ...],
    most: int | None,
    schema: Schema | None,
    *,
    raw: bool = False,
    logprobs: int | None,
) -> Wanted:
    """Return what is the same for both kinds."""
    if logprobs is not None and (most or USUAL_TOKENS) * (1 + logprobs) > MOST_LIKELIHOODS:
        tokens = MOST_LIKELIHOODS // (1 + logprobs)
        raise Refusal(
            f"With so many `logprobs` an answer may have {tokens:,} tokens: give a lower `max_tokens`.",
            param="max_tokens",
        )
    stream = _flag(body, "stream")
    options = body.get("stream_options")
    if options is not None:
        if not stream or not isinstance(options, dict):
            raise Refusal("`stream_options` is an object, and goes with `stream`.", param="stream_options")
        refuse_strange(options, frozenset({"include_usage"}), within="stream_options.")
    for name in ("model", *LABELS):
        if body.get(name) is not None and not isinstance(body[name], str):
            raise Refusal(f"`{name}` must be text.", param=name)
    return Wanted(
        messages=messages,
        raw=raw,
        model=body.get("model"),
        max_tokens=most,
        sampling=_sampling(body),
        stop=_stops(body.get("stop")),
        stream=stream,
        usage=_flag(options or {}, "include_usage", within="stream_options."),
        schema=schema,
        logprobs=logprobs,
    )


def refuse_strange(said: Mapping[str, Any], known: frozenset[str], within: str = "") -> None:
    """Refuse the first field that is not *known*, unless it says that what is not there is not wanted."""
    for name, value in said.items():
        if name in known or value is None or any(_same(value, neutral) for neutral in NEUTRAL.get(name, ())):
            continue
        raise Refusal(f"`{within}{name[:60]}` is not supported by homebody.", param=f"{within}{name[:60]}")


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _message(said: Any, place: str) -> Message:
    """Return a message; its text is data to the engine, so that nothing of it is taken for the template's words."""
    if not isinstance(said, dict):
        raise Refusal(f"`{place}` must be an object with `role` and `content`.", param=place)
    refuse_strange(said, frozenset({"role", "content"}), within=f"{place}.")
    role = said.get("role")
    if role not in ROLES:
        raise Refusal(f"`{place}.role` must be one of: {', '.join(ROLES)}.", param=f"{place}.role")
    content = said.get("content")
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise Refusal(f"`{place}.content` must be text.", param=f"{place}.content")
    parts = tuple(_part(one, f"{place}.content[{number}]") for number, one in enumerate(content))
    return Message(role=ROLES[role], parts=parts)


def _part(said: Any, place: str) -> Part:
    if not isinstance(said, dict) or said.get("type") != "text":
        kind = said.get("type") if isinstance(said, dict) else None
        raise Refusal(f"`{place}`: only text is supported by homebody, not `{str(kind)[:40]}`.", param=place)
    refuse_strange(said, frozenset({"type", "text"}), within=f"{place}.")
    return Part(text=text_of(said.get("text"), f"{place}.text"), data=True)


def text_of(said: Any, place: str) -> str:
    """Return a text that can be written down; half a character cannot."""
    if not isinstance(said, str):
        raise Refusal(f"`{place}` must be text.", param=place)
    try:
        said.encode()
    except UnicodeEncodeError as error:
        raise Refusal(f"`{place}` holds half a character (a lone surrogate).", param=place) from error
    return said


def _tokens(body: Mapping[str, Any], name: str) -> int | None:
    most = body.get(name)
    if most is None:
        return None
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST_TOKENS:
        raise Refusal(f"`{name}` must be a whole number from 1 on.", param=name)
    return most


def _count(body: Mapping[str, Any], name: str) -> int | None:
    """Return of how many likely tokens a request wants to know."""
    most = body.get(name)
    if most is None:
        return None
    if isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= MOST_LOGPROBS:
        raise Refusal(f"`{name}` must be a whole number from 0 to {MOST_LOGPROBS}.", param=name)
    return most


def _flag(said: Mapping[str, Any], name: str, within: str = "") -> bool:
    value = said.get(name)
    if value is not None and not isinstance(value, bool):
        raise Refusal(f"`{within}{name}` must be true or false.", param=f"{within}{name}")
    return bool(value)


def _sampling(body: Mapping[str, Any]) -> Sampling:
    """Return how tokens are chosen: always the likeliest, unless the request says otherwise."""
    given = {name: body[name] for name in SAMPLING if body.get(name) is not None}
    for name, value in given.items():
        try:
            Sampling(**{name: value})
        except ValueError as error:
            raise Refusal(f"{error}.", param=name) from error
    return Sampling(**given)


def _stops(said: Any) -> tuple[str, ...]:
    stops = [said] if isinstance(said, str) else said
    if stops is None:
        return ()
    if not isinstance(stops, list) or len(stops) > MOST_STOPS:
        raise Refusal(f"`stop` must be a text, or a list of at most {MOST_STOPS}.", param="stop")
    for stop in stops:
        if not 0 < len(text_of(stop, "stop")) <= LONGEST_STOP:
            raise Refusal(f"Each `stop` must have 1 to {LONGEST_STOP} characters.", param="stop")
    return tuple(stops)


def _schema(said: Any) -> Schema | None:
    """Return what the answer is held to."""
    if said is None:
        return None
    kind = said.get("type") if isinstance(said, dict) else None
    forms: Mapping[Any, Callable[[], Schema | None]] = {
        "text": lambda: None,
        "json_object": lambda: ANY_OBJECT,
        "json_schema": lambda: _named_schema(said.get("json_schema")),
    }
    if kind not in forms:
        raise Refusal(
            "`response_format.type` must be text, json_object or json_schema.", param="response_format"
        )
    own = {"type", "json_schema"} if kind == "json_schema" else {"type"}
    refuse_strange(said, frozenset(own), within="response_format.")
    return forms[kind]()


def _named_schema(said: Any) -> Schema:
    place = "response_format.json_schema"
    if not isinstance(said, dict) or "schema" not in said:
        raise Refusal(f"`{place}` must be an object with a `schema`.", param=place)
    refuse_strange(said, frozenset({"name", "description", "schema", "strict"}), within=f"{place}.")
    return read_schema(said["schema"])
