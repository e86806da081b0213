"""Answers by events, and clients that do not take them."""

import socket
import threading

import pytest

from homebody.errors import ModelGoneError
from homebody.model.answer import Answer, Progress
from homebody.service import responding
from homebody.service.openai.form import Form
from homebody.service.openai.telling import Stream
from homebody.service.presence import Presence
from homebody.service.responding import Client

FORM = Form(chat=True, number="chatcmpl-1", created=0, model="homebody")


def pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a connection."""
    return socket.socketpair(socket.AF_UNIX)


def test_a_client_that_reads_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch):
    """When no event is taken any more, sending ends with an error after its time, and not never."""
    monkeypatch.setattr(responding, "ANSWER_SECONDS", 0.2)
    ours, theirs = pair()
    client = Client(ours, Presence())

    def tell_for_ever() -> None:
        while True:
            client.event("x" * 10_000)

    with ours, theirs, pytest.raises(TimeoutError):
        tell_for_ever()


def test_whoever_closes_is_gone_and_whoever_waits_is_not():
    """Of two clients that wait, the one that closed is told of, once; the one that ended its sending is not."""
    presence, gone, waits = Presence(), threading.Event(), threading.Event()
    leaving, left = pair()
    staying, stays = pair()
    stays.shutdown(socket.SHUT_WR)
    with leaving, staying, stays:
        with Client(leaving, presence).waiting(gone.set), Client(staying, presence).waiting(waits.set):
            left.close()
            assert gone.wait(10)
        with Client(leaving, presence).waiting(waits.set):  # looked after anew after everybody had left
            assert waits.wait(10)


def read(theirs: socket.socket) -> bytes:
    """Return what has come."""
    theirs.settimeout(5)
    return theirs.recv(65536)


@pytest.mark.parametrize(
    ("first", "again", "rest", "goes_on"),
    [
        ("abc", "ab", "cde", True),
        ("abc", "abcd", "e", True),
        ("abc", "xyz", "", False),
        ("abc", "abd", "", False),
    ],
)
def test_an_answer_that_begins_again_goes_on_or_says_so(first: str, again: str, rest: str, goes_on: bool):
    """After a death of the process nothing is sent twice, and what would contradict what was sent is an error."""
    ours, theirs = pair()
    with ours, theirs:
        stream = Stream(Client(ours, Presence()), FORM, usage=False)
        stream.hear(Progress(phase="decode", done=1, total=9, text=first))
        stream.hear(Progress(phase="prefill", done=1, total=9))
        try:
            stream.hear(Progress(phase="decode", done=1, total=9, text=again))
            theirs.shutdown(socket.SHUT_WR)
            stream.finish(
                Answer(
                    text=again + rest, prompt_tokens=1, cached_tokens=0, answer_tokens=1, prefill_seconds=0,
                    decode_seconds=0, stop="end",
                )
            )  # fmt: skip
        except ModelGoneError as error:
            stream.fail(error)
        sent = read(theirs)
    assert (b"[DONE]" in sent) == goes_on
    assert (b'"error"' in sent) == (not goes_on)
    if goes_on:
        pieces = [line for line in sent.split(b"\n") if b'"content": "' in line]
        assert b"abcde" == b"".join(line.split(b'"content": "')[1].split(b'"')[0] for line in pieces)
