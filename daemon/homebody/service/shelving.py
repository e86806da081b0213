"""Which models are on this computer, does each fit, and how fast would it write? What `homebody model` shows."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homebody.errors import HomebodyError, ModelFileError, UsageError
from homebody.model.computer import Memory, memory_here
from homebody.model.embedding_fit import Beside, fitted_beside
from homebody.model.fit import Fitted, fitted, kept_free
from homebody.model.gguf import ModelInfo, inspect
from homebody.model.kinds import Kind
from homebody.model.machine import repacked_types
from homebody.model.memory import measured_here
from homebody.model.shelf import Found, Shelf, look
from homebody.model.speed import expected, reached, tokens_a_second
from homebody.model.stores import Store, stores
from homebody.paths import Home, starter_model
from homebody.service.choosing import choice_of
from homebody.service.control import request
from homebody.service.measuring import memory
from homebody.settings import Settings, load_settings

STARTER = "starter"

SMALL = 64_000_000
"""How fast a smaller model is hangs on other things than the speed of the memory."""


class NoSuchModelError(UsageError):
    """No model of that name is on this computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What matters about this computer: memory, what our own loaded model holds, how fast weights are read."""

    memory: Memory
    own: int
    weights_a_second: float
    measured: bool
    """Whether that was measured with models that wrote, not only with the memory itself."""


def shelf_here(settings: Settings) -> Shelf:
    """Return what lies in the stores of this computer, the starter first."""
    mac = str(sys.platform) == "darwin"  # as a plain string: else a type checker leaves one half out
    places = stores(os.environ, Path.home(), mac=mac, own=settings.model_folders)
    found = look([Store(name="homebody", root=starter_model().parent), *places])
    starter = [one if one.path != starter_model() else _starter(one) for one in found.found]
    return Shelf(found=tuple(starter), strayed=found.strayed)


def _starter(one: Found) -> Found:
    return Found(path=one.path, store=one.store, name=STARTER, size=one.size, what=one.what, info=one.info,
                 problem=one.problem)  # fmt: skip


def here(home: Home, threads: int) -> Here:
    """Return what matters about this computer; its memory's speed is measured if no model's ever was."""
    status = _status(home)
    pid = None if status is None else int(status["pid"])
    known, memory_ = reached(measured_here(memory(home))), memory_here(pid)
    return Here(
        memory=memory_,
        own=_own(status),
        weights_a_second=known or expected(threads or len(_processors()), gpu=memory_.gpu is not None),
        measured=known is not None,
    )


def _processors() -> set[int]:
    asked = getattr(os, "sched_getaffinity", None)
    return set(asked(0)) if asked else set(range(os.cpu_count() or 1))


def _status(home: Home) -> dict[str, Any] | None:
    """Return the status of the running daemon, None when none answers."""
    try:
        found: dict[str, Any] = request(home.socket, "GET", "/v1/status")
    except HomebodyError:
        return None
    return found


def _own(status: dict[str, Any] | None) -> int:
    """Return what the daemon's loaded model holds beside the pages of its file, which count as free anyway."""
    if status is None or status["model"]["state"] != "ready":
        return 0
    model = status["model"]
    return max(0, int(model["memory_bytes"]) - int(model["info"]["file_bytes"]))


def fitting(info: ModelInfo, settings: Settings, place: Here, context: int | None = None) -> Fitted:
    """Return how the model would be laid out here, with the *context* of the settings if none is given."""
    choice = choice_of(settings)
    asked = choice.context if context is None else context
    return fitted(info, place.memory, context=asked, kv=choice.kv, repacked=repacked_types(), own=place.own)


def verdict(found: Fitted, place: Here, beside: int = 0) -> str:
    """Return in a word whether it fits: "yes", "smaller" (see `Fitted.shrunk`), "not now", "no".

    *beside* is what another model takes beside it.
    """
    if found.fits:
        return "smaller" if found.shrunk else "yes"
    never = found.need.total + beside > place.memory.usable - kept_free(place.memory)
    return "no" if never else "not now"


def listed(home: Home) -> dict[str, Any]:
    """Return what is on the shelf as JSON can say it: ``models``, ``others`` and what the figures rest on."""
    settings = load_settings(home)
    shelf = shelf_here(settings)
    place = here(home, settings.threads)
    used = settings.model_path().resolve()
    models = [
        _row(one, settings, place, used=one.path.resolve() == used) for one in shelf.found if one.usable
    ]
    others = [
        {"name": one.name, "store": one.store, "path": str(one.path), "bytes": one.size, "what": one.what,
         "pieces": one.pieces, "problem": one.problem or None}
        for one in shelf.found if one.info is None
    ]  # fmt: skip
    embeddings = [_embedding_row(one, settings, place) for one in shelf.found if one.embeds]
    return {
        "models": models,
        "embeddings": embeddings,
        "others": others,
        "strayed": shelf.strayed,
        "weights_bytes_per_second": round(place.weights_a_second),
        "measured_with_models": place.measured,
        "memory": {"free": place.memory.free, "usable": place.memory.usable},
    }


