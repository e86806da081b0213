"""``homebody check``: what is wrong with recipes, before any of them runs."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from homebody.cli.editor import refresh_schema
from homebody.cli.examples import examples
from homebody.cli.recipes import echo_indented
from homebody.errors import NotRunningError, RecipeError
from homebody.paths import Home
from homebody.recipe.carried import refused
from homebody.recipe.lint import lint
from homebody.recipe.load import load_folder, load_placed
from homebody.recipe.permitted import never_in_words, permitted, permitted_in_words
from homebody.recipe.problem import Places, Problem, RecipeProblemsError, Unanswerable, unanswerable
from homebody.recipe.reach import edges, hints
from homebody.recipe.schema import Recipe
from homebody.service.control import request


@click.command("check", epilog=examples("homebody check", "homebody check ~/draft.yaml --json"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check_command(home: Home, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say what is wrong with FILES, or with all of your recipes: file, line, column, what, and the cure.

    Recipes are also looked at together: a recipe that what it makes can wake again, and recipes that wake
    each other in a circle, are refused, and so are those that write where another program carries the files away;
    `homebody serve` runs the others. While homebody runs with its model loaded, the model says of each recipe that asks
    it whether it can answer so. Ends with 65 when something is wrong.
    """
    refresh_schema(home)
    checked = check(home, files)
    if as_json:
        click.echo(json.dumps(checked.to_dict(), ensure_ascii=False))
    else:
        tell(home, checked)
    if checked.problems:
        sys.exit(RecipeError.exit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of looking: the recipes that could be loaded, and what is wrong with these or other ones."""

    recipes: Sequence[Recipe]
    problems: Sequence[Problem]

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "recipes": [{"name": recipe.name, **permitted(recipe)} for recipe in self.recipes],
            "problems": [asdict(problem) for problem in self.problems],
            "hints": hints(edges(self.recipes)),
        }


def check(home: Home, files: Sequence[Path]) -> Checked:
    """Return what is wrong with *files*, or with all of the person's recipes."""
    recipes: list[Recipe] = []
    places: dict[str, Places] = {}
    problems: list[Problem] = []
    if not files:
        loaded = load_folder(home.recipes)
        recipes, places, problems = list(loaded.recipes), dict(loaded.places), list(loaded.problems)
    for path in files:
        try:
            recipe, stands = load_placed(path)
            recipes.append(recipe)
            places[recipe.name] = stands
        except RecipeProblemsError as error:
            problems += error.problems
    problems += lint(recipes, places)
    problems += refused(recipes, places).values()
    problems += refused_by_model(home, recipes, places)
    return Checked(recipes=recipes, problems=problems)


def tell(home: Home, checked: Checked) -> None:
    """Print what is wrong; where nothing is, what each recipe may do."""
    for problem in checked.problems:
        click.echo(str(problem))
    if checked.problems:
        return
    if not checked.recipes:
        click.echo(
            f"There are no recipes in {home.recipes} yet. Take one with `homebody new summarize-notes`."
        )
        return
    for recipe in checked.recipes:
        click.echo(f"{recipe.name}: right")
        for line in permitted_in_words(recipe):
            if line != never_in_words("It"):
                echo_indented(line)
    echo_indented(never_in_words("They" if len(checked.recipes) > 1 else "It"), 0)
    for hint in hints(edges(checked.recipes)):
        click.echo(f"hint: {hint}")


def refused_by_model(home: Home, recipes: Sequence[Recipe], places: dict[str, Places]) -> list[Problem]:
    """Return what the model of the running homebody says that it cannot answer; nothing where none runs."""
    found = []
    for recipe in recipes:
        for number, ask in enumerate(recipe.ask):
            try:
                said = request(home.socket, "POST", "/v1/grammar", {"output": ask.long()["output"]})
            except NotRunningError:
                return []
            if said["refusal"] is not None:
                why = Unanswerable(ask=number, why=said["refusal"])
                found.append(unanswerable(recipe.name, places, why, asks=len(recipe.ask)))
    return found
