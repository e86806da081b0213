"""What `homebody top` shows, at every size and whatever the files are called."""

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from datetime import UTC, datetime
from fcntl import ioctl
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from homebody.cli.live import Line, keys_in, picture
from homebody.cli.top import cut, moved
from homebody.cli.top_frame import View, absent, frame, shared

NOW = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)
NAMES = (
    "note.md",
    "فاتورة الكهرباء.md",
    "关于屋顶维修的说明文件.md",
    "\x1b[2J\u202egnp.exe",
    "long name " * 30,
    "\U0001f469\u200d\U0001f467.md",
    None,
)


def run(number: int, **more: Any) -> dict[str, Any]:
    """Return a run as the daemon tells of it."""
    return {"id": number, "recipe": "notes", "path": "/n/a.md", "state": "queued", "reason": None,
            "finished_at": None, "requests": [], "since": NOW.isoformat()} | more  # fmt: skip


def request(phase: str, **more: Any) -> dict[str, Any]:
    """Return a request of a run."""
    return {"phase": phase, "prompt": 500, "cached": 100, "read": 100, "written": 0, "most": 60,
            "tokens_per_second": 40.0} | more  # fmt: skip


def view(**more: Any) -> View:
    """Return a view of a daemon, quiet apart from what is said otherwise."""
    status = {
        "version": "1.2", "pid": 7, "seal": {"layers": "x"}, "paused": None, "counts": {}, "waiting": {}, "folders": {},
        "problems": [], "schedules": {}, "in_hand": [],
        "model": {"state": "ready", "info": {"name": "Tiny", "quantization": "Q8_0"}, "context": 4096,
                  "memory_bytes": 9},
    }  # fmt: skip
    parts = {name: more.pop(name) for name in ("queue", "recent", "resident", "notices") if name in more}
    return View(
        status=status | more, now=NOW, **{"queue": [], "recent": [], "notices": [], "resident": {}} | parts
    )


BUSY = view(
    in_hand=[
        run(1, requests=[request("waiting")]),
        run(2, path="/n/b.md", requests=[request("prefill"), request("waiting")]),
        run(3, path="/n/c.md", requests=[request("decode", written=45)]),
    ],
    counts={"queued": 2, "waiting": 1},
    queue=[run(4, path="/n/d.md"), run(5, path=None)],
    recent=[run(9, state="failed", reason="the model did not answer", finished_at=NOW.isoformat()), run(4)],
    schedules={"digest": "2026-11-28T18:00:00+00:00"},
    resident={"daemon": 70_000_000, "model": 90_000_000},
    notices=[{"at": NOW.isoformat(), "recipe": "notes", "words": "the roof\nleaks", "failure": False}],
    problems=["the vault's key was lost"],
    paused={"why": "you have paused it", "since": NOW.isoformat(), "until": "until `homebody resume`"},
)  # fmt: skip


def test_everything_that_goes_on_is_on_it():
    """Runs in hand with what they are at, those at work first; the queue, what ended and why, and what comes next."""
    text = "\n".join(cut(frame(BUSY, 100, 60).lines))
    assert "model: Tiny, Q8_0, context 4096 tokens; reads 40.0 tokens/s, writes 40.0 tokens/s" in text
    assert "memory: daemon 70.0 MB, model 90.0 MB" in text
    assert text.index("[##......] reads 100/400 +1") < text.index("[######..] writes 45/60")
    assert text.index("writes 45/60") < text.index("waits for the model")
    assert (
        text.index("in hand: 3")
        < text.index("queue: 2")
        < text.index("d.md")
        < text.index("failed: the model")
    )
    assert "6h" in text.split("next by the clock")[1]
    assert "paused: you have paused it" in text
    assert "a plan waits for you: press v" in text
    assert "notes: the roof\\nleaks" in text
    assert "problem: the vault's key was lost" in text
    assert [2, 3, 1, 4, 5, 9] == frame(BUSY, 100, 60).runs


def test_the_embedding_model_is_on_it_where_there_is_one():
    """Where it stands, below the model that writes."""
    found = {"name": "search", "state": "unloaded"}
    text = "\n".join(cut(frame(view(embeddings=found), 100, 60).lines))
    assert "context 4096 tokens; idle\nembeddings: search, loaded when a script asks" in text
    assert "embeddings" not in "\n".join(cut(frame(BUSY, 100, 60).lines))


def test_what_is_chosen_is_marked_shown_and_explained():
    """Where there is no room for it, it takes the last place; of a run that ended, the whole reason stands below."""
    many = view(in_hand=[run(number) for number in range(1, 40)])
    drawn = frame(many, 80, 12, chosen=38)
    assert [38] == [int(line.text[1:].split()[0]) for line in drawn.lines if line.text.startswith(">")]
    assert 38 in drawn.runs
    foot = frame(BUSY, 80, 24, chosen=9).lines[-2]
    assert "run 9: the model did not answer" == foot.text
    assert "Paused." == frame(BUSY, 80, 24, chosen=9, message="Paused.").lines[-2].text


