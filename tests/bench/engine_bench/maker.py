"""The model that is measured: 1.2 billion random weights, shaped as Llama, quantized as llama.cpp's Q4_K_M."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType

from engine_bench.vocabulary import Vocabulary, widened
from engine_bench.weights import BLOCK, Q4_BYTES, Q6_BYTES, Blocks, q4_k, q6_k

CACHE = "homebody-bench"
VERSION = 1
"""To be counted up when the same parameters give another file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The parameters that make a file; the same ones give the same bytes."""

    layers: int = 16
    width: int = 2048
    heads: int = 32
    kv_heads: int = 8
    hidden: int = 8192
    vocabulary: int = 64_000
    context: int = 4096
    seed: int = 0

    @property
    def parameters(self) -> int:
        """Return how many weights the matrices have."""
        return sum(rows * columns for _, rows, columns, _ in matrices(self))


def cache_folder() -> Path:
    """Return the folder under the system's temporary one that several calls of the benchmark share."""
    folder = Path(tempfile.gettempdir()) / CACHE
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def model_file(shape: Shape) -> Path:
    """Return the file of *shape*, made now if it is not there yet."""
    key = hashlib.sha256(json.dumps([VERSION, asdict(shape)]).encode()).hexdigest()[:16]
    path = cache_folder() / f"random-{key}.gguf"
    if not path.exists():
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        try:
            write(unfinished, shape)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return path


def matrices(shape: Shape) -> Iterator[tuple[str, int, int, bool]]:
    """Give each matrix in the file's order: its name, rows and columns, and whether it is in Q6_K.

    As llama-quant.cpp mixes Q4_K_M: the output, and half of `attn_v` and `ffn_down`, in six bits.
    """
    small = shape.width * shape.kv_heads // shape.heads
    yield "token_embd", shape.vocabulary, shape.width, False
    yield "output", shape.vocabulary, shape.width, True
    for layer in range(shape.layers):
        better = more_bits(layer, shape.layers)
        block = f"blk.{layer}"
        yield f"{block}.attn_q", shape.width, shape.width, False
        yield f"{block}.attn_k", small, shape.width, False
        yield f"{block}.attn_v", small, shape.width, better
        yield f"{block}.attn_output", shape.width, shape.width, False
        yield f"{block}.ffn_gate", shape.hidden, shape.width, False
        yield f"{block}.ffn_up", shape.hidden, shape.width, False
        yield f"{block}.ffn_down", shape.width, shape.hidden, better


def more_bits(layer: int, layers: int) -> bool:
    """Return whether a layer is one of those with more bits: the first and last eighth, and each third between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def write(path: Path, shape: Shape) -> None:
    """Write the model to *path*, one matrix after the other, so that little memory is needed."""
    writer = GGUFWriter(path, "llama")
    _describe(writer, shape, widened(shape.vocabulary, shape.seed))
    ones = np.ones(shape.width, dtype=np.float32)
    norms = ["output_norm"] + [
        f"blk.{n}.{kind}" for n in range(shape.layers) for kind in ("attn_norm", "ffn_norm")
    ]
    for name in norms:
        writer.add_tensor_info(f"{name}.weight", ones.shape, ones.dtype, ones.nbytes)
    for name, rows, columns, better in matrices(shape):
        row = columns // BLOCK * (Q6_BYTES if better else Q4_BYTES)
        kind = GGMLQuantizationType.Q6_K if better else GGMLQuantizationType.Q4_K
        writer.add_tensor_info(f"{name}.weight", (rows, row), np.dtype(np.uint8), rows * row, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for _ in norms:
        writer.write_tensor_data(ones)
    for number, (_, rows, columns, better) in enumerate(matrices(shape)):
        writer.write_tensor_data(matrix(shape.seed, number, rows, columns, better=better))
    writer.close()


def matrix(seed: int, number: int, rows: int, columns: int, *, better: bool) -> Blocks:
    """Return the blocks of one matrix, which do not depend on those of the others."""
    random = np.random.default_rng([seed, number])
    return q6_k(random, rows, columns) if better else q4_k(random, rows, columns)


def _describe(writer: GGUFWriter, shape: Shape, vocabulary: Vocabulary) -> None:
    """Write what is not a weight."""
    writer.add_name("Random")
    writer.add_file_type(int(LlamaFileType.MOSTLY_Q4_K_M))
    writer.add_quantization_version(2)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(len(vocabulary.pieces))
    _add_tokenizer(writer, vocabulary.fields)
    writer.add_token_list([piece.encode() for piece in vocabulary.pieces])
    writer.add_token_scores(vocabulary.scores)
    writer.add_token_types(vocabulary.kinds)


def _add_tokenizer(writer: GGUFWriter, fields: dict[str, Any]) -> None:
    """Write the starter's own words about its tokenizer."""
    for name, value in fields.items():
        if isinstance(value, bool):
            writer.add_bool(name, value)
        elif isinstance(value, int):
            writer.add_uint32(name, value)
        else:
            writer.add_string(name, str(value))
