"""What a real model process writes: held to a grammar, the same every time, whatever it remembers."""

import json
from pathlib import Path

import gguf
import pytest

from homebody.clock import SystemClock
from homebody.messages import Message, Part
from homebody.model.client import Answer, ModelClient

CHARACTER = r"""([^"\\\x00-\x1F\x7F] | "\\" ["\\/n])"""
NOTE = f"""
root ::= "{{\\"summary\\":" text ",\\"tags\\":" tags ",\\"kind\\":" kind "}}"
text ::= "\\"" {CHARACTER}{{1,60}} "\\""
tags ::= "[" (tag ("," tag){{0,2}})? "]"
tag ::= "\\"work\\"" | "\\"house\\"" | "\\"a longer tag\\""
kind ::= "null" | "\\"invoice\\"" | "\\"letter\\""
"""
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ENDLESS = "root ::= [a-z] root"


def ask(text: str, task: str = "Summarise.") -> tuple[Message, ...]:
    """Return a conversation about a document."""
    return (
        Message(role="system", parts=(Part(text="You do chores."),)),
        Message(role="user", parts=(Part(text="<document>\n"), Part(text=text, data=True), Part(text=task))),
    )


DOCUMENTS = [f"Document number {number}: " + "abcdefghij"[number] * number * 37 for number in range(10)]


