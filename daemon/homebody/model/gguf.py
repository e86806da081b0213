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
from homebody.model.kinds import WHY, Kind, kind_of
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

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


def inspect(path: Path) -> ModelInfo:
    """Return what the GGUF file says about itself.

    Raises ModelFileError saying what is wrong: it is missing, cannot be read, is no GGUF, is cut short (and
    by how many bytes), is damaged, or holds no language model.
    """
    with opened(path) as (file, size):
        return described(read_header(file, size), path, size)


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


def described(header: Header, path: Path, size: int) -> ModelInfo:
    """Return the model that *header* describes. Raises ModelFileError as `inspect` does, the file unnamed."""
    if size < header.complete_size:
        missing = header.complete_size - size
        raise ModelFileError(
            f"is cut short: {size} of {header.complete_size} bytes are there, {missing} missing."
        )
    architecture, kind = header.text("general.architecture"), kind_of(header)
    if kind is not Kind.MODEL:
        said = header.text("general.type") or "model"
        raise ModelFileError(
            WHY.get(kind, f"holds no language model ({said}, architecture {architecture or 'unknown'})."),
            hint="Join the pieces with `llama-gguf-split --merge` and name the joined file."
            if kind is Kind.PIECE
            else None,
        )
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
    )
