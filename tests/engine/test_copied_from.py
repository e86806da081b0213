"""A copying model is helped along what the person wrote, not along what homebody or the chat template says."""

import pytest

from homebody.engine.copying import Copying
from homebody.engine.llama import Library, Weights
from homebody.engine.prompts import Prompts
from homebody.engine.vocabulary import Vocabulary
from homebody.messages import Message, Part
from homebody.paths import starter_model
from homebody.slots import TextSlot
from homebody.slots.prompt import build, repair


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The tokens of the model that ships, which copies."""
    settings = {"extra_buffers": False, "gpu_layers": 0, "mmap": True}
    return Vocabulary(Weights(Library(), starter_model(), settings=settings, on_load=lambda _: None))


def beginnings(vocabulary: Vocabulary, messages: tuple[Message, ...]) -> set[str]:
    """Return the pieces with which a string of the answer is likely to begin."""
    prompt = Prompts(vocabulary, context=2048).build(messages)
    copying = vocabulary.copying(prompt.tokens, prompt.static)
    assert isinstance(copying, Copying)
    for token in vocabulary.exactly('{"summary":"'):
        copying.note(token)
    return {vocabulary.piece(token).decode() for tokens, _ in copying.likely() for token in tokens}


def test_the_message_with_the_document_is_copied_from(vocabulary: Vocabulary) -> None:
    """Its words and those of the task, among which choices stand; no word of the system's, and none of a template's."""
    asked = build("Sum this up.", {"summary": TextSlot()}, "Roof tiles: 40 euros")
    found = beginnings(vocabulary, asked)
    assert {"4", "Sum"} <= found
    assert {"You", "system", "user", "assistant"}.isdisjoint(found)


def test_the_task_is_not_copied(vocabulary: Vocabulary) -> None:
    """An answer that has come to the end of the document ends, and does not go on with what homebody says there."""
    asked = build("Sum this up.", {"summary": TextSlot()}, "Roof tiles are dear")
    prompt = Prompts(vocabulary, context=2048).build(asked)
    assert (
        b"".join(map(vocabulary.piece, prompt.tokens[prompt.static : prompt.document]))
        == b"Roof tiles are dear"
    )
    copying = vocabulary.copying(prompt.tokens, prompt.static, prompt.document)
    assert isinstance(copying, Copying)
    for token in vocabulary.exactly('{"summary":"tiles are dear'):
        copying.note(token)
    assert [([vocabulary.exactly('"')[-1]], 1.0)] == list(copying.likely())


def test_what_was_wrong_before_is_not_copied(vocabulary: Vocabulary) -> None:
    """When an answer is asked for again, the wrong one stands in the prompt, and is no source."""
    asked = build("Sum this up.", {"summary": TextSlot()}, "Roof tiles")
    again = repair(asked, '{"summary":"Zebra music"}', "No.")
    assert beginnings(vocabulary, asked) == beginnings(vocabulary, again)


def test_without_a_document_all_may_be_copied(vocabulary: Vocabulary) -> None:
    """A script that asks for JSON sends its text as it likes."""
    found = beginnings(vocabulary, (Message(role="user", parts=(Part(text="Tag this: 7 music lessons"),)),))
    assert {"7", "music"} <= found
