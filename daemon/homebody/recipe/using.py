"""What does a recipe file mean that uses a shipped recipe: `use: builtin/NAME`, and `with` what?

The shipped recipe's `vars` are its parameters. A key that stands in the file beside `use` takes the place of the
shipped one, whole; what the recipe does (`ask`, `when`, `actions`) is not changed in this way, but in a copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yaml.nodes import Node

from homebody.paths import shipped
from homebody.recipe.problem import Problem, RecipeProblemsError, where
from homebody.recipe.schema import Recipe
from homebody.recipe.source import Path as Place
from homebody.recipe.source import Source, parse
from homebody.templates import meant

PREFIX = "builtin/"
FIXED = frozenset({"version", "vars", "select", "ask", "when", "actions"})
"""What is the shipped recipe's own affair."""

OWN = tuple(name for name in Recipe.model_fields if name not in FIXED)
"""The keys that may stand beside `use` and `with`."""


def builtins() -> dict[str, Path]:
    """Return the shipped recipes that can be used, by name."""
    return {path.stem: path for path in sorted(shipped("recipes").glob("*.yaml"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A file that uses a shipped recipe: what both say together, and where in the file a part of it stands.

    ``folder`` is that of the shipped recipe: lists of words that it names lie there.
    """

    source: Source
    name: str
    values: Mapping[str, Any]
    own: frozenset[str]
    folder: Path

    def find(self, path: Place) -> tuple[Place, Node | None, Node | None]:
        """Return how far *path* leads in the file, and the key's and the value's node there, as ``Source.find``.

        A parameter stands under `with`; what only the shipped recipe says is at `use`.
        """
        if path[:1] == ("vars",) and len(path) > 1 and path[1] in self._with():
            return self.source.find(("with", *path[1:]))
        if path and path[0] in self.own:
            return self.source.find(path)
        return self.source.find(("use",))

    def foreign(self, path: Place) -> str | None:
        """Return where in the shipped recipe *path* is; None when it is in the file itself."""
        mine = path and (
            path[0] in self.own or (path[0] == "vars" and len(path) > 1 and path[1] in self._with())
        )
        return None if mine else f"{PREFIX}{self.name}, {where(path)}" if path else f"{PREFIX}{self.name}"

    def _with(self) -> Mapping[str, Any]:
        given = self.source.values.get("with")
        return given if isinstance(given, Mapping) else {}


def used(source: Source) -> Used | None:
    """Return what a file means that has the key `use`; None for any other file.

    Raises RecipeProblemsError with every mistake in what stands beside it.
    """
    values = source.values
    if "use" not in values:
        if "with" in values:
            _note(
                source,
                ("with",),
                f"`with` gives parameters to a shipped recipe, and none is named: `use: {PREFIX}NAME`",
            )
            raise RecipeProblemsError(source.problems)
        return None
    before = len(source.problems)
    name = _name(source)
    if name is None:
        raise RecipeProblemsError(source.problems)
    path = builtins()[name]
    base = parse(path.read_bytes(), path.name).values
    parameters = base.get("vars", {})
    given = values.get("with", {})
    if not isinstance(given, Mapping):
        _note(
            source, ("with",), "must be made of parameters and values, as in {notes: ~/Notes}", at_key=False
        )
        given = {}
    for word in given:
        if word not in parameters:
            _note(
                source, ("with", word), f'"{word}" is no parameter of {PREFIX}{name}{meant(word, parameters)}'
            )
    own = [word for word in values if word not in ("use", "with")]
    for word in own:
        if word in FIXED:
            cure = "use `with`" if word == "vars" else f"take a copy to change it: `homebody new {name}`"
            _note(source, (word,), f"`{word}` is the affair of {PREFIX}{name}; {cure}")
        elif word not in OWN:
            _note(source, (word,), f'"{word}" is not known beside `use`{meant(word, [*OWN, "with"])}')
    if len(source.problems) > before:
        raise RecipeProblemsError(source.problems)
    merged = {**base, **{word: values[word] for word in own}, "vars": {**parameters, **given}}
    return Used(source=source, name=name, values=merged, own=frozenset(own), folder=path.parent)


def using_schema() -> dict[str, Any]:
    """Return what an editor has to know of `use` and `with`."""
    names = [PREFIX + name for name in builtins()]
    return {
        "use": {"description": "The shipped recipe that this one is, with other parameters.", "enum": names},
        "with": {"description": "Its parameters: the `vars` of the shipped recipe.", "type": "object"},
    }


def _name(source: Source) -> str | None:
    """Return which shipped recipe is meant; None when there is no such, and that is noted."""
    said = source.values["use"]
    known = [PREFIX + name for name in builtins()]
    if isinstance(said, str) and said in known:
        return said.removeprefix(PREFIX)
    if not isinstance(said, str):
        _note(source, ("use",), f"must name a shipped recipe, as in {PREFIX}summarize-notes", at_key=False)
    elif PREFIX + said in known:
        _note(source, ("use",), f'"{said}" is written {PREFIX}{said}', at_key=False)
    else:
        _note(source, ("use",), f'there is no shipped recipe "{said}"{meant(said, known)}', at_key=False)
    return None


def _note(source: Source, place: Place, what: str, *, at_key: bool = True) -> None:
    """Note a mistake at the key *place*, or at its value."""
    path, key, value = source.find(place)
    line, column = source.place(key if at_key else value)
    shown = where(path[:-1] if at_key else path)
    source.problems.append(Problem(file=source.file, line=line, column=column, where=shown, what=what))
