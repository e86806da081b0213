"""Talking with the real daemon's model."""

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
