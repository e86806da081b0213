"""How does another model come into use: checked whole, pinned, and remembered in the settings?"""

from collections.abc import Mapping
from typing import Any

from homebody.errors import ModelFileError
from homebody.model.fit import DoesNotFitError, Fitted, in_words, refuse_kv
from homebody.model.kinds import Kind
from homebody.model.pin import Tell, sha256_of
from homebody.model.shelf import Found
from homebody.paths import Home, starter_model
from homebody.quantities import rounded
from homebody.service.choosing import choice_of, choose
from homebody.service.lock import holder
from homebody.service.shelving import beside_here, fitting, fitting_beside, here, named, verdict
from homebody.settings import load_settings

NONE = "none"
"""What stands for no embedding model."""


def use(home: Home, name: str, wishes: Mapping[str, Any], *, force: bool, tell: Tell) -> dict[str, Any]:
    """Take the model *name* into use from the next start on, and return what was found, as JSON can say it.

    *wishes* are other settings, by their names; *tell* hears how much of the file is checked. Raises NoSuchModelError,
    ModelFileError for a file that is not whole or not what its store says, DoesNotFitError unless *force*, and
    SettingsError; then nothing is changed.
    """
    settings = load_settings(home)
    one = named(settings, name)
    info = one.info
    assert info is not None, "what is named is a model"
    given = {key: value for key, value in wishes.items() if value is not None}
    meant = settings.model_copy(update=given)
    refuse_kv(info, choice_of(meant).kv)
    place = here(home, meant.threads)
    found = fitting(info, meant, place)
    word = verdict(found, place)
    if word == "no" and not force:
        raise DoesNotFitError(
            f"The model {info.name} does not fit into this computer: {in_words(found.need, found.layout)}, and it may"
            f" never take more than {rounded(place.memory.usable)}. Nothing was changed.",
            hint=f"`homebody model fit {name}` shows the sum; with --force it is taken all the same.",
        )
    sha256 = _checked(one, tell)
    starter = one.path.resolve() == starter_model().resolve()
    path, pin = (
        (None, None) if starter else (str(one.path), sha256)
    )  # the starter changes with homebody itself
    choose(home, {"model": path, "pin": pin, "overcommit": True if force else None, **given})
    return _used(home, one, sha256, word, found)


def use_for_embeddings(home: Home, name: str, *, force: bool, tell: Tell) -> dict[str, Any]:
    """Take the embedding model *name* into use beside the model that writes, as `use` does; "none" takes none.

    Raises what `use` raises.
    """
    settings = load_settings(home)
    if name == NONE:
        before = settings.embeddings_path()
        choose(home, {"embeddings": None, "embeddings_pin": None, "embeddings_overcommit": None})
        return {"model": None, "before": before and str(before), "settings": str(home.settings),
                "running": holder(home.lock) is not None}  # fmt: skip
    one = named(settings, name, Kind.EMBEDDING)
    info = one.info
    assert info is not None, "what is named is a model"
    place = here(home, settings.threads)
    found, beside = fitting_beside(info, settings, place), beside_here(settings, place)
    word = verdict(found, place, beside.total)
    if word == "no" and not force:
        raise DoesNotFitError(
            f"{info.name} takes {rounded(found.need.total)} and {beside.name} {rounded(beside.total)}, and both may"
            f" never take more than {rounded(place.memory.usable)}. Nothing was changed.",
            hint="Choose a smaller one of the two (`homebody model list`); with --force it is taken all the same.",
        )
    sha256 = _checked(one, tell)
    forced = True if force else None  # of this model alone: the one that writes is refused as before
    choose(home, {"embeddings": str(one.path), "embeddings_pin": sha256, "embeddings_overcommit": forced})
    return {**_used(home, one, sha256, word, found), "beside": {"name": beside.name, "bytes": beside.total}}


def _checked(one: Found, tell: Tell) -> str:
    """Return the SHA-256 of the model's file. Raises ModelFileError when its store knows it by another."""
    sha256 = sha256_of(one.path, tell)
    if one.sha256 is not None and one.sha256 != sha256:
        raise ModelFileError(
            f"The model file {one.path} is damaged: {one.store} calls it {one.sha256[:12]}, and its SHA-256 begins with"
            f" {sha256[:12]}. Nothing was changed.",
            hint=f"Let {one.store} fetch it again.",
        )
    return sha256


def _used(home: Home, one: Found, sha256: str, word: str, found: Fitted) -> dict[str, Any]:
    """Return what was taken into use."""
    info = one.info
    assert info is not None, "what is used is a model"
    return {
        "model": {
            "name": info.name,
            "path": str(one.path),
            "quantization": info.quantization,
            "bytes": one.size,
        },
        "sha256": sha256,
        "settings": str(home.settings),
        "fits": word,
        "fit": found.to_dict(),
        "running": holder(home.lock) is not None,
        "has_chat_template": info.has_chat_template,
    }
