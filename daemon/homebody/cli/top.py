"""``homebody top``: what goes on, on a screen that can be left open."""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from homebody.cli import absence
from homebody.cli.daemon import bridge_of
from homebody.cli.examples import examples
from homebody.cli.live import Line, Screen, possible
from homebody.cli.review import one_by_one, plans
from homebody.cli.top_frame import Frame, View, absent, frame
from homebody.cli.waiting import OVER
from homebody.clock import SystemClock
from homebody.errors import HomebodyError, NotRunningError, UsageError
from homebody.paths import Home
from homebody.service.control import request

MOST = 60
"""Runs of the queue, and of those that have ended, that are asked for: as many as a high screen shows."""

MOST_NOTICES = 10

ANSWER_SECONDS = 10.0
UNSEEN = 1000
"""Columns and rows where there is no screen: nothing is cut."""


@click.command("top", epilog=examples("homebody top", "homebody top --once"))
@click.option("--every", type=click.FloatRange(0.2, 60), default=1.0, show_default=True, metavar="SECONDS",
              help="How often it is looked.")  # fmt: skip
@click.option("--once", is_flag=True, help="Print what the screen would show, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and end.")
@click.pass_obj
def top_command(home: Home, every: float, *, once: bool, as_json: bool) -> None:
    """Show the runs in hand and how far they are, the queue, notices, the model and its speed, memory.

    A run is chosen with the arrows (or j and k): c cancels it, r tries it again. p pauses homebody and lets it go on, v
    goes through the plans that wait for you, q leaves. It may be left open: when homebody is started again, it goes on.
    """
    if as_json:
        click.echo(json.dumps(facts(home), ensure_ascii=False))
        return
    if once:
        terminal = sys.stdout.isatty()
        columns = shutil.get_terminal_size().columns if terminal else UNSEEN
        for line in cut(frame(view_of(home), columns, UNSEEN).lines):
            click.echo(line)
        return
    if not possible(os.environ):
        raise UsageError(
            "`homebody top` draws on a terminal, and there is none here.",
            hint="`homebody top --once` prints it as plain lines, `--json` is for scripts.",
        )
    request(
        home.socket, "GET", "/v1/status", timeout=ANSWER_SECONDS
    )  # where nobody runs, it is said on the shell
    with Screen(colour=not os.environ.get("NO_COLOR")) as screen:
        Top(home, screen).show(every)


_GAP = re.compile(" {9,}")
"""What brings words to the other edge of a screen; a voice would read nothing for long."""


def cut(lines: list[Line]) -> list[str]:
    """Return the lines of a picture for paper: without what only a screen needs, the keys and the empty ones."""
    return [_GAP.sub("  ", text) for line in lines[:-2] if (text := line.text.rstrip(" -"))]


def facts(home: Home) -> dict[str, Any]:
    """Return what the picture is made of. Raises NotRunningError."""

    def get(route: str, **asked: Any) -> Any:
        return request(home.socket, "GET", route, asked, timeout=ANSWER_SECONDS)

    status = get("/v1/status")
    return {
        "status": status | {"bridge": bridge_of(home)},
        "queue": get("/v1/queue", limit=MOST)["runs"],
        "recent": get("/v1/runs", limit=MOST, state=",".join(sorted(OVER)))["runs"],
        "notices": get("/v1/notices", limit=MOST_NOTICES)["notices"],
        "resident": resident_of(status),
    }


def view_of(home: Home) -> View:
    """Return what is known now. Raises NotRunningError."""
    return View(**facts(home), now=SystemClock().now().astimezone())


def resident_of(status: dict[str, Any]) -> dict[str, int]:
    """Return the bytes of memory that homebody's processes occupy, as far as the kernel tells us (proc(5))."""
    pids = {"daemon": status["pid"], "model": status["model"].get("pid"), "reader": status["reader"]["pid"]}
    found = {name: resident(pid) for name, pid in pids.items() if pid}
    return {name: size for name, size in found.items() if size is not None}


