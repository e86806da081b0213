"""Can the model be loaded: is its file there, whole, and small enough?"""

from collections.abc import Iterator
from pathlib import Path

from homebody.doctor.finding import Finding, right, wrong
from homebody.doctor.memory import fits
from homebody.errors import HomebodyError
from homebody.model.computer import Memory
from homebody.model.gguf import inspect
from homebody.model.kinds import Kind
from homebody.paths import Home
from homebody.quantities import rounded
from homebody.service.choosing import choice_of
from homebody.settings import load_settings


def model(home: Home, found: Memory | None, *, loaded: bool) -> Iterator[Finding]:
    """Yield what is wrong with the settings, the model file that they name, and the room for it."""
    try:
        settings = load_settings(home)
    except HomebodyError as error:
        yield wrong("settings", str(error), error.hint or f"Correct {home.settings}, or move it away.")
        return
    try:
        info = inspect(settings.model_path())
    except HomebodyError as error:
        yield wrong("model", str(error), error.hint or "Name another model in settings.yaml.")
        return
    yield right("model", f"the model {info.name}: {info.quantization}, {rounded(info.file_bytes)}")
    yield from fits(info, choice_of(settings), found, loaded=loaded)
    yield from embedding_model(settings.embeddings_path())


def embedding_model(path: Path | None) -> Iterator[Finding]:
    """Yield what is wrong with the embedding model's file, where a person has chosen one."""
    if path is None:
        return
    try:
        info = inspect(path, Kind.EMBEDDING)
    except HomebodyError as error:
        cure = "Choose another with `homebody model use NAME --for embeddings`, or none with NAME `none`."
        yield wrong("embeddings", str(error), cure)
        return
    yield right("embeddings", f"for embeddings {info.name}: {info.quantization}, {rounded(info.file_bytes)}")
