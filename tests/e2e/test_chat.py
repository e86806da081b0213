"""Talking with the real daemon's model."""

import os
import pty
import select
import signal
import subprocess
import sys
from typing import Any

SECRET = "Zanzibarschokolade"


def command(house: Any, *words: str) -> list[str]:
    """Return the command line of `homebody chat`."""
    return [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "chat", *words]


def talk(house: Any, text: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Pipe *text* in, and return what came out."""
    return subprocess.run(
        command(house, *words), input=text, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_conversation_from_a_pipe(house, write_model):
    """Each message gets its answer, what was said before counts, and nothing of it is kept."""
    house.settings(f"model: {write_model(house.folder / 'random.gguf', context=4096)}\n")
    away = talk(house, "Hello\n")
    assert 69 == away.returncode
    assert "homebody start" in away.stderr
    house.start()

    def answers(text: str, *words: str) -> str:
        done = talk(house, text, "--max-tokens", "20", *words)
        assert 0 == done.returncode, done.stderr
        return done.stdout

    first, second = answers("Hello\n"), answers(f"What is {SECRET}?\n")
    assert first + second != answers(f"Hello\nWhat is {SECRET}?\n")
    assert first + second == answers(f"Hello\n/new\nWhat is {SECRET}?\n/bye\nnot said\n")
    assert first != answers("Hello\n", "--system", "Be brief.")
    assert answers('"""two\nlines"""\n') == answers('"""two\nlines"""')

    over = talk(house, "x" * 5000 + "\nHello\n", "--max-tokens", "20")
    assert 0 == over.returncode
    assert "more than the 4096 of the model's context" in " ".join(over.stderr.split())
    assert first == over.stdout
    assert "/nothing is none of: /new" in talk(house, "/nothing\n").stderr
    assert 0 == house.stop()
    assert SECRET.encode() not in b"".join(
        path.read_bytes() for path in house.home.state.rglob("*") if path.is_file()
    )


def test_an_answer_is_stopped_and_the_conversation_goes_on(house, write_model):
    """At a terminal Ctrl+C stops a long answer, and the next message is answered."""
    house.settings(f"model: {write_model(house.folder / 'random.gguf', context=32768)}\n")
    house.start()
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(house, "--max-tokens", "7000"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""

    def until(what: bytes) -> None:
        nonlocal seen
        while what not in seen:
            ready, _, _ = select.select([ours], [], [], 60)
            assert ready, seen
            seen += os.read(ours, 65536)

    for question in (b"Tell me of the house.", b"And of the garden."):
        until(b"> ")
        seen = b""
        os.write(ours, question + b"\n")
        until(question + b"\r\n")
        seen = b""
        while len(seen) < 20:
            seen += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        until(b"Stopped.")
        seen = seen.partition(b"Stopped.")[2]
    os.write(ours, b"/help\n/bye\n")
    until(b"/new    begin anew")
    assert 0 == process.wait(timeout=60)
    os.close(ours)
