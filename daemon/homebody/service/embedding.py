"""Which second model makes embeddings for scripts, what stands beside it, and when does it give its memory back?"""

from collections.abc import Callable
from typing import Any

from homebody.clock import Clock
from homebody.errors import ModelError
from homebody.logs import get_log
from homebody.model.choice import Choice
from homebody.model.client import ModelClient
from homebody.model.computer import memory_here, peak_of
from homebody.model.embedding import EmbeddingClient
from homebody.model.embedding_fit import Beside
from homebody.model.fit import fitted
from homebody.model.gguf import inspect
from homebody.model.machine import repacked_types
from homebody.paths import Home
from homebody.service.choosing import choice_of
from homebody.settings import Settings

REST_SECONDS = 300.0
"""After so long without a request the embedding model gives its memory back: the chores have no use for it."""


def embedder_of(home: Home, settings: Settings, model: ModelClient, clock: Clock) -> EmbeddingClient | None:
    """Return the embedding model that a person has chosen, None where there is none; nothing is started."""
    path = settings.embeddings_path()
    if path is None:
        return None
    choice = Choice(threads=settings.threads, gpu_layers=settings.gpu_layers, pin=settings.embeddings_pin,
                    force=settings.embeddings_overcommit)  # fmt: skip
    return EmbeddingClient(path, clock=clock, choice=choice, beside=beside(settings, model),
                           memory=home.state / "models.json")  # fmt: skip


def beside(settings: Settings, model: ModelClient) -> Callable[[], Beside]:
    """Return what tells how much memory the model that writes takes, loaded or not: it may be loaded at any time."""

    def told() -> Beside:
        ready = model.ready
        if ready is not None and ready.fitted is not None:
            own = max(0, ready.memory_bytes - ready.info.file_bytes)
            return Beside(name=ready.info.name, total=ready.fitted.need.total, own=own)
        choice = choice_of(settings)
        try:
            info = inspect(settings.model_path())
        except ModelError:
            return Beside()
        found = fitted(info, memory_here(), context=choice.context, kv=choice.kv, repacked=repacked_types())
        return Beside(name=info.name, total=found.need.total)

    return told


def rest(embedder: EmbeddingClient) -> None:
    """Unload the embedding model if nobody asked it for long enough."""
    if embedder.rest(REST_SECONDS):
        get_log().info("embedding model unloaded")


def embeddings_status(embedder: EmbeddingClient | None) -> dict[str, Any] | None:
    """Return the embedding model and where its process stands, None where there is none."""
    if embedder is None:
        return None
    embedder.notice()
    standing, ready = embedder.standing, embedder.ready
    told = {
        "name": embedder.name,
        "state": standing.state.value,
        "reason": standing.reason,
        "deaths": len(standing.deaths),
    }
    if ready is None:
        return {**told, "pid": None, "seal": None}
    return {
        **told,
        "info": ready.info.to_dict(),
        "sha256": ready.sha256,
        "longest_text": ready.context,
        "memory_bytes": ready.memory_bytes,
        "peak_bytes": peak_of(ready.pid) or ready.memory_bytes,
        "fit": None if ready.fitted is None else ready.fitted.to_dict(),
        "load_seconds": ready.load_seconds,
        "settings": dict(ready.settings),
        "pid": ready.pid,
        "seal": dict(ready.seal),
    }
