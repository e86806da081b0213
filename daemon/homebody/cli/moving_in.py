"""``homebody import``: what other programs did for you becomes recipes."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from homebody.cli.editor import write_schema
from homebody.cli.examples import examples
from homebody.cli.recipes import echo_indented
from homebody.errors import RecipeError
from homebody.paths import Home
from homebody.recipe.lint import lint
from homebody.recipe.load import load_folder, recipe_files
from homebody.recipe.organize.carry import Carried, carry
from homebody.recipe.organize.config import rules
from homebody.recipe.problem import Places, places_of
from homebody.recipe.schema import Recipe
from homebody.service.foreseen import foreseen


@click.group("import", epilog=examples("homebody import organize ~/.config/organize/config.yaml"))
def import_command() -> None:
    """Turn the rules of another program into recipes."""


@dataclass(slots=True, kw_only=True)
class Moved:
    """What came of a config: the recipes that were written, and what became of each rule."""

    carried: list[Carried] = field(default_factory=list)
    written: dict[str, Path] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "rules": [
                {
                    "rule": one.title,
                    "recipe": one.name if one.name in self.written else None,
                    "file": str(self.written[one.name]) if one.name in self.written else None,
                    "not_as_it_was": one.lost,
                    "switched_off": one.off,
                }
                for one in self.carried
            ]
        }


@import_command.command("organize", epilog=examples("homebody import organize config.yaml"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def organize_command(home: Home, file: Path, *, as_json: bool) -> None:
    """Turn the rules in organize's config FILE (version 3) into recipes of yours, one of each; FILE stays as it is.

    What cannot be carried over is named here and in the recipe. A recipe that would do more than its rule did, or that
    could wake itself, is written switched off. No recipe that you have is touched. Ends with 65 when a rule gave none.
    """
    moved = move_in(home, file)
    if as_json:
        click.echo(json.dumps(moved.to_dict(), ensure_ascii=False))
    else:
        tell(home, moved)
    if len(moved.written) < len(moved.carried):
        raise click.exceptions.Exit(RecipeError.exit_code)


def move_in(home: Home, file: Path) -> Moved:
    """Write a recipe for each rule in *file* that can be one. Raises RecipeError."""
    found = rules(file)
    mine = load_folder(home.recipes)
    recipes, places = list(mine.recipes), dict(mine.places)
    taken = {recipe.name for recipe in recipes} | {path.stem for path in recipe_files(home.recipes)}
    moved = Moved()
    for rule in found:
        carried = carry(rule, taken, Path.cwd())
        moved.carried.append(carried)
        if carried.recipe is None:
            continue
        if (there := next((one for one in recipes if deeds(one) == deeds(carried.recipe)), None)) is not None:
            carried.lost.append(f"your recipe {there.name} does this already")
            continue
        taken.add(carried.name)
        beside(carried, recipes, places, home)
        home.recipes.mkdir(parents=True, exist_ok=True)
        path = home.recipes / f"{carried.name}.yaml"
        with path.open("x", encoding="utf-8") as new:
            new.write(carried.text())
        moved.written[carried.name] = path
    if moved.written:
        write_schema(home)
    return moved


def deeds(recipe: Recipe) -> dict[str, Any]:
    """Return what *recipe* does, apart from its name and whether it is switched on."""
    return {
        key: value for key, value in recipe.long().items() if key not in ("name", "description", "enabled")
    }


def beside(carried: Carried, recipes: list[Recipe], places: dict[str, Places], home: Home) -> None:
    """Add what was carried over to *recipes*; switch it off where it could not run beside them."""
    recipe = carried.recipe
    assert recipe is not None
    stands = {**places, recipe.name: places_of(recipe.name, places)}
    file = stands[recipe.name].file
    wrong = (
        [one.what for one in lint([*recipes, recipe], stands) if one.file == file] if recipe.enabled else []
    )
    wrong += [one.what for one in foreseen([recipe], stands, home)]
    for what in wrong:
        carried.switch_off(what)
    recipes.append(recipe.model_copy(update={"enabled": False}) if wrong else recipe)


def tell(home: Home, moved: Moved) -> None:
    """Print what became of each rule, and what to do next."""
    for one in moved.carried:
        if one.name in moved.written:
            off = " (switched off)" if not one.values["enabled"] else ""
            click.echo(f"rule {one.title}: {moved.written[one.name].name}{off}")
        else:
            click.echo(f"rule {one.title}: no recipe was made of it")
        for line in one.lost:
            echo_indented(f"not as it was: {line}")
        for line in dict.fromkeys(one.off):
            echo_indented(f"switched off: {line}")
    if not moved.written:
        click.echo("Nothing was written.")
        return
    echo_indented(
        f"They lie in {home.recipes}. organize tries its rules in their order; recipes are each by themselves:"
        " `homebody check` names those that could take the same file. `homebody run NAME FILE --dry-run` shows what one"
        " would do, and `homebody backfill NAME` does it with the files that are there already.",
        0,
    )
