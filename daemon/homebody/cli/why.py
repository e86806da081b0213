"""``homebody why`` and ``forget``: what homebody knows of one file, and that it should not."""

import json
from pathlib import Path
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import indented, visible
from homebody.paths import Home
from homebody.quantities import say_size
from homebody.service.control import request
from homebody.service.either import ask

KINDS = {
    "link": "a symbolic link; links are never followed",
    "special": "a pipe or a device, not a file",
    "folder": "a folder",
    "gone": "nothing is there",
}


@click.command("why", epilog=examples("homebody why ~/Notes/boiler.md"))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def why_command(home: Home, path: Path, *, as_json: bool) -> None:
    """Say for each recipe why it took up the file at PATH, or why it did not.

    Works without a running homebody, too, from the journal.
    """
    answer = ask(home, "/v1/why", {"path": str(path.absolute())})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for line in why_lines(answer):
        click.echo(line)


def why_lines(answer: dict[str, Any]) -> list[str]:
    """Return the answer in words: the file, then each recipe with its verdict, then what else matters."""
    what = KINDS.get(answer["kind"]) or f"a file of {say_size(answer['size'])}"
    by = f", as run {answer['written_by']} left it" if answer["written_by"] is not None else ""
    lines = [visible(answer["path"]), *indented(f"{what}{by}", 2)]
    for one in answer["recipes"]:
        lines += [f"{one['recipe']}:", *indented(one["words"], 4)]
        if one["hint"]:
            lines += indented(one["hint"], 4)
    if not answer["recipes"]:
        lines += indented("There are no recipes yet; take one with `homebody new summarize-notes`.", 0)
    for note in answer["notes"]:
        lines += indented(f"note: {note}", 2, first=0)
    if not answer["serving"]:
        lines += indented("homebody is not running; this is what the journal and the folders say.", 0)
    return lines


@click.command("forget", epilog=examples("homebody forget ~/Notes/boiler.md"))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def forget_command(home: Home, path: Path, *, as_json: bool) -> None:
    """Forget the file at PATH; the file itself is left alone, and counts as new from then on.

    The journal loses its name and its contents' hashes, the vault what it had of it, and what was asked
    and answered about it. Runs that changed it can no longer be undone. What a scheduled recipe was shown of
    it among other files stays in the vault, encrypted.
    """
    gone = request(home.socket, "POST", "/v1/forget", {"path": str(path.absolute())}, timeout=600)
    if as_json:
        click.echo(json.dumps(gone, ensure_ascii=False))
        return
    for line in forget_lines(gone):
        click.echo(line)


def forget_lines(gone: dict[str, Any]) -> list[str]:
    """Return what was forgotten in words, and what may bring it back."""
    counts = ", ".join(
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((gone["runs"], "run"), (gone["effects"], "change"), (gone["images"], "image"))
    )
    lines = [*indented(f"forgotten: {gone['path']} ({counts}); it counts as new now", 2, first=0)]
    if gone["watched_by"]:
        names = ", ".join(gone["watched_by"])
        lines += indented(f"While it lies there, what watches its folder may take it up again: {names}.", 0)
    for copy in gone["copies"]:
        lines += indented(f"An old copy of the journal may still know it; remove it if you like: {copy}", 0)
    return lines
