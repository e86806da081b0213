"""organize's filters, as ours."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from homebody.recipe.organize.words import NotCarriedError

Ours = dict[str, Any] | str
"""One filter, as it stands in the list of a recipe."""

_HOURS = {"years": 365 * 24, "months": 30 * 24, "weeks": 7 * 24, "days": 24, "hours": 1}
_COLOUR = re.compile(r"(.*?)\s*\((.*)\)\s*")


def filters(entry: Any) -> tuple[list[Ours], bool]:
    """Return the filters that one of organize's stands for, all of which must hold, and whether it is turned round.

    There are none for one that only gave names to placeholders. Raises NotCarriedError.
    """
    word, value = (entry, None) if isinstance(entry, str) else _only(entry)
    negated = word.startswith("not ")
    kind = word.removeprefix("not ").strip()
    if kind not in _KINDS:
        raise NotCarriedError("there is no such filter here")
    return _KINDS[kind](value), negated


def joined(lists: list[tuple[list[Ours], bool]], mode: str) -> list[Ours]:
    """Return what organize's *mode* (all, any or none) makes of filters, each of which is several of ours."""
    each = [_turned(ours) if negated else ours for ours, negated in lists if ours]
    if mode == "all":
        return [one for ours in each for one in ours]
    if mode not in ("any", "none"):
        raise NotCarriedError(f'filter_mode "{mode}" is not known')
    return [{mode: [ours[0] if len(ours) == 1 else {"all": ours} for ours in each]}] if each else []


def _turned(ours: list[Ours]) -> list[Ours]:
    """Return the filters that choose what *ours*, all together, do not."""
    if len(ours) > 1:
        return [{"none": [{"all": ours}]}]
    return [
        f"not {one}" if isinstance(one, str) else {f"not {word}": value for word, value in one.items()}
        for one in ours
    ]


