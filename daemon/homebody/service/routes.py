"""What can be asked of the running daemon over its control socket?"""

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from homebody import __version__
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.reader import PictureReader
from homebody.documents.speech.reader import SpeechReader
from homebody.house import battery, halt
from homebody.house.account import run_dict, step_dict
from homebody.house.purge import key_lost
from homebody.journal.rebuilding import Rebuilt
from homebody.model.computer import peak_of
from homebody.model.keeping import kept_in
from homebody.model.states import GIVEN_UP, ON_THE_WAY, State
from homebody.recipe.permitted import permitted
from homebody.recipe.schema import Schedule
from homebody.service.asking import asking_endpoints
from homebody.service.control import Route
from homebody.service.daemon import Daemon
from homebody.service.embedding import embeddings_status
from homebody.service.explain import explain_routes
from homebody.service.grammars import grammar_routes
from homebody.service.measuring import measuring_routes
from homebody.service.noticing import notice_routes
from homebody.service.openai.api import Api
from homebody.service.proving import proving_routes
from homebody.service.reporting import reporting_routes
from homebody.service.requests import request_routes
from homebody.service.responding import Endpoint
from homebody.service.steering import steering_routes
from homebody.service.tagging import tag_routes
from homebody.service.telling import telling_endpoints
from homebody.service.trials import trial_endpoints
from homebody.service.trying import trying_routes
from homebody.service.underway import in_hand
from homebody.service.vaulting import vault_routes
from homebody.triggers.schedule import build, next_due

LOOK_SECONDS = 0.05
"""How often a waiting client's question is looked at again."""


def routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route | Endpoint]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {
        ("GET", "/v1/status"): lambda _asked: status(daemon()),
        ("GET", "/v1/changes"): lambda asked: changes(daemon(), asked),
        ("POST", "/v1/reload"): lambda _asked: reload(daemon()),
        **request_routes(daemon),
        **steering_routes(daemon),
        **reporting_routes(daemon),
        **telling_endpoints(daemon),
        **explain_routes(daemon),
        **vault_routes(daemon),
        **measuring_routes(daemon),
        **grammar_routes(lambda: daemon().uptake.grammars),
        **tag_routes(daemon),
        **notice_routes(daemon),
        **proving_routes(daemon),
        **trying_routes(daemon),
        **asking_endpoints(daemon),
        **trial_endpoints(daemon),
        **Api(lambda: daemon().model, lambda: daemon().clock, lambda: daemon().embedder).endpoints(),
    }


def status(daemon: Daemon) -> dict[str, Any]:
    """Return what the daemon is doing, as far as a person wants to know it."""
    return {
        "version": __version__,
        "pid": os.getpid(),
        "socket": str(daemon.home.socket),
        "seal": daemon.report.to_dict(),
        "key": daemon.key.where,
        "model": model_status(daemon),
        "embeddings": embeddings_status(daemon.embedder),
        "recipes": [
            {
                "name": recipe.name,
                "enabled": recipe.enabled,
                "description": recipe.description,
                "permissions": permitted(recipe),
            }
            for recipe in daemon.recipes.values()
        ],
        "paused": paused(daemon),
        "in_hand": in_hand(daemon.journal, daemon.runner.progresses),
        "waiting": daemon.waiting,
        "waiting_for_restart": {
            name: {"reads": list(wait.reads), "writes": list(wait.writes), "goes_on": wait.goes_on}
            for name, wait in daemon.recipes.standing.waits.items()
            if wait.restart
        },
        "held": {
            name: {"files": files, "until": until.astimezone().isoformat(timespec="seconds")}
            for name, (files, until) in daemon.journal.held().items()
        },
        "store": store_problems(daemon),
        "problems": [*store_problems(daemon), *recipe_problems(daemon)],
        "folders": {
            str(folder): why for folder, why in (daemon.folders.problems | daemon.intake.problems).items()
        },
        "looked": daemon.intake.looked,
        "schedules": schedule_status(daemon),
        "missed": missed_status(daemon),
        "counts": {state.value: number for state, number in daemon.journal.counts().items()},
        "reader": {"pid": daemon.reader.plain.pid, "seal": daemon.reader.plain.seal},
        "pictures": pictures_status(daemon.reader.pictures),
        "speech": speech_status(daemon.reader.speech),
    }


def pictures_status(pictures: PictureReader | Lacking) -> dict[str, Any]:
    """Return in which languages text in pictures is read, or why it is not; its process runs while it reads."""
    if isinstance(pictures, Lacking):
        return {"pid": None, "seal": None, "languages": [], "problem": str(pictures)}
    return {
        "pid": pictures.pid,
        "seal": pictures.seal,
        "languages": list(pictures.found.languages),
        "problem": None,
    }


def speech_status(speech: SpeechReader | Lacking) -> dict[str, Any]:
    """Return by which model recordings are heard, or why they are not; its process runs while it hears."""
    if isinstance(speech, Lacking):
        return {"pid": None, "seal": None, "model": None, "language": None, "problem": str(speech)}
    return {
        "pid": speech.pid,
        "seal": speech.seal,
        "model": str(speech.found.model),
        "language": speech.found.language,
        "problem": None,
    }


def recipe_problems(daemon: Daemon) -> list[str]:
    """Return what is wrong with the recipes' files."""
    found = [str(problem) for problem in daemon.recipes.standing.problems]
    return found if daemon.taker.problem is None else [daemon.taker.problem, *found]


