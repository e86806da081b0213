"""How does a shipped recipe become a person's own, looking after the folder that they name?"""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from yaml.nodes import MappingNode, ScalarNode

from homebody.cli.editor import pointed, write_schema
from homebody.errors import UsageError
from homebody.paths import Home, shipped
from homebody.recipe.carried import refused
from homebody.recipe.load import load_placed
from homebody.recipe.problem import Problem
from homebody.recipe.schema import Recipe
from homebody.yaml_nodes import compose


@dataclass(frozen=True, slots=True)
class Adopted:
    """A recipe that was put into a person's folder, and what keeps it from running like this."""

    file: Path
    recipe: Recipe
    problems: list[Problem]


def shipped_recipes() -> dict[str, Path]:
    """Return the recipes that ship with homebody, by name."""
    return {path.stem: path for path in sorted(shipped("recipes").glob("*.yaml"))}


def folder_in(text: str) -> ScalarNode | None:
    """Return where the folder stands that a shipped recipe looks after: the first of its `vars`; None without any."""
    root = compose(text)
    for key, value in root.value if isinstance(root, MappingNode) else ():
        if key.value == "vars" and isinstance(value, MappingNode) and value.value:
            first = value.value[0][1]
            return first if isinstance(first, ScalarNode) else None
    return None


def looking_after(text: str, folder: Path) -> str:
    """Return the recipe *text* with *folder* as the one that it looks after. Raises UsageError.

    The name is put in quotes, so that none of its characters means anything to YAML.
    """
    place = folder_in(text)
    if place is None:
        raise UsageError(
            "This recipe names no folder.", hint="Leave --folder out, and change its file instead."
        )
    name = str(folder)
    if not name.isprintable() or "{{" in name or "{%" in name or name != name.strip():
        raise UsageError(f"{name!r} cannot stand in a recipe.", hint="Take a folder with a plainer name.")
    return (
        text[: place.start_mark.index] + json.dumps(name, ensure_ascii=False) + text[place.end_mark.index :]
    )


def adopt(home: Home, name: str, folder: Path | None) -> Adopted:
    """Put the shipped recipe *name* into the recipes of *home*, looking after *folder* if one is given.

    One that is there already is never overwritten. Raises UsageError, and RecipeError when it cannot be used like
    this; then nothing was written.
    """
    known = shipped_recipes()
    if name not in known:
        raise UsageError(f"There is no shipped recipe {name!r}.", hint=f"There are: {', '.join(known)}.")
    target = home.recipes / f"{name}.yaml"
    if target.exists():
        raise UsageError(f"{target} is there already.", hint="Change it there, or move it away first.")
    text = known[name].read_text(encoding="utf-8")
    if folder is not None:
        text = looking_after(text, folder)
    home.recipes.mkdir(parents=True, exist_ok=True)
    write_schema(home)
    target.write_text(pointed(text), encoding="utf-8")
    try:
        recipe, stands = load_placed(target)
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink()
        raise
    return Adopted(target, recipe, list(refused([recipe], {recipe.name: stands}).values()))
