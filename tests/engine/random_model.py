"""A small Llama model with random weights, for tests: everything is real but the sense of what it says."""

from pathlib import Path

import gguf
import numpy as np

PIECES = ("the", "▁the", "▁a", "▁note", "er", "in", "▁of", "ing", "\u00e9", "\u03bb", "\u65e5", "▁and")
WIDTH, HEADS, LAYERS, HIDDEN = 64, 4, 2, 128

CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def vocabulary() -> tuple[list[bytes], list[float], list[int]]:
    """Return pieces, scores and types: special ones, every byte, printable ASCII, some more."""
    kinds = gguf.TokenType
    pieces = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    pieces += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    pieces += [("<|im_start|>", kinds.CONTROL), ("<|im_end|>", kinds.CONTROL), ("▁", kinds.NORMAL)]
    pieces += [(chr(code), kinds.NORMAL) for code in range(33, 127)]
    pieces += [(piece, kinds.NORMAL) for piece in PIECES]
    scores = [-float(place) for place in range(len(pieces))]
    return [piece.encode() for piece, _ in pieces], scores, [int(kind) for _, kind in pieces]


def add_tokenizer(writer: gguf.GGUFWriter, template: str | None) -> list[bytes]:
    """Write the vocabulary and the chat template; return the pieces."""
    pieces, scores, kinds = vocabulary()
    writer.add_vocab_size(len(pieces))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    if template is not None:
        writer.add_chat_template(template)
    return pieces


def write_model(
    path: Path,
    *,
    seed: int = 0,
    context: int = 2048,
    template: str | None = CHAT,
    quantization: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
    name: str = "Random",
) -> Path:
    """Write a model to *path* and return it; the same *seed* gives the same bytes."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    pieces = add_tokenizer(writer, template)

    def matrix(
        label: str, *shape: int, scale: float = 1.0, kind: gguf.GGMLQuantizationType = quantization
    ) -> None:
        values = (random.standard_normal(shape) * scale / np.sqrt(shape[-1])).astype(np.float32)
        writer.add_tensor(f"{label}.weight", gguf.quants.quantize(values, kind), raw_dtype=kind)

    matrix("token_embd", len(pieces), WIDTH, scale=8.0)
    matrix("output", len(pieces), WIDTH, scale=4.0)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{block}.{norm}.weight", np.ones(WIDTH, dtype=np.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"{block}.{part}", WIDTH, WIDTH, scale=3.0)
        matrix(f"{block}.ffn_gate", HIDDEN, WIDTH, scale=2.0)
        matrix(f"{block}.ffn_up", HIDDEN, WIDTH, scale=2.0)
        matrix(f"{block}.ffn_down", WIDTH, HIDDEN, scale=2.0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_recurrent(path: Path, *, seed: int = 0, context: int = 2048) -> Path:
    """Write a Mamba model of random weights to *path* and return it: its memory cannot forget in part."""
    random = np.random.default_rng(seed)
    inner, state, rank, kernel = 2 * WIDTH, 8, 4, 4
    writer = gguf.GGUFWriter(path, "mamba")
    writer.add_name("Recurrent")
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_block_count(LAYERS)
    writer.add_ssm_conv_kernel(kernel)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(rank)
    writer.add_layer_norm_rms_eps(1e-5)
    pieces = add_tokenizer(writer, CHAT)

    def add(label: str, *shape: int, scale: float = 1.0) -> None:
        values = random.standard_normal(shape) * scale / np.sqrt(shape[-1])
        writer.add_tensor(label, values.astype(np.float32))

    add("token_embd.weight", len(pieces), WIDTH, scale=8.0)
    add("output.weight", len(pieces), WIDTH, scale=4.0)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        writer.add_tensor(f"{block}.attn_norm.weight", np.ones(WIDTH, dtype=np.float32))
        add(f"{block}.ssm_in.weight", 2 * inner, WIDTH, scale=3.0)
        add(f"{block}.ssm_conv1d.weight", inner, kernel)
        add(f"{block}.ssm_conv1d.bias", inner)
        add(f"{block}.ssm_x.weight", rank + 2 * state, inner, scale=2.0)
        add(f"{block}.ssm_dt.weight", inner, rank)
        add(f"{block}.ssm_dt.bias", inner)
        writer.add_tensor(f"{block}.ssm_a", -np.tile(np.arange(1, state + 1, dtype=np.float32), (inner, 1)))
        writer.add_tensor(f"{block}.ssm_d", np.ones(inner, dtype=np.float32))
        add(f"{block}.ssm_out.weight", WIDTH, inner, scale=2.0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
