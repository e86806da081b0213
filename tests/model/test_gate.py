"""Who goes into the model process, for threads that really wait."""

import threading

import pytest

from homebody.errors import CancelledError, ModelKilledByPromptError
from homebody.model.cancellation import Cancellation
from homebody.model.gate import Gate, key_of
from homebody.model.suspects import Docket, remembered

ASK = {
    "do": "generate",
    "messages": [{"role": "user", "parts": [{"text": "a", "data": True}]}],
    "max_tokens": 5,
}


def test_a_request_is_known_by_what_it_asks() -> None:
    """Its text, grammar and length make it another one, its time and its priority do not; nothing of it is shown."""
    key = key_of(ASK)

    assert key == key_of({**ASK, "deadline": 3.0, "priority": "interactive", "id": 7})
    others = [
        {**ASK, "max_tokens": 6},
        {**ASK, "grammar": "root ::= [a]"},
        {**ASK, "do": "count"},
        {**ASK, "messages": []},
    ]
    assert 5 == len({key, *map(key_of, others)})
    assert 64 == len(key)


def test_a_cancelled_wait_ends() -> None:
    """A call that waits for its turn is given up at once, also from another thread, and leaves nothing behind."""
    gate = Gate(remembered([key_of(ASK)], {}))
    cancellation, waiting, ends = Cancellation(), threading.Event(), []

    def wait() -> None:
        with gate.arrival(ASK, cancellation) as turn:
            waiting.set()
            try:
                turn.wait()
            except CancelledError:
                ends.append("cancelled")

    with gate.arrival({**ASK, "max_tokens": 6}, Cancellation()) as other:
        other.wait()
        thread = threading.Thread(target=wait)
        thread.start()
        assert waiting.wait(20)
        cancellation.cancel()
        thread.join(20)

    assert ["cancelled"] == ends
    assert gate.idle


def test_a_suspect_waits_until_it_is_alone_and_the_others_until_it_is_out() -> None:
    """The suspect goes in when the one before it has left, and the one behind it when the suspect has."""
    suspect = {**ASK, "max_tokens": 6}
    gate = Gate(remembered([key_of(suspect)], {}))
    order: list[str] = []
    arrived = [threading.Event(), threading.Event()]
    inside = [threading.Event(), threading.Event()]

    def go(name: str, request: dict, number: int) -> None:
        with gate.arrival(request, Cancellation()) as turn:
            arrived[number].set()
            turn.wait()
            order.append(f"{name} in")
            inside[number].set()
            turn.answered = True
            order.append(f"{name} out")

    threads = [
        threading.Thread(target=go, args=("suspect", suspect, 0)),
        threading.Thread(target=go, args=("new", ASK, 1)),
    ]
    with gate.arrival(ASK, Cancellation()) as first:
        first.wait()
        for thread, event in zip(threads, arrived, strict=True):
            thread.start()
            assert event.wait(20)
        assert not any(event.is_set() for event in inside)
        order.append("first out")
    for thread in threads:
        thread.join(20)

    assert ["first out", "suspect in", "suspect out", "new in", "new out"] == order
    assert Docket() == gate.docket


def test_the_guilty_are_told_why() -> None:
    """One that killed the process twice is not let in again, and is told what the process said."""
    gate = Gate(remembered([], {key_of(ASK): "It was killed by SIGSEGV."}))

    raises = pytest.raises(ModelKilledByPromptError, match=r"twice over this text.*SIGSEGV")
    with gate.arrival(ASK, Cancellation()) as turn, raises as caught:
        turn.wait()

    assert "homebody restart" in caught.value.hint
