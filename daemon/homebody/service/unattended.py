"""What can be told while no daemon runs? The journal is read, never written, and the vault is not opened."""

from collections.abc import Callable, Mapping
from typing import Any

from homebody.clock import SystemClock
from homebody.errors import NotRunningError
from homebody.house.account import account
from homebody.house.inquiry import House, inquire
from homebody.house.watched import wishes
from homebody.journal.store import Journal
from homebody.paths import Home
from homebody.recipe.carried import refused
from homebody.recipe.load import load_folder
from homebody.service.explain import answer_dict, asked_path, run_number, runs
from homebody.service.noticing import notices_now
from homebody.service.reporting import report
from homebody.settings import load_settings


def runs_alone(home: Home, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest runs, as the daemon would."""
    return reading(home, lambda journal: runs(journal, asked))


def notices_alone(home: Home, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest notices; the words that recipes chose are in the vault."""
    return reading(home, lambda journal: notices_now(journal, None, asked))


def run_alone(home: Home, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything about one run but what it asked the model: that is in the vault."""
    now = SystemClock().now()
    return reading(home, lambda journal: account(journal, None, run_number(asked), now))


def report_alone(home: Home, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was done since a time, as the daemon would."""
    now = SystemClock().now()
    return reading(home, lambda journal: report(journal, now, asked))


def why_alone(home: Home, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each recipe has to say of a file, once homebody runs; without a journal, too."""
    loaded = load_folder(home.recipes)
    absent = {name: str(problem) for name, problem in refused(loaded.recipes, loaded.places).items()}
    for recipe in loaded.recipes:
        missing = [folder for folder in recipe.permissions().reads if not folder.is_dir()]
        if missing:
            absent[recipe.name] = f"the folder {missing[0]} is not there: make it, or change the recipe"
    watched = wishes(loaded.recipes, load_settings(home).settle)

    def told(journal: Journal | None) -> dict[str, Any]:
        house = House(
            recipes=loaded.recipes, watched=watched, journal=journal, now=SystemClock().now(), absent=absent
        )
        answer = inquire(asked_path(asked), house)
        return answer_dict(answer, [str(problem) for problem in loaded.problems])

    return reading(home, told) if home.journal.is_file() else told(None)


def reading(home: Home, tell: Callable[[Journal], dict[str, Any]]) -> dict[str, Any]:
    """Return what *tell* makes of the journal. Raises NotRunningError when there is none."""
    if not home.journal.is_file():
        raise NotRunningError
    journal = Journal.open(home.journal, SystemClock(), read_only=True)
    try:
        return tell(journal)
    finally:
        journal.close()


ALONE: Mapping[str, Callable[[Home, Mapping[str, Any]], dict[str, Any]]] = {
    "/v1/runs": runs_alone,
    "/v1/run": run_alone,
    "/v1/why": why_alone,
    "/v1/notices": notices_alone,
    "/v1/report": report_alone,
}
"""What answers each question without a daemon."""
