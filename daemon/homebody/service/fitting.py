"""What memory does a model take here, and what would make it fit? What `homebody model fit` shows."""

from typing import Any

from homebody.errors import UsageError
from homebody.model.fit import LEAST_CONTEXT, Fitted, fitted, kept_free, refuse_kv
from homebody.model.gguf import ModelInfo
from homebody.model.machine import repacked_types
from homebody.model.need import KV, kv_bytes
from homebody.model.shelf import Found
from homebody.paths import Home
from homebody.quantities import rounded
from homebody.service.choosing import choice_of
from homebody.service.shelving import Here, beside_here, fitting_beside, here, named_of_any, verdict
from homebody.settings import Settings, load_settings


def fit_facts(home: Home, name: str | None, *, context: int | None, kv: str | None) -> dict[str, Any]:
    """Return the sum for the model *name* (the one in use if None), the verdict, and what helps, as JSON can say it.

    An embedding model is reckoned beside the model that writes. Raises NoSuchModelError, ModelFileError, SettingsError,
    and UsageError for options that only a model that writes has.
    """
    settings = load_settings(home)
    one = named_of_any(settings, name if name is not None else str(settings.model_path()))
    info = one.info
    assert info is not None, "what is named is a model"
    place = here(home, settings.threads)
    if info.pooling:
        return _beside(info, one, settings, place, asked=context is not None or kv is not None)
    choice = choice_of(settings)
    kept: KV = choice.kv if kv is None else "q8_0" if kv == "q8_0" else "f16"
    refuse_kv(info, kept)
    asked = choice.context if context is None else context
    found = fitted(info, place.memory, context=asked, kv=kept, repacked=repacked_types(), own=place.own)
    word = verdict(found, place)
    return _facts(one, info, found, place, word, helps=[] if found.fits else helps(info, found, place))


def _beside(info: ModelInfo, one: Found, settings: Settings, place: Here, *, asked: bool) -> dict[str, Any]:
    """Return the sum of an embedding model, which has to fit beside the one that writes."""
    if asked:
        raise UsageError(
            f"{one.name} makes embeddings: it has no context and no keys and values to choose.",
            hint="`homebody model fit` without --context and --kv shows what it takes.",
        )
    other = beside_here(settings, place)
    found = fitting_beside(info, settings, place)
    missing = rounded(max(0, found.need.total - found.budget))
    cures = [
        f"close programs that hold {missing} together",
        "a smaller one of the two: `homebody model list`",
    ]
    facts = _facts(
        one, info, found, place, verdict(found, place, other.total), helps=[] if found.fits else cures
    )
    return {**facts, "beside": {"name": other.name, "bytes": other.total}}


def _facts(
    one: Found, info: ModelInfo, found: Fitted, place: Here, word: str, *, helps: list[str]
) -> dict[str, Any]:
    """Return the sum as JSON can say it."""
    memory, shape, kept = place.memory, info.shape, found.layout.kv
    return {
        "model": {
            "name": info.name,
            "path": str(one.path),
            "quantization": info.quantization,
            "kv_bytes_per_token": kv_bytes(info, 1, kept),
            "attending": shape.attending,
            "recurrent": shape.recurrent,
            "heads": shape.heads,
            "key_heads": shape.key_heads,
            "window": shape.window,
            "pooling": info.pooling,
        },
        "beside": None,
        **found.to_dict(),
        "verdict": word,
        "own": place.own,
        "memory": {
            "free": memory.free,
            "usable": memory.usable,
            "kept": kept_free(memory),
            "gpu": memory.gpu,
        },
        "helps": helps,
    }


def helps(info: ModelInfo, found: Fitted, place: Here) -> list[str]:
    """Return in words what would make the model fit, what is nearest first."""
    missing = found.need.total - found.budget
    words = []
    if found.need.total <= place.memory.usable - kept_free(place.memory):
        words.append(f"close programs that hold {rounded(missing)} together")
    saved = found.need.keys_and_values - kv_bytes(
        info, found.need.keys_and_values // max(1, kv_bytes(info, 1)), "q8_0"
    )
    if found.layout.kv == "f16" and saved >= missing and not info.shape.head_length % 32:
        words.append(f"`--kv q8_0`: keys and values in 8 bits save {rounded(saved)}")
    if found.layout.context > 512 and found.layout.context <= LEAST_CONTEXT:
        smaller = fitted(
            info, place.memory, context=1024, kv=found.layout.kv, repacked=repacked_types(), own=place.own
        )
        if smaller.fits:
            words.append("`--context 1024`, for short texts only")
    room = found.budget - (found.need.total - found.need.weights - found.need.repacked)
    if room > 0:
        bits = 8 * room / info.parameters
        words.append(
            f"a file of the same model of at most {rounded(room)}: {bits:.1f} bits a weight or fewer"
        )
    return [*words, "a smaller model: `homebody model list`, `homebody model suggest`"]
