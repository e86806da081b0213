"""``homebody logs``: what the daemon wrote down, in words."""

import itertools
import json
import os
import time
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from homebody.cli.examples import examples
from homebody.errors import HomebodyError
from homebody.logs import OLDER, OURS
from homebody.paths import Home

POLL_SECONDS = 0.3

LONGEST = 16
"""So much of a value is shown: enough of a SHA-256 to know it again."""


@click.command("logs", epilog=examples("homebody logs -f", "homebody logs -n 5 --json"))
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=50, show_default=True, help="How many lines."
)
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes, until Ctrl+C.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the lines as they are kept, one JSON object each."
)
@click.pass_obj
def logs_command(home: Home, *, lines: int, follow: bool, as_json: bool) -> None:
    """Show the newest lines of the log. No document's text and no file's name is ever in it."""
    if not home.log.exists() and not follow:
        raise HomebodyError(
            f"There is no log yet in {home.state}.", hint="It begins with the first start: homebody start"
        )
    following = Following(home.log)
    for line in itertools.chain(newest(home.log, following, lines), following.lines() if follow else ()):
        click.echo(line if as_json else in_words(line))


def newest(path: Path, following: "Following", number: int) -> list[str]:
    """Return the *number* newest lines that are there, those of files set aside among them."""
    kept: deque[str] = deque(maxlen=number)
    for age in range(OLDER, 0, -1):
        older = path.with_name(f"{path.name}.{age}")
        if older.exists():
            kept.extend(older.read_text(encoding="utf-8", errors="replace").splitlines())
    kept.extend(following.fresh())
    return list(kept)


class Following:
    """Reads a log as it grows; when it was set aside and a new one begun, goes on in that one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._begun = b""

    def lines(self) -> Iterator[str]:
        """Yield what comes, for ever."""
        while True:
            found = self.fresh()
            yield from found
            if not found:
                time.sleep(POLL_SECONDS)

    def fresh(self) -> list[str]:
        """Return the whole lines that came since the last call; one that is half written comes when it is whole."""
        data = b""
        if self._file is not None:
            replaced = (
                self._replaced()
            )  # asked first: what is written before the new one begins is still here
            data = self._file.read()
            if replaced:
                self._file.close()
                self._file = None
        if self._file is None:
            try:
                self._file = self._path.open("rb")
            except FileNotFoundError:
                self._file = None
            else:
                data += self._file.read()
        *whole, self._begun = (self._begun + data).split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole if line]

    def _replaced(self) -> bool:
        """Return whether the name leads to another file by now."""
        assert self._file is not None
        try:
            return not os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False


def in_words(line: str) -> str:
    """Return a line of the log as a person reads it: local time, what happened, and with which figures."""
    try:
        told = json.loads(line)
        when = datetime.fromisoformat(told["timestamp"]).astimezone()
        figures = "  ".join(
            f"{name}={str(value)[:LONGEST]}" for name, value in told.items() if name not in OURS
        )
        level = "" if told["level"] == "info" else f"{told['level']}: "
        return f"{when:%Y-%m-%d %H:%M:%S}  {level}{told['event']}  {figures}".rstrip()
    except (ValueError, KeyError, TypeError):
        return line
