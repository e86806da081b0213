"""What model is in this file?"""

import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from homebody.errors import ModelFileError
from homebody.model.header import Header, read_header
from homebody.model.kinds import HINTS, OTHERS, POOLINGS, WHY, Kind, kind_of, pooling_of, reads_on
from homebody.model.quantization import name_quantization
from homebody.model.shape import Shape, shape_of

HINT = "Copy or download the model again, or name another one in `settings.yaml` (`model:`)."


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What a GGUF file says about the model in it."""

    name: str
    architecture: str
    parameters: int
    file_bytes: int
    quantization: str
    quantization_words: str
    bits_per_weight: float
    context_length: int
    layers: int
    width: int
    has_chat_template: bool
    shape: Shape = field(default_factory=Shape)
    pooling: str = ""
    """How an embedding model makes one vector of a text; nothing for one that writes."""
    reads_on: bool = True
    """Whether it looks only at what came before, as every model does that writes."""

    @property
    def ends(self) -> bool:
        """Return whether the last token of a text stands for all of it, so that only that one needs an end."""
        return self.reads_on and self.pooling == POOLINGS[3]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


def inspect(path: Path, kind: Kind = Kind.MODEL) -> ModelInfo:
    """Return what the GGUF file says about the model in it, which is to be of this *kind*: one that writes, or embeds.

    Raises ModelFileError saying what is wrong: it is missing, cannot be read, is no GGUF, is cut short (and
    by how many bytes), is damaged, or holds no such model.
    """
    with opened(path) as (file, size):
        return described(read_header(file, size), path, size, kind)


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Give the file at *path* and its size; what goes wrong within is raised as ModelFileError with the file's name."""
    try:
        size = _size(path)
        with path.open("rb") as file:
            yield file, size
    except FileNotFoundError as error:
        raise ModelFileError(f"The model file {path} is not there.", hint=HINT) from error
    except OSError as error:
        raise ModelFileError(f"The model file {path} cannot be read: {error.strerror}.", hint=HINT) from error
    except ModelFileError as error:
        raise ModelFileError(f"The model file {path} {error}", hint=error.hint or HINT) from error


def _size(path: Path) -> int:
    """Return the size of the file. Raises ModelFileError when *path* is a folder, a pipe or a device."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ModelFileError("is not a file.")
    return status.st_size


def described(header: Header, path: Path, size: int, wanted: Kind = Kind.MODEL) -> ModelInfo:
    """Return the model that *header* describes. Raises ModelFileError as `inspect` does, the file unnamed."""
    if size < header.complete_size:
        missing = header.complete_size - size
        raise ModelFileError(
            f"is cut short: {size} of {header.complete_size} bytes are there, {missing} missing."
        )
    architecture = header.text("general.architecture")
    _refuse_other(header, wanted)
    embeds = wanted is Kind.EMBEDDING
    elements: Counter[int] = Counter()
    for tensor in header.tensors:
        elements[tensor.kind] += tensor.elements
    parameters = sum(elements.values())
    file_type = header.values.get("general.file_type")
    quantization, words = name_quantization(elements, file_type if isinstance(file_type, int) else None)
    weight_bytes = sum(tensor.size for tensor in header.tensors)
    return ModelInfo(
        name=header.text("general.name") or path.stem,
        architecture=architecture,
        parameters=parameters,
        file_bytes=size,
        quantization=quantization,
        quantization_words=words,
        bits_per_weight=round(8 * weight_bytes / parameters, 2),
        context_length=header.number(f"{architecture}.context_length"),
        layers=header.number(f"{architecture}.block_count"),
        width=header.number(f"{architecture}.embedding_length"),
        has_chat_template=bool(header.values.get("tokenizer.chat_template")),
        shape=shape_of(header),
        pooling=pooling_of(header) if embeds else "",
        reads_on=reads_on(header) if embeds else True,
    )


def _refuse_other(header: Header, wanted: Kind) -> None:
    """Raise ModelFileError when *header* is of a model, or of something else, that is not *wanted*."""
    kind = kind_of(header)
    if kind is wanted:
        return
    if kind is Kind.MODEL:
        raise ModelFileError(
            "is a model that writes, and makes no embeddings: no pooling is named in it.",
            hint=OTHERS,
        )
    said = header.text("general.type") or "model"
    architecture = header.text("general.architecture") or "unknown"
    raise ModelFileError(
        WHY.get(kind, f"holds no language model ({said}, architecture {architecture})."),
        hint=HINTS.get(kind),
    )
