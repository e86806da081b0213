"""Small models of random weights whose memory is of another kind than Llama's: windows that slide, and states."""

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
from random_model import CHAT, HEADS, HIDDEN, WIDTH, add_tokenizer

WINDOW = 64
HEAD = WIDTH // HEADS

Add = Callable[..., None]


def write_architecture(path: Path, architecture: str, *, seed: int = 0, context: int = 2048) -> Path:
    """Write a model of one of ARCHITECTURES to *path* and return it; the same *seed* gives the same bytes."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(f"Random {architecture}")
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    pieces = add_tokenizer(writer, CHAT)

    def add(label: str, *shape: int, scale: float = 1.0) -> None:
        values = random.standard_normal(shape) * scale / np.sqrt(shape[-1])
        writer.add_tensor(label, values.astype(np.float32))

    add("token_embd.weight", len(pieces), WIDTH, scale=8.0)
    add("output.weight", len(pieces), WIDTH, scale=4.0)
    ARCHITECTURES[architecture](writer, add)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _gemma3(writer: gguf.GGUFWriter, add: Add) -> None:
    """Six layers: five look back over WINDOW tokens, one over all."""
    layers = 6
    writer.add_block_count(layers)
    writer.add_head_count_kv(HEADS // 2)
    writer.add_sliding_window(WINDOW)
    _ones(writer, "output_norm", WIDTH)
    for number in range(layers):
        block = f"blk.{number}"
        _attention(writer, add, block, heads_kv=HEADS // 2)
        _ones(writer, f"{block}.post_attention_norm", WIDTH)
        _ones(writer, f"{block}.ffn_norm", WIDTH)
        _ones(writer, f"{block}.post_ffw_norm", WIDTH)
        _feed_forward(add, block)


def _lfm2(writer: gguf.GGUFWriter, add: Add) -> None:
    """Convolutions over three tokens, with attention in every second layer."""
    layers, kernel = 4, 3
    writer.add_block_count(layers)
    writer.add_head_count_kv([HEADS // 2 if number % 2 else 0 for number in range(layers)])
    writer.add_shortconv_l_cache(kernel)
    _ones(writer, "token_embd_norm", WIDTH)
    for number in range(layers):
        block = f"blk.{number}"
        if number % 2:
            _attention(writer, add, block, heads_kv=HEADS // 2)
        else:
            _ones(writer, f"{block}.attn_norm", WIDTH)
            add(f"{block}.shortconv.conv.weight", WIDTH, kernel, scale=3.0)
            add(f"{block}.shortconv.in_proj.weight", 3 * WIDTH, WIDTH, scale=2.0)
            add(f"{block}.shortconv.out_proj.weight", WIDTH, WIDTH, scale=2.0)
        _ones(writer, f"{block}.ffn_norm", WIDTH)
        _feed_forward(add, block)


def _qwen35(writer: gguf.GGUFWriter, add: Add) -> None:
    """Gated delta nets, with gated attention in every second layer."""
    layers, kernel, state, groups, heads = 4, 4, 16, 2, 4
    keys, values = state * groups, state * heads
    writer.add_block_count(layers)
    writer.add_head_count_kv(HEADS // 2)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_dimension_sections([HEAD // 8, HEAD // 8, HEAD // 4, 0])
    writer.add_full_attention_interval(2)
    writer.add_ssm_conv_kernel(kernel)
    writer.add_ssm_inner_size(values)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(heads)
    writer.add_ssm_group_count(groups)
    _ones(writer, "output_norm", WIDTH)
    for number in range(layers):
        block = f"blk.{number}"
        if number % 2:
            _attention(writer, add, block, heads_kv=HEADS // 2, queries=2)
        else:
            _ones(writer, f"{block}.attn_norm", WIDTH)
            add(f"{block}.attn_qkv.weight", 2 * keys + values, WIDTH, scale=2.0)
            add(f"{block}.attn_gate.weight", values, WIDTH, scale=2.0)
            add(f"{block}.ssm_conv1d.weight", 2 * keys + values, kernel, scale=2.0)
            add(f"{block}.ssm_dt.bias", heads)
            writer.add_tensor(f"{block}.ssm_a", -np.linspace(0.1, 2, heads).astype(np.float32))
            add(f"{block}.ssm_beta.weight", heads, WIDTH)
            add(f"{block}.ssm_alpha.weight", heads, WIDTH)
            _ones(writer, f"{block}.ssm_norm", state)
            add(f"{block}.ssm_out.weight", WIDTH, values, scale=2.0)
        _ones(writer, f"{block}.post_attention_norm", WIDTH)
        _feed_forward(add, block)


def _attention(writer: gguf.GGUFWriter, add: Add, block: str, *, heads_kv: int, queries: int = 1) -> None:
    """Write one layer's attention, its queries and keys normed."""
    _ones(writer, f"{block}.attn_norm", WIDTH)
    add(f"{block}.attn_q.weight", queries * WIDTH, WIDTH, scale=3.0)
    add(f"{block}.attn_k.weight", heads_kv * HEAD, WIDTH, scale=3.0)
    add(f"{block}.attn_v.weight", heads_kv * HEAD, WIDTH, scale=3.0)
    add(f"{block}.attn_output.weight", WIDTH, WIDTH, scale=3.0)
    _ones(writer, f"{block}.attn_q_norm", HEAD)
    _ones(writer, f"{block}.attn_k_norm", HEAD)


def _feed_forward(add: Add, block: str) -> None:
    add(f"{block}.ffn_gate.weight", HIDDEN, WIDTH, scale=2.0)
    add(f"{block}.ffn_up.weight", HIDDEN, WIDTH, scale=2.0)
    add(f"{block}.ffn_down.weight", WIDTH, HIDDEN, scale=2.0)


def _ones(writer: gguf.GGUFWriter, label: str, size: int) -> None:
    writer.add_tensor(f"{label}.weight", np.ones(size, dtype=np.float32))


ARCHITECTURES: dict[str, Callable[[gguf.GGUFWriter, Add], None]] = {
    "gemma3": _gemma3,
    "lfm2": _lfm2,
    "qwen35": _qwen35,
}
