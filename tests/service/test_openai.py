"""OpenAI's API on the control socket: spoken with its own client, with curl, and with whoever means ill."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import openai
import pytest
from listening import listening
from openly import HELLO, LONG, NUMBER, Noting, connected, post, raw
from pydantic import BaseModel, Field
from speaking import speaking

from homebody.clock import SystemClock
from homebody.messages import Message, Part
from homebody.model.client import Manner, ModelClient
from homebody.paths import starter_model
from homebody.sampling import Sampling
from homebody.service.openai import api
from homebody.service.openai.api import Api


def test_a_conversation_goes_on(ai: openai.OpenAI, model: Noting):
    """A message comes back, the very one that the engine writes, with what it cost; nothing is drawn by itself."""
    found = ai.chat.completions.create(model="homebody", messages=HELLO, max_tokens=40)
    asked = tuple(Message(role=one["role"], parts=(Part(text=one["content"], data=True),)) for one in HELLO)
    direct = model.generate(asked, grammar=None, max_tokens=40)

    assert direct.text == found.choices[0].message.content
    assert "Random" == found.model
    assert ("stop" if direct.stop == "end" else "length") == found.choices[0].finish_reason
    assert direct.prompt_tokens == found.usage.prompt_tokens
    assert direct.answer_tokens == found.usage.completion_tokens
    assert found.usage.total_tokens == found.usage.prompt_tokens + found.usage.completion_tokens


def test_what_was_read_before_is_counted(ai: openai.OpenAI):
    """A conversation that goes on says how much of its prompt was remembered."""
    long = [{"role": "user", "content": "house " * 100}]
    ai.chat.completions.create(model="homebody", messages=long, max_tokens=5)
    again = ai.chat.completions.create(model="homebody", messages=long, max_tokens=5)

    assert again.usage.prompt_tokens_details.cached_tokens > 100


@pytest.mark.parametrize("chosen", [{}, {"temperature": 1.1, "top_p": 0.9, "seed": 5}])
def test_a_stream_is_the_whole_in_pieces(ai: openai.OpenAI, chosen: dict[str, Any]):
    """By events the same text comes as whole, then why it ended, then what it cost; a seed makes it the same again."""
    asked: dict[str, Any] = {"model": "homebody", "messages": HELLO, "max_tokens": 600, **chosen}
    whole = ai.chat.completions.create(**asked)
    pieces = list(ai.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)

    assert whole.choices[0].message.content == text
    assert "assistant" == pieces[0].choices[0].delta.role
    assert whole.choices[0].finish_reason == pieces[-2].choices[0].finish_reason
    assert whole.usage.completion_tokens == pieces[-1].usage.completion_tokens
    assert 1 == len({piece.id for piece in pieces})


def test_text_comes_before_the_answer_is_over(ai: openai.OpenAI):
    """A long answer arrives in many pieces."""
    pieces = ai.chat.completions.create(
        model="homebody", messages=HELLO, max_tokens=6000, response_format=LONG, stream=True
    )
    assert 3 < len([piece for piece in pieces if piece.choices[0].delta.content])


def test_a_stop_ends_an_answer(ai: openai.OpenAI):
    """The answer ends before a stop, whole and streamed, and says so."""
    asked: dict[str, Any] = {
        "model": "homebody", "messages": HELLO, "max_tokens": 300, "temperature": 1.2, "seed": 3,
    }  # fmt: skip
    text = ai.chat.completions.create(**asked).choices[0].message.content
    stop = text[10:13]
    ended = ai.chat.completions.create(**asked, stop=[stop, "no such"]).choices[0]
    pieces = ai.chat.completions.create(**asked, stop=stop, stream=True)

    assert text[: text.index(stop)] == ended.message.content
    assert "stop" == ended.finish_reason
    assert ended.message.content == "".join(piece.choices[0].delta.content or "" for piece in pieces)


class Bill(BaseModel):
    """What a script wants to know of a bill."""

    vendor: str = Field(max_length=20)
    pages: int = Field(ge=1, le=99)
    kind: Literal["invoice", "note"]
    tags: list[str] = Field(max_length=2)
    note: str | None


def test_an_answer_holds_to_a_schema(tmp_path: Path):
    """OpenAI's own helper makes the schema of a class, and gets an object of it back from the starter model."""
    model = ModelClient(starter_model(), clock=SystemClock())
    endpoints = Api(lambda: model, SystemClock).endpoints()
    with listening(tmp_path / "run" / "control.sock", endpoints) as path, speaking(path) as ai:
        asked: dict[str, Any] = {"model": "homebody", "messages": HELLO, "response_format": Bill}
        found = ai.chat.completions.parse(**asked).choices[0].message.parsed
        with ai.chat.completions.stream(**asked) as stream:
            streamed = stream.get_final_completion().choices[0].message.parsed
    model.stop()

    assert isinstance(found, Bill)
    assert found == streamed


def test_an_answer_is_an_object(ai: openai.OpenAI):
    """`json_object` is an object of any kind; one that its maximum cut short says so."""
    found = ai.chat.completions.create(
        model="homebody", messages=HELLO, response_format={"type": "json_object"}, max_tokens=4000
    ).choices[0]

    assert found.message.content.startswith("{")
    if found.finish_reason == "stop":
        assert isinstance(json.loads(found.message.content), dict)


def test_a_text_goes_on(ai: openai.OpenAI, model: Noting):
    """A plain prompt is taken without the chat template, whole and streamed."""
    asked: dict[str, Any] = {"model": "homebody", "prompt": "Once upon a house", "max_tokens": 30}
    whole = ai.completions.create(**asked)
    pieces = ai.completions.create(**asked, stream=True)
    message = Message(role="user", parts=(Part(text="Once upon a house"),))
    direct = model.generate((message,), grammar=None, max_tokens=30, manner=Manner(raw=True))

    assert direct.text == whole.choices[0].text
    assert direct.prompt_tokens == whole.usage.prompt_tokens
    assert direct.text == "".join(piece.choices[0].text for piece in pieces)


