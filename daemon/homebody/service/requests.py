"""What can a person ask of the running daemon: to run a recipe, to look at plans, to take runs back?"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.errors import HomebodyError, UsageError
from homebody.house import requests, review
from homebody.house.purge import in_words
from homebody.house.undo import undo
from homebody.journal.run import Run
from homebody.journal.vault import ImageGoneError, VaultError
from homebody.recipe.schema import Recipe
from homebody.service.control import Route
from homebody.service.daemon import Daemon


def request_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {
        ("POST", "/v1/run"): lambda asked: run(daemon(), asked),
        ("POST", "/v1/backfill"): lambda asked: backfill(daemon(), asked),
        ("POST", "/v1/apply-last"): lambda asked: apply_last(daemon(), asked),
        ("GET", "/v1/review"): lambda asked: waiting(daemon(), asked),
        ("POST", "/v1/review"): lambda asked: decide(daemon(), asked),
        ("POST", "/v1/undo"): lambda asked: take_back(daemon(), asked),
    }


def recipe_of(daemon: Daemon, name: Any) -> Recipe:
    """Return the recipe *name*. Raises UsageError when it is not there, or waits for something."""
    recipe = daemon.recipes.get(str(name))
    if recipe is not None:
        return recipe
    if str(name) in daemon.waiting:
        raise UsageError(f"{name} cannot run yet: {daemon.waiting[str(name)]}.")
    raise UsageError(
        f"The running homebody has no recipe {name!r}.",
        hint=f"It has {', '.join(daemon.recipes) or 'none'}; `homebody check` says what is wrong with others.",
    )


def run(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Queue the recipe ``recipe`` on each of ``paths``, or as its schedule would; ``dry`` only shows what it would do.

    A watched recipe without paths takes what it has not had yet.
    """
    recipe, dry = recipe_of(daemon, asked.get("recipe")), bool(asked.get("dry"))
    journal = daemon.journal
    files: list[requests.Wanted | None] = [
        requests.file_of(journal, recipe, Path(path), force=bool(asked.get("force")))
        for path in asked.get("paths", ())
    ]
    if not files:
        files = list(requests.backlog(journal, recipe).never) if recipe.watched else [None]
    if dry:
        requests.drop_dry_runs(journal, recipe.name)
    after = journal.newest_step()
    numbers = [requests.request(journal, recipe, file, dry=dry) for file in files]
    daemon.wake.set()
    return {"runs": numbers, "after": after}


