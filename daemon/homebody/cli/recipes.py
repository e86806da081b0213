"""``homebody new``, ``list`` and ``check``: recipes, before any of them runs."""

import json
import sys
from pathlib import Path

import click

from homebody.cli.paragraphs import indented
from homebody.errors import NotRunningError, RecipeError, UsageError
from homebody.paths import Home, shipped
from homebody.recipe.carried import refused
from homebody.recipe.lint import lint
from homebody.recipe.load import load_folder, load_placed, load_recipe
from homebody.recipe.permitted import never_in_words, permitted_in_words
from homebody.recipe.problem import Places, Problem, Unanswerable, unanswerable
from homebody.recipe.reach import edges, hints
from homebody.recipe.schema import Recipe
from homebody.service.control import request


def shipped_recipes() -> dict[str, Path]:
    """Return the recipes that ship with homebody, by name."""
    return {path.stem: path for path in sorted(shipped("recipes").glob("*.yaml"))}


@click.command("new")
@click.argument("name")
@click.option("--folder", metavar="DIR", help="The folder that it is to look after, instead of ~/Notes.")
@click.pass_obj
def new_command(home: Home, name: str, folder: str | None) -> None:
    """Put the shipped recipe NAME into your recipes folder, ready to be changed.

    Names: summarize-notes, tag-files, daily-digest. `homebody list` says what each does.
    """
    known = shipped_recipes()
    if name not in known:
        raise UsageError(f"There is no shipped recipe {name!r}.", hint=f"There are: {', '.join(known)}.")
    target = home.recipes / f"{name}.yaml"
    if target.exists():
        raise UsageError(f"{target} is there already.", hint="Change it there, or move it away first.")
    text = known[name].read_text(encoding="utf-8")
    if folder is not None:
        text = text.replace("~/Notes", str(Path(folder).expanduser().absolute()))
    home.recipes.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {target}")
    recipe, stands = load_placed(target)
    for line in permitted_in_words(recipe):
        echo_indented(line)
    for problem in refused([recipe], {recipe.name: stands}).values():
        echo_indented(f"It will not run like this: {problem}")
    echo_indented(
        "Change it as you like; `homebody check` says whether it is right, `homebody serve` runs it.",
        0,
    )


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_command(home: Home, *, as_json: bool) -> None:
    """List your recipes, and the shipped ones that you have not taken yet."""
    loaded = load_folder(home.recipes)
    mine = {recipe.name: recipe for recipe in loaded.recipes}
    others = {name: load_recipe(path) for name, path in shipped_recipes().items() if name not in mine}
    if as_json:
        rows = [{"name": r.name, "description": r.description, "enabled": r.enabled, "yours": r.name in mine}
                for r in (*mine.values(), *others.values())]  # fmt: skip
        click.echo(json.dumps({"recipes": rows, "problems": [str(problem) for problem in loaded.problems]}))
        return
    click.echo(f"Yours, in {home.recipes}:")
    for recipe in mine.values():
        click.echo(
            f"  {recipe.name:<18} {recipe.description or ''}{'' if recipe.enabled else '  (switched off)'}"
        )
    if not mine:
        click.echo("  none yet; take one with `homebody new NAME`")
    for problem in loaded.problems:
        click.echo(f"  not usable: {problem}")
    if others:
        click.echo("Shipped:")
        for recipe in others.values():
            click.echo(f"  {recipe.name:<18} {recipe.description or ''}")


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.pass_obj
def check_command(home: Home, files: tuple[Path, ...]) -> None:
    """Say what is wrong with FILES, or with all of your recipes: file, line, column, what, and the cure.

    Recipes are also looked at together: a recipe that what it makes can wake again, and recipes that wake
    each other in a circle, are refused, and so are those that write where another program carries the files away;
    `homebody serve` runs the others. While homebody runs with its model loaded, the model says of each recipe that asks
    it whether it can answer so. Ends with 65 when something is wrong.
    """
    wrong = 0
    recipes: list[Recipe] = []
    places: dict[str, Places] = {}
    if not files:
        loaded = load_folder(home.recipes)
        recipes += loaded.recipes
        places |= loaded.places
        for problem in loaded.problems:
            wrong += 1
            click.echo(str(problem))
    for path in files:
        try:
            recipe, stands = load_placed(path)
            recipes.append(recipe)
            places[recipe.name] = stands
        except RecipeError as error:
            wrong += 1
            click.echo(str(error))
            if error.hint:
                click.echo(f"  {error.hint}")
    for finding in (
        *lint(recipes, places),
        *refused(recipes, places).values(),
        *refused_by_model(home, recipes, places),
    ):
        wrong += 1
        click.echo(str(finding))
    if wrong:
        sys.exit(RecipeError.exit_code)
    if not recipes:
        click.echo(
            f"There are no recipes in {home.recipes} yet. Take one with `homebody new summarize-notes`."
        )
        return
    for recipe in recipes:
        click.echo(f"{recipe.name}: right")
        for line in permitted_in_words(recipe):
            if line != never_in_words("It"):
                echo_indented(line)
    echo_indented(never_in_words("They" if len(recipes) > 1 else "It"), 0)
    for hint in hints(edges(recipes)):
        click.echo(f"hint: {hint}")


def refused_by_model(home: Home, recipes: list[Recipe], places: dict[str, Places]) -> list[Problem]:
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


def echo_indented(sentence: str, indent: int = 4) -> None:
    """Print a sentence, wrapped to the terminal; what follows its first line is two further in, if anything is."""
    for line in indented(sentence, indent, max(indent - 2, 0)):
        click.echo(line)


def find_recipe(home: Home, name: str) -> Recipe:
    """Return the person's recipe *name*, or the shipped one. Raises UsageError when there is neither."""
    loaded = load_folder(home.recipes)
    found = next((recipe for recipe in loaded.recipes if recipe.name == name), None)
    if found is not None:
        return found
    known = shipped_recipes()
    if name not in known:
        raise UsageError(f"There is no recipe {name!r}.", hint="`homebody list` shows them all.")
    return load_recipe(known[name])
