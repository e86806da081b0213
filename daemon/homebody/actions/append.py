"""The append action: a text at the end of a file, or of one of its sections."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from homebody.actions.action import Action, TemplateText, World
from homebody.actions.content import filled
from homebody.actions.defang import printable
from homebody.actions.destination import Destination, resolve, roots
from homebody.actions.effect import Effect, Put
from homebody.errors import EffectError
from homebody.templates import compile_template

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")


class AppendAction(Action):
    """Adds ``content`` to the end of the file ``dest``, which is made when it is not there.

    With ``heading`` it goes to the end of the Markdown section of that heading, which is made when it is not
    there. What the file held stays as it was, byte for byte, and its line endings are kept.
    """

    kind: ClassVar[str] = "append"

    dest: Destination = Field(max_length=4000, description="The file to add to, beginning with a folder.")
    content: TemplateText = Field(description="What is added.")
    heading: TemplateText | None = Field(default=None, description='The section, like "## Log".')

    def plan(self, world: World) -> list[Effect]:
        """Return the one change; an empty text changes nothing."""
        path = resolve(self.dest, world)
        added = filled(self.content, world, path).strip("\n")
        if not added:
            return []
        there = world.content(path)
        data, before, mode = there if there is not None else (b"", None, None)
        if self.heading is None:
            text = appended(decoded(data), added)
        else:
            heading = printable(compile_template(self.heading).render(world.safe_values()))
            text = appended_below(decoded(data), " ".join(heading.split()), added)
        return [Put(path=path, content=text.encode(), before=before, kind=self.kind, mode=mode)]

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in."""
        return roots(self.dest, watched, variables)

    def templates(self) -> Mapping[str, str]:
        """Return the templates that are there."""
        found = {"dest": self.dest, "content": self.content}
        return found if self.heading is None else {**found, "heading": self.heading}


def decoded(data: bytes) -> str:
    """Return *data* as text, a byte order mark kept; raise EffectError when it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EffectError("The file is not UTF-8 text: nothing was added to it.") from error


def line_ending(text: str) -> str:
    """Return the line ending that *text* uses."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def appended(text: str, added: str) -> str:
    """Return *text* with the lines *added* at its end, and a line break after them."""
    end = line_ending(text)
    gap = "" if not text.strip("\ufeff") or text.endswith("\n") else end
    return text + gap + added.replace("\n", end) + end


def appended_below(text: str, heading: str, added: str) -> str:
    """Return *text* with *added* at the end of the section *heading*, made at the end if it is not there.

    A heading without ``#`` is taken for one of the second level.
    """
    heading = heading if heading.startswith("#") else f"## {heading}"
    end = line_ending(text)
    place = _end_of_section(text, heading)
    if place is None:
        gap = "" if not text.strip("\ufeff") else end if text.endswith("\n") else end * 2
        return appended(text + gap + heading + end * 2, added)
    body = text[:place].rstrip("\r\n")
    rest = re.sub(r"\A\r?\n", "", text[len(body) : place])
    joint = end * 2 if _HEADING.match(body.rsplit("\n", 1)[-1]) else end
    return body + joint + added.replace("\n", end) + end + rest + text[place:]


def _end_of_section(text: str, heading: str) -> int | None:
    """Return where the section *heading* ends: at the next heading of its level or above, or at the end."""
    wanted = _HEADING.match(heading)
    inside, level, position, fence = False, 0, 0, ""
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n").removeprefix("\ufeff")
        if mark := _FENCE.match(bare):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        found = None if fence else _HEADING.match(bare)
        if inside and found and len(found[1]) <= level:
            return position
        if not inside and found and wanted and found.groups() == wanted.groups():
            inside, level = True, len(found[1])
        position += len(line)
    return position if inside else None