def backfill(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Queue what the recipe never had, with ``stale`` also what an older version of it did; ``dry`` only counts."""
    recipe = recipe_of(daemon, asked.get("recipe"))
    found = requests.backlog(daemon.journal, recipe)
    stale = bool(asked.get("stale"))
    numbers: list[int] = []
    if not asked.get("dry"):
        numbers = requests.backfill(daemon.journal, recipe, [*found.never, *(found.stale if stale else ())])
        daemon.wake.set()
    return {
        "recipe": recipe.name,
        "runs": numbers,
        "never": len(found.never),
        "stale": len(found.stale),
        "done": found.done,
        "failed": found.failed,
        "under_way": found.under_way,
        "filtered": found.filtered,
        "ours": found.ours,
    }


def apply_last(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Let the last dry run, of ``recipe`` if given, be done as it was shown."""
    name = asked.get("recipe")
    runs = requests.last_dry_runs(
        daemon.journal, None if name is None else recipe_of(daemon, name).name, daemon.clock.now()
    )
    if not runs:
        raise UsageError(
            "There is no dry run of the last day to apply.", hint="Make one: `homebody run RECIPE --dry-run`."
        )
    after = daemon.journal.newest_step()
    for one in runs:
        review.accept(daemon.journal, one.id)
    daemon.wake.set()
    return {"runs": [one.id for one in runs], "after": after}


def waiting(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plans that wait: for approval, or with ``dry`` those of dry runs; only of ``runs`` if given."""
    found = review.waiting(daemon.journal, daemon.vault, dry=bool(asked.get("dry")))
    only = asked.get("runs")
    return {
        "waiting": [waiting_dict(one) for one in found if only is None or one.run.id in only],
    }


def waiting_dict(one: review.Waiting) -> dict[str, Any]:
    """Return a plan that waits as JSON shows it."""
    proposal = one.proposal
    return {
        "run": one.run.id,
        "recipe": one.run.recipe,
        "path": str(one.run.path) if one.run.path else None,
        "reason": one.run.reason,
        "overtaken": one.overtaken,
        "answer": None if proposal is None or proposal.answer is None else proposal.slots(),
        "changes": None if proposal is None else [asdict(change) for change in proposal.changes],
    }


def decide(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Accept, accept all like, reject or edit the run ``run``: ``decision``, and ``set`` for slots."""
    number = number_of(asked)
    journal = daemon.journal
    after = journal.newest_step()
    match asked.get("decision"):
        case "accept":
            review.accept(journal, number)
            runs = [number]
        case "accept-like":
            runs = review.accept_like(journal, number)
        case "reject":
            review.reject(journal, number)
            runs = [number]
        case "edit":
            slots = asked.get("set")
            if not isinstance(slots, Mapping) or not slots:
                raise UsageError("Say which slot gets which value, as in vendor=Miller.")
            recipe = daemon.recipes.get(journal.run(number).recipe)
            review.edit(journal, daemon.vault, recipe, number, {k: str(v) for k, v in slots.items()})
            runs = [number]
        case _:
            raise UsageError("`decision` must be accept, accept-like, reject or edit.")
    daemon.wake.set()
    return {"runs": runs, "after": after}


def number_of(asked: Mapping[str, Any]) -> int:
    """Return the number of the run that is meant. Raises UsageError."""
    number = asked.get("run")
    if not isinstance(number, int) or isinstance(number, bool):
        raise UsageError("`run` must be the number of a run.")
    return number


def take_back(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Undo the run ``run``, the last change to ``path``, or every run of ``recipe`` since ``since``.

    Each run is taken back whole or not at all. One run that cannot be is an error; among several it is told
    with its reason, and the others are taken back. With ``dry`` nothing is done, and ``runs`` says what would be.
    """
    several = "recipe" in asked
    runs = runs_meant(daemon, asked)
    if asked.get("dry"):
        return {"runs": [run_line(run) for run in runs]}
    done: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for one in runs:
        try:
            with daemon.runner.changing:
                undone = undo(daemon.journal, daemon.vault, one.id, force=bool(asked.get("force")))
        except HomebodyError as error:
            if not several:
                raise told(daemon, one, error) from None
            refused.append({"run": one.id, "why": str(told(daemon, one, error))})
            continue
        done.append(
            {
                "run": one.id,
                "files": [str(path) for path in undone.files],
                "beside": [str(path) for path in undone.beside],
            }
        )
    return {"undone": done, "refused": refused, "files": [path for one in done for path in one["files"]]}


def told(daemon: Daemon, run: Run, error: HomebodyError) -> HomebodyError:
    """Return why a run cannot be undone; an old content that is gone says on which policy it went."""
    if not isinstance(error, ImageGoneError):
        return error
    why = in_words(daemon.journal, run)
    return VaultError(
        f"Run {run.id} cannot be undone any more: what its files held before is gone; {why}.",
        hint="Nothing was changed, and the history stays.",
    )


def run_line(run: Run) -> dict[str, Any]:
    """Return a run by its number, its recipe and its file."""
    return {"run": run.id, "recipe": run.recipe, "path": str(run.path) if run.path else None}


def runs_meant(daemon: Daemon, asked: Mapping[str, Any]) -> list[Run]:
    """Return the runs that an undo is about, the last one to change something first. Raises UsageError."""
    journal = daemon.journal
    if "run" in asked:
        return [journal.run(number_of(asked))]
    if "path" in asked:
        path = Path(str(asked["path"]))
        path = path.parent.resolve() / path.name
        runs = journal.changed(path)[:1]
        if not runs:
            raise UsageError(
                f"No run has changed {path}.", hint=f"`homebody why {path}` says what is known of it."
            )
        return runs
    if "recipe" in asked and "since" in asked:
        runs = journal.changed_since(str(asked["recipe"]), datetime.fromisoformat(str(asked["since"])))
        if not runs:
            raise UsageError(f"{asked['recipe']} has changed nothing since then that could be taken back.")
        return runs
    raise UsageError("Say which run, which file, or which recipe since when.")
