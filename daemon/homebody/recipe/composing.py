"""Which recipe does somebody want who says what is to be done with the files of a folder? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homebody.recipe.written import written

POINTER_REMARKS = (
    "# Lines that begin with # are remarks for you; homebody does not read them.",
    "# The blanks at the beginning of a line have a meaning, so please keep them as they are.",
)

DEEDS: Mapping[str, str] = {
    "summarize": "write a short summary beside each",
    "tag": "tag each, from a list of your words",
    "rename": "name each after what it is about",
    "move": "move each into another folder",
    "copy": "copy each into another folder",
    "trash": "throw each away when it has lain there for a month",
    "notify": "tell me of each",
}
"""What can be done with a file, and how it is offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants: a deed of ``DEEDS`` for the files of a folder, all or those with some endings.

    ``dest`` is the other folder where the deed needs one, ``words`` are those to choose tags from.
    """

    name: str
    deed: str
    folder: str
    endings: tuple[str, ...] = ()
    dest: str = ""
    words: tuple[str, ...] = ()


def composed(wish: Wish) -> str:
    """Return the text of the recipe that *wish* asks for."""
    filters: list[Any] = [{"extension": list(wish.endings)}] if wish.endings else []
    values: dict[str, Any] = {
        "version": 1,
        "name": wish.name,
        "description": f"For the files of {wish.folder}: {DEEDS[wish.deed]}",
        "vars": {"folder": wish.folder},
        "triggers": [{"watch": "{{ vars.folder }}", "existing": "skip"}],
        "filters": filters,
        **_done(wish, filters),
    }
    return written({key: value for key, value in values.items() if value != []}, POINTER_REMARKS)


def _done(wish: Wish, filters: list[Any]) -> dict[str, Any]:
    """Return what is asked and done; *filters* get those that the deed needs."""
    match wish.deed:
        case "summarize":
            filters.append({"not name": "*.summary.md"})
            output = {"summary": {"type": "text", "max": 400}}
            ask = {"prompt": "Summarise this document in one or two sentences.", "output": output}
            dest = "{{ file.folder }}/{{ file.stem }}.summary.md"
            content = "# {{ file.stem }}\n\n{{ ask.summary }}\n"
            return {
                "ask": ask,
                "actions": [{"write": {"dest": dest, "content": content, "on_conflict": "overwrite"}}],
            }
        case "tag":
            output = {"tags": {"type": "list", "of": list(wish.words), "max": 3}}
            ask = {"prompt": "Choose the tags that fit this document.", "output": output}
            return {"ask": ask, "actions": [{"tag": {"add": "{{ ask.tags }}"}}]}
        case "rename":
            output = {"title": {"type": "text", "max": 60, "description": "a short title, as for a file"}}
            ask = {"prompt": "What is this document about?", "output": output}
            return {
                "ask": ask,
                "actions": [{"rename": "{{ file.modified.date() }} {{ ask.title }}{{ file.suffix }}"}],
            }
        case "move" | "copy":
            return {"actions": [{wish.deed: f"{wish.dest.rstrip('/')}/"}]}
        case "trash":
            filters.append({"age": "> 30 days"})
            return {"actions": ["trash"]}
    return {"actions": [{"notify": "{{ file.name }} has come into {{ file.folder }}"}]}
