"""Many questions to one model process: answers, cancels, and deaths that hit all of them."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from homebody.clock import SystemClock
from homebody.errors import CancelledError, ModelGoneError, ModelKilledByPromptError, ModelNotReadyError
from homebody.messages import Message, Part
from homebody.model import states
from homebody.model.client import Answer, Cancellation, ModelClient, Progress
from homebody.model.states import State
from homebody.testing import FakeClock

CHILDREN = Path(__file__).parent / "children"
ENDLESS = "root ::= [a-z] root"


def child(name: str, *arguments: str) -> list[str]:
    """Return the command that runs one of the children."""
    return [sys.executable, "-I", str(CHILDREN / name), *arguments]


def ask(
    client: ModelClient,
    text: str,
    *,
    tokens: int = 5,
    on_progress: Callable[[Progress], None] | None = None,
    cancellation: Cancellation | None = None,
) -> Answer:
    """Ask about a document *text*."""
    return client.generate(
        (Message(role="user", parts=(Part(text=text, data=True),)),),
        grammar=ENDLESS,
        max_tokens=tokens,
        on_progress=on_progress,
        cancellation=cancellation,
    )


def ending(client: ModelClient, text: str) -> str:
    """Return how a question about *text* ends: "answer", or the error's name."""
    try:
        ask(client, text)
    except ModelGoneError as error:
        return type(error).__name__
    return "answer"


def test_eight_at_once(client: ModelClient) -> None:
    """Eight threads get the answers that each would have got alone, and each hears of its own progress."""
    texts = [f"note {number} " * (number + 1) for number in range(8)]
    alone = [ask(client, text).prompt_tokens for text in texts]
    heard: dict[str, list[Progress]] = {text: [] for text in texts}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: ask(client, text, on_progress=heard[text].append), texts))

    assert alone == [answer.prompt_tokens for answer in answers]
    assert [5] * 8 == [answer.answer_tokens for answer in answers]
    assert alone == [max(p.total for p in heard[text] if p.phase == "prefill") for text in texts]


def test_one_is_cancelled_and_the_other_is_answered(client: ModelClient) -> None:
    """A cancellation of its own ends one call, and the other goes on in the same process."""
    pid, cancellation, reached = client.ready.pid, Cancellation(), threading.Event()

    with ThreadPoolExecutor(2) as pool:
        long = pool.submit(
            ask, client, "note", tokens=5000, cancellation=cancellation, on_progress=lambda _: reached.set()
        )
        assert reached.wait(20)
        short = pool.submit(ask, client, "another note")
        cancellation.cancel()
        with pytest.raises(CancelledError):
            long.result(20)
        assert 5 == short.result(20).answer_tokens

    assert pid == client.ready.pid


def test_one_that_waits_behind_another_is_cancelled_soon(client: ModelClient) -> None:
    """A call is given up while the process is busy with another one, whether or not the process has heard of it."""
    first, second, reached = Cancellation(), Cancellation(), threading.Event()

    with ThreadPoolExecutor(2) as pool:
        busy = pool.submit(
            ask, client, "note", tokens=7000, cancellation=first, on_progress=lambda _: reached.set()
        )
        assert reached.wait(20)
        waiting = pool.submit(ask, client, "another note", tokens=7000, cancellation=second)
        second.cancel()
        with pytest.raises(CancelledError):
            waiting.result(20)
        assert not busy.done()
        first.cancel()
        with pytest.raises(CancelledError):
            busy.result(20)


def test_cancelled_before_it_begins(client: ModelClient) -> None:
    """A call whose cancellation was made before asks for nothing."""
    cancellation = Cancellation()
    cancellation.cancel()

    with pytest.raises(CancelledError):
        ask(client, "note", cancellation=cancellation)


def test_cancel_gives_up_every_answer(client: ModelClient) -> None:
    """The client's own cancel ends all calls that are under way, and none that comes later."""
    reached = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        calls = [
            pool.submit(ask, client, f"note {n}", tokens=7000, on_progress=lambda _: reached.set())
            for n in range(3)
        ]
        assert reached.wait(20)
        while not all(call.done() for call in calls):  # one that had not begun yet has to be cancelled again
            client.cancel()
        assert [CancelledError] * 3 == [type(call.exception()) for call in calls]

    assert 5 == ask(client, "note").answer_tokens


def test_a_failing_listener_gives_up_its_own_call_only(client: ModelClient) -> None:
    """When one listener fails, the other call gets its answer."""

    def fail(_: Progress) -> None:
        raise ZeroDivisionError

    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(ask, client, "note", tokens=5000, on_progress=fail)
        other = pool.submit(ask, client, "another note")
        assert isinstance(failing.exception(20), ZeroDivisionError)
        assert 5 == other.result(20).answer_tokens


def test_killed_at_random_while_eight_are_open(random_model: Path) -> None:
    """A process killed three times while eight calls are open costs none of them its answer."""
    client = ModelClient(random_model, clock=SystemClock())
    random, seen, guard = Random(7), [0], threading.Lock()
    kills = sorted(random.sample(range(5, 60), 3))

    def kill(_: Progress) -> None:
        with guard:
            seen[0] += 1
            if not kills or seen[0] < kills[0] or len(client._gate.docket.inside) < 2:
                return  # one that is alone would rightly be found guilty
            kills.pop(0)
        os.kill(client.ready.pid, signal.SIGKILL)

    client.start()
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(ask, client, f"note {n} " * 40, tokens=40, on_progress=kill) for n in range(8)]
        answers = [call.result(120) for call in calls]

    assert [40] * 8 == [answer.answer_tokens for answer in answers]
    assert 1 <= len(client.standing.deaths)
    client.stop()


