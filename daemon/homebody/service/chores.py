"""How many of homebody's own chores does a model do as it should: the shipped recipes, by their own tests?"""

from collections.abc import Callable
from pathlib import Path

from homebody.clock import Clock
from homebody.documents.pictures.tesseract import ABSENT
from homebody.documents.readers import readers
from homebody.errors import ModelError
from homebody.house.reading import Heeding
from homebody.house.trial import answer_by, try_out
from homebody.model.cancellation import Cancellation
from homebody.model.choice import Choice
from homebody.model.client import ModelClient
from homebody.paths import shipped
from homebody.recipe.load import load_recipe
from homebody.recipe.schema import Recipe
from homebody.recipe.trials import Trial


def trials() -> list[tuple[Recipe, Trial, Path]]:
    """Return the tests of the shipped recipes that hang on the model's answer, with the folder of their inputs."""
    found = []
    for path in sorted(shipped("recipes").glob("*.yaml")):
        recipe = load_recipe(path)
        found += [(recipe, one, path.parent) for one in recipe.tests if recipe.ask and _asks(one)]
    return found


def _asks(trial: Trial) -> bool:
    return trial.answer is None and trial.outcome == "done"


def chores_done(path: Path, clock: Clock, threads: int, tell: Callable[[int, int], None]) -> tuple[int, int]:
    """Return how many of the tests the model in *path* passes, and how many there are.

    Nothing is done and nothing is kept. A test that asks for more than the model's context holds is not passed.
    Raises ModelError when the model cannot be loaded.
    """
    todo = trials()
    reads = readers(clock, ABSENT)
    model = ModelClient(path, clock=clock, choice=Choice(threads=threads))
    passed = 0
    try:
        model.start()
        for number, (recipe, trial, folder) in enumerate(todo):
            tell(number, len(todo))
            try:
                tried = try_out(
                    recipe,
                    trial,
                    folder,
                    reads=Heeding(reads, Cancellation(), recipe.read.pages),
                    asks=lambda recipe, text, values: answer_by(model, recipe, text, values),
                    now=clock.now(),
                )
            except ModelError:
                if model.ready is None:
                    raise
                continue
            passed += not tried.wrong
    finally:
        model.stop()
        reads.stop()
    return passed, len(todo)
