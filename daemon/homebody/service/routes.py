"""What can be asked of the running daemon over its control socket?"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from homebody import __version__, seal
from homebody.errors import UsageError
from homebody.house.undo import undo
from homebody.journal.run import Run, RunState
from homebody.journal.store import Step
from homebody.recipe.schema import Schedule
from homebody.service.control import Route
from homebody.service.daemon import Daemon
from homebody.triggers.schedule import build, next_due

LOOK_SECONDS = 0.05
"""How often a waiting client's question is looked at again."""


def routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {
        ("GET", "/v1/status"): lambda _asked: status(daemon()),
        ("GET", "/v1/runs"): lambda asked: runs(daemon(), asked),
        ("GET", "/v1/changes"): lambda asked: changes(daemon(), asked),
        ("POST", "/v1/undo"): lambda asked: take_back(daemon(), asked),
        ("POST", "/v1/probe"): lambda asked: probe(daemon(), asked),
    }


def status(daemon: Daemon) -> dict[str, Any]:
    """Return what the daemon is doing, as far as a person wants to know it."""
    return {
        "version": __version__,
        "pid": os.getpid(),
        "seal": daemon.report.to_dict(),
        "key": daemon.key.where,
        "model": model_status(daemon),
        "recipes": [
            {"name": recipe.name, "enabled": recipe.enabled, "description": recipe.description}
            for recipe in daemon.recipes.values()
        ],
        "waiting": dict(daemon.waiting),
        "held": {
            name: {"files": files, "until": until.astimezone().isoformat(timespec="seconds")}
            for name, (files, until) in daemon.journal.held().items()
        },
        "problems": [*journal_problems(daemon), *(str(problem) for problem in daemon.loaded.problems)],
        "folders": {
            str(folder): why for folder, why in (daemon.folders.problems | daemon.intake.problems).items()
        },
        "schedules": schedule_status(daemon),
        "counts": {state.value: number for state, number in daemon.journal.counts().items()},
        "reader": {"pid": daemon.reader.pid},
    }


def journal_problems(daemon: Daemon) -> list[str]:
    """Return what a person should know of the journal."""
    if daemon.journal.damaged is None:
        return []
    return [f"the journal was damaged; it lies at {daemon.journal.damaged}, and a new one was begun"]


def model_status(daemon: Daemon) -> dict[str, Any]:
    """Return the model in use, or why there is none."""
    ready = daemon.model.ready
    if ready is None:
        state = "failed" if daemon.model_problem else "loading"
        return {"state": state, "problem": daemon.model_problem}
    return {
        "state": "ready",
        "path": str(daemon.settings.model_path()),
        "info": ready.info.to_dict(),
        "sha256": ready.sha256,
        "context": ready.context,
        "memory_bytes": ready.memory_bytes,
        "settings": dict(ready.settings),
        "seal": dict(ready.seal),
        "load_seconds": ready.load_seconds,
        "pid": ready.pid,
    }


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


def run_dict(run: Run) -> dict[str, Any]:
    """Return *run* as JSON shows it."""
    return {
        "id": run.id,
        "recipe": run.recipe,
        "event": run.event,
        "path": str(run.path) if run.path else None,
        "state": run.state.value,
        "reason": run.reason,
        "attempt": run.attempt,
        "queued_at": run.queued_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def step_dict(step: Step) -> dict[str, Any]:
    """Return *step* as JSON shows it."""
    return {
        "seq": step.seq,
        "run": step.run,
        "at": step.at.isoformat(),
        "name": step.name,
        "detail": dict(step.detail),
    }


def runs(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest runs, newest first: at most ``limit``, of ``recipe`` and in ``state`` if given."""
    state = RunState(asked["state"]) if asked.get("state") else None
    found = daemon.journal.runs(
        limit=min(int(asked.get("limit", 100)), 10_000), recipe=asked.get("recipe"), state=state
    )
    return {"runs": [run_dict(run) for run in found]}


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


def take_back(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Undo the run ``run``, whole or not at all."""
    number = asked.get("run")
    if not isinstance(number, int):
        raise UsageError("`run` must be the number of a run.")
    with daemon.runner.changing:
        undone = undo(daemon.journal, daemon.vault, number)
    return {"run": number, "files": [str(path) for path in undone.files]}


def probe(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Let the daemon, the model or the reader try to get out, and return what happened."""
    names = asked.get("names") or [found.name for found in seal.PROBES]
    targets = seal.ProbeTargets(**asked.get("targets", {}))
    match asked.get("process", "daemon"):
        case "daemon":
            results = seal.run_probes(names, targets)
        case "model":
            results = daemon.model.probe(names, targets)
        case "reader":
            results = daemon.reader.probe(names, targets)
        case other:
            raise UsageError(f"There is no process {other!r}: say daemon, model or reader.")
    return {"results": [result.to_dict() for result in results]}
