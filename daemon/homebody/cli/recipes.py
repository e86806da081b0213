"""``homebody new`` and ``list``: the recipes that there are."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from homebody.cli.adopting import adopt, shipped_recipes
from homebody.cli.completers import shipped_names
from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, indented
from homebody.errors import UsageError
from homebody.paths import Home
from homebody.recipe.load import load_folder, load_recipe
from homebody.recipe.permitted import permitted, permitted_in_words
from homebody.recipe.schema import Recipe


@click.command(
    "new", epilog=examples("homebody new summarize-notes", "homebody new tag-files --folder ~/Papers")
)
@click.argument("name", required=False, shell_complete=shipped_names)
@click.option("--folder", metavar="DIR", help="The folder that it is to look after, instead of ~/Notes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def new_command(home: Home, name: str | None, folder: str | None, *, as_json: bool) -> None:
    """Put the shipped recipe NAME into your recipes folder, ready to be changed.

    Without NAME, at a terminal, it asks which chore, which folder and what to do, and writes a recipe that does it.

    `homebody list` shows the names, and says what each does.
    """
    if name is None:
        if as_json or folder is not None or not sys.stdin.isatty():
            raise UsageError(
                "Nobody can be asked here: say which recipe.", hint="`homebody list` shows those that ship."
            )
        from homebody.cli.making import made_by_asking

        adopted = made_by_asking(home)
        click.echo()
    else:
        adopted = adopt(home, name, None if folder is None else Path(folder).expanduser().absolute())
    target, recipe = adopted.file, adopted.recipe
    if as_json:
        problems = [asdict(problem) for problem in adopted.problems]
        said = {"file": str(target), "recipe": recipe.name, **permitted(recipe), "problems": problems}
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(f"Wrote {target}")
    for line in permitted_in_words(recipe):
        echo_indented(line)
    for problem in adopted.problems:
        echo_indented(f"It will not run like this: {problem}")
    echo_indented(
        "Change it as you like; `homebody check` says whether it is right, `homebody serve` runs it.",
        0,
    )


@click.command("list", epilog=examples("homebody list"))
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
    lines = [f"Yours, in {home.recipes}:"]
    lines += [
        f"  {recipe.name:<22} {recipe.description or ''}{'' if recipe.enabled else '  (switched off)'}"
        for recipe in mine.values()
    ]
    if not mine:
        lines.append("  none yet; take one with `homebody new NAME`")
    lines += [f"  not usable: {problem}" for problem in loaded.problems]
    if others:
        lines.append("Shipped:")
        lines += [f"  {recipe.name:<22} {recipe.description or ''}" for recipe in others.values()]
    echo_fitted(lines)


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
