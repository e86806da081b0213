"""How do lines stay readable where they are read?"""

import shutil
import sys
import textwrap
from collections.abc import Iterable

import click

NARROWEST, WIDEST = 40, 100


def width() -> int:
    """Return the columns to write in: the terminal's, within what is easy to read; 80 where there is none."""
    return max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))


def indented(text: str, indent: int, first: int | None = None, room: int = 0) -> list[str]:
    """Return *text* wrapped to the terminal, *indent* spaces before each line (*first* before the first).

    *room* is left beside it for what else is to stand in each line.

    A path is never broken: it can be copied. What a terminal could take for a command is made visible.
    """
    return textwrap.wrap(
        visible(text),
        width() - room,
        initial_indent=" " * (indent if first is None else first),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def fitted(line: str, *, terminal: bool, room: int = 0) -> list[str]:
    """Return *line* for a *terminal* in pieces that fit, what follows the first two further in; elsewhere as it is."""
    if not terminal:
        return [line]
    lead = len(line) - len(line.lstrip(" "))
    return indented(line[lead:], lead + 2, lead, room) or [""]


def echo_fitted(lines: Iterable[str], *, error: bool = False) -> None:
    """Print *lines*, to standard error for an *error*; on a terminal so that no word is torn."""
    terminal = (sys.stderr if error else sys.stdout).isatty()
    for line in lines:
        for piece in fitted(line, terminal=terminal):
            click.echo(piece, err=error)


def quoted(text: str) -> list[str]:
    """Return *text* line by line and set off, long lines wrapped, nothing left out."""
    lines: list[str] = []
    for line in text.expandtabs(4).split("\n"):
        pieces = textwrap.wrap(visible(line), width() - 6, drop_whitespace=False, replace_whitespace=False)
        lines += [f"    | {piece}".rstrip() for piece in pieces or [""]]
    return lines


def visible(text: str) -> str:
    """Return *text* with every character that cannot be seen spelled out."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
