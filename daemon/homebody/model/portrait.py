"""What does a GGUF file hold, tensor by tensor and word by word? More than is needed to load it."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homebody.model.gguf import ModelInfo, described, opened
from homebody.model.header import Header, Tensor, read_header, texts_of
from homebody.model.kinds import Kind, kind_of
from homebody.model.quantization import TYPES

SPECIAL = {
    "bos": "begins a text",
    "eos": "ends a text",
    "eot": "ends a turn",
    "eom": "ends a message",
    "unknown": "stands for what is not known",
    "seperator": "stands between texts",  # spelt so in llama.cpp
    "padding": "fills up",
}
"""The special tokens that a file can name (``tokenizer.ggml.eos_token_id``), and what each is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What is in a file: the model, its tensors by type and by role, and what its maker says of it."""

    info: ModelInfo
    version: int
    types: tuple[dict[str, Any], ...]
    """Each type with its words, tensors, weights, bytes, and bits a weight; the largest first."""
    roles: tuple[dict[str, Any], ...]
    """Each role (``attn_v``) with the types that its tensors have, and in which layers."""
    tokenizer: str
    special: dict[str, dict[str, Any]]
    template: str
    said: dict[str, str]
    """What the maker says: licence, author, base model."""
    rope_scaling: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return {
            "info": self.info.to_dict(),
            "version": self.version,
            "types": list(self.types),
            "roles": list(self.roles),
            "tokenizer": self.tokenizer,
            "special": self.special,
            "template": self.template,
            "said": self.said,
            "rope_scaling": self.rope_scaling,
        }


def portrait(path: Path) -> Portrait:
    """Return what the file at *path* holds, a model that writes or one that embeds.

    Raises ModelFileError as `gguf.inspect` does.
    """
    with opened(path) as (file, size):
        header = read_header(file, size)
        embeds = kind_of(header) is Kind.EMBEDDING
        info = described(header, path, size, Kind.EMBEDDING if embeds else Kind.MODEL)
        tokens = header.arrays.get("tokenizer.ggml.tokens")
        ids = {kind: header.number(f"tokenizer.ggml.{kind}_token_id") for kind in SPECIAL
               if f"tokenizer.ggml.{kind}_token_id" in header.values}  # fmt: skip
        texts = {} if tokens is None else texts_of(file, size, tokens, set(ids.values()))
    keys = {"licence": "license", "licence's name": "license.name", "by": "author", "organization": "organization",
            "size": "size_label", "quantized by": "quantized_by", "from": "base_model.0.name"}  # fmt: skip
    said = {words: header.text(f"general.{key}") for words, key in keys.items()}
    return Portrait(
        info=info,
        version=header.version,
        types=_types(header),
        roles=_roles(header),
        tokenizer=header.text("tokenizer.ggml.model"),
        special={kind: {"id": number, "text": _shown(texts.get(number, ""))} for kind, number in ids.items()},
        template=header.text("tokenizer.chat_template", 100_000),
        said={words: text for words, text in said.items() if text},
        rope_scaling=header.text(f"{info.architecture}.rope.scaling.type"),
    )


def _shown(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:60]


def _types(header: Header) -> tuple[dict[str, Any], ...]:
    """Return what each type of weights holds."""
    found: dict[int, list[Tensor]] = defaultdict(list)
    for tensor in header.tensors:
        found[tensor.kind].append(tensor)
    rows = []
    for kind, tensors in found.items():
        weights, size = sum(one.elements for one in tensors), sum(one.size for one in tensors)
        rows.append({
            "type": TYPES[kind].name, "words": TYPES[kind].words, "tensors": len(tensors), "weights": weights,
            "bytes": size, "bits_per_weight": round(8 * size / weights, 2),
        })  # fmt: skip
    return tuple(sorted(rows, key=lambda row: -row["bytes"]))


def _roles(header: Header) -> tuple[dict[str, Any], ...]:
    """Return, for each role of a matrix, which types it is stored in and how many layers have each."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for tensor in header.tensors:
        words = tensor.name.removesuffix(".weight").split(".")
        layer = int(words[1]) if len(words) > 2 and words[0] == "blk" and words[1].isdecimal() else -1
        if len(tensor.dimensions) > 1:
            role = ".".join(words[2:] if layer >= 0 else words)
            found[role][TYPES[tensor.kind].name].append(layer)
    return tuple(
        {"role": role, "types": {kind: sorted(layers) for kind, layers in kinds.items()}}
        for role, kinds in found.items()
    )
