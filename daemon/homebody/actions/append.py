"""The append action: a text, a row or a JSON object at the end of a file, or a text at the end of a section."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from homebody.actions.action import Action, TemplateText, World, check_template
from homebody.actions.content import filled
from homebody.actions.defang import printable
from homebody.actions.destination import Destination, resolve, roots
from homebody.actions.effect import Effect, Put
from homebody.actions.lines import json_line, row_line, templates_in
from homebody.errors import EffectError
from homebody.templates import compile_template

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")


def _row(value: Any) -> Any:
    """Return a row with what YAML took for a number or a word of its own as text again."""
    if isinstance(value, Mapping):
        return {key: _cell(cell) for key, cell in value.items()}
    return tuple(map(_cell, value)) if isinstance(value, list | tuple) else value


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int | float) else value


def _json(value: Any, info: ValidationInfo) -> Any:
    """Return *value*; raise ValueError when a text in it is no template, or it is no object."""
    if value is not None and not isinstance(value, Mapping):
        raise ValueError("must be made of keys and values, as in {file: '{{ file.name }}'}")
    for _, text in templates_in(value, "json"):
        check_template(text, info)
    return value


class _Json:
    """The field ``json``: pydantic's models have a method of that name, which nobody needs here."""

    json: Annotated[Any, AfterValidator(_json)] = Field(
        default=None, description="A JSON object that is added as a line; its texts are templates."
    )


class AppendAction(_Json, Action):
    """Adds something to the end of the file ``dest``, which is made when it is not there.

    It is one of three: the text ``content``; a ``row`` of a table, as a list of cells or by the names of its columns,
    which a new file begins with; or a ``json`` object on a line of its own. With ``heading`` a text goes to the end of
    the Markdown section of that heading, which is made when it is not there. What the file held stays as it was, byte
    for byte, and its line endings are kept.
    """

    kind: ClassVar[str] = "append"

    dest: Destination = Field(max_length=4000, description="The file to add to, beginning with a folder.")
    content: TemplateText | None = Field(default=None, description="The text that is added.")
    heading: TemplateText | None = Field(default=None, description='The section, like "## Log".')

    row: Annotated[Mapping[str, TemplateText] | tuple[TemplateText, ...] | None, BeforeValidator(_row)] = (
        Field(
            default=None,
            min_length=1,
            max_length=100,
            description="The cells of a row, by their columns or in a list.",
        )
    )

    @model_validator(mode="after")
    def _one_thing(self) -> "AppendAction":
        there = [name for name in ("content", "row", "json") if getattr(self, name) is not None]
        if len(there) != 1:
            raise ValueError(f"needs one of `content`, `row` and `json`{', not several' if there else ''}")
        if self.heading is not None and self.content is None:
            raise ValueError("`heading` is for `content`: rows and JSON lines have no sections")
        return self

    def plan(self, world: World) -> list[Effect]:
        """Return the one change; an empty text changes nothing."""
        path = resolve(self.dest, world)
        there = world.content(path)
        data, before, mode = there if there is not None else (b"", None, None)
        added = self.added(world, path, data)
        if not added:
            return []
        if self.heading is None:
            text = appended(decoded(data), added)
        else:
            heading = printable(compile_template(self.heading).render(world.safe_values()))
            text = appended_below(decoded(data), " ".join(heading.split()), added)
        return [Put(path=path, content=text.encode(), before=before, kind=self.kind, mode=mode)]

    def added(self, world: World, path: Path, data: bytes) -> str:
        """Return what is added to the file at *path*, which holds *data*, without the line break at its end."""
        if self.row is not None:
            tabs = path.suffix.casefold() in (".tsv", ".tab")
            return row_line(self.row, world, decoded(data), tabs=tabs)
        if self.json is not None:
            return json_line(self.json, world)
        assert self.content is not None
        return filled(self.content, world, path).strip("\n")

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
        """Return the folders that ``dest`` surely lies in."""
        return roots(self.dest, watched, variables)

    def templates(self) -> Mapping[str, str]:
        """Return the templates that are there."""
        found = {"dest": self.dest, "content": self.content, "heading": self.heading}
        parts = (*templates_in(self.row or (), "row"), *templates_in(self.json or (), "json"))
        return {name: text for name, text in (*found.items(), *parts) if text is not None}


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
