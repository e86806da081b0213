"""What do the recipe files say: recipes, or mistakes with their line and column?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.nodes import SequenceNode

from homebody.errors import RecipeError
from homebody.recipe.files import read_text_file
from homebody.recipe.kinds import Loading, build
from homebody.recipe.problem import Places, Problem, RecipeProblemsError, where
from homebody.recipe.schema import Recipe
from homebody.recipe.scope import scope_of
from homebody.recipe.source import NotRecipeError, Source, parse
from homebody.recipe.using import Used, used
from homebody.recipe.words import said, seen

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The recipes of a folder, by name, what is wrong with the other files, and where each recipe stands."""

    recipes: tuple[Recipe, ...]
    problems: tuple[Problem, ...]
    places: Mapping[str, Places] = field(default_factory=dict)


def load_recipe(path: Path) -> Recipe:
    """Return the recipe in the file *path*; raise RecipeProblemsError naming every mistake and its place."""
    return load_placed(path)[0]


def load_placed(path: Path) -> tuple[Recipe, Places]:
    """Return the recipe in the file *path*, and where its parts stand. Raises as ``load_recipe`` does."""
    try:
        data = read_text_file(path)
    except RecipeError as error:
        raise RecipeProblemsError([_whole(path.name, str(error))]) from error
    return _read(data, path.name, path.parent, [])


def read_recipe(text: bytes | str, *, file: str = "recipe.yaml", folder: Path | None = None) -> Recipe:
    """Return the recipe that *text* describes; *file* names it in errors, word lists are in *folder*.

    Raises RecipeProblemsError naming every mistake and its place.
    """
    data = text.encode() if isinstance(text, str) else text
    return _read(data, file, folder, [])[0]


def _read(data: bytes, file: str, folder: Path | None, words_read: list[Path]) -> tuple[Recipe, Places]:
    try:
        source = parse(data, file)
    except NotRecipeError as error:
        raise RecipeProblemsError(error.problems) from error
    if not isinstance(source.values, Mapping):
        what = (
            "a recipe is made of keys and values, as in `name: tag-files`"
            if source.root
            else "the file is empty"
        )
        raise RecipeProblemsError([*source.problems, _whole(file, what)])
    shipped = used(source)
    values = source.values if shipped is None else shipped.values
    home = folder if shipped is None else shipped.folder
    loading = Loading(scope=scope_of(values), folder=home, words_read=words_read)
    try:
        recipe = build(Recipe, values, loading, "recipe")
    except ValidationError as error:
        raise RecipeProblemsError([*source.problems, *_problems(error, source, shipped)]) from error
    if source.problems:
        raise RecipeProblemsError(source.problems)
    find = source.find if shipped is None else shipped.find
    actions = tuple(source.place(find(("actions", n))[2]) for n in range(len(recipe.actions)))
    asks = [("ask", n) if one.name else ("ask",) for n, one in enumerate(recipe.ask)]
    outputs = tuple(source.place(find((*ask, "output"))[1]) for ask in asks)
    watches = range(len(recipe.triggers))
    triggers = tuple(source.place(find(("triggers", n, "watch"))[2]) for n in watches)
    select = source.place(find(("select", "folder"))[2])
    return recipe, Places(file=file, actions=actions, outputs=outputs, triggers=triggers, select=select)


