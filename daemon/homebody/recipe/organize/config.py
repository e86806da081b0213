"""Which rules does a config of organize have?"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from homebody.errors import RecipeError
from homebody.recipe.files import read_text_file
from homebody.recipe.source import LARGEST

MOST_RULES = 200
DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, as the config has it, and its number from 1."""

    number: int
    values: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The rule as a person knows it."""
        name = self.values.get("name")
        return f'"{shown(name)}"' if isinstance(name, str) and name.strip() else f"number {self.number}"


def rules(path: Path) -> list[Rule]:
    """Return the rules in the file *path*, YAML or JSON, its aliases followed.

    Raises RecipeError for a file that is no such config.
    """
    data = read_text_file(path)
    if len(data) > LARGEST:
        raise RecipeError(f"{path.name} has more than {LARGEST // 1024} KiB.")
    try:
        values: Any = yaml.safe_load(data.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f":{mark.line + 1}:{mark.column + 1}"
        problem = getattr(error, "problem", None) or "it is not UTF-8 text"
        raise RecipeError(f"{path.name}{where}: this is not YAML: {problem}") from error
    found = values.get("rules") if isinstance(values, Mapping) else None
    if not isinstance(found, list):
        raise RecipeError(
            f"{path.name} is no config of organize: it has no list of `rules`.",
            hint="`organize show --path` (version 3) says where yours is.",
        )
    if len(found) > MOST_RULES or _size(values) > LARGEST:
        raise RecipeError(f"{path.name} holds too much: at most {MOST_RULES} rules are taken over at once.")
    return [
        Rule(number=number, values=one if isinstance(one, Mapping) else {})
        for number, one in enumerate(found, start=1)
    ]


def _size(value: Any) -> int:
    """Return how many things *value* holds, each alias counted as what it stands for; no more than is too many."""
    count = 0
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting and count <= LARGEST:
        one, depth = waiting.pop()
        count += 1 if depth <= DEEPEST else LARGEST
        inner: Iterator[Any] = iter(())
        if isinstance(one, Mapping):
            inner = iter(one.values())
        elif isinstance(one, list):
            inner = iter(one)
        waiting.extend((each, depth + 1) for each in inner)
    return count


def shown(value: Any) -> str:
    """Return *value* on one line, as it is named to a person."""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    line = " ".join(said.split())
    return line if len(line) <= 80 else f"{line[:77]}..."
