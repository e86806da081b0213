"""``homebody compare``: models side by side, at a conversation or at a recipe of yours."""

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from homebody.cli.compare_page import TALK, WORK, figures, page, slots_of
from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, quoted, visible
from homebody.clock import SystemClock
from homebody.errors import UsageError
from homebody.paths import Home


@click.command(
    "compare",
    epilog=examples(
        "homebody compare small.Q4_K_M.gguf small.Q2_K.gguf --html compared.html",
        "homebody compare a.gguf b.gguf --recipe tag-files --documents ~/Notes",
    ),
)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option(
    "--prompts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A text of your own turns, a line each.",
)
@click.option(
    "--tokens", type=click.IntRange(1, 8192), default=400, show_default=True, help="Of each answer, at most."
)
@click.option(
    "--recipe", "recipe_name", metavar="RECIPE", help="Compare at this recipe instead of a conversation."
)
@click.option(
    "--documents", type=click.Path(path_type=Path, file_okay=False), help="A folder of documents for it."
)
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page with plots.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def compare_command(
    home: Home, /, models: tuple[str, ...], *, html: Path | None, as_json: bool, **asked: Any
) -> None:
    """Let each MODEL (a name of `homebody model list`, or the path of a GGUF file) do the same, one after the other.

    A conversation of three turns, that a person would try on a new model: how long it loads, when the first word comes,
    how fast it reads and writes, and what memory it takes at most. Or a recipe and a folder of documents: for how many
    its slots are filled as they must be, how many values stand in the document, and how far the models agree with the
    first one. Nothing is done to the documents, and nothing is kept. homebody must not run meanwhile.
    """
    if html is not None and html.exists():
        raise UsageError(f"{html} is there already, and nothing is overwritten.", hint="Name another file.")
    rows = compared(home, models, **asked)
    now = SystemClock().now().astimezone()
    if html is not None:
        with html.open("x", encoding="utf-8") as file:  # it may have come to be meanwhile
            file.write(page(rows, now, asked["recipe_name"]))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        echo_fitted(lines(rows, asked["recipe_name"]))
    if all(row["error"] is not None for row in rows):
        raise SystemExit(1)


def compared(
    home: Home,
    models: Sequence[str],
    *,
    prompts: Path | None,
    tokens: int,
    recipe_name: str | None,
    documents: Path | None,
) -> list[dict[str, Any]]:
    """Return what each model did. Raises UsageError, BesideError."""
    from homebody.service.comparing import Contest, each, talk
    from homebody.settings import load_settings

    settings = load_settings(home)
    clock = SystemClock()
    say = Teller()
    if (recipe_name is None) != (documents is None):
        raise UsageError("`--recipe` and `--documents` belong together.")
    if recipe_name is None or documents is None:
        contest = Contest(tokens=tokens, **({} if prompts is None else {"turns": turns_in(prompts)}))
        return each(home, settings, models, clock, lambda client: talk(client, contest, say.work), say)

    from homebody.cli.recipes import find_recipe
    from homebody.documents.pictures.tesseract import find
    from homebody.documents.readers import readers
    from homebody.documents.speech.whisper import find as find_whisper
    from homebody.house.reading import Heeding
    from homebody.model.cancellation import Cancellation
    from homebody.service.contest import Score, agreement, documents_in, score

    recipe = find_recipe(home, recipe_name)
    if not recipe.ask:
        raise UsageError(f"{recipe_name} asks no model: there is nothing to compare.")
    reads = readers(clock, find(settings.ocr.languages), find_whisper(settings))
    with contextlib.ExitStack() as ending:
        ending.callback(reads.stop)
        pages = Heeding(reads, Cancellation(), recipe.read.pages)
        found, left_out = documents_in(documents.expanduser(), pages)
    for name, reason in left_out.items():
        click.echo(visible(f"{name} is left out: {reason}"), err=True)
    now = clock.now().astimezone()
    rows = each(
        home, settings, models, clock, lambda client: score(client, recipe, found, now, say.work), say
    )
    scores: list[Score] = [row["work"] for row in rows if row["error"] is None]
    for row in rows:
        if row["error"] is None:
            mine = row["work"]
            row["work"] = {**mine.told(), "agrees": None if mine is scores[0] else agreement(scores[0], mine)}
    return rows


def turns_in(path: Path) -> tuple[str, ...]:
    """Return the turns of a conversation, a line each. Raises UsageError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8 text.") from error
    if not (turns := tuple(line.strip() for line in lines if line.strip())):
        raise UsageError(
            f"There is no line in {path}.", hint="Write what you would say, a line for each turn."
        )
    return turns


class Teller:
    """Says on the error output which model is at work, and on a terminal also at what."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._name = ""

    def __call__(self, name: str, what: str) -> None:
        """Hear of another model."""
        self._name = name
        click.echo(f"{visible(name)} {what}", err=True)

    def work(self, what: str) -> None:
        """Hear how far it is."""
        if self._terminal:
            click.echo(f"{visible(self._name)} {what}", err=True)


def lines(rows: Sequence[Mapping[str, Any]], recipe: str | None) -> list[str]:
    """Return the figures, a model a block, and what each said."""
    told: list[str] = []
    for row in rows:
        told += ["", visible(row["name"])]
        if row["error"] is not None:
            told.append(f"    could not be compared: {visible(row['error'])}")
            continue
        pairs = zip(TALK if recipe is None else WORK, figures(row, recipe), strict=True)
        told.append("    " + "; ".join(f"{name} {value}" for name, value in pairs))
        if recipe is None:
            for turn in row["work"]:
                told.append(f"    > {visible(turn['asked'])}")
                told += quoted(turn["answer"])
        else:
            for name in row["work"]["answers"]:
                told.append(f"    {visible(name)}")
                told += [f"      {visible(line)}" for line in slots_of(row["work"], name).splitlines()]
    return told