def reload(daemon: Daemon) -> dict[str, Any]:
    """Look at the recipes' files at once, and return what is another now, and what waits or is wrong."""
    changed = daemon.taker.reload()
    return {**asdict(changed), "waiting": daemon.waiting, "problems": recipe_problems(daemon)}


def paused(daemon: Daemon) -> dict[str, Any] | None:
    """Return since when the daemon rests and why, None if it does not.

    On a full disk also how much room there is now. On battery, and when a person has paused it, only what nobody waits
    for rests, and ``until`` says what lets it go on.
    """
    resting, plug, wish = daemon.pause.resting, daemon.pause.battery, daemon.pause.halt
    if resting is None:
        if wish is not None and wish.since is not None:
            return {"why": halt.WHY, "since": wish.since.isoformat(), "until": halt.UNTIL}
        if not plug.rests() or plug.since is None:
            return None
        return {"why": battery.WHY, "since": plug.since.isoformat(), "until": battery.UNTIL}
    return {
        "why": "the disk is full",
        "since": resting.since.isoformat(),
        "folder": str(resting.folder),
        "free_bytes": daemon.pause.free(),
    }


def store_problems(daemon: Daemon) -> list[str]:
    """Return what a person should know of journal and vault."""
    found = list(daemon.upkeep.problems.values())
    if daemon.journal.rebuilt is not None:
        found.append(rebuilt_words(daemon.journal.rebuilt))
    lost = key_lost(daemon.journal, daemon.clock.now(), daemon.settings.vault.keep)
    if lost is not None:
        found.append(
            f"the vault has a new key since {lost.astimezone():%Y-%m-%d %H:%M}: the old one was lost or replaced. What"
            " was changed before cannot be undone any more; the history stays, and everything goes on"
        )
    return found


def rebuilt_words(rebuilt: Rebuilt) -> str:
    """Return what happened to a journal that had to be rebuilt."""
    lies = (
        f"was damaged and lies at {rebuilt.damaged}"
        if rebuilt.damaged
        else "was gone, or older than its copy"
    )
    return (
        f"the journal {lies}; it was rebuilt with {rebuilt.saved} runs, {rebuilt.from_copy} of them from its copy."
        " Files that it does not know any more are judged by what is there, so that nothing is done twice"
    )


def model_status(daemon: Daemon) -> dict[str, Any]:
    """Return the model in use, or why there is none."""
    daemon.model.notice()
    ready, standing = daemon.model.ready, daemon.model.standing
    count, size = kept_in(daemon.home.prefixes)
    told = {
        "process": {"state": standing.state.value, "reason": standing.reason, "deaths": len(standing.deaths)},
        "prefixes": {"count": count, "bytes": size},
    }
    if ready is None:
        state = model_state(daemon)
        problem = standing.reason if standing.state in GIVEN_UP else daemon.model_problem
        return {"state": state, "problem": problem if state == "failed" else None, **told}
    return {
        "state": "ready",
        **told,
        "path": str(daemon.settings.model_path()),
        "info": ready.info.to_dict(),
        "sha256": ready.sha256,
        "context": ready.context,
        "memory_bytes": ready.memory_bytes,
        "settings": dict(ready.settings),
        "seal": dict(ready.seal),
        "load_seconds": ready.load_seconds,
        "fit": None if ready.fitted is None else ready.fitted.to_dict(),
        "peak_bytes": peak_of(ready.pid) or ready.memory_bytes,
        "pid": ready.pid,
    }


def model_state(daemon: Daemon) -> str:
    """Return where a model that is not there stands, in one word: it failed, rests, or will be there."""
    state = daemon.model.standing.state
    if state is State.UNLOADED:
        return "unloaded"
    return "failed" if state in GIVEN_UP or (daemon.model_problem and state not in ON_THE_WAY) else "loading"


def schedule_status(daemon: Daemon) -> dict[str, str]:
    """Return when each scheduled recipe is due next, in local time."""
    now = daemon.clock.now()
    found = {}
    for recipe in daemon.recipes.values():
        due = [next_due(build(trigger), now) for trigger in recipe.triggers if isinstance(trigger, Schedule)]
        moments = [moment for moment in due if moment is not None]
        if moments:
            found[recipe.name] = min(moments).astimezone().isoformat(timespec="seconds")
    return found


def missed_status(daemon: Daemon) -> dict[str, dict[str, Any]]:
    """Return which moments of which recipes passed while homebody was off or the computer slept."""
    return {
        name: {
            "count": gap.count,
            "last": gap.last.astimezone().isoformat(timespec="seconds"),
            "made_up": gap.made_up,
        }
        for name, gap in daemon.timetable.missed.items()
    }


def changes(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the steps after ``after`` and the runs that they belong to, as they are now.

    With ``wait``, the answer comes when there is a step or after so many seconds, at most 25.
    """
    after = int(asked.get("after", 0))
    deadline = daemon.clock.monotonic() + min(float(asked.get("wait", 0)), 25.0)
    steps = daemon.journal.changes(after)
    while not steps and daemon.clock.monotonic() < deadline and not daemon.stop.wait(LOOK_SECONDS):
        steps = daemon.journal.changes(after)
    found = [daemon.journal.run(number) for number in sorted({step.run for step in steps})]
    return {"steps": [step_dict(step) for step in steps], "runs": [run_dict(run) for run in found]}
