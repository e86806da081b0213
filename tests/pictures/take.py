"""Take the README's pictures: the real commands, on the real daemon with the starter model, in a real terminal.

    python tests/pictures/take.py [top|review|demo ...]

Needs tmux. What a terminal shows is drawn as SVG, letter by letter; the pictures name no font of anybody's and fetch
nothing. They lie in .github/pictures.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from homebody.errors import NotRunningError
from homebody.paths import Home, find_home
from homebody.service.control import request

HERE = Path(__file__).parents[2] / ".github" / "pictures"
PATIENCE_SECONDS = 180

FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""
"""As rich draws a terminal, without the web fonts that it asks for."""

NOTES = {
    "roof.md": "The roof leaks in the north corner. Mr Weber comes on Friday to mend it, and brings new tiles.\n",
    "school trip.md": "The class goes to the sea on 3 June. Each child needs boots and a warm coat.\n",
    "فاتورة الكهرباء.md": "The electricity bill of November is 84 euros. It is to be paid by the tenth.\n",
    "花园.md": "The apple tree was planted in March. It needs water every second day.\n",
}

TIDY = """version: 1
name: sort-letters
description: Put letters into a folder of their sender
triggers: [{watch: ~/Letters, settle: 100ms}]
filters: [{extension: [md, txt]}]
ask:
  prompt: Who sent this letter?
  output: {sender: {type: text, max: 30, must_appear: true}}
actions:
  - move: {dest: "~/Letters/{{ ask.sender }}/", on_conflict: rename_new}
approve: true
"""


class Stage:
    """A home folder, a homebody that serves it, and a terminal."""

    def __init__(self, folder: Path, columns: int, rows: int) -> None:
        self.folder = folder
        self.home: Home = find_home({"HOME": str(folder)})
        self.environ = {**os.environ, "HOME": str(folder), "TERM": "xterm-256color"}
        for name in ("NO_COLOR", "TMUX", "HOMEBODY_HOME"):
            self.environ.pop(name, None)
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), "-s", "t", "sh")
        self.tmux("send-keys", "-t", "t", "PS1='$ '; clear", "Enter")

    def tmux(self, *words: str) -> str:
        """Return what tmux says, on a server of our own."""
        command = ["tmux", "-L", f"pictures-{os.getpid()}", *words]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=True).stdout

    def type(self, *keys: str) -> None:
        """Type into the terminal."""
        self.tmux("send-keys", "-t", "t", *keys)

    def shown(self) -> str:
        """Return what the terminal shows, with its colours."""
        return self.tmux("capture-pane", "-e", "-p", "-t", "t")

    def homebody(self, *words: str) -> None:
        """Carry out a command."""
        command = [sys.executable, "-I", "-m", "homebody", *words]
        subprocess.run(command, env=self.environ, capture_output=True, text=True, check=True)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until *holds*."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(self.shown())
            time.sleep(0.1)

    def counted(self, state: str) -> int:
        """Return how many runs are in a state."""
        return int(request(self.home.socket, "GET", "/v1/status")["counts"].get(state, 0))


@contextmanager
def stage(columns: int, rows: int) -> Iterator[Stage]:
    """Give a stage, and clear it away."""
    folder = Path(tempfile.gettempdir()) / "you"
    folder.mkdir()
    made = Stage(folder, columns, rows)
    try:
        yield made
    finally:
        made.tmux("kill-server")
        with suppress(subprocess.CalledProcessError, NotRunningError):
            made.homebody("stop")
        shutil.rmtree(folder, ignore_errors=True)


def draw(name: str, shown: str, columns: int, title: str) -> None:
    """Write what a terminal showed as a picture."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown.rstrip("\n")), soft_wrap=False)
    HERE.mkdir(parents=True, exist_ok=True)
    text = console.export_svg(title=title, code_format=FORMAT, unique_id=name)
    (HERE / f"{name}.svg").write_text(re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE), encoding="utf-8")
    print(f"{HERE / name}.svg")


def recipes(there: Stage, *names: str) -> None:
    """Put shipped recipes in, which take what is there already, and no longer to do so than they need."""
    (there.folder / "Notes").mkdir()
    for name in names:
        there.homebody("new", name)
        path = there.home.recipes / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("settle: 5s", "settle: 100ms").replace("existing: skip", "existing: process")
        )


def top() -> None:
    """Some runs that are done, many that come, and one that goes on."""
    with stage(90, 28) as there:
        recipes(there, "summarize-notes", "tag-files", "daily-digest")
        for name, text in NOTES.items():
            (there.folder / "Notes" / name).write_text(text, encoding="utf-8")
        there.homebody("start")
        there.until(lambda: there.counted("done") >= 2 * len(NOTES))
        for number in range(1, 41):
            text = f"Minutes of meeting {number}. " + " ".join(NOTES.values()) * 12
            (there.folder / "Notes" / f"meeting {number:02}.md").write_text(text, encoding="utf-8")
        there.type(f"{sys.executable} -I -m homebody top --every 0.3", "Enter")
        there.until(lambda: " writes " in there.shown() and there.shown().count("meeting") > 12)
        there.type("Down")
        there.until(lambda: ">" in there.shown())
        draw("top", there.shown(), 90, "homebody top")
        there.type("q")


def review() -> None:
    """A plan that waits."""
    with stage(90, 16) as there:
        letters = there.folder / "Letters"
        letters.mkdir()
        there.home.recipes.mkdir(parents=True)
        (there.home.recipes / "sort-letters.yaml").write_text(TIDY, encoding="utf-8")
        there.homebody("start")
        there.until(lambda: bool(request(there.home.socket, "GET", "/v1/status")["looked"]))
        (letters / "letter.md").write_text(
            "From: Weber Roofing\n\nDear customer, we come on Friday at nine.\n"
        )
        there.until(lambda: there.counted("waiting") == 1)
        there.type("clear; homebody() { " + sys.executable + ' -I -m homebody "$@"; }; clear', "Enter")
        time.sleep(0.5)
        there.type("homebody review", "Enter")
        there.until(lambda: "[q]uit" in there.shown())
        draw("review", there.shown(), 90, "homebody review")


def demo() -> None:
    """How the demo ends."""
    with stage(100, 70) as there:
        there.type("clear; homebody() { " + sys.executable + ' -I -m homebody "$@"; }; clear', "Enter")
        time.sleep(0.5)
        there.type("homebody demo; echo THE END", "Enter")
        there.until(lambda: there.shown().count("THE END") == 2)
        draw(
            "demo", there.shown().replace("; echo THE END", "").partition("THE END")[0], 100, "homebody demo"
        )


if __name__ == "__main__":
    for wanted in sys.argv[1:] or ["top", "review", "demo"]:
        {"top": top, "review": review, "demo": demo}[wanted]()
