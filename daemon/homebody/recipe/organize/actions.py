"""organize's actions, as ours."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from homebody.actions import ALL
from homebody.recipe.organize.filters import texts
from homebody.recipe.organize.words import NotCarriedError, place, template, whole

Ours = dict[str, Any] | str

USUAL = "{name} {counter}{extension}"
"""How organize numbers names, if nothing is said; ours comes to the same."""

_COLOUR = re.compile(r"\s*\(.*\)\s*$")
_NO_PROGRAMS = "homebody starts no programs"
_HARMLESS = frozenset({"echo", "notify"})
"""What may be left out, and the rest does what it did."""


@dataclass(slots=True, kw_only=True)
class Carrying:
    """What is known while a rule's actions are carried over, and what is said of them."""

    folder: str
    groups: bool
    approve: bool = False
    notes: list[str] = field(default_factory=list)


def actions(entry: Any, carrying: Carrying) -> Ours | None:
    """Return the action that one of organize's stands for; None for one that became something else.

    Raises NotCarriedError.
    """
    word, value = (entry, None) if isinstance(entry, str) else _only(entry)
    if word in ("shell", "python"):
        raise NotCarriedError(_NO_PROGRAMS)
    if word not in _KINDS:
        raise NotCarriedError("there is no such action here")
    return _KINDS[word](value, carrying)


def harmless(entry: Any) -> bool:
    """Return whether the rest of a rule does what it did when this action is left out."""
    word = next(iter(entry), None) if isinstance(entry, Mapping) else entry
    return isinstance(word, str) and word in _HARMLESS


def _only(entry: Any) -> tuple[str, Any]:
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise NotCarriedError("it is not one action")
    ((word, value),) = entry.items()
    return str(word), value


def _kind(word: str) -> Any:
    kind = next((kind for kind in ALL if kind.kind == word), None)
    if kind is None:
        raise NotCarriedError(f"there is no `{word}` here")
    return kind


def _brought(ours: str) -> Callable[[Any, Carrying], Ours]:
    """Return how an action with a destination is carried over, which is called *ours* here."""

    def made(value: Any, carrying: Carrying) -> Ours:
        given = {"dest": value} if isinstance(value, str) else value
        if not isinstance(given, Mapping) or not isinstance(given.get("dest"), str):
            raise NotCarriedError("a destination is expected")
        _refuse_others(given, {"dest", "autodetect_folder", "filesystem"})
        if given.get("filesystem"):
            raise NotCarriedError("only folders of this computer are written")
        dest = given["dest"].strip()
        name = dest.rpartition("/")[2]
        if (
            given.get("autodetect_folder", True)
            and name
            and "." not in re.sub(r"\{.*?\}", "", name)
            and not _ends(name)
        ):
            dest += "/"
        said = {
            "dest": whole(template(place(dest), carrying.groups), carrying.folder),
            **_conflict(given, ours, carrying),
        }
        return {ours: said if len(said) > 1 else said["dest"]}

    return made


def _ends(name: str) -> bool:
    """Return whether a name gets its ending from a placeholder."""
    return re.search(r"\{(path\.name|path\.suffix)[^{}]*\}$", name) is not None


def _conflict(given: Mapping[str, Any], ours: str, carrying: Carrying) -> dict[str, Any]:
    """Return what happens when a name is taken, as far as *ours* knows it."""
    fields = _kind(ours).model_fields
    said: dict[str, Any] = {}
    word = given.get("on_conflict", "rename_new")
    if word not in get_args(fields["on_conflict"].annotation):
        carrying.notes.append(
            f"`on_conflict: {word}` of `{ours}`: there is none here, it became `rename_new`"
        )
    elif word != fields["on_conflict"].default:
        said["on_conflict"] = word
    numbering = given.get("rename_template", USUAL)
    if numbering != USUAL:
        if "rename_template" in fields:
            said["rename_template"] = re.sub(r"\{(\w+)\}", r"{{ \1 }}", str(numbering))
        else:
            carrying.notes.append(f"`rename_template` of `{ours}`: names are numbered as in bill 2.pdf")
    return said


def _refuse_others(given: Mapping[str, Any], known: set[str]) -> None:
    known = known | {"on_conflict", "rename_template"}
    if stray := next((key for key in given if key not in known), None):
        raise NotCarriedError(f"there is no `{stray}` for it here")


def _rename(value: Any, carrying: Carrying) -> Ours:
    given = {"new_name": value} if isinstance(value, str) else value
    key = "new_name" if isinstance(given, Mapping) and "new_name" in given else "name"
    if not isinstance(given, Mapping) or not isinstance(given.get(key), str):
        raise NotCarriedError("a name is expected")
    _refuse_others(given, {key})
    said = {"name": template(given[key], carrying.groups), **_conflict(given, "rename", carrying)}
    return {"rename": said if len(said) > 1 else said["name"]}


def _trash(_value: Any, _carrying: Carrying) -> Ours:
    _kind("trash")
    return "trash"


def _delete(value: Any, carrying: Carrying) -> Ours:
    carrying.notes.append("`delete`: it became `trash`, from where the file can come back")
    return _trash(value, carrying)


def _echo(value: Any, carrying: Carrying) -> Ours:
    _kind("notify")
    return {"notify": template("" if value is None else next(texts(value), ""), carrying.groups)}


def _tags(value: Any, carrying: Carrying) -> Ours:
    tags = [_COLOUR.sub("", one) for one in texts(value)]
    if tags != list(texts(value)):
        carrying.notes.append("the colours of tags: here a tag has the colour that the desktop gives it")
    made = [template(one, carrying.groups) for one in tags]
    return {"tag": made[0] if len(made) == 1 else made}


def _confirm(_value: Any, carrying: Carrying) -> None:
    carrying.approve = True
    carrying.notes.append(
        "`confirm`: it became `approve: true`, and `homebody review` asks you before anything is done"
    )


def _write(value: Any, carrying: Carrying) -> Ours:
    if not isinstance(value, Mapping) or not isinstance(value.get("outfile"), str):
        raise NotCarriedError("a file to write is expected")
    _refuse_others(value, {"text", "outfile", "mode", "newline"})
    mode = value.get("mode", "append")
    dest = whole(template(place(value["outfile"]), carrying.groups), carrying.folder)
    content = template(str(value.get("text", "")), carrying.groups)
    if mode == "append":
        return {"append": {"dest": dest, "content": content}}
    if mode == "overwrite":
        return {"write": {"dest": dest, "content": content, "on_conflict": "overwrite"}}
    raise NotCarriedError(f"there is no mode `{mode}` here")


_KINDS: Mapping[str, Callable[[Any, Carrying], Ours | None]] = {
    "move": _brought("move"),
    "copy": _brought("copy"),
    "hardlink": _brought("hard_link"),
    "rename": _rename,
    "trash": _trash,
    "delete": _delete,
    "echo": _echo,
    "macos_tags": _tags,
    "confirm": _confirm,
    "write": _write,
}
"""organize's actions that have a like here."""
