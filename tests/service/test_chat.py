"""`homebody chat` at a terminal, and an answer that would never end."""

import os
import pty
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from listening import listening

from homebody.paths import find_home
from homebody.service.openai.form import Form
from homebody.service.openai.refusal import said
from homebody.service.responding import Client, Endpoint

FORM = Form(chat=True, number="chatcmpl-1", created=0, model="homebody")


class Endless:
    """What begins an answer to each message, and goes on as soon as its client has gone away."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.gone = threading.Semaphore(0)

    def answer(self, body: Mapping[str, Any], client: Client) -> None:
        """Begin the answer."""
        self.asked.append(body["messages"])
        gone = threading.Event()
        with client.waiting(gone.set):
            client.event(FORM.piece(f"Answer {len(self.asked)} begins"))
            assert gone.wait(60)
        self.gone.release()


@pytest.fixture
def _heard() -> Iterator[None]:
    """Let what is started hear Ctrl+C: a job in the background of a script has it ignored, and so has its child."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard")
def test_an_answer_is_stopped_and_the_conversation_goes_on(tmp_path: Path):
    """Ctrl+C stops an answer, whoever writes it hears that, and what was written till then counts as said."""
    endless = Endless()
    home = find_home({}, tmp_path)
    routes = {
        ("GET", "/v1/models"): lambda _asked: {},
        ("POST", "/v1/chat/completions"): Endpoint(respond=endless.answer, refusal=said, largest=10_000),
    }
    with listening(home.socket, routes):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", "homebody", "--home", str(tmp_path), "chat"],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        seen = b""

        def until(what: bytes) -> None:
            nonlocal seen
            while what not in seen:
                ready, _, _ = select.select([ours], [], [], 60)
                assert ready, seen
                seen += os.read(ours, 65536)
            seen = seen.partition(what)[2]

        try:
            for number, question in enumerate((b"first", b"second"), start=1):
                until(b"> ")
                os.write(ours, question + b"\n")
                until(b"Answer %d begins" % number)
                process.send_signal(signal.SIGINT)
                until(b"Stopped.")
                assert endless.gone.acquire(timeout=60)
            until(b"> ")
            os.write(ours, b"/bye\n")
            assert 0 == process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()
            os.close(ours)
    assert ["first", "Answer 1 begins", "second"] == [message["content"] for message in endless.asked[-1]]
