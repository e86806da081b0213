"""The questions of ``homebody new``: which chore, which folder, what to do."""

from contextlib import suppress
from pathlib import Path

import click

from homebody.cli.adopting import Adopted, adopt, folder_in, shipped_recipes
from homebody.cli.check import check
from homebody.cli.editor import pointed, write_schema
from homebody.cli.paragraphs import echo_fitted
from homebody.cli.setup import which_folder, whole
from homebody.errors import UsageError
from homebody.paths import Home, real
from homebody.recipe.composing import DEEDS, Wish, composed
from homebody.recipe.load import load_placed, load_recipe, recipe_files
from homebody.slots.list import ListSlot

OWN = "something else: a recipe of your own"


def made_by_asking(home: Home) -> Adopted:
    """Ask what is wanted, and write the recipe. Raises UsageError; then, and with Ctrl+C, nothing is written."""
    echo_fitted(["A few questions; nothing is written before the last one. Ctrl+C leaves.", ""])
    name = which_chore(home)
    if name is not None:
        named = folder_in(shipped_recipes()[name].read_text(encoding="utf-8")) is not None
        return adopt(home, name, made(which_folder(name)) if named else None)
    folder = which_folder("")
    endings = which_endings()
    deed = which_deed()
    dest = which_other(folder) if deed in ("move", "copy") else None
    words = which_words() if deed == "tag" else ()
    name = which_name(home, f"{deed}-{folder.name.casefold()}")
    wish = Wish(
        name=name,
        deed=deed,
        folder=plain(folder),
        endings=endings,
        dest="" if dest is None else plain(dest),
        words=words,
    )
    made(folder)
    return put_in(home, name, composed(wish))


def which_chore(home: Home) -> str | None:
    """Ask for one of the shipped recipes that are not the person's yet; None is for another one."""
    left = {
        name: load_recipe(path).description or ""
        for name, path in shipped_recipes().items()
        if not (home.recipes / f"{name}.yaml").exists()
    }
    names = sorted(left, key=lambda name: (name != "summarize-notes", name))
    click.echo("1. Which chore?")
    for number, name in enumerate(names, start=1):
        echo_fitted([f"{number:>4}  {name:<22} {left[name]}"])
    echo_fitted([f"{len(names) + 1:>4}  {OWN}"])
    number = click.prompt("   Its number", type=click.IntRange(1, len(names) + 1), default=len(names) + 1)
    return names[number - 1] if number <= len(names) else None


def which_endings() -> tuple[str, ...]:
    """Ask which kinds of file are meant; none is all."""
    said = click.prompt(
        "3. Which files? Their endings, as in pdf, docx; nothing for all", default="", show_default=False
    )
    return tuple(
        dict.fromkeys(one.strip(".*").casefold() for one in said.replace(",", " ").split() if one.strip(".*"))
    )


def which_deed() -> str:
    """Ask what is to be done with each file."""
    click.echo("4. What is to be done with them?")
    for number, words in enumerate(DEEDS.values(), start=1):
        click.echo(f"{number:>4}  {words}")
    number = click.prompt("   Its number", type=click.IntRange(1, len(DEEDS)), default=1)
    return list(DEEDS)[number - 1]


def which_other(folder: Path) -> Path:
    """Ask for the folder into which files go, which is not *folder*."""
    while True:
        found = whole(click.prompt("   Into which folder?"))
        if real(found) == real(folder):
            click.echo("   That is the folder in which they lie.")
        elif found.exists() and not found.is_dir():
            click.echo(f"   {found} is a file, not a folder.")
        else:
            return found


def which_words() -> tuple[str, ...]:
    """Ask for the words that can be tags."""
    while True:
        said = click.prompt("   Which words? As in work, travel, house")
        words = tuple(dict.fromkeys(" ".join(one.split()) for one in said.split(",") if one.strip()))
        try:
            ListSlot(of=list(words))
        except ValueError:
            click.echo("   Each word once, with commas between them.")
        else:
            return words


def which_name(home: Home, usual: str) -> str:
    """Ask for a name that no recipe has."""
    taken = {path.stem for path in recipe_files(home.recipes)}
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in usual).strip("-_")[:50]
    usual = next(one for one in (plain, *(f"{plain}-{n}" for n in range(2, 1000))) if one not in taken)
    while True:
        name: str = click.prompt("5. Its name; history and undo hang on it", default=usual).strip()
        if name in taken:
            click.echo(f"   There is a recipe {name} already.")
        elif not name or name.strip("abcdefghijklmnopqrstuvwxyz0123456789-_") or len(name) > 64:
            click.echo("   A name is made of lower-case letters, digits and dashes, as in tag-files.")
        else:
            return name


def plain(folder: Path) -> str:
    """Return *folder* as it stands in a recipe. Raises UsageError for a name that a template would read otherwise."""
    said = str(folder)
    if not said.isprintable() or "{{" in said or "{%" in said:
        raise UsageError(f"{said!r} cannot stand in a recipe.", hint="Take a folder with a plainer name.")
    return said


def made(folder: Path) -> Path:
    """Return *folder*, made if it is not there. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}.") from error
    return folder


def put_in(home: Home, name: str, text: str) -> Adopted:
    """Write the recipe *text* as *name*, which is not there. Raises RecipeError when it is none; then nothing is."""
    home.recipes.mkdir(parents=True, exist_ok=True)
    target = home.recipes / f"{name}.yaml"
    with target.open("x", encoding="utf-8") as new:
        new.write(pointed(text))
    try:
        recipe = load_placed(target)[0]
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise
    write_schema(home)
    return Adopted(target, recipe, list(check(home, [target]).problems))
