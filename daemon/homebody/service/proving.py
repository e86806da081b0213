"""How can a person see that the seal holds: the daemon, the model and the reader try to get out themselves."""

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from homebody import seal
from homebody.documents.lacking import Lacking
from homebody.documents.pictures.reader import PictureReader
from homebody.documents.speech.reader import SpeechReader
from homebody.errors import HomebodyError, UsageError
from homebody.model.embedding import EmbeddingClient
from homebody.service.control import Route
from homebody.service.daemon import Daemon

PROCESSES = ("daemon", "model", "reader", "pictures", "speech", "embeddings")
TURN_SECONDS = 30.0
LONGEST_PATH = 4096

ONE_AT_A_TIME = threading.Lock()
"""Held while a process tries to get out: two who ask at once would double the children that the tries start."""


def proving_routes(daemon: Callable[[], Daemon]) -> dict[tuple[str, str], Route]:
    """Return the routes; *daemon* gives the daemon at the time of the request."""
    return {
        ("POST", "/v1/probe"): lambda asked: probe(daemon(), asked),
        ("GET", "/v1/descriptors"): lambda asked: descriptors(daemon(), asked),
    }


def probe(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Let the ``process`` try the probes ``names``, or all, on ``targets``, and return what happened.

    Raises UsageError for a target in a folder that a recipe or homebody itself uses: there a try would be
    allowed, and would touch a person's files.
    """
    process = which(asked)
    names = list(dict.fromkeys(asked.get("names") or [found.name for found in seal.PROBES]))
    targets = checked(asked.get("targets") or {}, used_folders(daemon))
    if not ONE_AT_A_TIME.acquire(timeout=TURN_SECONDS):
        raise HomebodyError(
            "Somebody else has homebody try to get out just now.", hint="Ask again in a moment."
        )
    try:
        match process:
            case "daemon":
                results = seal.run_probes(names, targets)
            case "model":
                results = daemon.model.probe(names, targets)
            case "embeddings":
                results = embedder_of(daemon).probe(names, targets)
            case "pictures":
                results = pictures_of(daemon).probe(names, targets)
            case "speech":
                results = speech_of(daemon).probe(names, targets)
            case _:
                results = daemon.reader.plain.probe(names, targets)
    finally:
        ONE_AT_A_TIME.release()
    return {"results": [result.to_dict() for result in results]}


def descriptors(daemon: Daemon, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the ``process`` holds open by its own account."""
    match which(asked):
        case "daemon":
            found = seal.own_descriptors(daemon.home.socket)
        case "model":
            found = daemon.model.descriptors()
        case "embeddings":
            found = embedder_of(daemon).descriptors()
        case "pictures":
            found = pictures_of(daemon).descriptors()
        case "speech":
            found = speech_of(daemon).descriptors()
        case _:
            found = daemon.reader.plain.descriptors()
    return {"descriptors": [one.to_dict() for one in found]}


def pictures_of(daemon: Daemon) -> PictureReader:
    """Return the reader of pictures. Raises UsageError where there is none."""
    if isinstance(daemon.reader.pictures, Lacking):
        raise UsageError(f"Pictures are not read here: {daemon.reader.pictures}.")
    return daemon.reader.pictures


def speech_of(daemon: Daemon) -> SpeechReader:
    """Return the reader of recordings. Raises UsageError where there is none."""
    if isinstance(daemon.reader.speech, Lacking):
        raise UsageError(f"Recordings are not heard here: {daemon.reader.speech}.")
    return daemon.reader.speech


def embedder_of(daemon: Daemon) -> EmbeddingClient:
    """Return the embedding model. Raises UsageError where there is none."""
    if daemon.embedder is None:
        raise UsageError("There is no embedding model here.")
    return daemon.embedder


def which(asked: Mapping[str, Any]) -> str:
    """Return the process that is asked for. Raises UsageError."""
    process = asked.get("process", "daemon")
    if process not in PROCESSES:
        raise UsageError(f"There is no process {process!r}: say {', '.join(PROCESSES)}.")
    return str(process)


def used_folders(daemon: Daemon) -> list[Path]:
    """Return the folders that the seal lets the daemon use, but for those of Python itself."""
    recipes = [recipe.permissions() for recipe in daemon.recipes.values()]
    ours = [daemon.home.config, daemon.home.state]
    return [*ours, *(folder for one in recipes for folder in (*one.reads, *one.writes))]


def checked(targets: Mapping[str, Any], used: Iterable[Path]) -> seal.ProbeTargets:
    """Return the targets of a request. Raises UsageError for ones of the wrong kind, or in a folder of *used*."""
    numbers = ("tcp_port", "udp_port", "victim")
    for name, value in targets.items():
        fits = type(value) is int and value > 0 if name in numbers else is_path(value)
        if value is not None and not fits:
            raise UsageError(f"The target {name} cannot be aimed at.")
    made = seal.ProbeTargets(**targets)
    if made.outside is not None:
        refuse_used(Path(made.outside), used)
    return made


def is_path(value: object) -> bool:
    """Return whether *value* can be the name of something on this computer."""
    return isinstance(value, str) and "\0" not in value and 0 < len(value) < LONGEST_PATH


def refuse_used(outside: Path, used: Iterable[Path]) -> None:
    """Raise UsageError when the folder *outside* is one of *used*, or lies in one."""
    try:
        real = outside.resolve()
        inside = any(folder == real or folder in real.parents for folder in (one.resolve() for one in used))
    except (OSError, RuntimeError) as error:
        raise UsageError("The folder to aim at leads nowhere.") from error
    if inside or not real.is_absolute() or not outside.is_absolute():
        raise UsageError(
            "The folder to aim at is one that homebody may use: what is tried there shows nothing.",
            hint="Name a folder that no recipe names.",
        )
