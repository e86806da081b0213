"""Models of many shapes with random weights, written fast: what they take in memory is real, what they say is not."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

KINDS = gguf.GGMLQuantizationType


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a model is made of; *window* and *recurrent* make others of its layers than whole attention."""

    layers: int = 6
    width: int = 512
    heads: int = 8
    kv_heads: int = 8
    hidden: int = 1536
    vocabulary: int = 8000
    context: int = 8192
    tied: bool = False
    kind: gguf.GGMLQuantizationType = KINDS.Q8_0
    architecture: str = "llama"
    head_length: int | None = None
    window: int = 0
    experts: int = 0
    used: int = 0
    conv: int = 0
    """Of LFM2: how far its short convolutions look; every other layer is one."""
    pooling: gguf.PoolingType | None = None
    """Of an embedding model: which of its numbers stand for a text."""

    @property
    def head(self) -> int:
        """Return the numbers of one head's key."""
        return self.head_length or self.width // self.heads

    def attends(self, layer: int) -> bool:
        """Return whether a layer is one of attention."""
        return not self.conv or layer % 2 == 1


def write_shaped(path: Path, shape: Shape, seed: int = 0) -> Path:
    """Write a model of *shape* to *path* and return it."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, shape.architecture)
    writer.add_name("Shaped")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    kv_heads = [shape.kv_heads if shape.attends(layer) else 0 for layer in range(shape.layers)]
    writer.add_head_count_kv(kv_heads if shape.conv else shape.kv_heads)
    if shape.conv:
        writer.add_shortconv_l_cache(shape.conv)
    if shape.experts:
        writer.add_expert_count(shape.experts)
        writer.add_expert_used_count(shape.used)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.head)
    if shape.window:
        writer.add_sliding_window(shape.window)
    if shape.pooling is not None:
        writer.add_pooling_type(shape.pooling)
    _add_tokenizer(writer, shape.vocabulary)
    for name, rows, columns in _matrices(shape):
        raw = _blocks(random, rows, columns, shape.kind)
        if name.endswith("_exps"):
            raw = np.stack([raw] * shape.experts)
        writer.add_tensor(f"{name}.weight", raw, raw_dtype=shape.kind)
    for layer in range(shape.layers):
        if shape.experts:
            gate = random.standard_normal((shape.experts, shape.width)).astype(np.float32)
            writer.add_tensor(f"blk.{layer}.ffn_gate_inp.weight", gate)
        if not shape.attends(layer):
            kernel = random.standard_normal((shape.width, shape.conv)).astype(np.float32)
            writer.add_tensor(f"blk.{layer}.shortconv.conv.weight", kernel)
    ones = np.ones(shape.width, dtype=np.float32)
    for name in _norms(shape):
        of_head = name.endswith(("q_norm", "k_norm"))
        writer.add_tensor(f"{name}.weight", ones[: shape.head] if of_head else ones)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _matrices(shape: Shape) -> list[tuple[str, int, int]]:
    """Return each matrix: its name, rows and columns."""
    found = [("token_embd", shape.vocabulary, shape.width)]
    if not shape.tied:
        found.append(("output", shape.vocabulary, shape.width))
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        experts = "_exps" if shape.experts else ""
        found += [
            (f"{block}.ffn_gate{experts}", shape.hidden, shape.width),
            (f"{block}.ffn_up{experts}", shape.hidden, shape.width),
            (f"{block}.ffn_down{experts}", shape.width, shape.hidden),
        ]
        if not shape.attends(layer):
            found += [
                (f"{block}.shortconv.in_proj", 3 * shape.width, shape.width),
                (f"{block}.shortconv.out_proj", shape.width, shape.width),
            ]
            continue
        found += [
            (f"{block}.attn_q", shape.heads * shape.head, shape.width),
            (f"{block}.attn_k", shape.kv_heads * shape.head, shape.width),
            (f"{block}.attn_v", shape.kv_heads * shape.head, shape.width),
            (f"{block}.attn_output", shape.width, shape.heads * shape.head),
        ]
    return found


def _norms(shape: Shape) -> list[str]:
    """Return the names of the norms; Gemma has more of them, and LFM2 another name for the last."""
    kinds = ["attn_norm", "ffn_norm"]
    if shape.architecture == "gemma3":
        kinds += ["post_attention_norm", "post_ffw_norm"]
    named = [f"blk.{layer}.{kind}" for layer in range(shape.layers) for kind in kinds]
    if shape.architecture in ("gemma3", "lfm2"):
        of_heads = [layer for layer in range(shape.layers) if shape.attends(layer)]
        named += [f"blk.{layer}.{kind}" for layer in of_heads for kind in ("attn_q_norm", "attn_k_norm")]
    return ["token_embd_norm" if shape.architecture == "lfm2" else "output_norm", *named]


def _blocks(random: Any, rows: int, columns: int, kind: gguf.GGMLQuantizationType) -> NDArray[Any]:
    """Return the bytes of one matrix: one row at random, shifted from row to row, so that it is quickly made."""
    block, size = gguf.GGML_QUANT_SIZES[kind]
    if kind in (KINDS.F32, KINDS.F16):
        row = (random.standard_normal(columns) / np.sqrt(columns)).astype(
            np.float32 if kind == KINDS.F32 else np.float16
        )
        return np.stack([np.roll(row, shift) for shift in range(min(rows, 64))]).repeat(
            -(-rows // min(rows, 64)), axis=0
        )[:rows]
    count = columns // block
    row = random.integers(0, 256, (count, size), dtype=np.uint8)
    scale = np.frombuffer(
        np.float16(0.3 / np.sqrt(columns) / (40 if kind == KINDS.Q8_0 else 4)).tobytes(), np.uint8
    )
    row[:, :2] = scale
    several = np.stack([np.roll(row, shift, axis=0).reshape(-1) for shift in range(min(count, 32))])
    return np.tile(several, (-(-rows // len(several)), 1))[:rows]


def _add_tokenizer(writer: gguf.GGUFWriter, size: int) -> None:
    """Write a vocabulary of *size* pieces: special ones, every byte, and words that stand for nothing."""
    kinds = gguf.TokenType
    pieces = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    pieces += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    pieces += [(f"▁w{number}", kinds.NORMAL) for number in range(size - len(pieces))]
    writer.add_vocab_size(size)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([piece.encode() for piece, _ in pieces])
    writer.add_token_scores([-float(place) for place in range(size)])
    writer.add_token_types([int(kind) for _, kind in pieces])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