def test_killed_where_none_can_be_started_again(random_model: Path, tmp_path: Path) -> None:
    """Where no other process may be started, the death of the last one is an error for every open call, and each waits
    for the next daemon: nobody is found guilty of a death that hit all."""
    client = ModelClient(random_model, clock=SystemClock(), memory=tmp_path / "models.json")
    pid = client.start().pid
    client.start_no_more()
    everybody = threading.Barrier(9)

    def go(number: int) -> Answer:
        everybody.wait(20)
        return ask(client, f"note {number}", tokens=7000)

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(go, number) for number in range(8)]
        everybody.wait(20)
        os.kill(pid, signal.SIGKILL)
        errors = [call.exception(20) for call in calls]

    assert [ModelNotReadyError] * 8 == [type(error) for error in errors]
    assert client.lost
    noted = json.loads((tmp_path / "suspects.json").read_text(encoding="utf-8"))
    assert {} == noted["guilty"]
    assert len(noted["suspects"]) <= 8
    client.stop()


def test_a_poisonous_document_among_others(random_model: Path) -> None:
    """The document that kills the process is set aside after two deaths; the others are answered and see no error;
    and it stays set aside without another death."""
    client = ModelClient(random_model, clock=SystemClock(), command=child("dies_of_poison.py"))
    client.start()
    texts = ["one", "two", "poison", "three", "four"]
    with ThreadPoolExecutor(5) as pool:
        ends = dict(zip(texts, pool.map(lambda text: ending(client, text), texts), strict=True))

    assert "ModelKilledByPromptError" == ends.pop("poison")
    assert {"answer"} == set(ends.values())
    ask(client, "five")
    pid = client.ready.pid
    with pytest.raises(
        ModelKilledByPromptError, match=r"SIGABRT.*: ggml\.c:7: GGML_ASSERT\(!poison\) failed$"
    ):
        ask(client, "poison")
    assert pid == client.ready.pid
    assert () == client.standing.deaths
    client.stop()


def test_cancelled_while_it_waits_for_a_start(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that waits out the pause after a death is given up at once."""
    monkeypatch.setattr(states, "pause_after", lambda deaths: 500.0)
    client = ModelClient(random_model, clock=SystemClock())
    pid, cancellation = client.start().pid, Cancellation()

    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(ask, client, "note", tokens=5000, cancellation=cancellation,
                           on_progress=lambda _: os.kill(pid, signal.SIGKILL))  # fmt: skip
        while client.standing.state is not State.BACKING_OFF:
            assert not call.done()
        cancellation.cancel()
        with pytest.raises(CancelledError):
            call.result(20)

    assert "it was killed by SIGKILL, as the kernel does when memory runs out" in client.standing.reason
    client.stop()


def test_two_wait_for_one_start(random_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two calls that wait for the same start one is given up, and the other is answered by the new process."""
    monkeypatch.setattr(states, "pause_after", lambda deaths: 0.5)
    client = ModelClient(random_model, clock=SystemClock())
    pid, cancellation = client.start().pid, Cancellation()
    os.kill(pid, signal.SIGKILL)

    with ThreadPoolExecutor(2) as pool:
        given_up = pool.submit(ask, client, "note", tokens=5000, cancellation=cancellation)
        other = pool.submit(ask, client, "another note")
        cancellation.cancel()
        with pytest.raises(CancelledError):
            given_up.result(20)
        assert 5 == other.result(20).answer_tokens

    assert pid != client.ready.pid
    client.stop()


def test_suspects_are_handed_to_the_next_daemon(random_model: Path, tmp_path: Path) -> None:
    """Where no process may be started again, a death costs each call a wait; the next daemon's client tries each
    alone, the third knows who is guilty, and the fourth starts anew."""
    memory, poison = tmp_path / "models.json", child("dies_of_poison.py")

    def life() -> ModelClient:
        client = ModelClient(random_model, clock=FakeClock(), memory=memory, command=poison)
        client.start()
        client.start_no_more()
        return client

    first = life()
    with pytest.raises(ModelNotReadyError, match="within the seal"):
        ask(first, "poison")
    assert first.lost
    assert State.LOST is first.standing.state
    noted = json.loads((tmp_path / "suspects.json").read_text(encoding="utf-8"))
    assert ([], 1) == (list(noted["guilty"]), len(noted["suspects"]))
    assert "poison" not in json.dumps(noted)

    second = life()
    assert 5 == ask(second, "note").answer_tokens
    with pytest.raises(ModelKilledByPromptError, match="twice"):
        ask(second, "poison")

    third = life()
    with pytest.raises(ModelKilledByPromptError, match="twice"):
        ask(third, "poison")
    assert 5 == ask(third, "note").answer_tokens
    third.stop()

    assert not (tmp_path / "suspects.json").exists()
