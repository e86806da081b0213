"""What can be asked about the past, about one file, and about what should be tried again or forgotten?

The questions that only read are functions of a journal, so that a command can ask them without a daemon, too.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.errors import HomebodyError, UsageError
from homebody.house.account import account, history, printable, run_dict
from homebody.house.forget import forget
from homebody.house.inquiry import Answer, House, inquire
from homebody.house.undo import CAN_BE_UNDONE
from homebody.house.waits import told
from homebody.journal.again import RetryRefusedError
from homebody.journal.run import EffectState, RunState
from homebody.journal.store import Journal
from homebody.paths import Home
from homebody.recipe.load import load_folder
from homebody.recipe.schema import Recipe
from homebody.service.control import Route
from homebody.service.daemon import Daemon

MOST_RUNS = 10_000

FAILED = (RunState.FAILED, RunState.QUARANTINED)


def explain_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {
        ("GET", "/v1/runs"): lambda asked: with_purged(daemon(), runs(daemon().journal, asked)),
        ("GET", "/v1/run"): lambda asked: one_run(daemon(), asked),
        ("GET", "/v1/why"): lambda asked: why(daemon(), asked),
        ("POST", "/v1/retry"): lambda asked: try_again(daemon(), asked),
        ("POST", "/v1/forget"): lambda asked: forget_file(daemon(), asked),
    }


def runs(journal: Journal, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest runs, newest first: at most ``limit``; of ``recipe``, in ``state`` (one, or several
    with commas), about ``path``, ended ``since`` then or not ended, if given.
    """
    states = [RunState(word) for word in str(asked.get("state") or "").split(",") if word]
    since = datetime.fromisoformat(asked["since"]) if asked.get("since") else None
    return history(
        journal,
        limit=min(int(asked.get("limit", 100)), MOST_RUNS),
        recipe=asked.get("recipe"),
        states=states,
        path=Path(asked["path"]) if asked.get("path") else None,
        since=since,
    )


def with_purged(daemon: Daemon, found: dict[str, Any]) -> dict[str, Any]:
    """Return a history in which each run says whether old contents that its undo would need are gone.

    ``waiting`` says why recipes do not run as their files have them: their work is not in the history.
    """
    ends = {state.value for state in CAN_BE_UNDONE}
    for run in found["runs"]:
        run["purged"] = run["state"] in ends and any(
            effect.state in (EffectState.APPLIED, EffectState.KEPT)
            and effect.before_image is not None
            and not daemon.vault.has(effect.before_image)
            for effect in daemon.journal.effects(run["id"])
        )
    return found | {"waiting": daemon.waiting}


def one_run(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything about the run ``run``, what it asked the model among it."""
    return account(daemon.journal, daemon.vault, run_number(asked), daemon.clock.now())


def why(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each recipe has to say of the file at ``path``."""
    on_disk = load_folder(daemon.home.recipes)
    running, absent = as_they_run(on_disk.recipes, daemon.recipes, daemon.waiting)
    house = House(
        recipes=running,
        watched=daemon.watched,
        journal=daemon.journal,
        now=daemon.clock.now(),
        serving=True,
        absent=absent,
        troubles=daemon.folders.problems | daemon.intake.problems,
        settling=daemon.intake.settling,
        rescan=daemon.settings.rescan,
    )
    notes = [str(problem) for problem in on_disk.problems]
    notes += [told(name, why) for name, why in daemon.waiting.items() if name in daemon.recipes]
    notes += [
        f"{recipe.name} was changed just now; the change is taken up in a moment"
        for recipe in on_disk.recipes
        if recipe.name not in daemon.waiting
        and recipe.hash != getattr(daemon.recipes.get(recipe.name), "hash", recipe.hash)
    ]
    return answer_dict(inquire(asked_path(asked), house), notes)


def as_they_run(
    on_disk: Iterable[Recipe], running: Mapping[str, Recipe], waiting: Mapping[str, str]
) -> tuple[list[Recipe], dict[str, str]]:
    """Return the recipes of the daemon and those that it does not run, and why it does not."""
    others = [recipe for recipe in on_disk if recipe.name not in running]
    late = "just added; it is taken up in a moment"
    absent = {recipe.name: waiting.get(recipe.name, late) for recipe in others}
    found = [*running.values(), *others]
    return sorted(found, key=lambda recipe: recipe.name), absent


def answer_dict(answer: Answer, notes: list[str]) -> dict[str, Any]:
    """Return an answer as JSON shows it; *notes* are what a person should know besides."""
    file = answer.file
    return {
        "path": printable(file.path),
        "kind": file.kind,
        "size": file.size,
        "written_by": file.writer,
        "recipes": [
            {
                "recipe": one.recipe,
                "verdict": one.verdict.value,
                "words": printable(one.words),
                "run": one.run,
                "hint": one.hint,
            }
            for one in answer.verdicts
        ],
        "notes": notes,
    }


def try_again(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Queue the run ``run`` again, or with ``failed`` every failed and quarantined one, of ``recipe`` if given.

    Of several, one that cannot be tried again never stops the others.
    """
    if not asked.get("failed"):
        number = run_number(asked)
        absent(daemon, daemon.journal.run(number).recipe)
        queued = [run_dict(daemon.journal.queue_again(number))]
        daemon.wake.set()
        return {"queued": queued, "refused": []}
    done: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    found = daemon.journal.history(limit=MOST_RUNS, recipe=asked.get("recipe"), states=FAILED)
    for run in reversed(found):
        try:
            absent(daemon, run.recipe)
            done.append(run_dict(daemon.journal.queue_again(run.id)))
        except RetryRefusedError as error:
            refused.append({"run": run.id, "why": str(error)})
    daemon.wake.set()
    return {"queued": done, "refused": refused}


def absent(daemon: Daemon, recipe: str) -> None:
    """Raise RetryRefusedError when the daemon does not run *recipe*: a run of it would only be skipped."""
    if recipe not in daemon.recipes:
        why = daemon.waiting.get(recipe, "there is no such recipe in this daemon")
        raise RetryRefusedError(f"{recipe} does not run: {why}.", hint="`homebody list` shows the recipes.")


def forget_file(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Forget the file at ``path``, in the journal's copy, too; ``copies`` names what was set aside and may know it."""
    path = asked_path(asked)
    with daemon.runner.changing:
        gone = forget(daemon.journal, daemon.vault, path)
    daemon.upkeep.renew_copy()
    return {
        "path": printable(path),
        "runs": gone.runs,
        "effects": gone.effects,
        "images": gone.images,
        "watched_by": sorted({wish.recipe.name for wish in daemon.watched if wish.covers(path)}),
        "copies": [str(copy) for copy in old_copies(daemon.home)],
    }


def old_copies(home: Home) -> list[Path]:
    """Return the journals that were kept before a migration or set aside as damaged."""
    kinds = ("damaged-*", "version-*")
    return sorted(path for kind in kinds for path in home.state.glob(f"{home.journal.name}.{kind}"))


def run_number(asked: Mapping[str, Any]) -> int:
    """Return the run that is asked for. Raises UsageError."""
    try:
        number = int(asked.get("run", 0))
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError("`run` must be the number of a run.")
    return number


def asked_path(asked: Mapping[str, Any]) -> Path:
    """Return the path that is asked about, its folder's links resolved. Raises UsageError."""
    path = Path(str(asked.get("path") or ""))
    if not path.is_absolute():
        raise UsageError("`path` must be a whole path.")
    try:
        return path.parent.resolve() / path.name
    except (OSError, RuntimeError, ValueError) as error:
        raise HomebodyError("That path leads nowhere.") from error
