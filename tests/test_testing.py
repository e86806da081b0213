"""A model of the tests answers when it is told, whoever asks it."""

import threading

import pytest

from homebody.errors import CancelledError
from homebody.messages import Message, Part
from homebody.model.cancellation import Cancellation
from homebody.testing import FakeModel


def ask(model: FakeModel, word: str, **more: object) -> str:
    """Return the answer to a prompt about one word."""
    messages = (Message(role="user", parts=(Part(text=word, data=True),)),)
    return model.generate(messages, grammar=None, max_tokens=9, **more).text


def test_answers_come_in_the_order_of_the_script_and_may_look_at_the_prompt():
    """A text as it is, a value as JSON, an exception raised, a function called; the last one for ever."""
    model = FakeModel(
        answers=["one", {"a": 2}, KeyError("three"), lambda messages: messages[0].parts[0].text]
    )
    assert ["one", '{"a":2}'] == [ask(model, "x"), ask(model, "x")]
    with pytest.raises(KeyError):
        ask(model, "x")
    assert ["y", "z"] == [ask(model, "y"), ask(model, "z")]


def test_what_is_held_back_is_answered_in_whatever_order_it_is_let_go():
    """Each thread gets its own answer, with one of the test's choice in place of the script's."""
    model, found = FakeModel(answers=["by the script"]), {}
    model.hold_back()
    threads = [
        threading.Thread(target=lambda word=word: found.update({word: ask(model, word)})) for word in "abc"
    ]
    for number, thread in enumerate(threads, start=1):
        thread.start()
        model.until_held(number)
    first, second, third = model.until_held(3)
    assert "abc" == first.document + second.document + third.document
    model.let_go(third, answer="chosen")
    threads[2].join()
    assert {"c": "chosen"} == found
    model.let_all_go()
    for thread in threads:
        thread.join()
    assert {"a": "by the script", "b": "by the script", "c": "chosen"} == found
    assert "by the script" == ask(model, "d")


def test_what_is_held_back_can_be_given_up():
    """It raises CancelledError and is held no longer."""
    model, gone, met = FakeModel(), Cancellation(), []

    def asked() -> None:
        with pytest.raises(CancelledError):
            ask(model, "a", cancellation=gone)
        met.append(True)

    model.hold_back()
    thread = threading.Thread(target=asked)
    thread.start()
    model.until_held(1)
    gone.cancel()
    thread.join()
    assert ([True], []) == (met, model.until_held(0))


def test_waiting_for_more_than_come_is_an_error():
    """It says how many there are."""
    with pytest.raises(TimeoutError, match="0 requests"):
        FakeModel().until_held(1, seconds=0.01)
