"""Is what came of a document what its test expects? Each difference in words. Pure."""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from homebody.house.proposal import Change
from homebody.money import Money
from homebody.paths import real
from homebody.recipe.trials import Expected, ExpectedChange
from homebody.templates import compile_template

SHOWN = 120
"""Characters of a value that are shown where it is not what was expected."""


def in_plain(value: Any) -> Any:
    """Return a slot's value as a test can write it: a date as 2026-03-02, money as 12.50 EUR, a number as it is."""
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: in_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [in_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def differs(expected: Expected, value: Any) -> str | None:
    """Return why *value* is not what is *expected*, or None when it is."""
    value, given = in_plain(value), expected.model_fields_set
    if "equals" in given and not same(value, in_plain(expected.equals)):
        return f"is {told(value)}, and should be {told(in_plain(expected.equals))}"
    if expected.one_of is not None and not any(same(value, in_plain(one)) for one in expected.one_of):
        return f"is {told(value)}, and should be one of {told(in_plain(expected.one_of))}"
    if expected.empty is not None and expected.empty is not (value in (None, "", [])):
        return f"is {told(value)}, and should {'' if expected.empty else 'not '}be empty"
    if "contains" in given:
        wanted = expected.contains if isinstance(expected.contains, list) else [expected.contains]
        held = texts(value)
        missing = [
            one
            for one in wanted
            if not any(str(in_plain(one)).casefold() in text.casefold() for text in held)
        ]
        if missing:
            return f"is {told(value)}, and should hold {told(missing[0])}"
    if expected.matches is not None and not any(re.search(expected.matches, text) for text in texts(value)):
        return f"is {told(value)}, and should fit {expected.matches}"
    return None


def same(value: Any, other: Any) -> bool:
    """Return whether a test means *value* by *other*: the items of a list in any order, a number however written."""
    if isinstance(value, list) and isinstance(other, list):
        left = list(value)
        for one in other:
            if (found := next((place for place, item in enumerate(left) if same(item, one)), None)) is None:
                return False
            del left[found]
        return not left
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        return value.keys() == other.keys() and all(same(value[key], other[key]) for key in value)
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    return bool(value == other) or (value is not None and other is not None and str(value) == str(other))


def texts(value: Any) -> list[str]:
    """Return a value's text, or those of its items."""
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    if isinstance(value, Mapping):
        return [" ".join(text for one in value.values() for text in texts(one))]
    return [] if value is None else [str(value)]


def told(value: Any) -> str:
    """Return a value in words, on one line and short."""
    words = "empty" if value in (None, "", []) else " ".join(str(value).split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 3]}..."


def differing(
    expected: Sequence[ExpectedChange], changes: Sequence[Change], variables: Mapping[str, Any]
) -> list[str]:
    """Return how *changes* are not those *expected*: what is missing, what is there beside them, what holds else."""
    left = list(changes)
    wrong: list[str] = []
    for one in expected:
        fitting = [change for change in left if one.word == change.kind and lies(one, change, variables)]
        if not fitting:
            where = f" {compile_template(one.path).render({'vars': variables})}" if one.path else ""
            wrong.append(f"no change is `{one.word}{where}`")
            continue
        best = min(fitting, key=lambda change: len(_within(one, change)))
        left.remove(best)
        wrong += _within(one, best)
    return wrong + [f"`{change.kind} {change.path}` was not expected" for change in left]


def lies(expected: ExpectedChange, change: Change, variables: Mapping[str, Any]) -> bool:
    """Return whether a change is at the place that is expected, links resolved."""
    if expected.path is None:
        return True
    path = os.path.expanduser(compile_template(expected.path).render({"vars": variables}))  # noqa: PTH111 - never raises
    if "*" not in path:
        return Path(change.path) == real(Path(path).parent) / Path(path).name
    fixed = Path(path[: path.index("*")] + "x").parent
    pattern = str(real(fixed)) + path[len(str(fixed)) :]
    return fnmatchcase(change.path, pattern.replace("[", "[[]").replace("?", "[?]"))


def _within(expected: ExpectedChange, change: Change) -> list[str]:
    """Return what of a change's text or tags is not as expected."""
    wrong = []
    name = Path(change.path).name
    if expected.text is not None:
        text = change.new if change.deed != "tags" else None
        if (why := differs(expected.text, (text or "").rstrip("\n"))) is not None:
            wrong.append(f"{name} {why}")
    if expected.tags is not None:
        tags = [tag for tag in (change.new or "").split(", ") if tag] if change.deed == "tags" else []
        if (why := differs(expected.tags, tags)) is not None:
            wrong.append(f"the tags of {name}: {why}")
    return wrong