def _problems(error: ValidationError, source: Source, shipped: Used | None = None) -> list[Problem]:
    """Return pydantic's mistakes with their places, those left out that a trap at the same place explains.

    What is wrong with a *shipped* recipe only because of its parameters is told at `use`, with the place in it.
    """
    find = source.find if shipped is None else shipped.find
    trapped = {(problem.line, problem.column) for problem in source.problems}
    found: dict[Problem, None] = {}
    errors = error.errors(include_url=False)
    for one in errors:
        if one["type"] == "too_short" and any(_inside(other["loc"], one["loc"]) for other in errors):
            continue
        path, key, value = find(one["loc"])
        there = None if shipped is None else shipped.foreign(one["loc"])
        at_key = there is None and one.get("ctx", {}).get("at_key", False)
        node = key if at_key and key is not None else value
        shown = path[:-1] if at_key and path else path
        line, column = source.place(node, getattr(one.get("ctx", {}).get("error"), "line", 1))
        if (line, column) not in trapped:
            what = said(one, value) if at_key or there else seen(said(one, value), value)
            what = what if there is None else f"{there}: {what}"
            found[Problem(file=source.file, line=line, column=column, where=where(shown), what=what)] = None
    return list(found)


def _inside(inner: Sequence[str | int], outer: Sequence[str | int]) -> bool:
    """Return whether *inner* is a place within *outer*: a list of which every item is wrong is not empty."""
    return len(inner) > len(outer) and tuple(inner[: len(outer)]) == tuple(outer)


def load_folder(folder: Path) -> Loaded:
    """Return every recipe of *folder*; a file with mistakes never stops the others.

    Of two recipes with one name neither is taken, because history and undo hang on the name. Lists of words
    beside the recipes are passed over when a recipe uses them. A folder that is not there has no recipes.
    """
    recipes: dict[Path, Recipe] = {}
    places: dict[str, Places] = {}
    problems: list[Problem] = []
    lists: list[Path] = []
    words_read: list[Path] = []
    for path in recipe_files(folder):
        try:
            data = read_text_file(path)
            if _is_list(data):
                lists.append(path)
                continue
            recipe, stands = _read(data, path.name, folder, words_read)
            recipes[path], places[recipe.name] = recipe, stands
        except RecipeProblemsError as error:
            problems.extend(error.problems)
        except RecipeError as error:
            problems.append(_whole(path.name, str(error)))
    unused = "this is a list, not a recipe, and no recipe uses it as its words"
    problems.extend(_whole(path.name, unused) for path in lists if path not in words_read)
    twice = _twice(recipes)
    problems.extend(twice.values())
    kept = sorted(
        (recipe for path, recipe in recipes.items() if path not in twice), key=lambda recipe: recipe.name
    )
    return Loaded(recipes=tuple(kept), problems=tuple(sorted(problems)), places=places)


def recipe_files(folder: Path, *, strict: bool = False) -> list[Path]:
    """Return the files of *folder* that are recipes or lists of words, in order.

    There are none where it cannot be looked into; with *strict*, that raises OSError.
    """
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.casefold() in SUFFIXES and not path.name.startswith(".") and not path.is_dir()
        )
    except OSError:
        if strict:
            raise
        return []


def _is_list(data: bytes) -> bool:
    """Return whether *data* is YAML whose top is a list."""
    try:
        return isinstance(parse(data, "").root, SequenceNode)
    except NotRecipeError:
        return False


def _twice(recipes: Mapping[Path, Recipe]) -> dict[Path, Problem]:
    """Return a problem for each file whose recipe's name another file has, too."""
    by_name: dict[str, list[Path]] = {}
    for path, recipe in recipes.items():
        by_name.setdefault(recipe.name, []).append(path)
    found = {}
    for name, paths in by_name.items():
        for path in paths if len(paths) > 1 else ():
            others = ", ".join(other.name for other in paths if other != path)
            found[path] = _whole(path.name, f'the name "{name}" is taken by {others}, too; none of them runs')
    return found


def _whole(file: str, what: str) -> Problem:
    """Return a problem of the whole file."""
    return Problem(file=file, line=1, column=1, where="", what=what)


def long_form(recipe: Recipe) -> str:
    """Return *recipe* as YAML with every default and shorthand written out; loading it gives the same recipe."""
    text: Any = yaml.dump(recipe.long(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return str(text)


class _Dumper(yaml.SafeDumper):
    """The safe dumper, with texts of several lines as a person would write them."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
