"""``homebody check``: what is wrong with recipes, before any of them runs."""

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
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
from homebody.recipe.claims import claims
from homebody.recipe.lint import lint
from homebody.recipe.load import load_folder, load_placed, recipe_files
from homebody.recipe.permitted import never_in_words, permitted, permitted_in_words
from homebody.recipe.problem import Places, Problem, RecipeProblemsError, Unanswerable, unanswerable
from homebody.recipe.reach import edges, hints
from homebody.recipe.schema import Recipe
from homebody.service.control import request
from homebody.service.foreseen import foreseen


@click.command("check", epilog=examples("homebody check", "homebody check ~/draft.yaml --json"))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check_command(home: Home, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say what is wrong with FILES, or with all of your recipes: file, line, column, what, and the cure.

    Recipes are also looked at together, FILES beside those that you have. Refused are recipes that what they make can
    wake again, those that wake each other in a circle, those that write where another program carries the files away,
    and those whose folders are missing or closed; `homebody serve` runs the others. A hint names two recipes that could
    take the same file away. While homebody runs with its model loaded, the model says of each recipe that asks
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
    hints: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "recipes": [{"name": recipe.name, **permitted(recipe)} for recipe in self.recipes],
            "problems": [asdict(problem) for problem in self.problems],
            "hints": list(self.hints),
        }


def check(home: Home, files: Sequence[Path]) -> Checked:
    """Return what is wrong with *files*, beside the person's other recipes, or with all of the person's recipes."""
    if files:
        recipes, places, problems = read(files)
        others, stand = neighbours(home, files, recipes)
        places = {**stand, **places}
    else:
        loaded = load_folder(home.recipes)
        recipes, others, places, problems = (
            list(loaded.recipes),
            [],
            dict(loaded.places),
            list(loaded.problems),
        )
    together = [*recipes, *others]
    found = [*lint(together, places), *refused(recipes, places).values()]
    ours = {places[recipe.name].file for recipe in recipes}
    problems += [problem for problem in found if problem.file in ours]
    problems += foreseen(recipes, places, home)
    refusals, asked = refused_by_model(home, recipes, places)
    names = {recipe.name for recipe in recipes}
    told = claims(together, names)
    told += hints([edge for edge in edges(together) if edge.source in names or edge.target in names])
    return Checked(
        recipes=recipes, problems=[*problems, *refusals], hints=told if asked else [*told, NOT_ASKED]
    )


NOT_ASKED = (
    "homebody does not run with its model loaded, so the model was not asked whether it can answer this"
)


def read(files: Sequence[Path]) -> tuple[list[Recipe], dict[str, Places], list[Problem]]:
    """Return the recipes in *files*, where they stand, and what is wrong with the files that give none."""
    recipes: list[Recipe] = []
    places: dict[str, Places] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            recipe, stands = load_placed(path)
        except RecipeProblemsError as error:
            problems += error.problems
            continue
        if recipe.name in places:
            what = (
                f'the name "{recipe.name}" is taken by {places[recipe.name].file}, too; history hangs on it'
            )
            problems.append(Problem(file=path.name, line=1, column=1, where="name", what=what))
            continue
        recipes.append(recipe)
        places[recipe.name] = stands
    return recipes, places, problems


def neighbours(
    home: Home, files: Sequence[Path], recipes: Sequence[Recipe]
) -> tuple[list[Recipe], dict[str, Places]]:
    """Return the person's recipes that run beside *recipes* from *files*; a draft stands for the one of its name."""
    given = {path.name for path in files}
    names = {recipe.name for recipe in recipes}
    found, places = [], {}
    for path in recipe_files(home.recipes):
        with suppress(RecipeProblemsError):
            recipe, stands = load_placed(path)
            if path.name not in given and recipe.name not in names:
                found.append(recipe)
                places[recipe.name] = stands
    return found, places


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
    for hint in checked.hints:
        echo_indented(f"hint: {hint}", 0)


def refused_by_model(
    home: Home, recipes: Sequence[Recipe], places: dict[str, Places]
) -> tuple[list[Problem], bool]:
    """Return what the model of the running homebody says that it cannot answer, and whether it was asked of all."""
    found = []
    for recipe in recipes:
        for number, ask in enumerate(recipe.ask):
            try:
                said = request(home.socket, "POST", "/v1/grammar", {"output": ask.long()["output"]})
            except NotRunningError:
                return [], False
            if said["refusal"] is not None:
                why = Unanswerable(ask=number, why=said["refusal"])
                found.append(unanswerable(recipe.name, places, why, asks=len(recipe.ask)))
    return found, True