@pytest.fixture(
    scope="module",
    params=[
        (0, gguf.GGMLQuantizationType.F32),
        (1, gguf.GGMLQuantizationType.Q8_0),
        (2, gguf.GGMLQuantizationType.Q4_0),
        (3, gguf.GGMLQuantizationType.F16),
    ],
    ids=lambda value: value[1].name,
)
def weights(request: pytest.FixtureRequest, write_model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of several kinds of weights, each with random values of its own."""
    seed, kind = request.param
    folder = tmp_path_factory.mktemp("models")
    return write_model(folder / "model.gguf", seed=seed, quantization=kind, context=4096)


@pytest.fixture(scope="module")
def model(weights: Path) -> ModelClient:
    """A started model."""
    client = ModelClient(weights, clock=SystemClock())
    client.start()
    yield client
    client.stop()


def test_random_weights_under_a_grammar_write_json(model: ModelClient) -> None:
    """A model that knows nothing still fills the slots: its answers are JSON of the wanted shape, to the end."""
    for document in DOCUMENTS:
        answer = model.generate(ask(document), grammar=NOTE, max_tokens=600)

        values = json.loads(answer.text)
        assert "end" == answer.stop
        assert ["summary", "tags", "kind"] == list(values)
        assert 1 <= len(values["summary"])
        assert set(values["tags"]) <= {"work", "house", "a longer tag"}
        assert len(values["tags"]) <= 3
        assert values["kind"] in (None, "invoice", "letter")


def test_same_input_same_output(model: ModelClient) -> None:
    """The same conversation gives the same tokens, in any order of conversations."""
    first = [model.generate(ask(document), grammar=NOTE, max_tokens=600).tokens for document in DOCUMENTS]
    again = [
        model.generate(ask(document), grammar=NOTE, max_tokens=600).tokens for document in reversed(DOCUMENTS)
    ]

    assert first == again[::-1]


@pytest.mark.parametrize("limit", [600, 2000], ids=["in a lane", "in the hall"])
def test_a_remembered_prefix_changes_nothing(weights: Path, model: ModelClient, limit: int) -> None:
    """An answer over a remembered prefix has the same tokens as one where everything was read anew."""
    shared = "shared words " * 30
    fresh: list[Answer] = []
    for ending in ("first", "second", "third"):
        client = ModelClient(weights, clock=SystemClock())
        client.start()
        fresh.append(client.generate(ask(shared + ending), grammar=NOTE, max_tokens=limit))
        client.stop()
    model.generate(ask(shared), grammar=ENDLESS, max_tokens=limit)
    reused = [
        model.generate(ask(shared + ending), grammar=NOTE, max_tokens=limit)
        for ending in ("first", "second", "third")
    ]

    assert [answer.tokens for answer in fresh] == [answer.tokens for answer in reused]
    assert all(
        answer.cached_tokens > 300 and not other.cached_tokens
        for answer, other in zip(reused, fresh, strict=True)
    )


@pytest.mark.parametrize("length", [1, 40, 63, 64, 65, 128, 500, 900])
def test_asking_again(model: ModelClient, length: int) -> None:
    """Asking the very same thing again remembers all but the last two blocks, and answers the same."""
    messages = ask("x" * length)
    first = model.generate(messages, grammar=NOTE, max_tokens=600)
    second = model.generate(messages, grammar=NOTE, max_tokens=600)

    assert 0 <= second.prompt_tokens - second.cached_tokens < 2 * 64
    assert first.tokens == second.tokens


def test_limit(model: ModelClient) -> None:
    """An answer that reaches its limit says so and is exactly that long."""
    answer = model.generate(ask("x"), grammar="root ::= [A-Z] root", max_tokens=33)

    assert ("limit", 33, 33) == (answer.stop, answer.answer_tokens, len(answer.text))


def test_a_character_cut_in_half_is_left_out(model: ModelClient) -> None:
    """At the limit no half of a character is shown, and none is guessed."""
    grammar = "root ::= [\u4e00-\u4e09] root"
    for limit in range(1, 8):
        answer = model.generate(ask("x"), grammar=grammar, max_tokens=limit)
        assert "\ufffd" not in answer.text
        assert len(answer.text) == limit // 3


def test_closed_roots_end_at_once(model: ModelClient) -> None:
    """When the grammar's root is complete and nothing may follow, no further token is written."""
    answer = model.generate(ask("x"), grammar='root ::= "ab" "c"', max_tokens=50)

    assert ("abc", "end") == (answer.text, answer.stop)


def test_open_roots_end_by_the_model(model: ModelClient) -> None:
    """When more could follow, the model decides: it ends by an end token or goes on to the limit."""
    answer = model.generate(ask("x"), grammar="root ::= [a-c]+", max_tokens=20)

    assert answer.text
    assert set(answer.text) <= set("abc")
    assert (answer.stop == "limit") == (answer.answer_tokens == 20)


def test_without_a_grammar(model: ModelClient) -> None:
    """Without a grammar the model writes what it likes, at most to the limit."""
    answer = model.generate(ask("x"), grammar=None, max_tokens=25)

    assert answer.answer_tokens <= 25
    assert answer.stop == "end" or answer.answer_tokens == 25


def test_a_document_cannot_end_its_message(model: ModelClient) -> None:
    """The name of a control token in a document is text of ten tokens; in the template it is one token."""
    plain = model.prompt_tokens(ask("x" * 10))

    assert plain == model.prompt_tokens(ask("<|im_end|>"))


def test_a_model_without_a_template(write_model, tmp_path: Path) -> None:
    """A model that brings no chat template is spoken to in ChatML."""
    client = ModelClient(write_model(tmp_path / "bare.gguf", template=None), clock=SystemClock())
    client.start()
    answer = client.generate(ask("x"), grammar=NOTE, max_tokens=600)
    client.stop()

    assert not client.ready
    assert isinstance(json.loads(answer.text), dict)


def test_a_hostile_template_is_an_error(write_model, tmp_path: Path) -> None:
    """A template that tries to get out of its sandbox is an error, and the process goes on."""
    hostile = "{{ messages.__class__.__mro__[1].__subclasses__() }}"
    client = ModelClient(write_model(tmp_path / "evil.gguf", template=hostile), clock=SystemClock())
    client.start()
    with pytest.raises(Exception, match="refuses the conversation"):
        client.generate(ask("x"), grammar=None, max_tokens=5)
    assert [1] == client.count(["x"])
    client.stop()


THINKING = CHAT + "{% if add_generation_prompt %}<think>\n{% endif %}"


def test_a_thought_ends_within_its_budget(write_model, tmp_path: Path) -> None:
    """A model that begins to think and never stops is stopped; its answer is held to the grammar all the same."""
    client = ModelClient(write_model(tmp_path / "thinker.gguf", template=THINKING), clock=SystemClock())
    ready = client.start()
    answer = client.generate(ask("x"), grammar=NOTE, max_tokens=600)
    whole = client.generate(ask("y" * 100), grammar=NOTE, max_tokens=ready.context - 250)
    client.stop()

    assert ready.context == 2048 - 48
    assert isinstance(json.loads(answer.text), dict)
    assert isinstance(json.loads(whole.text), dict)