def _only(entry: Any) -> tuple[str, Any]:
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise NotCarriedError("it is not one filter")
    ((word, value),) = entry.items()
    return str(word), value


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the texts of *value*, which may be a list of lists. Raises NotCarriedError for anything else in it."""
    if depth > 8:
        raise NotCarriedError("it is nested too deeply")
    if isinstance(value, list):
        for one in value:
            yield from texts(one, depth + 1)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
    else:
        raise NotCarriedError("a text is expected")


def _short(values: list[str]) -> Any:
    """Return one as itself, several as a list."""
    return values[0] if len(values) == 1 else values


def _extension(value: Any) -> list[Ours]:
    endings = [] if value is None else [one.removeprefix(".").lower() for one in texts(value)]
    return [{"extension": _short(endings)}] if endings else []


def _name(value: Any) -> list[Ours]:
    """Return expressions on the whole name for what organize asks of a name without its ending."""
    if value is None:
        return []
    given = {"match": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping):
        raise NotCarriedError("a pattern, or startswith, contains and endswith are expected")
    flag = "" if given.get("case_sensitive", True) else "(?i)"
    found: list[str] = []
    for key, wanted in given.items():
        words = (
            "|".join(re.escape(one) for one in texts(wanted))
            if key in ("startswith", "contains", "endswith")
            else ""
        )
        if key == "match":
            found += [] if wanted in ("*", None) else [rf"^{_simple(str(wanted))}(\.[^.]*)?$"]
        elif key == "startswith":
            found.append(f"^({words})")
        elif key == "endswith":
            found.append(rf"({words})(\.[^.]*)?$")
        elif key == "contains":
            found.append(rf"({words}).*\.|^[^.]*({words})[^.]*$")
        elif key != "case_sensitive":
            raise NotCarriedError(f"there is no `{key}` for names here")
    return [{"name": {"regex": flag + one}} for one in found]


def _simple(pattern: str) -> str:
    """Return a pattern such as ``{year:int}-*`` as a regular expression."""
    found = ""
    for part in re.split(r"(\*|\{[^{}]*\})", pattern):
        if part in ("*", "{}"):
            found += ".*"
        elif part.startswith("{"):
            name, _, kind = part[1:-1].partition(":")
            if kind not in ("", "int"):
                raise NotCarriedError(f"there is no {part} here")
            found += f"(?P<{name}>{'[+-]?[0-9]+' if kind else '.*'})"
        else:
            found += re.escape(part)
    return found


def _regex(value: Any) -> list[Ours]:
    return [{"name": {"regex": _expression(value)}}]


def _filecontent(value: Any) -> list[Ours]:
    return [] if value is None else [{"contains": {"regex": f"(?ms){_expression(value)}"}}]


def _expression(value: Any) -> str:
    expression = value.get("expr") if isinstance(value, Mapping) else value
    if not isinstance(expression, str):
        raise NotCarriedError("a regular expression is expected")
    return expression


def _size(value: Any) -> list[Ours]:
    if value is None:
        return []
    conditions = [part.strip() for one in texts(value) for part in one.split(",")]
    return [{"size": _short([one if one[:1] in "<>=" else f"= {one}" for one in conditions])}]


def _moment(ours: str) -> Callable[[Any], list[Ours]]:
    def made(value: Any) -> list[Ours]:
        if value is None:
            return []
        if not isinstance(value, Mapping):
            raise NotCarriedError("a time as in {days: 10} is expected")
        mode = value.get("mode", "older")
        if mode not in ("older", "newer"):
            raise NotCarriedError(f'mode "{mode}" is not known')
        if stray := next((key for key in value if key not in (*_HOURS, "minutes", "seconds", "mode")), None):
            raise NotCarriedError(f"there is no `{stray}` for times here")
        minutes = sum(_count(value, unit) * hours * 60 for unit, hours in _HOURS.items()) + _count(
            value, "minutes"
        )
        seconds = minutes * 60 + _count(value, "seconds")
        if not seconds:
            return []
        time = next(f"{seconds // size:g}{unit}" for size, unit in _UNITS if seconds % size == 0)
        return [{ours: {f"{mode}_than": time}}]

    return made


_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def _count(value: Mapping[str, Any], unit: str) -> int:
    found = value.get(unit, 0)
    if isinstance(found, bool) or not isinstance(found, int):
        raise NotCarriedError(f"`{unit}` must be a whole number")
    return found


def _alone(word: str) -> Callable[[Any], list[Ours]]:
    def made(value: Any) -> list[Ours]:
        if value is not None:
            raise NotCarriedError(
                f"`{word}` takes nothing more here: of twins, the one that was there first stays"
            )
        return [word]

    return made


def _mimetype(value: Any) -> list[Ours]:
    kinds = [] if value is None else [one if "/" in one else f"{one}/*" for one in texts(value)]
    return [{"mime": _short(kinds)}] if kinds else []


def _tags(value: Any) -> list[Ours]:
    if value is None:
        return []
    names = []
    for one in texts(value):
        match = _COLOUR.fullmatch(one)
        name, colour = (match[1], match[2]) if match else (one, "*")
        if "*" in name or colour != "*":
            raise NotCarriedError("tags are told by their name here, not by their colour or a pattern")
        names.append(name)
    return [{"tagged": _short(names)}] if names else []


def _nothing(value: Any) -> list[Ours]:
    if value is not None:
        raise NotCarriedError("it only gives a name to a placeholder here")
    return []


_KINDS: Mapping[str, Callable[[Any], list[Ours]]] = {
    "extension": _extension,
    "name": _name,
    "regex": _regex,
    "filecontent": _filecontent,
    "size": _size,
    "lastmodified": _moment("modified"),
    "created": _moment("created"),
    "empty": _alone("empty"),
    "duplicate": _alone("duplicate"),
    "mimetype": _mimetype,
    "macos_tags": _tags,
    "hash": _nothing,
}
"""organize's filters that have a like here."""
