"""The filters tagged and front_matter: files by what people wrote on them."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from pydantic import Field, field_validator, model_validator

from homebody.filters.filter import FileFacts, Filter, Stage

MOST_SHOWN = 10


class TaggedFilter(Filter):
    """``tagged: inbox`` or ``tagged: [inbox, later]``: one of the tags is enough; case does not matter.

    Tags are those of the desktop and ``tags`` in the front matter, with or without ``#``; ``project`` also stands
    for ``project/roof``, as in Obsidian. A tag that is set later lets the file be taken at the next rescan.
    """

    kind: ClassVar[str] = "tagged"

    tags: tuple[str, ...] = Field(min_length=1, max_length=100, description="The tags; one is enough.")

    @field_validator("tags")
    @classmethod
    def _plain(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(tag.strip().removeprefix("#").strip("/") for tag in tags)
        if not all(plain) or any(len(tag) > 100 or "," in tag for tag in plain):
            raise ValueError("a tag has between 1 and 100 characters and no comma")
        return tuple(dict.fromkeys(plain))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return one tag as a list of one."""
        return {"tags": [value] if isinstance(value, str) else value}

    def long(self) -> list[str]:
        """Return the tags."""
        return list(self.tags)

    @property
    def stage(self) -> Stage:
        """The tags tell, of which some stand at the beginning of the file."""
        return Stage.INSIDE

    @property
    def wavers(self) -> bool:
        """The desktop's tags change without the file."""
        return True

    def holds(self, file: FileFacts) -> bool:
        """Return whether the file has one of the tags, or one below it."""
        there = {_fold(tag) for tag in file.closer.tags()}
        return any(
            one == _fold(tag) or one.startswith(f"{_fold(tag)}/") for one in there for tag in self.tags
        )

    def seen(self, file: FileFacts) -> str:
        """Return the tags of the file."""
        tags = sorted(file.closer.tags())
        return f"its tags: {', '.join(tags[:MOST_SHOWN])}" if tags else "it has no tags"


class FrontMatterFilter(Filter):
    """``front_matter: status`` has that key; ``front_matter: {status: [draft, open]}`` holds one of these values.

    Of several keys all must be so. A list in the front matter holds each of its items.
    """

    kind: ClassVar[str] = "front_matter"
    shorthands: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": ["string", "number", "boolean", "null", "array"]},
        },
    )

    keys: tuple[str, ...] = Field(default=(), max_length=50, description="Keys that must be there.")
    equals: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, max_length=50, description="Keys, and the values of which they must hold one."
    )

    @field_validator("keys")
    @classmethod
    def _named(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if not all(key.strip() for key in keys):
            raise ValueError("a key has a name")
        return keys

    @model_validator(mode="after")
    def _something(self) -> "FrontMatterFilter":
        if (not self.keys and not self.equals) or not all(self.equals.values()):
            raise ValueError("needs a key, as in `status`, or a key and its value, as in {status: draft}")
        return self

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Return keys alone as keys, and values as texts in lists."""
        if isinstance(value, Mapping):
            return {
                "equals": {
                    key: [said(one) for one in (given if isinstance(given, list | tuple) else [given])]
                    for key, given in value.items()
                }
            }
        return {"keys": [value] if isinstance(value, str) else value}

    def long(self) -> Any:
        """Return the keys, or the keys with their values."""
        return list(self.keys) or {key: list(values) for key, values in self.equals.items()}

    @property
    def stage(self) -> Stage:
        """The beginning of the file tells."""
        return Stage.INSIDE

    def holds(self, file: FileFacts) -> bool:
        """Return whether every key is there and has one of its values."""
        matter = file.closer.matter()
        return all(key in matter for key in self.keys) and all(
            key in matter and not {_fold(one) for one in _items(matter[key])}.isdisjoint(map(_fold, values))
            for key, values in self.equals.items()
        )

    def seen(self, file: FileFacts) -> str:
        """Return which of the keys are not there; values are the file's own."""
        matter = file.closer.matter()
        missing = [key for key in (*self.keys, *self.equals) if key not in matter]
        if not matter:
            return "it has no front matter"
        return f"its front matter has no {' and no '.join(missing)}" if missing else "its front matter has it"


def said(value: Any) -> Any:
    """Return a plain value as the text that stands for it in YAML; anything else as it is, to be refused."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, date):  # and a datetime, which is one
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


def _items(value: Any) -> list[str]:
    """Return a value of the front matter as texts: each item of a list."""
    items = value if isinstance(value, list | tuple) else [value]
    return [str(said(one)) for one in items]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()