def test_the_models_are_what_is_loaded(ai: openai.OpenAI):
    """There is one model, under its own name and under ours; any other is refused, and none need be named."""
    assert ["homebody", "Random"] == [one.id for one in ai.models.list()]
    with pytest.raises(openai.NotFoundError, match="say `homebody` or `Random`"):
        ai.chat.completions.create(model="gpt-4o", messages=HELLO)


def test_it_goes_before_what_runs_by_itself(ai: openai.OpenAI, model: Noting):
    """A script's question is asked as one that somebody waits for."""
    ai.chat.completions.create(model="homebody", messages=HELLO, max_tokens=1)
    assert "interactive" == model.asked[-1]["manner"].priority


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_is_not_worked_for(server: Path, model: Noting, stream: bool):
    """When a client hangs up, its answer is given up, whole or streamed."""
    connection = connected(server)
    before = len(model.asked)
    connection.sendall(post({"response_format": LONG, "max_tokens": 7000, "stream": stream}))
    if stream:
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    else:
        while len(model.asked) == before:
            threading.Event().wait(0.005)
    connection.close()

    assert model.given_up.wait(20)


def test_a_client_that_only_ended_its_sending_is_answered(server: Path, model: Noting):
    """Whoever says that nothing more comes still waits for the answer."""
    with closing(connected(server)) as connection:
        connection.sendall(post({"response_format": LONG, "max_tokens": 7000}))
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    assert answer.startswith(b"HTTP/1.1 200")
    assert not model.given_up.is_set()


def test_many_at_once(server: Path):
    """Sixty-four clients are all answered, streamed and whole, beside one that reads nothing of its stream."""
    with closing(connected(server)) as idle:
        idle.sendall(post({"response_format": LONG, "max_tokens": 7000, "stream": True}))
        found: list[str] = []

        def ask(number: int) -> None:
            body: dict[str, Any] = {
                "messages": [{"role": "user", "content": f"note {number}"}],
                "max_tokens": 8,
            }
            status, answer = raw(server, json.dumps(body | {"stream": number % 2 == 0}).encode())
            right = answer.endswith(b"0\r\n\r\n") if number % 2 == 0 else json.loads(answer)["choices"]
            found.append(f"{status} {bool(right)}")

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ["200 True"] * 64 == found


def test_when_all_places_are_taken_it_says_so(model: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One more than can be answered at once is told to come back, and gets its answer then."""
    monkeypatch.setattr(api, "MOST_AT_ONCE", 1)
    endpoints = Api(lambda: model, SystemClock).endpoints()
    with listening(tmp_path / "run" / "control.sock", endpoints) as path, speaking(path) as ai:
        first = connected(path)
        first.sendall(post({"response_format": LONG, "max_tokens": 7000, "stream": True}))
        first.recv(100)
        with pytest.raises(openai.RateLimitError, match="Ask again"):
            ai.chat.completions.create(model="homebody", messages=HELLO, max_tokens=2)
        assert ai.models.list().data
        model.given_up.clear()
        first.close()
        assert model.given_up.wait(20)
        while True:  # the place is free a moment after the cancel
            try:
                ai.chat.completions.create(model="homebody", messages=HELLO, max_tokens=2)
                break
            except openai.RateLimitError:
                threading.Event().wait(0.005)


def test_a_death_of_the_process_is_hardly_noticed(random_model: Path, tmp_path: Path):
    """When the model process is killed in the middle of a streamed answer, another goes on where it was."""
    model = ModelClient(random_model, clock=SystemClock())
    schema = {"type": "array", "items": NUMBER, "minItems": 60, "maxItems": 60}
    asked: dict[str, Any] = {
        "model": "homebody",
        "messages": HELLO,
        "max_tokens": 7000,
        "response_format": LONG | {"json_schema": {"name": "long", "schema": schema}},
    }
    endpoints = Api(lambda: model, SystemClock).endpoints()
    with listening(tmp_path / "run" / "control.sock", endpoints) as path, speaking(path) as ai:
        whole = ai.chat.completions.create(**asked).choices[0].message.content
        text = ""
        for piece in ai.chat.completions.create(**asked, stream=True):
            if piece.choices[0].delta.content and not text:
                os.kill(model.ready.pid, signal.SIGKILL)
            text += piece.choices[0].delta.content or ""
    model.stop()
    assert 60 == len(json.loads(whole))
    assert whole == text


def test_http_1_0_gets_events_without_chunks(server: Path):
    """A client that knows no pieces gets the events as they are, up to the end of the connection."""
    body = json.dumps({"messages": HELLO, "max_tokens": 3, "stream": True}).encode()
    status, answer = raw(server, body, version="1.0")
    assert 200 == status
    assert answer.startswith(b"data: {")
    assert answer.endswith(b"data: [DONE]\n\n")


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_curl_gets_an_answer(server: Path):
    """What has no client of its own asks with curl."""
    body = json.dumps({"messages": HELLO, "max_tokens": 5})
    address = "http://homebody/v1/chat/completions"
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "--unix-socket", str(server), address, "-d", body],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["choices"][0]["message"]["role"] == "assistant"


def test_greedy_is_the_rule(ai: openai.OpenAI, model: Noting):
    """Where a request does not say otherwise, nothing is left to chance: the same question has the same answer."""
    ai.chat.completions.create(model="homebody", messages=HELLO, max_tokens=1)
    assert Sampling() == model.asked[-1]["sampling"]
