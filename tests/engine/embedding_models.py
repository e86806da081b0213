"""Small embedding models with random weights: one that reads in both directions, and one whose last token counts."""

from pathlib import Path
from typing import Any

import gguf
import numpy as np
from random_model import HEADS, HIDDEN, LAYERS, WIDTH, add_tokenizer

WORDS = ("the", "house", "note", "boiler", "of", "is", "garden", "##ing", "invoice", ".", ",", "!")
POOLINGS = gguf.PoolingType


def add_pieces(writer: gguf.GGUFWriter, size: int) -> list[str]:
    """Write a vocabulary of WordPiece, as BERT has it, in the form that llama.cpp wants; return the pieces."""
    kinds = gguf.TokenType
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = [*WORDS, *[chr(code) for code in range(97, 123)], *[f"##{chr(code)}" for code in range(97, 123)]]
    pieces = special + [word[2:] if word.startswith("##") else f"▁{word}" for word in words]
    pieces += [f"▁w{number}" for number in range(size - len(pieces))]
    writer.add_vocab_size(len(pieces))
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([piece.encode() for piece in pieces])
    writer.add_token_types(
        [int(kinds.CONTROL)] * len(special) + [int(kinds.NORMAL)] * (len(pieces) - len(special))
    )
    writer.add_token_type_count(2)
    for name, number in (("bos", 2), ("eos", 3), ("unk", 1), ("sep", 3), ("pad", 0), ("mask", 4)):
        getattr(writer, f"add_{name}_token_id")(number)
    return pieces


def write_encoder(
    path: Path,
    *,
    seed: int = 0,
    context: int = 64,
    pooling: gguf.PoolingType | None = POOLINGS.MEAN,
    width: int = WIDTH,
    layers: int = LAYERS,
    heads: int = HEADS,
    vocabulary: int = 100,
    name: str = "Encoder",
) -> Path:
    """Write a BERT to *path* and return it; the same *seed* gives the same bytes."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(4 * width)
    writer.add_head_count(heads)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    if pooling is not None:
        writer.add_pooling_type(pooling)
    pieces = add_pieces(writer, vocabulary)

    def matrix(label: str, rows: int, columns: int, scale: float = 1.0) -> None:
        values = random.standard_normal((min(rows, 256), columns), dtype=np.float32) * np.float32(
            scale / columns**0.5
        )
        whole = np.tile(values, (-(-rows // len(values)), 1))[:rows]
        writer.add_tensor(f"{label}.weight", whole)
        if label.startswith("blk"):
            writer.add_tensor(f"{label}.bias", np.zeros(rows, dtype=np.float32))

    def norm(label: str) -> None:
        writer.add_tensor(f"{label}.weight", np.ones(width, dtype=np.float32))
        writer.add_tensor(f"{label}.bias", np.zeros(width, dtype=np.float32))

    matrix("token_embd", len(pieces), width, 8.0)
    matrix("token_types", 2, width)
    matrix("position_embd", context, width, 4.0)
    norm("token_embd_norm")
    for layer in range(layers):
        block = f"blk.{layer}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"{block}.{part}", width, width)
        matrix(f"{block}.ffn_up", 4 * width, width)
        matrix(f"{block}.ffn_down", width, 4 * width)
        norm(f"{block}.attn_output_norm")
        norm(f"{block}.layer_output_norm")
    _close(writer)
    return path


def write_decoder(
    path: Path,
    *,
    seed: int = 0,
    context: int = 2048,
    pooling: gguf.PoolingType | None = POOLINGS.LAST,
    name: str = "Decoder",
) -> Path:
    """Write a decoder in the way of Qwen3 to *path* and return it; the same *seed* gives the same bytes."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(2)
    writer.add_key_length(WIDTH // HEADS)
    writer.add_value_length(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    if pooling is not None:
        writer.add_pooling_type(pooling)
    pieces = add_tokenizer(writer, None)
    writer.add_add_eos_token(True)

    def add(label: str, *shape: int, scale: float = 1.0) -> None:
        values = random.standard_normal(shape) * scale / np.sqrt(shape[-1])
        writer.add_tensor(f"{label}.weight", values.astype(np.float32))

    def norm(label: str, width: int = WIDTH) -> None:
        writer.add_tensor(f"{label}.weight", np.ones(width, dtype=np.float32))

    add("token_embd", len(pieces), WIDTH, scale=2.0)
    add("output", len(pieces), WIDTH)
    norm("output_norm")
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        for label in ("attn_norm", "ffn_norm"):
            norm(f"{block}.{label}")
        for label in ("attn_q_norm", "attn_k_norm"):
            norm(f"{block}.{label}", WIDTH // HEADS)
        for part, rows in (
            ("attn_q", WIDTH),
            ("attn_k", WIDTH // 2),
            ("attn_v", WIDTH // 2),
            ("attn_output", WIDTH),
        ):
            add(f"{block}.{part}", rows, WIDTH)
        add(f"{block}.ffn_gate", HIDDEN, WIDTH)
        add(f"{block}.ffn_up", HIDDEN, WIDTH)
        add(f"{block}.ffn_down", WIDTH, HIDDEN)
    _close(writer)
    return path


def _close(writer: Any) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
