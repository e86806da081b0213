"""How does a plan look to a person who is to agree to it?"""

import difflib
import json
from collections.abc import Iterator
from typing import Any

MOST_LINES = 12
"""Lines of a text that are shown of one change."""

WIDEST = 110


def plan_lines(waiting: dict[str, Any]) -> list[str]:
    """Return a plan that waits, as lines: the run, and each change with what it would make of the file."""
    about = f" on {waiting['path']}" if waiting["path"] else ""
    found = [f"run {waiting['run']}: {waiting['recipe']}{about}"]
    if waiting["overtaken"]:
        found.append(
            "  the file has changed since: agreeing would change nothing, and it has a run of its own"
        )
    if waiting["changes"] is None:
        return [
            *found,
            "  the plan is no longer kept: accepting makes it anew, and shows it before anything is done",
        ]
    for name, value in (waiting["answer"] or {}).items():
        found.append(short(f"  {name}: {' '.join(slot_words(value).split())}"))
    for change in waiting["changes"]:
        found += [f"  {line}" for line in change_lines(change)]
    return [printable(line) for line in found]


def slot_words(value: Any) -> str:
    """Return what a slot holds as a person reads it, and could write it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case {"amount": amount, "currency": currency, **rest} if not rest:
            return f"{amount} {currency}"
        case [{}, *_]:
            return json.dumps(value, ensure_ascii=False)
        case list():
            return ", ".join(map(str, value))
    return str(value)


def change_lines(change: dict[str, Any]) -> list[str]:
    """Return one change as lines."""
    if change["kind"] == "trash":
        return trash_lines(change)
    if change["deed"] == "notice":
        return ["notify, when it is done", f"  {change['new']}"]
    if change["deed"] in ("move", "copy", "link"):
        over = ", over the file that is there" if change["before"] else ""
        return [f"{change['kind']} {change['source']}", f"  to {change['path']}{over}"]
    if change["deed"] == "tags":
        return [
            f"tag {change['path']}",
            f"  {change['old'] or 'no tags'} becomes {change['new'] or 'no tags'}",
        ]
    fresh = change["before"] is None
    head = f"{change['kind']} {change['path']}" + (f" (new, {change['size']} bytes)" if fresh else "")
    return [head, *(f"  {line}" for line in text_lines(change))]


def trash_lines(change: dict[str, Any]) -> list[str]:
    """Return one of the two changes that throw a file away: the note for the desktop, and the move."""
    if change["deed"] == "put":
        return [f"note for the desktop, with which it can bring the file back: {change['path']}"]
    return [f"trash {change['source']}", f"  to {change['path']}"]


def text_lines(change: dict[str, Any]) -> list[str]:
    """Return the lines that are new or gone, the first dozen of them."""
    if change["new"] is None or (change["before"] is not None and change["old"] is None):
        return ["(not text)"]
    lines = list(_differences(change["old"] or "", change["new"]))
    rest = len(lines) - MOST_LINES
    return [short(line) for line in lines[:MOST_LINES]] + ([f"... and {rest} lines more"] if rest > 0 else [])


def _differences(old: str, new: str) -> Iterator[str]:
    for line in difflib.ndiff(old.splitlines(), new.splitlines()):
        if line.startswith(("+ ", "- ")):
            yield line


def short(line: str) -> str:
    """Return *line* without controls, cut where a screen ends."""
    line = printable(line)
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"


def printable(line: str) -> str:
    """Return *line* without what could drive a terminal: a name can hold it, too."""
    return "".join(c for c in line if c.isprintable())
