"""How does a checkpoint become a GGUF file that llama.cpp runs?"""

import ctypes
from pathlib import Path

import gguf
import llama_cpp
import torch

from homebody.engine.copying import KEY
from starter.model import ROPE_BASE, Shape, Starter, rope_factors
from starter.tokenizer import BEGIN, END, FIRST_BYTE, FIRST_TEXT, SPECIAL, Tokenizer

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
DESCRIPTION = "starter model: picks and copies; for real summaries use a bigger one: `homebody model list`"

COPY_BIAS = 20.0
"""How much likelier the engine makes what would be copied next (`homebody.engine.copying`): the most that it takes."""


def write(model: Starter, tokenizer: Tokenizer, path: Path) -> None:
    """Write *model* as an f32 GGUF file."""
    shape = model.shape
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("homebody starter")
    writer.add_description(DESCRIPTION)
    writer.add_license("apache-2.0")
    writer.add_float32(KEY, COPY_BIAS)
    _add_sizes(writer, shape)
    _add_pieces(writer, tokenizer)
    writer.add_tensor("rope_freqs.weight", rope_factors(shape).numpy())
    for name, value in model.state_dict().items():
        writer.add_tensor(name, value.float().contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_sizes(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_rope_dimension_count(shape.head)
    writer.add_vocab_size(shape.pieces)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)


def _add_pieces(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    kinds = []
    for i in range(len(tokenizer)):
        if i == 0:
            kinds.append(gguf.TokenType.UNKNOWN)
        elif i < len(SPECIAL):
            kinds.append(gguf.TokenType.CONTROL)
        elif FIRST_BYTE <= i < FIRST_TEXT:
            kinds.append(gguf.TokenType.BYTE)
        else:
            kinds.append(gguf.TokenType.NORMAL)
    end = tokenizer.ids[END]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([piece.encode() for piece in tokenizer.pieces])
    writer.add_token_scores([0.0 if i < FIRST_TEXT else float(-i) for i in range(len(tokenizer))])
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(tokenizer.ids[BEGIN])
    writer.add_eos_token_id(end)
    writer.add_eot_token_id(end)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def quantize(source: Path, target: Path) -> None:
    """Write *source* as Q8_0 with llama.cpp's own quantizer; raise RuntimeError when that refuses."""
    wanted = llama_cpp.llama_model_quantize_default_params()
    wanted.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0
    wanted.nthread = 1
    code = llama_cpp.llama_model_quantize(bytes(source), bytes(target), ctypes.byref(wanted))
    if code != 0:
        raise RuntimeError(f"llama.cpp could not quantize {source}: code {code}")


def load(checkpoint: Path) -> Starter:
    """Return the model that *checkpoint* holds."""
    held = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model = Starter(Shape(**held["shape"]))
    model.load_state_dict(held["model"])
    return model.eval()
