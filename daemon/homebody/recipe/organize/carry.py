"""How does a rule of organize become a recipe?"""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homebody.filenames import slug
from homebody.recipe.editor_schema import POINTER
from homebody.recipe.load import read_recipe
from homebody.recipe.organize.actions import Carrying, actions, harmless
from homebody.recipe.organize.config import Rule, shown
from homebody.recipe.organize.filters import filters, joined, texts
from homebody.recipe.organize.words import NotCarriedError, place, whole
from homebody.recipe.problem import RecipeProblemsError
from homebody.recipe.schema import Recipe
from homebody.recipe.written import written

_OPTIONS = frozenset(
    {"name", "enabled", "targets", "locations", "subfolders", "filter_mode", "filters", "actions", "tags"}
)
_WITHOUT_EFFECT = frozenset({"search", "ignore_errors", "system_exclude_files", "system_exclude_dirs"})
"""Options of a location that change nothing here: files of the system are never taken."""


@dataclass(slots=True, kw_only=True)
class Carried:
    """What became of a rule: the recipe as values and as a text, or none; what is lost, and why it is switched off."""

    title: str
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    recipe: Recipe | None = None
    lost: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)

    def switch_off(self, why: str) -> None:
        """Let the recipe be switched off until somebody has looked at it, because of *why*."""
        self.off.append(why)
        self.values["enabled"] = False

    def text(self) -> str:
        """Return the recipe as a file holds it, with remarks on what is not as it was."""
        lines = [POINTER, f"# From the rule {self.title} of organize."]
        if self.lost:
            lines += ["#", "# Not as it was:", *(f"# - {one}" for one in self.lost)]
        if self.off:
            lines += [
                "#",
                "# Switched off (enabled: false) until you have looked at it:",
                *(f"# - {one}" for one in self.off),
            ]
        return written(self.values, lines)


def carry(rule: Rule, taken: Container[str], folder: Path) -> Carried:
    """Return what becomes of *rule*: its name is none of *taken*; paths that begin nowhere lie in *folder*."""
    title = rule.values.get("name")
    carried = Carried(
        title=rule.title, name=_name(title if isinstance(title, str) else "", rule.number, taken)
    )
    if rule.values.get("targets", "files") != "files":
        carried.lost.append("`targets: dirs`: recipes are for files, not for folders")
        return carried
    values = carried.values
    values |= {"version": 1, "name": carried.name}
    if isinstance(title, str) and title.strip():
        values["description"] = " ".join(title.split())[:1000]
    values["enabled"] = rule.values.get("enabled", True) is not False
    for option in rule.values:
        if option not in _OPTIONS:
            carried.lost.append(f"`{option}`: a rule has no such option")
            carried.switch_off(f"`{option}` could say which files are meant")
    if tags := rule.values.get("tags"):
        carried.lost.append(f"`tags: {shown(tags)}`: recipes are run by their names")
    own = _locations(rule, carried, str(folder))
    _filters(rule, carried, own)
    _actions(rule, carried, str(folder))
    if not values.get("triggers") or not values.get("actions"):
        return carried
    _settle(carried)
    return carried


def _name(title: str, number: int, taken: Container[str]) -> str:
    """Return a name for the recipe that nobody has."""
    name = re.sub(r"[^a-z0-9-]+", "-", slug(title))[:56].strip("-") or f"organize-{number}"
    return next(one for one in (name, *(f"{name}-{count}" for count in range(2, 10_000))) if one not in taken)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _flat(value: Any, depth: int = 0) -> list[Any]:
    """Return the entries of a list in which lists can stand, as aliases put them there."""
    if not isinstance(value, list) or depth > 8:
        return _each(value) if depth == 0 else [value]
    return [inner for one in value for inner in _flat(one, depth + 1)]


