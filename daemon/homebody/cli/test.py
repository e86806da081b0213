"""``homebody test``: do recipes do what their own tests expect, with this model, and with another one?"""

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from homebody.cli.adopting import shipped_recipes
from homebody.cli.completers import any_of, files, recipe_names
from homebody.cli.examples import examples
from homebody.cli.paragraphs import indented
from homebody.clock import SystemClock
from homebody.documents.pictures.tesseract import find
from homebody.documents.readers import Readers, readers
from homebody.documents.speech.whisper import find as find_whisper
from homebody.errors import NotRunningError, UsageError
from homebody.house.expecting import in_plain, told
from homebody.house.reading import Heeding
from homebody.house.trial import Asks, Tried, answer_by, try_out
from homebody.model.cancellation import Cancellation
from homebody.model.client import ModelClient
from homebody.paths import Home
from homebody.recipe.load import load_folder, load_recipe, long_form
from homebody.recipe.schema import Recipe
from homebody.recipe.trials import Trial
from homebody.service.choosing import choice_of
from homebody.service.control import request
from homebody.service.trials import on_the_wire
from homebody.settings import Settings, load_settings

ANSWER_SECONDS = 600.0
"""How long one test may wait for the running homebody's model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test of a recipe, and the folder in which its input lies."""

    recipe: Recipe
    trial: Trial
    number: int
    folder: Path

    @property
    def name(self) -> str:
        """The test as a person knows it."""
        return self.trial.name or self.trial.file or self.trial.input or f"test {self.number}"


