"""Asking a real model process, and what happens when it dies, is cancelled or cannot do what is asked."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.errors import CancelledError, ModelError, ModelGoneError, PromptTooLongError
from homebody.messages import Message, Part
from homebody.model.client import ModelClient, Progress
from homebody.seal import Targets, control, seal_status

ENDLESS = "root ::= [a-z] root"
"""A grammar that never comes to an end, so that only the limit, a cancel or a death stops the answer."""


def ask(text: str) -> tuple[Message, ...]:
    """Return a conversation about a document *text*."""
    return (
        Message(role="system", parts=(Part(text="Answer."),)),
        Message(
            role="user", parts=(Part(text="<document>\n"), Part(text=text, data=True), Part(text="\nSay it."))
        ),
    )


def test_progress_and_counts(client: ModelClient) -> None:
    """An answer's progress goes from what was remembered to the end of the prompt, then to the written tokens."""
    seen: list[Progress] = []
    messages = ask("note " * 300)

    answer = client.generate(messages, grammar=ENDLESS, max_tokens=20, on_progress=seen.append)

    assert client.prompt_tokens(messages) == answer.prompt_tokens
    assert ("limit", 20, 20) == (answer.stop, answer.answer_tokens, len(answer.tokens))
    prefill = [progress for progress in seen if progress.phase == "prefill"]
    assert prefill == sorted(prefill, key=lambda progress: progress.done)
    assert answer.prompt_tokens == prefill[-1].done == prefill[-1].total
    decode = [progress for progress in seen if progress.phase == "decode"]
    assert (1, 20) == (decode[0].done, decode[0].total)
    assert answer.tokens_per_second > 0


def test_count_is_without_special_tokens(client: ModelClient) -> None:
    """Texts are counted alone; the name of a control token is just text."""
    assert [0, 1, 3] == client.count(["", "x", "x x"])
    assert [len("<|im_end|>")] == client.count(["<|im_end|>"])
    assert [] == client.count([])


def test_counting_more_than_one_message_holds(client: ModelClient) -> None:
    """Texts that are too many for one message are counted in several."""
    texts = ["word " * 400_000, "x", "word " * 600_000]

    counts = client.count(texts)

    assert 1 == counts[1]
    assert counts[0] * 1.5 == pytest.approx(counts[2], rel=0.01)


def test_too_long(client: ModelClient) -> None:
    """A prompt that does not fit with its answer is refused with the counts, and nothing is cut."""
    messages = ask("word " * 4000)
    tokens = client.prompt_tokens(messages)

    with pytest.raises(PromptTooLongError, match=rf"{tokens} tokens .* 100: .* 8192"):
        client.generate(messages, grammar=None, max_tokens=100)


def test_exactly_fitting(random_model: Path) -> None:
    """A prompt that fits a chosen context to the last token is answered to the last token."""
    client = ModelClient(random_model, clock=SystemClock(), context=512)
    assert 512 == client.start().context
    messages = ask("word " * 60)
    room = client.context - client.prompt_tokens(messages)

    answer = client.generate(messages, grammar=ENDLESS, max_tokens=room)

    assert room == answer.answer_tokens
    with pytest.raises(PromptTooLongError):
        client.generate(messages, grammar=ENDLESS, max_tokens=room + 1)
    client.stop()


@pytest.mark.parametrize("phase", ["prefill", "decode"])
def test_killed_while_it_works(random_model: Path, phase: str) -> None:
    """A process that is killed while it reads or writes is started again, and the question is answered all the same."""
    client = ModelClient(random_model, clock=SystemClock())
    first = client.start().pid

    def kill(progress: Progress) -> None:
        if progress.phase == phase and client.ready is not None and client.ready.pid == first:
            os.kill(first, signal.SIGKILL)

    answer = client.generate(ask("note " * 1000), grammar=ENDLESS, max_tokens=30, on_progress=kill)

    assert 30 == answer.answer_tokens
    assert first != client.ready.pid
    client.stop()


def test_killed_whenever_it_works(random_model: Path) -> None:
    """A question over which the process dies twice is an error with the reason, and the next one has a new process."""
    client = ModelClient(random_model, clock=SystemClock())
    client.start()

    with pytest.raises(ModelGoneError, match=r"twice over this text.*SIGKILL"):
        client.generate(
            ask("note " * 1000),
            grammar=ENDLESS,
            max_tokens=1000,
            on_progress=lambda _: os.kill(client.ready.pid, signal.SIGKILL),
        )
    assert client.ready is None

    assert 5 == client.generate(ask("other"), grammar=ENDLESS, max_tokens=5).answer_tokens
    client.stop()


