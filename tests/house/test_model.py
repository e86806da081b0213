"""So many requests with the model at once and no more, in the order in which they came."""

import threading

import pytest
from several import until

from homebody.errors import CancelledError
from homebody.house.model import MOST_SLOTS, InTurn, Turns, slots_of
from homebody.messages import Message, Part
from homebody.model.cancellation import Cancellation
from homebody.model.client import ModelReady
from homebody.testing import FakeModel


def message(word: str) -> tuple[Message, ...]:
    """Return a prompt about a document of one word."""
    return (Message(role="user", parts=(Part(text=word, data=True),)),)


class Asking:
    """Requests of several threads, each with its end."""

    def __init__(self, model: FakeModel, slots: int) -> None:
        self.model, self.turns = model, Turns(lambda: slots)
        self.ends: dict[str, object] = {}
        self.cancellations: dict[str, Cancellation] = {}
        self.threads: list[threading.Thread] = []

    def ask(self, word: str) -> None:
        """Ask in a thread of its own, and wait until the request stands in the queue or is with the model."""
        self.cancellations[word] = gone = Cancellation()
        mine = InTurn(self.model, self.turns, gone)

        def asked() -> None:
            try:
                self.ends[word] = mine.generate(message(word), grammar=None, max_tokens=5)
            except CancelledError as error:
                self.ends[word] = error

        before = len(self.turns._queue) + len(self.model.held)
        self.threads.append(threading.Thread(target=asked))
        self.threads[-1].start()
        until(lambda: len(self.turns._queue) + len(self.model.held) == before + 1)

    def end(self) -> None:
        """Let everything be answered."""
        self.model.let_all_go()
        for thread in self.threads:
            thread.join()


def test_no_more_requests_are_with_the_model_than_it_has_slots():
    """The others wait here, first come, first served; each answer lets one more in."""
    model = FakeModel()
    model.hold_back()
    asking = Asking(model, slots=2)
    for word in "abcde":
        asking.ask(word)
    assert ["a", "b"] == [one.document for one in model.until_held(2)]
    model.let_go(model.held[1])
    until(lambda: "c" in [one.document for one in model.held])
    assert ["a", "c"] == [one.document for one in model.until_held(2)]
    asking.end()
    assert set("abcde") == asking.ends.keys()
    assert not any(isinstance(end, CancelledError) for end in asking.ends.values())


def test_one_that_waits_for_its_turn_is_given_up_and_takes_no_turn():
    """It never reaches the model, and those behind it come up."""
    model = FakeModel()
    model.hold_back()
    asking = Asking(model, slots=1)
    for word in "abc":
        asking.ask(word)
    asking.cancellations["b"].cancel()
    until(lambda: "b" in asking.ends)
    model.let_go(*model.until_held(1))
    until(lambda: ["c"] == [one.document for one in model.held])
    asking.end()
    assert {"b"} == {word for word, end in asking.ends.items() if isinstance(end, CancelledError)}
    assert ["a", "c"] == [messages[0].parts[0].text for messages in model.asked]


def test_one_that_is_with_the_model_is_given_up_alone():
    """The answer of the other comes."""
    model = FakeModel()
    model.hold_back()
    asking = Asking(model, slots=2)
    asking.ask("a")
    asking.ask("b")
    asking.cancellations["a"].cancel()
    until(lambda: isinstance(asking.ends.get("a"), CancelledError))
    assert ["b"] == [one.document for one in model.until_held(1)]
    asking.end()
    assert not isinstance(asking.ends["b"], CancelledError)


def test_a_run_that_was_given_up_asks_nothing():
    """A run that was given up before asks the model nothing, not even to count."""
    gone = Cancellation()
    mine = InTurn(FakeModel(), cancellation=gone)
    assert "A summary." in mine.generate(message("a"), grammar=None, max_tokens=5).text
    gone.cancel()
    for asked in (
        lambda: mine.generate(message("a"), grammar=None, max_tokens=5),
        lambda: mine.count(["a"]),
        lambda: mine.prompt_tokens(message("a")),
    ):
        with pytest.raises(CancelledError):
            asked()


@pytest.mark.parametrize(
    ("told", "slots"),
    [({}, 1), ({"slots": 8}, 8), ({"slots": 0}, 1), ({"slots": 500}, MOST_SLOTS), ({"slots": "x"}, 1)],
)
def test_the_slots_are_those_that_the_loaded_model_tells(told: dict[str, object], slots: int):
    """One where it tells none, never none at all, and never so many that the documents in hand fill the memory."""
    ready = ModelReady(
        info=None, sha256="", context=0, memory_bytes=0, settings=told, seal={}, load_seconds=0, pid=0
    )
    assert (slots, 1) == (slots_of(ready), slots_of(None))