@click.command(
    "test",
    epilog=examples(
        "homebody test", "homebody test summarize-notes", "homebody test --against ~/models/other.gguf"
    ),
)
@click.argument("recipes", nargs=-1, metavar="[RECIPE]...", shell_complete=any_of(files, recipe_names))
@click.option("--against", metavar="MODEL", type=click.Path(path_type=Path, dir_okay=False),
              help="Test with this GGUF file as well, and show what is different with it.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def test_command(home: Home, recipes: tuple[str, ...], *, against: Path | None, as_json: bool) -> None:
    """Try recipes with the documents in their `tests`, and say what is not as expected there.

    RECIPE is the name of a recipe of yours or of a shipped one, or a file; without any, all of yours that have
    tests. The model is that of the running homebody, or one is started for this, sealed as ever. Nothing is changed,
    no file of yours is read but the tests' inputs, and nothing is kept.

    Ends with 1 when a test fails; with --against, when one fails with that model that does not without.
    """
    cases = list(cases_of(home, recipes))
    if not cases:
        raise UsageError(
            "There is no test to run.", hint="Write some under `tests:` in a recipe; the README shows how."
        )
    settings = load_settings(home)
    reads = readers(SystemClock(), find(settings.ocr.languages), find_whisper(settings))
    second = None
    with contextlib.ExitStack() as ending:
        ending.callback(reads.stop)
        with contextlib.ExitStack() as stack:
            asks = this_model(home, settings, stack)
            first = [tried(case, reads, asks, quiet=as_json) for case in cases]
        if against is not None:  # what was started for the first has given its memory back
            with contextlib.ExitStack() as stack:
                asks = by_model(model_at(against, settings), stack)
                second = [tried(case, reads, asks, quiet=as_json) for case in cases]
    if as_json:
        click.echo(json.dumps(as_data(cases, first, second), ensure_ascii=False, default=str))
    else:
        for line in report(cases, first, second, None if against is None else against.name):
            click.echo(line)
    if any(
        new.wrong and not (second and old.wrong)
        for (old, _), (new, _) in zip(first, second or first, strict=True)
    ):
        raise SystemExit(1)


def cases_of(home: Home, names: Sequence[str]) -> Iterator[Case]:
    """Yield every test of the recipes that are named, or of all of the person's. Raises UsageError, RecipeError."""
    loaded = load_folder(home.recipes)
    mine = {recipe.name: (recipe, home.recipes) for recipe in loaded.recipes}
    for problem in loaded.problems:
        click.echo(f"left out: {problem}", err=True)
    for name in names or mine:
        if name in mine:
            recipe, folder = mine[name]
        else:
            path = shipped_recipes().get(name, Path(name))
            if not path.is_file():
                raise UsageError(f"There is no recipe {name!r}.", hint="`homebody list` shows them all.")
            recipe, folder = load_recipe(path), path.parent
        if names and not recipe.tests:
            click.echo(f"{recipe.name} has no tests.", err=True)
        for number, trial in enumerate(recipe.tests, start=1):
            yield Case(recipe=recipe, trial=trial, number=number, folder=folder)


def this_model(home: Home, settings: Settings, stack: contextlib.ExitStack) -> Asks:
    """Return what asks the running homebody's model, or one that is started when it is first needed."""
    try:
        request(home.socket, "GET", "/v1/status")
    except NotRunningError:
        return by_model(model_at(settings.model_path(), settings), stack)

    def ask(recipe: Recipe, text: str, values: Any) -> Any:
        body = {
            "recipe": long_form(recipe.model_copy(update={"tests": ()})),
            "text": text,
            "values": on_the_wire(values),
        }
        return request(home.socket, "POST", "/v1/try", body, timeout=ANSWER_SECONDS)["answer"]

    return ask


def model_at(path: Path, settings: Settings) -> ModelClient:
    """Return the model in the file at *path*, not started yet; nothing of what it reads is kept.

    The file that the settings pin must be the one that they pin; any other is taken as it is.
    """
    choice = choice_of(settings)
    mine = path.resolve() == settings.model_path().resolve()
    return ModelClient(path, clock=SystemClock(), choice=choice if mine else replace(choice, pin=None))


def by_model(model: ModelClient, stack: contextlib.ExitStack) -> Asks:
    """Return what asks *model*, which is started with the first question and stopped with *stack*."""
    stack.callback(model.stop)

    def ask(recipe: Recipe, text: str, values: Any) -> Any:
        if model.ready is None:
            model.start()
        return answer_by(model, recipe, text, values)

    return ask


def tried(case: Case, reads: Readers, asks: Asks, *, quiet: bool) -> tuple[Tried, float]:
    """Return what came of a test, and the seconds that it took."""
    if not quiet:
        click.echo(f"{case.recipe.name}: {case.name} ...", err=True)
    began = time.monotonic()
    paged = Heeding(reads, Cancellation(), case.recipe.read.pages)
    found = try_out(case.recipe, case.trial, case.folder, reads=paged, asks=asks, now=SystemClock().now())
    return found, time.monotonic() - began


Results = Sequence[tuple[Tried, float]]


def report(cases: Sequence[Case], first: Results, second: Results | None, other: str | None) -> list[str]:
    """Return what came of the tests, in lines: each with its verdict, and why it failed."""
    lines: list[str] = []
    for number, case in enumerate(cases):
        if not number or cases[number - 1].recipe.name != case.recipe.name:
            lines.append(case.recipe.name)
        found, seconds = first[number]
        lines.append(f"  {verdict(found)}  {case.name}  ({seconds:.1f} s)")
        lines += [line for why in found.wrong for line in indented(why, 12, 10)]
        if second is not None:
            with_it, seconds = second[number]
            lines.append(f"  {verdict(with_it)}  {case.name}, with {other}  ({seconds:.1f} s)")
            lines += [line for why in with_it.wrong for line in indented(why, 12, 10)]
            lines += [line for why in changed(found, with_it) for line in indented(why, 12, 10)]
    failed = sum(bool(found.wrong) for found, _ in first)
    lines.append(f"{len(cases) - failed} of {len(cases)} passed.")
    if second is not None:
        lines[-1] += f" With {other}: {sum(not found.wrong for found, _ in second)}."
    return lines


def verdict(found: Tried) -> str:
    """Return how a test ended, in six characters."""
    return "FAILED" if found.wrong else "passed"


def changed(before: Tried, after: Tried) -> list[str]:
    """Return what is different with another model: the end, each slot, and the files that are changed."""
    lines = []
    if before.outcome != after.outcome:
        lines.append(f"{before.outcome} becomes {after.outcome}")
    for name in dict.fromkeys((*before.slots, *after.slots)):
        old, new = in_plain(before.slots.get(name)), in_plain(after.slots.get(name))
        if old != new:
            lines.append(f"{name}: {told(old)} -> {told(new)}")
    gone = [f"{one.kind} {one.path}" for one in before.changes]
    come = [f"{one.kind} {one.path}" for one in after.changes]
    lines += [f"no longer: {one}" for one in gone if one not in come]
    return lines + [f"instead: {one}" for one in come if one not in gone]


def as_data(cases: Sequence[Case], first: Results, second: Results | None) -> dict[str, Any]:
    """Return the same for scripts."""

    def said(found: Tried, seconds: float) -> dict[str, Any]:
        plain = replace(found, slots={name: in_plain(value) for name, value in found.slots.items()})
        return {"passed": not found.wrong, "seconds": round(seconds, 3), **asdict(plain)}

    tests = [
        {"recipe": case.recipe.name, "test": case.name, **said(*first[number])}
        | ({} if second is None else {"against": said(*second[number])})
        for number, case in enumerate(cases)
    ]
    failed = sum(not one["passed"] for one in tests)
    return {"tests": tests, "passed": len(tests) - failed, "failed": failed}