@given(
    st.integers(20, 200), st.integers(3, 70), st.lists(st.sampled_from(NAMES), max_size=30),
    st.lists(st.sampled_from(NAMES), max_size=30), st.sampled_from([None, 0, 7, 40]), st.booleans(),
)  # fmt: skip
def test_every_picture_fits_its_screen(columns, rows, held, ended, chosen, paused):
    """Whatever goes on, and whatever files are called: so many lines, none too wide, and nothing drives it."""
    shown = frame(
        view(
            in_hand=[run(n, path=name and f"/n/{name}", requests=[request("decode")] * (n % 3))
                     for n, name in enumerate(held)],
            recent=[run(40 + n, path=name and f"/n/{name}", state="done", reason=name) for n, name in enumerate(ended)],
            paused=BUSY.status["paused"] if paused else None,
        ),
        columns, rows, chosen=chosen,
    )  # fmt: skip
    assert rows == len(shown.lines)
    assert all(cell_len(line.text) <= columns for line in shown.lines)
    drawn = picture(shown.lines, colour=False)
    assert rows == drawn.count("\x1b[2K")
    assert 2 * rows == drawn.count("\x1b")
    assert "\u202e" not in drawn


@given(st.lists(st.integers(0, 50), max_size=6), st.integers(0, 60))
def test_sections_share_the_room(wanted: list[int], room: int):
    """None gets more than it has, a title never stands alone, and nothing is left over while somebody wants it."""
    shares = shared(wanted, room)
    assert sum(shares) <= max(room, 0)
    for share, number in zip(shares, wanted, strict=True):
        assert share == 0 or 2 <= share <= number + 1
    if sum(shares) < room - 1:
        assert all(
            share == (number + 1 if number else 0) for share, number in zip(shares, wanted, strict=True)
        )


def test_colour_only_where_it_is_wanted():
    """NO_COLOR leaves nothing but places and words."""
    lines = [Line("bad", "red")]
    assert "\x1b[1;1H\x1b[2K\x1b[31mbad\x1b[0m" == picture(lines, colour=True)
    assert "\x1b[1;1H\x1b[2Kbad" == picture(lines, colour=False)


def test_keys_come_one_by_one():
    """However many come at once, and in either of the two ways of arrows."""
    assert ["down", "down", "up", "c", "q", "q"] == keys_in(b"\x1b[B\x1bOB\x1b[Acq\x03")
    assert [] == [
        key for key in keys_in(b"\x1b[5~\xc3\xa4") if key in ("c", "r", "p", "v", "q", "up", "down")
    ]


def test_the_mark_moves_from_run_to_run():
    """It begins at an end, stays there, and comes back when its run is gone."""
    assert [1, 3, 2, 1, 1, None] == [
        moved([1, 2, 3], None, 1), moved([1, 2, 3], None, -1), moved([1, 2, 3], 1, 1), moved([1, 2, 3], 1, -1),
        moved([1, 2, 3], 9, 1), moved([], 1, 1),
    ]  # fmt: skip


def test_a_daemon_that_is_gone_is_waited_for():
    """The screen says so, and how to start it, in as many lines as it has."""
    drawn = absent("No homebody daemon is running on this state folder.", 40, 6)
    assert 6 == len(drawn.lines)
    assert ["No homebody daemon is running on this", "state folder."] == [
        line.text for line in drawn.lines[:2]
    ]
    assert drawn.lines[2].text.startswith("`homebody start`")


@pytest.mark.parametrize("words", [("top",), ("top", "--once"), ("top", "--json")])
def test_without_a_terminal_or_a_daemon_it_says_what_to_do(tmp_path: Path, words: tuple[str, ...]):
    """A pipe gets no screen; where nobody runs, nothing is drawn."""
    done = subprocess.run(
        [sys.executable, "-I", "-m", "homebody", "--home", str(tmp_path), *words], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert (64 if words == ("top",) else 69, "") == (done.returncode, done.stdout)
    assert ("`homebody top --once`" if words == ("top",) else "`homebody start`") in done.stderr


DRAW = """
import sys
from homebody.cli.live import Line, Screen
with Screen(colour=False) as screen:
    while True:
        screen.draw([Line("x".join(map(str, screen.size)))])
        key = screen.key(60)
        if key == "a":
            with screen.away():
                print("AWAY", flush=True)
        if key == "q":
            break
print("LEFT")
"""


class Terminal:
    """The outer end of a terminal: what comes is read word by word."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.left = b""

    def until(self, word: bytes) -> bytes:
        """Return what came up to *word*."""
        while word not in self.left:
            assert select.select([self.number], [], [], 30)[0], self.left
            self.left += os.read(self.number, 4096)
        found, self.left = self.left.split(word, 1)
        return found


@pytest.mark.parametrize("leave", [b"q", signal.SIGTERM, signal.SIGINT])
def test_the_terminal_is_given_back(leave: bytes | signal.Signals):
    """A real terminal: it is drawn on, follows another size, is lent to others, and at the end is as it was."""
    outer, inner = pty.openpty()
    ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    usual, terminal = termios.tcgetattr(inner), Terminal(outer)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(sys.path)}
    child = subprocess.Popen(
        [sys.executable, "-c", DRAW], stdin=inner, stdout=inner, stderr=inner, env=environment
    )
    try:
        assert b"\x1b[?1049h\x1b[?25l" in terminal.until(b"80x24")
        assert not termios.tcgetattr(inner)[3] & (termios.ECHO | termios.ICANON)
        ioctl(outer, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        child.send_signal(signal.SIGWINCH)
        terminal.until(b"120x40")
        os.write(outer, b"a")
        assert b"\x1b[?25h\x1b[?1049l" in terminal.until(b"AWAY")
        terminal.until(b"120x40")
        if isinstance(leave, bytes):
            os.write(outer, leave)
        else:
            child.send_signal(leave)
        assert b"\x1b[?25h\x1b[?1049l" in terminal.until(b"LEFT")
        assert 0 == child.wait(30)
        assert usual == termios.tcgetattr(inner)
    finally:
        child.kill()
        os.close(outer)
        os.close(inner)
