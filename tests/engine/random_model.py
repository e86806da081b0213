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
