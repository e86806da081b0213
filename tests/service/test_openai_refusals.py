"""What OpenAI's API has and homebody has not, what makes no sense, and what does not fit: refused in their words."""

import json
from pathlib import Path
from typing import Any

import openai
import pytest
from openly import HELLO, Noting, raw

from homebody.service.openai.api import LARGEST_BODY


def test_what_openai_has_and_homebody_has_not_is_refused_with_the_reason(ai: openai.OpenAI):
    """What is not there is no unknown address: the client is told why, or what to do, and does not try again."""
    assert "homebody" == ai.models.retrieve("homebody").id
    with pytest.raises(openai.NotFoundError, match="homebody model use NAME --for embeddings"):
        ai.embeddings.create(model="homebody", input="a boiler")
    with pytest.raises(openai.NotFoundError, match="/v1/chat/completions"):
        ai.responses.create(model="homebody", input="a boiler")
    with pytest.raises(openai.NotFoundError, match="does not support files"):
        ai.files.list()


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"n": 2}, "n"),
        ({"n": True}, "n"),
        ({"logprobs": "yes"}, "logprobs"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 20, "max_tokens": 3000}, "max_tokens"),
        ({"logit_bias": {"1": 5}}, "logit_bias"),
        ({"presence_penalty": 0.5}, "presence_penalty"),
        ({"reasoning_effort": "low"}, "reasoning_effort"),
        ({"something_new": 1}, "something_new"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"stream": True, "stream_options": {"include_obfuscation": True}}, "stream_options.include_obfuscation"),
        ({"stream": "yes"}, "stream"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"metadata": {"a": "b"}, "store": True}, "metadata"),
        ({"prompt_cache_key": 5}, "prompt_cache_key"),
        ({"temperature": 3}, "temperature"),
        ({"top_p": "high"}, "top_p"),
        ({"seed": -1}, "seed"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"max_tokens": 5, "max_completion_tokens": 6}, "max_tokens"),
        ({"stop": ""}, "stop"),
        ({"stop": ["a"] * 17}, "stop"),
        ({"stop": [3]}, "stop"),
        ({"stop": "a", "response_format": {"type": "json_object"}}, "stop"),
        ({"response_format": {"type": "xml"}}, "response_format"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"pattern": "a"}}}},
         "response_format"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages[0].tool_call_id"),
        ({"messages": [{"role": "boss", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
         "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": "half \ud83c"}]}, "messages[0].content[0].text"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_by_name(server: Path, model: Noting, more: dict[str, Any], param: str):
    """A request for what homebody has not is refused with the field's name, and the model is not asked."""
    before = len(model.asked)
    status, answer = raw(server, json.dumps({"model": "homebody", "messages": HELLO, **more}).encode())
    error = json.loads(answer)["error"]

    assert 400 == status
    assert param == error["param"]
    assert error["message"].endswith(".")
    assert before == len(model.asked)


@pytest.mark.parametrize(
    "more",
    [
        {"n": 1, "logprobs": False, "tools": None, "presence_penalty": 0.0, "logit_bias": {}, "store": False},
        {"user": "me", "stream": None, "stop": None, "response_format": {"type": "text"}},
        {"messages": [{"role": "developer", "content": [{"type": "text", "text": "Hello"}]}]},
        {"model": None, "max_completion_tokens": 3, "top_k": 5, "min_p": 0.1},
        {
            "safety_identifier": "me",
            "prompt_cache_key": "bills",
            "tool_choice": "auto",
            "parallel_tool_calls": False,
        },
        {
            "messages": [
                *HELLO,
                {"role": "assistant", "content": "b", "refusal": None, "annotations": [], "tool_calls": []},
                {"role": "user", "content": "c"},
            ]
        },
    ],
)
def test_what_says_nothing_is_taken(server: Path, more: dict[str, Any]):
    """Fields with which a client says that it wants none of it, and a person's label, hinder nothing."""
    status, answer = raw(server, json.dumps({"messages": HELLO, "max_completion_tokens": 3, **more}).encode())
    assert 200 == status, answer


@pytest.mark.parametrize(
    "more",
    [
        {"suffix": "x"},
        {"echo": True},
        {"logprobs": True},
        {"logprobs": -1},
        {"best_of": 2},
        {"prompt": ["a", "b"]},
        {"prompt": [1]},
        {"prompt": ""},
    ],
)
def test_a_text_that_is_no_text_is_refused(server: Path, more: dict[str, Any]):
    """The same holds for a text that is to go on."""
    status, answer = raw(server, json.dumps({"prompt": "a", **more}).encode(), route="/v1/completions")
    assert 400 == status
    assert next(iter(more)) == json.loads(answer)["error"]["param"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{nope", 400), (b"[]", 409), (b'{"a": NaN}', 400), (b"\xff", 400), (b"[" * 100_000, 400),
     (b"x" * (LARGEST_BODY + 1), 413)],
)  # fmt: skip
def test_nonsense_is_refused_in_their_words(server: Path, ai: openai.OpenAI, body: bytes, status: int):
    """What is no request gets an error of OpenAI's form, and the next request is answered."""
    found, answer = raw(server, body)
    assert status == found
    assert json.loads(answer)["error"]["message"]
    assert ai.models.list().data


def test_a_prompt_that_does_not_fit_is_refused_with_the_counts(ai: openai.OpenAI, model: Noting):
    """Nothing is cut: a prompt and an answer that are longer than the context are an error with the numbers."""
    with pytest.raises(openai.BadRequestError, match=f"more than the {model.context}") as caught:
        ai.chat.completions.create(model="homebody", messages=HELLO, max_tokens=model.context)
    assert "context_length_exceeded" == caught.value.code
    long = [{"role": "user", "content": "x" * (model.context - 100)}]
    found = ai.chat.completions.create(model="homebody", messages=long)
    assert found.usage.total_tokens <= model.context
