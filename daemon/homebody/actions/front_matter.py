"""The front_matter action: keys at the top of a Markdown note, everything else left as it is."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from homebody.actions.action import Action, World, check_template
from homebody.actions.defang import printable
from homebody.actions.effect import Effect, Put
from homebody.actions.matter import changed
from homebody.errors import EffectError
from homebody.money import Money
from homebody.paths import real
from homebody.templates import compile_template

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"})
"""Endings of files whose readers know front matter."""

_KEY = re.compile(r"[^\W\d_][\w .-]{0,60}(?<! )")

Plain = str | int | float | bool


def _values(value: Any) -> Any:
    """Return one value, or a list of them, as a tuple or a plain value; raise ValueError for anything else."""
    if not all(isinstance(item, Plain) for item in (value if isinstance(value, list | tuple) else (value,))):
        raise ValueError("must be a text, a number, true or false, or a list of these")
    return tuple(value) if isinstance(value, list) else value


def _templates(value: Plain | tuple[Plain, ...], info: ValidationInfo) -> Plain | tuple[Plain, ...]:
    """Return *value*; raise ValueError when a text in it is no template that the recipe can fill in."""
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(item, str):
            check_template(item, info)
    return value


Value = Annotated[Plain | tuple[Plain, ...], BeforeValidator(_values), AfterValidator(_templates)]


class FrontMatterAction(Action):
    """Changes keys in the front matter of the Markdown file that woke the recipe.

    ``set`` gives keys a value; ``add`` adds what is missing to a list. Only these keys change: every other
    byte, comments and order too, stays. A value that is exactly one template keeps its type: a list stays
    a list. A key set to nothing, as by an optional slot left empty, stays as it is.
    """

    kind: ClassVar[str] = "front_matter"
    needs_file: ClassVar[bool] = True
    needs_content: ClassVar[bool] = True

    set: Mapping[str, Value] = Field(default_factory=dict, description="Keys and the values they get.")
    add: Mapping[str, Value] = Field(default_factory=dict, description="Lists and what is added to them.")

    @model_validator(mode="after")
    def _keys(self) -> "FrontMatterAction":
        if not self.set and not self.add:
            raise ValueError("has neither `set` nor `add`: it would do nothing")
        if both := sorted(self.set.keys() & self.add.keys()):
            raise ValueError(f'"{both[0]}" stands in `set` and in `add`; one of them is enough')
        for key in (*self.set, *self.add):
            if not _KEY.fullmatch(key):
                raise ValueError(f'"{key}" is not a plain key: letters, digits, spaces, dots and dashes')
        return self

    def plan(self, world: World) -> list[Effect]:
        """Return the one change, or none when every key is as it should be.

        Raises EffectError when the file is not Markdown, not UTF-8, or its front matter is broken.
        """
        if world.file is None:
            raise EffectError("There is no file whose front matter could be changed.")
        path = world.file.path
        if path.suffix.casefold() not in MARKDOWN:
            raise EffectError("Front matter belongs into Markdown files: the file was left as it is.")
        there = world.content(path)
        if there is None:
            raise EffectError("The file is no longer there.")
        data, before, mode = there
        values = world.safe_values()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EffectError("The file is not UTF-8 text, and was left as it is.") from error
        wanted = {
            key: found for key, value in self.set.items() if (found := _filled(value, values)) is not None
        }
        more = {key: _listed(_filled(value, values)) for key, value in self.add.items()}
        content = changed(text, wanted, {key: items for key, items in more.items() if items}).encode()
        return (
            []
            if content == data
            else [Put(path=path, content=content, before=before, kind=self.kind, mode=mode)]
        )

    def roots(self, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:  # noqa: ARG002
        """Return the watched folders: the file that woke the recipe is in one of them."""
        return tuple(real(folder) for folder in watched)

    def templates(self) -> Mapping[str, str]:
        """Return every text value."""
        found: dict[str, str] = {}
        for field, entries in (("set", self.set), ("add", self.add)):
            for key, value in entries.items():
                items = value if isinstance(value, tuple) else (value,)
                found |= {
                    f"{field}.{key}[{n}]": item for n, item in enumerate(items) if isinstance(item, str)
                }
        return found


def _filled(value: Plain | tuple[Plain, ...], values: Mapping[str, Any]) -> Any:
    """Return *value* with its templates filled in, as YAML can hold it; None for nothing."""
    if isinstance(value, tuple):
        return [item for part in value for item in _listed(_filled(part, values))]
    return _yaml(compile_template(value).evaluate(values)) if isinstance(value, str) else value


def _yaml(value: Any) -> Any:
    """Return *value* with its texts made printable; raise EffectError for what YAML has no form for."""
    if isinstance(value, str):
        return printable(value).strip()
    if isinstance(value, list | tuple):
        return [_yaml(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _yaml(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Money):
        return str(value)
    if value is None or isinstance(value, bool | int | float | date | datetime):
        return value
    raise EffectError(f"A value of type {type(value).__name__} has no place in front matter.")


def _listed(value: Any) -> list[Any]:
    """Return *value* as a list: nothing as an empty one, one thing as a list of one."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]
