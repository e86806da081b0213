"""``homebody tags``: words that answers proposed for lists, and what becomes of them."""

import json
import os
from typing import Any

import click

from homebody.cli.completers import proposed_words, recipe_names
from homebody.cli.daemon import waiting_lines
from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.errors import UsageError
from homebody.paths import Home
from homebody.recipe.growing import Grown, grown
from homebody.recipe.load import load_folder
from homebody.service.control import request


@click.group("tags", epilog=examples("homebody tags"), invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def tags_command(ctx: click.Context, *, as_json: bool) -> None:
    """List the words that answers proposed for lists with `new: propose`, each with the runs that proposed it.

    A word that you accept is written into the recipe's list; one that you reject is not proposed again.
    """
    if ctx.invoked_subcommand is not None:
        return
    found = waiting(ctx.obj)
    if as_json:
        click.echo(json.dumps({"proposed": found}, ensure_ascii=False))
        return
    if not found:
        click.echo("No word waits for you.")
        return
    for one in found:
        runs = ", ".join(map(str, one["runs"][:5])) + (", ..." if len(one["runs"]) > 5 else "")
        click.echo(f"{one['word']}  ({one['recipe']}, {one['slot']}; run {runs})")
    click.echo("`homebody tags accept WORD` or `reject WORD`.")


def waiting(home: Home) -> list[dict[str, Any]]:
    """Return the words that wait; the vault that keeps them is open only while homebody runs."""
    found: list[dict[str, Any]] = request(home.socket, "GET", "/v1/tags")["proposed"]
    return found


def chosen(home: Home, words: tuple[str, ...], recipe: str | None) -> list[dict[str, Any]]:
    """Return what waits of *words*, of one recipe if given. Raises UsageError for a word that does not wait."""
    found = [one for one in waiting(home) if recipe in (None, one["recipe"])]
    for word in words:
        if not any(one["word"].casefold() == word.casefold() for one in found):
            raise UsageError(
                f"{word!r} does not wait for you.", hint="`homebody tags` lists the words that do."
            )
    wanted = {word.casefold() for word in words}
    return [one for one in found if one["word"].casefold() in wanted]


@tags_command.command("accept", epilog=examples("homebody tags accept garden --recipe tag-files"))
@click.argument("words", nargs=-1, required=True, shell_complete=proposed_words)
@click.option("--recipe", metavar="NAME", help="Only for this recipe.", shell_complete=recipe_names)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def accept_command(home: Home, words: tuple[str, ...], recipe: str | None, *, as_json: bool) -> None:
    """Write WORDS into the lists for which they were proposed: in the recipe, or in the file beside it.

    Files that come from now on can have them; `homebody backfill NAME --stale` does the earlier ones again.
    """
    places = load_folder(home.recipes).places
    accepted = []
    for one in chosen(home, words, recipe):
        if one["recipe"] not in places:
            raise UsageError(f"{one['recipe']} cannot be loaded just now.", hint="`homebody check` says why.")
        changed = grown(home.recipes / places[one["recipe"]].file, one["slot"], one["word"])
        write(changed)
        accepted.append({"word": one["word"], "recipe": one["recipe"], "slot": one["slot"],
                         "file": str(changed.path)})  # fmt: skip
        if not as_json:
            click.echo(f"{one['word']} is in {changed.path}, for {one['slot']} of {one['recipe']}")
    answer = request(home.socket, "POST", "/v1/reload")
    if as_json:
        said = {"accepted": accepted, "waiting": answer["waiting"], "problems": answer["problems"]}
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    echo_fitted([*waiting_lines(answer["waiting"]), *answer["problems"]])


def write(changed: Grown) -> None:
    """Put the file in its place whole: a reader sees the old one or the new one."""
    temporary = changed.path.with_name(f".{changed.path.name}.new")
    temporary.write_bytes(changed.data)
    temporary.chmod(changed.path.stat().st_mode & 0o777)
    os.replace(temporary, changed.path.resolve())  # noqa: PTH105 - onto what a link leads to


@tags_command.command("reject", epilog=examples("homebody tags reject garden"))
@click.argument("words", nargs=-1, required=True, shell_complete=proposed_words)
@click.option("--recipe", metavar="NAME", help="Only for this recipe.", shell_complete=recipe_names)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def reject_command(home: Home, words: tuple[str, ...], recipe: str | None, *, as_json: bool) -> None:
    """Turn WORDS down: they are not proposed again for these lists."""
    found = chosen(home, words, recipe)
    for one in found:
        request(home.socket, "POST", "/v1/tags/reject", one)
    if as_json:
        rejected = [{name: one[name] for name in ("word", "recipe", "slot")} for one in found]
        click.echo(json.dumps({"rejected": rejected}, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one['word']} is not proposed again for {one['slot']} of {one['recipe']}")
