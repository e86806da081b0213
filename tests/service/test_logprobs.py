"""How likely the tokens of an answer were, as OpenAI's own client gets it told."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np
import openai
import pytest
from listening import listening
from speaking import speaking

from homebody.clock import SystemClock
from homebody.model.client import ModelClient
from homebody.service.openai.api import Api

ASKED: dict[str, Any] = {
    "model": "homebody",
    "messages": [{"role": "user", "content": "Tell me of the house."}],
    "max_tokens": 60,
}


@pytest.fixture
def ai(client: ModelClient, tmp_path: Path) -> Iterator[openai.OpenAI]:
    """OpenAI's client on a server with a model of random weights."""
    with (
        listening(tmp_path / "run" / "control.sock", Api(lambda: client, SystemClock).endpoints()) as path,
        speaking(path) as found,
    ):
        yield found


def test_each_token_comes_with_its_probability(ai: openai.OpenAI):
    """The tokens make up the answer, which is as it is without; the likeliest are told in order."""
    plain = ai.chat.completions.create(**ASKED).choices[0]
    found = ai.chat.completions.create(**ASKED, logprobs=True, top_logprobs=4).choices[0]
    told = found.logprobs.content

    assert plain.logprobs is None
    assert plain.message.content == found.message.content
    said = b"".join(bytes(one.bytes or []) for one in told).decode("utf-8", "replace")
    assert found.message.content == said
    assert (told[0].token, told[0].logprob) == (
        told[0].top_logprobs[0].token,
        told[0].top_logprobs[0].logprob,
    )
    for one in told:
        likeliest = [other.logprob for other in one.top_logprobs]
        assert (
            one.logprob <= likeliest[0]
        )  # what goes round in a circle is passed over, and is the likeliest still
        assert likeliest == sorted(likeliest, reverse=True)
        assert 4 == len(likeliest)
        assert math.fsum(map(math.exp, likeliest)) <= 1


def test_a_stream_tells_them_with_its_last_piece(ai: openai.OpenAI):
    """Read along, the same is told when the answer is over; without alternatives there are none."""
    whole = ai.chat.completions.create(**ASKED, logprobs=True).choices[0].logprobs.content
    pieces = list(ai.chat.completions.create(**ASKED, logprobs=True, stream=True))
    streamed = [
        one for piece in pieces if piece.choices[0].logprobs for one in piece.choices[0].logprobs.content
    ]

    assert pieces[-1].choices[0].logprobs is not None
    assert [(one.token, one.logprob) for one in whole] == [(one.token, one.logprob) for one in streamed]
    assert {0} == {len(one.top_logprobs) for one in whole}


def test_they_are_the_models_own_whatever_a_schema_allows(ai: openai.OpenAI):
    """Where a schema leaves no choice the model would still say something else, and that is what is told."""
    schema = {"type": "object", "properties": {"kind": {"enum": ["invoice"]}}, "required": ["kind"]}
    form = {"type": "json_schema", "json_schema": {"name": "kind", "schema": schema}}
    found = ai.chat.completions.create(**ASKED, logprobs=True, top_logprobs=1, response_format=form).choices[
        0
    ]
    told = found.logprobs.content

    assert '{"kind":"invoice"}' == found.message.content == "".join(one.token for one in told)
    assert any(one.token != one.top_logprobs[0].token for one in told)
    assert all(one.logprob <= one.top_logprobs[0].logprob for one in told)


def test_a_stop_leaves_no_token_beyond_it(ai: openai.OpenAI):
    """What a stop cut off is not told of."""
    drawn = ASKED | {"temperature": 1.3, "seed": 8}
    text = ai.chat.completions.create(**drawn).choices[0].message.content
    stop = text[5:7]
    found = ai.chat.completions.create(**drawn, logprobs=True, stop=stop).choices[0]
    told = b"".join(bytes(one.bytes or []) for one in found.logprobs.content).decode("utf-8", "replace")

    assert "stop" == found.finish_reason
    assert told.startswith(found.message.content)
    assert len(told) < len(found.message.content) + 6
    assert text[: text.index(stop)] == found.message.content


def said(token: str) -> bytes:
    """Return the bytes of a token by its name."""
    if token.startswith("bytes:"):
        return bytes(int(byte, 16) for byte in token.removeprefix("bytes:").split("\\x")[1:])
    return token.encode()


def test_a_plain_text_has_them_in_its_own_form(ai: openai.OpenAI):
    """A text that goes on comes with lists: tokens, their probabilities, the likeliest there, and where each begins."""
    asked: dict[str, Any] = {"model": "homebody", "prompt": "Once upon a house", "max_tokens": 20}
    found = ai.completions.create(**asked, logprobs=2).choices[0]
    none = ai.completions.create(**asked, logprobs=0).choices[0]
    told = found.logprobs

    assert found.text == b"".join(map(said, told.tokens)).decode("utf-8", "replace")
    assert 0 == told.text_offset[0]
    for token, logprob, likeliest, place in zip(
        told.tokens, told.token_logprobs, told.top_logprobs, told.text_offset, strict=True
    ):
        assert logprob == likeliest.get(token, logprob) <= max(likeliest.values())
        assert token.startswith("bytes:") or found.text[place:].startswith(token)
    assert told.token_logprobs == none.logprobs.token_logprobs
    assert {0} == {len(likeliest) for likeliest in none.logprobs.top_logprobs}


def test_they_are_what_the_library_itself_finds(ai: openai.OpenAI, random_model: Path):
    """llama-cpp-python's own class, which shares nothing with the engine but the library, comes to the same."""
    text = "Once upon a house"
    told = ai.completions.create(model="homebody", prompt=text, max_tokens=8, logprobs=20).choices[0].logprobs
    library = llama_cpp.Llama(str(random_model), n_ctx=256, logits_all=True, verbose=False, n_threads=1)
    library.eval(library.tokenize(text.encode(), add_bos=True, special=True))
    logits = library.scores[library.n_tokens - 1].astype(np.float64)
    logprobs = logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())
    best = [int(token) for token in np.argsort(-logprobs)[:20]]

    assert said(told.tokens[0]) == library.detokenize([best[0]], prev_tokens=[1, 1])
    assert told.token_logprobs[0] == pytest.approx(logprobs[best[0]], abs=0.05)
    assert sorted(told.top_logprobs[0].values(), reverse=True) == pytest.approx(
        [logprobs[token] for token in best], abs=0.05
    )
    library.close()
