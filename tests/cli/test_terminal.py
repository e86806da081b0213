"""Nothing that a document, a model or a file's name says can drive the terminal."""

import json
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.cli.terminal import spelled

EVIL = "a\x1b]52;c;eA==\x07\x1b[2J\r\x9b31m\u202etxt.exe\u2066\u200b\ufeff\u2028b.md"


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_shown_is_words(text: str) -> None:
    """No control, direction mark or surrogate is left, and what can be seen stays."""
    shown = spelled(text)
    shown.encode()
    assert shown == spelled(shown)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in shown)
    assert not set(shown) & set("\x7f\x9b\x9d\u202e\u2066\u200b\ufeff\u2028\u200f")


@pytest.mark.parametrize("text", ["", "ä b\tc\n", "می‌خواهم", "👩‍👩‍👧", "日本語\u3000x\xa0y"])
def test_what_people_write_stays(text: str) -> None:
    """Tabs, line breaks, joiners and wide blanks are words."""
    assert text == spelled(text)


@given(st.text(st.characters(exclude_categories=[])))
def test_json_says_the_same(text: str) -> None:
    """Spelled out inside JSON, every character is read back as it was."""
    assert {"name": text} == json.loads(spelled(json.dumps({"name": text}, ensure_ascii=False)))


def on_a_terminal(command: list[str], **more: str) -> bytes:
    """Return what a program writes to a terminal of its own, 80 columns wide, errors too; *more* is its environment."""
    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (24, 80))
    without = ("NO_COLOR", "COLUMNS", "TERM")
    environ = {name: value for name, value in os.environ.items() if name not in without}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=its, stderr=its, env={**environ, "TERM": "xterm", **more}
    )
    os.close(its)
    said = b""
    try:
        while block := os.read(ours, 65536):
            said += block
    except OSError:  # the other side has ended (pty(7))
        pass
    os.close(ours)
    assert process.wait(timeout=30) is not None
    return said


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["words", "json"])
def test_a_name_cannot_drive_a_real_terminal(tmp_path: Path, more: list[str]) -> None:
    """`homebody why` on a file with the worst of names, and an error that names it, on a real pseudo-terminal."""
    (tmp_path / EVIL).write_text("x")
    base = [sys.executable, "-I", "-m", "homebody", "--home", str(tmp_path / "home")]
    commands = [["why", str(tmp_path / EVIL)], ["show", EVIL]]
    for command in commands[: 1 if more else 2]:
        said = on_a_terminal([*base, *command, *more]).replace(b"\r\n", b"\n")
        assert said.strip()
        text = said.decode("utf-8")
        assert text == spelled(text), text


def test_our_own_colours_reach_a_terminal(tmp_path: Path) -> None:
    """`doctor` colours its verdicts there; what hides words is spelled out all the same."""
    said = on_a_terminal([sys.executable, "-I", "-m", "homebody", "--home", str(tmp_path), "doctor"])
    assert b"\x1b[32mright" in said
    assert b"\\u001b" not in said
    code = (
        "import click; from homebody.cli.terminal import be_careful; be_careful();"
        "click.echo(click.style('right', fg='green', bold=True) + '\\x1b[8mhidden\\x1b[40m')"
    )
    said = on_a_terminal([sys.executable, "-I", "-c", code])
    assert said.strip() == b"\x1b[32m\x1b[1mright\x1b[0m\\u001b[8mhidden\\u001b[40m"


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_who_wants_no_colours_gets_none(tmp_path: Path, more: dict[str, str]) -> None:
    """With NO_COLOR, and on a terminal that can show none, nothing but words is written."""
    said = on_a_terminal([sys.executable, "-I", "-m", "homebody", "--home", str(tmp_path), "doctor"], **more)
    assert b"right" in said
    assert b"\x1b" not in said


@pytest.mark.parametrize(
    "words",
    [["list"], ["vault"], ["status"], ["show", "clean-downloads"], ["model", "list"], ["check", "nowhere"]],
    ids=" ".join,
)
def test_it_is_readable_in_eighty_columns(tmp_path: Path, words: list[str]) -> None:
    """No line is wider than the terminal, but for a path or a quoted value that would be torn."""
    home = tmp_path / "a home whose name is long enough to be in the way of every sentence"
    said = on_a_terminal([sys.executable, "-I", "-m", "homebody", "--home", str(home), *words]).decode()
    wide = [line for line in said.splitlines() if len(line) > 80]
    assert [] == [line for line in wide if str(home)[-30:] not in line and ": " not in line[:24]]


def test_a_pipe_gets_whole_lines(tmp_path: Path) -> None:
    """What is read by a program, or by a voice, is not broken: each sentence is one line."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(tmp_path), "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert (
        "clean-downloads        Put duplicates and old installers from Downloads into the trash"
        in done.stdout
    )
    assert not any(ord(letter) > 0x2500 or letter in "\r\x1b" for letter in done.stdout)
