"""``homebody setup``: from nothing to a recipe that runs, in three questions."""

import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from homebody.cli.adopting import Adopted, adopt, folder_in, shipped_recipes
from homebody.cli.completers import shipped_names
from homebody.cli.examples import examples
from homebody.cli.install import ROOT, refuse_without, set_up_service
from homebody.cli.managing import ManagerError, begin, finish, is_service, manager_here
from homebody.cli.paragraphs import echo_fitted
from homebody.cli.service import running_words
from homebody.errors import HomebodyError, RecipeError, UsageError
from homebody.paths import Home
from homebody.recipe.load import load_recipe
from homebody.recipe.permitted import permitted_in_words
from homebody.service.control import request
from homebody.service.lock import holder
from homebody.service.manager import Manager
from homebody.settings import load_settings

WELCOME = (
    "homebody does text chores on this computer, and has no way to the network.",
    "Three questions; nothing is written before the last one. Ctrl+C leaves.",
    "",
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the three answers are: which chore, which folder, and whether to start at each login."""

    name: str
    folder: Path
    login: bool


@click.command(
    "setup",
    epilog=examples("homebody setup", "homebody setup --recipe tag-files --folder ~/Papers --no-login"),
)
@click.option(
    "--recipe",
    "name",
    metavar="NAME",
    shell_complete=shipped_names,
    help="The chore: a shipped recipe (`homebody list`).",
)
@click.option("--folder", metavar="DIR", help="The folder that it is to look after; made if it is not there.")
@click.option("--login/--no-login", default=None, help="Whether homebody is to start at each login.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; nobody is asked.")
@click.pass_obj
def setup_command(
    home: Home, name: str | None, folder: str | None, login: bool | None, *, as_json: bool
) -> None:
    """Ask which chore, which folder, and whether to start at each login; then let the recipe run.

    What an option says is not asked. Without a terminal all three are needed. It can be called again for another
    chore; a homebody that runs already is started anew, for the seal has to know the new folder.
    """
    manager = manager_here()
    cannot = why_not_at_login(manager)
    if login and cannot is not None:
        raise ManagerError(f"It cannot start at login here: {cannot}")
    if as_json or not sys.stdin.isatty():
        wishes = unasked(name, folder, login=login)
    else:
        wishes = asked(home, name, folder, login=login, cannot=cannot)
    adopted = put_in(home, wishes)
    if not as_json:
        echo_fitted(
            [f"Wrote {adopted.file}", *(f"  {words}" for words in permitted_in_words(adopted.recipe))]
        )
    status = bring_up(home, manager, login=wishes.login)
    if why := status["waiting"].get(wishes.name):
        raise RecipeError(
            f"homebody runs, but {wishes.name} does not: {why}.", hint=f"Its file: {adopted.file}"
        )
    if as_json:
        said = {"recipe": wishes.name, "file": str(adopted.file), "folder": str(wishes.folder), "pid": status["pid"],
                "login": is_service(manager, home)}  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    echo_fitted(
        ["", *running_words(status, already=False).split("\n"), *next_words(home, adopted, wishes, status)]
    )
    if not is_service(manager, home):
        echo_fitted(["It ends with the computer; `homebody start` starts it again."])


def why_not_at_login(manager: Manager) -> str | None:
    """Return why homebody cannot start at login here, None when it can."""
    if os.geteuid() == 0:
        return ROOT
    try:
        refuse_without(manager)
    except ManagerError as error:
        return str(error)
    return None


def unasked(name: str | None, folder: str | None, *, login: bool | None) -> Wishes:
    """Return what the options say. Raises UsageError when one is missing, as nobody can be asked."""
    given = {"--recipe NAME": name, "--folder DIR": folder, "--login or --no-login": login}
    missing = [option for option, value in given.items() if value is None]
    if name is None or folder is None or login is None:
        raise UsageError(
            f"Nobody can be asked here: say {', '.join(missing)}.", hint="At a terminal: homebody setup"
        )
    return Wishes(name, whole(folder), login)


def asked(
    home: Home, name: str | None, folder: str | None, *, login: bool | None, cannot: str | None
) -> Wishes:
    """Ask what the options do not say, and return all of it. Raises UsageError when there is no chore left."""
    echo_fitted(WELCOME)
    name = name or which_chore(home)
    chosen = whole(folder) if folder is not None else which_folder(name)
    if login is None and cannot is None:
        login = click.confirm("3. Is homebody to start at each login?", default=False)
    elif login is None:
        echo_fitted([f"3. It cannot start at login here: {cannot}", "It is started now, in the background."])
    click.echo()
    return Wishes(name, chosen, bool(login))


def which_chore(home: Home) -> str:
    """Ask for one of the shipped recipes that are not the person's yet. Raises UsageError when there is none."""
    left = {
        name: load_recipe(path).description or ""
        for name, path in shipped_recipes().items()
        if not (home.recipes / f"{name}.yaml").exists()
    }
    if not left:
        raise UsageError("Every shipped recipe is yours already.", hint="`homebody list` shows them.")
    names = sorted(left, key=lambda name: (name != "summarize-notes", name))
    click.echo("1. Which chore?")
    for number, name in enumerate(names, start=1):
        echo_fitted([f"{number:>3}  {name:<22} {left[name]}"])
    number = click.prompt("   Its number", type=click.IntRange(1, len(names)), default=1)
    return names[number - 1]


def which_folder(name: str) -> Path:
    """Ask for the folder that the recipe *name* is to look after; the one that it names itself is offered."""
    known = shipped_recipes()
    place = folder_in(known[name].read_text(encoding="utf-8")) if name in known else None
    usual = None if place is None else str(place.value)
    while True:
        found = whole(click.prompt("2. Which folder is it to look after?", default=usual))
        if not found.exists() or found.is_dir():
            return found
        click.echo(f"   {found} is a file, not a folder.")


def whole(folder: str) -> Path:
    """Return the whole path of a folder as a person types it."""
    return Path(folder.strip()).expanduser().absolute()


def put_in(home: Home, wishes: Wishes) -> Adopted:
    """Make the folder and put the recipe in. Raises UsageError, and RecipeError when it would not run like this.

    Then the recipe is not there, and a folder that was made for it neither.
    """
    made = not wishes.folder.exists()
    try:
        wishes.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{wishes.folder} cannot be made: {error.strerror}.") from error
    try:
        adopted = adopt(home, wishes.name, wishes.folder)
        if adopted.problems:
            adopted.file.unlink()
            raise RecipeError(f"It would not run like this: {adopted.problems[0]}")
    except HomebodyError:
        if made:
            with suppress(OSError):
                wishes.folder.rmdir()
        raise
    return adopted


def bring_up(home: Home, manager: Manager, *, login: bool) -> dict[str, Any]:
    """Start homebody, at each login if that is wished, and return its status. Raises HomebodyError.

    One that runs is started anew: its seal has to let it into the new folder.
    """
    if login:
        return set_up_service(home, manager)
    if holder(home.lock) is not None:
        finish(home, manager)
    return begin(home, manager)[0]


def next_words(home: Home, adopted: Adopted, wishes: Wishes, status: dict[str, Any]) -> list[str]:
    """Return what a person can do now."""
    name = wishes.name
    lines = []
    if due := status["schedules"].get(name):
        lines.append(f"{name} looks after {wishes.folder}; its next time is {due}.")
    if adopted.recipe.watched:
        lines.append(f"Drop a file into {wishes.folder}: {name} takes it up.")
        there = request(home.socket, "POST", "/v1/backfill", {"recipe": name, "dry": True})["never"]
        if there:
            many = (
                "1 file that is there already is"
                if there == 1
                else f"{there} files that are there already are"
            )
            lines.append(f"{many} left alone; `homebody backfill {name}` does that, too.")
    lines.append(
        "`homebody top` shows what goes on, `homebody history` what was done, `homebody undo` takes it back."
    )
    if adopted.recipe.ask is not None and load_settings(home).model is None:
        lines.append(f"The model that ships with homebody picks and copies. For more, name a GGUF file of yours in"
                     f" {home.settings}: `model: ~/models/your-model.gguf`, then `homebody restart`.")  # fmt: skip
    return lines