def _file(one: Found, *, used: bool) -> dict[str, Any]:
    """Return what a row says of the file itself, whatever the model is for."""
    return {
        "name": one.name,
        "store": one.store,
        "path": str(one.path),
        "also": list(one.also),
        "in_use": used,
        "bytes": one.size,
    }


def _row(one: Found, settings: Settings, place: Here, *, used: bool) -> dict[str, Any]:
    info = one.info
    assert info is not None, "only models have rows"
    found = fitting(info, settings, place)
    return {
        **_file(one, used=used),
        "parameters": info.parameters,
        "quantization": info.quantization,
        "bits_per_weight": info.bits_per_weight,
        "context_length": info.context_length,
        "architecture": info.architecture,
        "fits": verdict(found, place),
        "need_bytes": found.need.total,
        "tokens_per_second": None
        if one.size < SMALL
        else round(tokens_a_second(info, place.weights_a_second, settings.kv), 1),
    }


def _embedding_row(one: Found, settings: Settings, place: Here) -> dict[str, Any]:
    info, used = one.info, settings.embeddings_path()
    assert info is not None, "only models have rows"
    found = fitting_beside(info, settings, place)
    return {
        **_file(one, used=used is not None and one.path.resolve() == used.resolve()),
        "parameters": info.parameters,
        "quantization": info.quantization,
        "context_length": info.context_length,
        "architecture": info.architecture,
        "pooling": info.pooling,
        "width": info.width,
        "fits": verdict(found, place, beside_here(settings, place).total),
        "need_bytes": found.need.total,
        "tokens_per_second": None,
    }


def beside_here(settings: Settings, place: Here) -> Beside:
    """Return what the model that writes takes here, which an embedding model has to fit beside."""
    try:
        info = inspect(settings.model_path())
    except ModelFileError:
        return Beside()
    return Beside(name=info.name, total=fitting(info, settings, place).need.total, own=place.own)


def fitting_beside(info: ModelInfo, settings: Settings, place: Here) -> Fitted:
    """Return how an embedding model would be laid out here, beside the one that writes."""
    return fitted_beside(info, place.memory, beside_here(settings, place), repacked_types())


def named(settings: Settings, name: str, kind: Kind = Kind.MODEL) -> Found:
    """Return the model of that name on the shelf, or in the file of that path; a part of a name will do if it is one's.

    It is of this *kind*. Raises NoSuchModelError saying what there is, and ModelFileError for a file that is no such
    whole model.
    """
    path = Path(name).expanduser()
    if os.sep in name or path.is_file():
        path = path.absolute()
        return Found(path=path, store="", name=path.stem, size=_size(path), what=kind.value,
                     info=inspect(path, kind))  # fmt: skip
    shelf = shelf_here(settings).found
    models = [one for one in shelf if one.is_a(kind) or one.problem]
    close = _called(models, name) or _called(shelf, name)[:1]  # of another kind: looking at it says so
    if len(close) == 1:
        inspect(close[0].path, kind)
        return close[0]
    if close:
        several = ", ".join(sorted(f"{one.name} ({one.path})" for one in close)[:8])
        raise NoSuchModelError(f"{name} could be several models: {several}.",
                               hint="Name one of them whole, or by its path.")  # fmt: skip
    there = ", ".join(one.name for one in models if one.is_a(kind)) or "none"
    called = "model" if kind is Kind.MODEL else kind.value
    raise NoSuchModelError(f"No {called} on this computer is called {name}; there are {there}.",
                           hint="`homebody model list` shows them; a path to a GGUF file will do, too.")  # fmt: skip


def named_of_any(settings: Settings, name: str) -> Found:
    """Return the model of that name, one that writes or one that embeds. Raises as `named` does."""
    try:
        return named(settings, name)
    except ModelFileError:
        return named(settings, name, Kind.EMBEDDING)


def _called(models: Sequence[Found], name: str) -> list[Found]:
    """Return those that are called so, or else those whose name has this in it."""
    wanted = name.casefold()
    exact = [one for one in models if wanted in (one.name.casefold(), one.path.name.casefold())]
    return exact or [one for one in models if wanted in one.name.casefold()]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