def _locations(rule: Rule, carried: Carried, folder: str) -> list[Any]:
    """Set the triggers, and return the filters that stand for the options of the locations."""
    own: list[list[Any]] = []
    triggers = []
    for location in _flat(rule.values.get("locations")):
        given = {"path": location} if isinstance(location, str) else location
        try:
            path = _path(given, folder)
            depth = given.get("max_depth", None if rule.values.get("subfolders") is True else 0)
            trigger: dict[str, Any] = {"watch": path}
            if depth != 0:
                trigger["recursive"] = True
            own.append(_options(given, depth, carried))
            triggers.append(trigger)
        except NotCarriedError as error:
            carried.lost.append(f"the location `{shown(location)}`: {error}")
    carried.values["triggers"] = triggers
    different = [one for one in own[1:] if one != own[0]]
    if different:
        carried.lost.append("the options of the locations: filters hold for all folders of a recipe alike")
        carried.switch_off("its locations had different options; make a recipe of each")
    return own[0] if own and not different else []


def _path(given: Any, folder: str) -> str:
    if not isinstance(given, Mapping) or not isinstance(given.get("path"), str):
        raise NotCarriedError("a folder is expected")
    return whole(place(given["path"].strip()), folder).rstrip("/") or "/"


def _options(given: Mapping[str, Any], depth: Any, carried: Carried) -> list[Any]:
    """Return the filters that the options of a location stand for."""
    found: list[Any] = []
    conditions = [f">= {given['min_depth']}"] if isinstance(given.get("min_depth"), int) else []
    conditions += [f"<= {depth}"] if isinstance(depth, int) and depth > 0 else []
    if conditions:
        found.append({"depth": conditions[0] if len(conditions) == 1 else conditions})
    for key, value in given.items():
        if key == "exclude_files":
            found.append({"not name": list(texts(value))})
        elif key == "filter" and value:
            found.append({"name": list(texts(value))})
        elif key not in {"path", "min_depth", "max_depth", "filter", *_WITHOUT_EFFECT}:
            carried.lost.append(
                f"`{key}: {shown(value)}` of a location: folders are not chosen by their names here"
            )
            carried.switch_off(f"`{key}` is missing: it would look into more folders")
    return found


def _filters(rule: Rule, carried: Carried, own: list[Any]) -> None:
    """Set the filters: those of the rule, joined as it says, and those of its locations."""
    lists = []
    for entry in _each(rule.values.get("filters")):
        try:
            lists.append(filters(entry))
        except NotCarriedError as error:
            _lost_filter(carried, entry, str(error))
    try:
        made = joined(lists, rule.values.get("filter_mode", "all"))
    except NotCarriedError as error:
        made = []
        _lost_filter(carried, rule.values.get("filter_mode"), str(error))
    if own + made:
        carried.values["filters"] = own + made


def _lost_filter(carried: Carried, entry: Any, why: str) -> None:
    carried.lost.append(f"the filter `{shown(entry)}`: {why}")
    carried.switch_off("without that filter it would take other files")


def _actions(rule: Rule, carried: Carried, folder: str) -> None:
    groups = any("(?P<" in str(one) for one in carried.values.get("filters", ()))
    carrying = Carrying(folder=folder, groups=groups)
    made = []
    for entry in _each(rule.values.get("actions")):
        try:
            ours = actions(entry, carrying)
            made += [] if ours is None else [ours]
        except NotCarriedError as error:
            _lost_action(carried, entry, str(error))
    carried.lost += carrying.notes
    carried.values["actions"] = made
    if carrying.approve:
        carried.values["approve"] = True


def _lost_action(carried: Carried, entry: Any, why: str) -> None:
    carried.lost.append(f"the action `{shown(entry)}`: {why}")
    if not harmless(entry):
        carried.switch_off("an action is missing")


def _settle(carried: Carried) -> None:
    """Load what was made, and take out what the loader refuses, until it is a recipe or nothing is left of it."""
    values = carried.values
    while values["actions"]:
        try:
            carried.recipe = read_recipe(carried.text(), file=f"{carried.name}.yaml")
        except RecipeProblemsError as error:
            problem = error.problems[0]
            lose: Callable[[Carried, Any, str], None]
            part, lose = (
                ("actions", _lost_action)
                if problem.where.startswith("actions")
                else ("filters", _lost_filter)
            )
            match = re.match(rf"{part}\[(\d+)\]", problem.where)
            if match is None and problem.where != "actions":
                carried.lost.append(f"the rule: {problem.where}: {problem.what}")
                return
            number = int(match[1]) if match else -1  # what comes after an action that takes the file away
            lose(carried, values[part].pop(number), problem.what)
            if not values[part] and part == "filters":
                del values[part]
        else:
            return
