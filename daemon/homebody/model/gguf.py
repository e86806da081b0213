"""What model is in this file?"""

import stat
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from homebody.errors import ModelFileError
from homebody.model.header import Header, read_header
from homebody.model.quantization import name_quantization

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
    kv_token_bytes: int = 0
    """What the keys and values of one token take in 16 bits, over all layers; 0 when the file does not say."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return asdict(self)


def inspect(path: Path) -> ModelInfo:
    """Return what the GGUF file says about itself.

    Raises ModelFileError saying what is wrong: it is missing, cannot be read, is no GGUF, is cut short (and
    by how many bytes), is damaged, or holds no language model.
    """
    try:
        size = _size(path)
        with path.open("rb") as file:
            return _describe(read_header(file, size), path, size)
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


def _describe(header: Header, path: Path, size: int) -> ModelInfo:
    """Return the model that *header* describes. Raises ModelFileError as `inspect` does, the file unnamed."""
    if size < header.complete_size:
        missing = header.complete_size - size
        raise ModelFileError(
            f"is cut short: {size} of {header.complete_size} bytes are there, {missing} missing."
        )
    if _number(header, "split.count") > 1:
        raise ModelFileError(
            "is one piece of a model in several files, and only whole models can be loaded.",
            hint="Join the pieces with `llama-gguf-split --merge` and name the joined file.",
        )
    architecture = _text(header, "general.architecture", "")
    kind = _text(header, "general.type", "model")
    context, layers = (
        _number(header, f"{architecture}.context_length"),
        _number(header, f"{architecture}.block_count"),
    )
    if not architecture or kind != "model" or context < 1 or layers < 1 or not header.tensors:
        raise ModelFileError(f"holds no language model ({kind}, architecture {architecture or 'unknown'}).")
    elements: Counter[int] = Counter()
    for tensor in header.tensors:
        elements[tensor.kind] += tensor.elements
    parameters = sum(elements.values())
    file_type = header.values.get("general.file_type")
    quantization, words = name_quantization(elements, file_type if isinstance(file_type, int) else None)
    weight_bytes = sum(tensor.size for tensor in header.tensors)
    return ModelInfo(
        name=_text(header, "general.name", "") or path.stem,
        architecture=architecture,
        parameters=parameters,
        file_bytes=size,
        quantization=quantization,
        quantization_words=words,
        bits_per_weight=round(8 * weight_bytes / parameters, 2),
        context_length=context,
        layers=layers,
        width=_number(header, f"{architecture}.embedding_length"),
        has_chat_template=bool(header.values.get("tokenizer.chat_template")),
        kv_token_bytes=_kv_token_bytes(header, architecture, layers),
    )


def _kv_token_bytes(header: Header, architecture: str, layers: int) -> int:
    """Return the bytes of one token's keys and values: its heads may be grouped and have lengths of their own.

    (gguf.md in ggml's docs; where attention.head_count_kv is a list, one for each layer, it counts as not grouped.)
    """
    heads = _number(header, f"{architecture}.attention.head_count")
    total = layers * (_number(header, f"{architecture}.attention.head_count_kv") or heads)
    head = _number(header, f"{architecture}.embedding_length") // heads if heads > 0 else 0
    key = _number(header, f"{architecture}.attention.key_length") or head
    value = _number(header, f"{architecture}.attention.value_length") or head
    return max(2 * total * (key + value), 0)


def _number(header: Header, key: str) -> int:
    """Return a whole number of the metadata, 0 when it is not there or is not one."""
    value = header.values.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _text(header: Header, key: str, default: str) -> str:
    """Return a text of the metadata, fit to be shown on a terminal."""
    value = header.values.get(key)
    if not isinstance(value, str):
        return default
    return "".join(character for character in value if character.isprintable())[:200].strip()