@pytest.mark.parametrize("phase", ["prefill", "decode"])
def test_cancel(client: ModelClient, phase: str) -> None:
    """A cancel from another thread stops the answer, and the process goes on with the next one."""
    pid = client.ready.pid

    def cancel(progress: Progress) -> None:
        if progress.phase == phase:
            thread = threading.Thread(target=client.cancel)
            thread.start()
            thread.join()

    with pytest.raises(CancelledError):
        client.generate(ask("note " * 1000), grammar=ENDLESS, max_tokens=2500, on_progress=cancel)

    assert 3 == client.generate(ask("x"), grammar=ENDLESS, max_tokens=3).answer_tokens
    assert pid == client.ready.pid


def test_cancel_with_nothing_to_cancel(client: ModelClient) -> None:
    """A cancel while nothing is asked harms no later answer."""
    client.cancel()

    assert 3 == client.generate(ask("x"), grammar=ENDLESS, max_tokens=3).answer_tokens


def test_deadline(client: ModelClient) -> None:
    """An answer that is not there in time is given up with the seconds it had."""
    with pytest.raises(ModelError, match=r"within 0\.05 seconds"):
        client.generate(ask("note " * 1000), grammar=ENDLESS, max_tokens=2500, deadline_seconds=0.05)

    assert 3 == client.generate(ask("x"), grammar=ENDLESS, max_tokens=3).answer_tokens


def test_a_listener_that_fails(client: ModelClient) -> None:
    """When whoever listens to the progress fails, the failure comes out and the model is free again."""

    def fail(progress: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        client.generate(ask("note " * 1000), grammar=ENDLESS, max_tokens=2500, on_progress=fail)

    assert 3 == client.generate(ask("x"), grammar=ENDLESS, max_tokens=3).answer_tokens


def test_stop_while_it_works(random_model: Path) -> None:
    """Stopping ends a running answer, and nothing is started again behind it."""
    client = ModelClient(random_model, clock=SystemClock())
    client.start()

    with pytest.raises(ModelGoneError):
        client.generate(
            ask("note " * 1000), grammar=ENDLESS, max_tokens=2500, on_progress=lambda _: client.stop()
        )

    assert client.ready is None


@pytest.mark.parametrize(
    ("grammar", "reason"),
    [
        ("", "empty"),
        ("root ::= (", r"expecting '\)'"),
        ("root ::= nothing", "Undefined rule identifier 'nothing'"),
        ('word ::= "x"', "root"),
        ("root ::= root", "cannot be used"),
        ('root ::= "a\0"', "NUL"),
        ("root ::= " + "(" * 100_000 + '"a"' + ")" * 100_000, "nested"),
        ('root ::= "' + "a" * 300_000 + '"', "bytes"),
        ('root ::= "a"{5,2}', "ends before it begins"),
        ('root ::= ("a"{0,2000}){0,2000}', "repeated"),
    ],
    ids=lambda value: value[:20],
)
def test_grammars_that_cannot_be_used(client: ModelClient, grammar: str, reason: str) -> None:
    """A grammar that cannot be used is an error with a reason, in a check and in an answer, and never a crash."""
    pid = client.ready.pid
    with pytest.raises(ModelError, match=reason):
        client.check_grammar(grammar)
    with pytest.raises(ModelError, match=reason):
        client.generate(ask("x"), grammar=grammar, max_tokens=3)
    assert pid == client.ready.pid
    assert [1] == client.count(["x"])


def test_probes_inside(client: ModelClient, tmp_path: Path) -> None:
    """What gets out of an unsealed process gets nowhere from inside the model process."""
    names = ("tcp", "udp", "unix", "child", "write_outside")
    with Targets() as targets:
        outside = control(names, targets.targets)
        inside = client.probe(names, targets.targets)

    assert dict.fromkeys(names, True) == {result.name: result.reached for result in outside}
    assert dict.fromkeys(names, False) == {result.name: result.reached for result in inside}
    assert all(result.errno for result in inside)


def test_every_thread_is_sealed(client: ModelClient) -> None:
    """The kernel itself says of every thread of the process that it is filtered and gains no privileges."""
    client.generate(ask("note"), grammar=ENDLESS, max_tokens=3)

    threads = seal_status(client.ready.pid)

    assert len(threads) > 1
    assert all(thread.sealed for thread in threads)


def test_an_answer_crosses_as_json(client: ModelClient) -> None:
    """What a grammar for JSON lets through is JSON, quotes and backslashes included."""
    grammar = r"""root ::= "[\"" ([^"\\\x00-\x1F\x7F] | "\\" ["\\/n]){40} "\"]" """
    for text in ("a", "b", "c", "d"):
        answer = client.generate(ask(text), grammar=grammar, max_tokens=400)
        assert "end" == answer.stop
        assert isinstance(json.loads(answer.text), list)