def resident(pid: int) -> int | None:
    """Return the bytes of memory that a process occupies; None where that cannot be seen."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    line = next((line for line in text.splitlines() if line.startswith("VmRSS:")), None)
    return None if line is None else int(line.split()[1]) * 1024


class Top:
    """The screen, what is chosen on it, and what its keys do."""

    def __init__(self, home: Home, screen: Screen) -> None:
        self._home = home
        self._screen = screen
        self._view: View | None = None
        self._runs: list[int] = []
        self._chosen: int | None = None
        self._message = ""

    def show(self, every: float) -> None:
        """Show what goes on, looking again *every* so many seconds, until a person leaves."""
        clock = SystemClock()
        looked: float | None = None
        while True:
            if looked is None or clock.monotonic() - looked >= every:
                looked = clock.monotonic()
                self._look()
            self._draw()
            key = self._screen.key(max(0.0, looked + every - clock.monotonic()))
            if key == "q":
                return
            if key in ("p", "c", "r", "v"):
                looked = None  # what it did is to be seen at once
            self._press(key)

    def _look(self) -> None:
        try:
            self._view = view_of(self._home)
        except NotRunningError as error:
            self._view, self._message = None, str(absence.absent(self._home, error))

    def _draw(self) -> None:
        columns, rows = self._screen.size
        drawn: Frame
        if self._view is None:
            drawn = absent(self._message, columns, rows)
        else:
            drawn = frame(self._view, columns, rows, chosen=self._chosen, message=self._message)
        self._runs = drawn.runs
        self._screen.draw(drawn.lines)

    def _press(self, key: str) -> None:
        """Do what *key* says; what comes of it, or why not, is shown below."""
        if key in ("up", "down"):
            self._chosen = moved(self._runs, self._chosen, 1 if key == "down" else -1)
            return
        actions = {"p": self._pause, "c": self._cancel, "r": self._retry, "v": self._review}
        if key not in actions or self._view is None:
            return
        try:
            self._message = actions[key]()
        except HomebodyError as error:
            self._message = str(error)

    def _pause(self) -> str:
        """Pause homebody, or let it go on."""
        assert self._view is not None
        paused = self._view.status["paused"]
        wanted = paused is None or "homebody resume" not in paused.get("until", "")
        request(self._home.socket, "POST", "/v1/pause" if wanted else "/v1/resume", timeout=ANSWER_SECONDS)
        return "Paused: new files and schedules wait." if wanted else "It goes on."

    def _cancel(self) -> str:
        """Cancel the chosen run."""
        if self._chosen not in self._runs:
            return "Choose a run with the arrows first."
        said = request(
            self._home.socket, "POST", "/v1/cancel", {"runs": [self._chosen]}, timeout=ANSWER_SECONDS
        )
        if said["refused"]:
            return str(said["refused"][0]["why"])
        return f"Run {self._chosen} is {'being given up' if said['giving_up'] else 'cancelled'}; r tries it again."

    def _retry(self) -> str:
        """Try the chosen run again."""
        if self._chosen not in self._runs:
            return "Choose a run with the arrows first."
        request(self._home.socket, "POST", "/v1/retry", {"run": self._chosen}, timeout=ANSWER_SECONDS)
        return f"Run {self._chosen} is queued again."

    def _review(self) -> str:
        """Go through the plans that wait, below the shell's last line, and come back."""
        found = plans(self._home)
        if not found:
            return "No plan waits for you."
        with self._screen.away():
            try:
                one_by_one(self._home, found)
            except click.Abort:
                click.echo()
        return ""


def moved(runs: list[int], chosen: int | None, by: int) -> int | None:
    """Return the run that is chosen after a step up or down; it stays at either end, and one that is gone is left."""
    if not runs:
        return None
    if chosen not in runs:
        return runs[0] if by > 0 else runs[-1]
    return runs[min(max(runs.index(chosen) + by, 0), len(runs) - 1)]
