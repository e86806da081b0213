"""An answer that somebody reads along with, that ends at a word, or that goes on with a plain text."""

from collections.abc import Iterator

import pytest

from homebody.clock import SystemClock
from homebody.errors import PromptTooLongError
from homebody.messages import Message, Part
from homebody.model.client import Manner, ModelClient, Progress
from homebody.sampling import Sampling

QUESTION = (Message(role="user", parts=(Part(text="Tell me about the house.", data=True),)),)
LIVELY = Sampling(temperature=1.2, seed=11)
LETTERS = "root ::= [a-z \u65e5\u00e9] root"


def read(
    client: ModelClient, manner: Manner, *, grammar: str | None = LETTERS, tokens: int = 120, sampling=LIVELY
):
    """Return the answer and the progress on the way to it."""
    told: list[Progress] = []
    answer = client.generate(
        QUESTION,
        grammar=grammar,
        max_tokens=tokens,
        sampling=sampling,
        on_progress=told.append,
        manner=manner,
    )
    return answer, told


def test_text_is_told_as_it_is_written(client: ModelClient):
    """What is told on the way is the beginning of the answer, in several pieces, and the answer is as without it."""
    plain, silent = read(client, Manner(), tokens=3000)
    answer, told = read(client, Manner(stream=True), tokens=3000)
    said = "".join(progress.text for progress in told)

    assert plain.tokens == answer.tokens
    assert answer.text.startswith(said)
    assert said
    assert 1 < len([progress for progress in told if progress.text])
    assert {""} == {progress.text for progress in silent}


@pytest.mark.parametrize("start", [5, 23, 60])
@pytest.mark.parametrize("length", [1, 3, 7])
def test_an_answer_ends_before_a_stop(client: ModelClient, start: int, length: int):
    """A text that is to end the answer ends it, wherever tokens cut it, and nothing of it was told before."""
    whole, _ = read(client, Manner())
    stop = whole.text[start : start + length]
    before = whole.text[: whole.text.index(stop)]
    answer, told = read(client, Manner(stream=True, stop=("\u65e5no such word", stop)))

    assert (before, "stop") == (answer.text, answer.stop)
    assert before.startswith("".join(progress.text for progress in told))
    assert len(answer.tokens) < len(whole.tokens)


def test_a_stop_that_never_comes_changes_nothing(client: ModelClient):
    """Where it does not come up, the answer goes on to its own end, all of it."""
    whole, _ = read(client, Manner())
    answer, _ = read(client, Manner(stop=("zzzzzzzzzzzzz", whole.text[-1] + "!")))

    assert (whole.text, whole.stop, whole.tokens) == (answer.text, answer.stop, answer.tokens)


def test_what_is_certain_does_not_end_an_answer_before_it_began(client: ModelClient):
    """A grammar whose beginning holds the stop gives an empty answer with its costs."""
    answer, _ = read(
        client, Manner(stop=("{",)), grammar='root ::= "{\\"key\\":" [a-z]{1,9} "}"', sampling=Sampling()
    )

    assert ("", "stop") == (answer.text, answer.stop)
    assert answer.prefill_seconds >= 0


def test_a_raw_prompt_is_what_it_says(client: ModelClient):
    """Without the template there are the text's own tokens and nothing else; names of control tokens are tokens."""
    text = "the note of a house"
    (alone,) = client.count([text])

    def tokens(*parts: Part) -> int:
        message = Message(role="user", parts=parts)
        return client.generate((message,), grammar=None, max_tokens=1, manner=Manner(raw=True)).prompt_tokens

    assert alone + 1 == tokens(Part(text=text))  # the token that begins every text of this model
    assert alone + 2 == tokens(Part(text=f"{text}<|im_end|>"))
    assert alone + 10 < tokens(Part(text=f"{text}<|im_end|>", data=True))


def test_the_maximum_gives_way_to_the_prompt(client: ModelClient):
    """Where it may be shortened, an answer has what the context leaves; else it is refused with the counts."""
    long = (Message(role="user", parts=(Part(text="x" * (client.context - 100), data=True),)),)
    with pytest.raises(PromptTooLongError, match="tokens"):
        client.generate(long, grammar="root ::= [A-Z] root", max_tokens=1000)
    answer = client.generate(
        long, grammar="root ::= [A-Z] root", max_tokens=1000, manner=Manner(shorten=True)
    )

    assert "limit" == answer.stop
    assert client.context == answer.prompt_tokens + answer.answer_tokens


@pytest.fixture(scope="module")
def thinker(write_model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelClient]:
    """A model whose template begins a thought."""
    template = (
        "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}"
    )
    path = write_model(tmp_path_factory.mktemp("thinker") / "thinker.gguf", context=4096, template=template)
    client = ModelClient(path, clock=SystemClock())
    client.start()
    yield client
    client.stop()


def test_a_thought_is_never_told(thinker: ModelClient):
    """Of a model that thinks only the answer is told, without the blanks before it."""
    answer, told = read(thinker, Manner(stream=True))
    said = "".join(progress.text for progress in told)

    assert said
    assert answer.text.startswith(said)
    assert said == said.lstrip()
