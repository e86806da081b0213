"""What does a model remember of a text, and what does it read for each token? By its header and its tensors.

The sizes are those of llama.cpp's caches (llama-kv-cache.cpp, llama-memory-recurrent.cpp, llama-hparams.cpp). Which
layers attend and which are recurrent is told by the tensors that they have, not by the architecture's name, so that
a model newer than this file is reckoned with, too.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import gcd

from homebody.model.header import Header
from homebody.model.quantization import TYPES

RECURRENT = ("ssm", "shortconv", "time_mix")
EMBEDDING = "token_embd.weight"
KEYS = ("attn_k", "attn_kv_a_mqa", "attn_kv")
MOST_LAYERS = 4096
"""llama.cpp loads models of no more than 512 (LLAMA_MAX_LAYERS)."""

GEMMA_3N_OWN = 20
"""Layers of Gemma 3n that have keys and values of their own; its file does not say so (models/gemma3n.cpp)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Numbers, not bytes, unless the name says so: what a token adds to memory, and what a step works with."""

    keys: int = 0
    """Of one token, over all layers that attend."""
    values: int = 0
    state_bytes: int = 0
    """Of one run, over all recurrent layers, however long the run is."""
    attending: int = 0
    recurrent: int = 0
    """Layers of each sort; some models have layers that are both."""
    heads: int = 0
    key_heads: int = 0
    """Of the first layer that attends: how many heads ask, and how many keys they share."""
    head_length: int = 0
    """The largest number that divides the lengths of all heads' keys and values."""
    window: int = 0
    """How far the layers with a sliding window look back; 0 when there are none."""
    widest: int = 0
    """Of what one layer works with at once, for each token, beside twice the model's width."""
    vocabulary: int = 0
    active_bytes: int = 0
    """The bytes of weights that one step of one token reads."""
    matrices: Mapping[str, int] = field(default_factory=dict)
    """Bytes of the matrices of each type, without those that words are only looked up in."""


def shape_of(header: Header) -> Shape:
    """Return the shape of the model with this *header*."""
    name = header.text("general.architecture")
    layers = max(0, min(header.number(f"{name}.block_count"), MOST_LAYERS))
    width = header.number(f"{name}.embedding_length")
    parts = _parts(header)
    heads = header.numbers(f"{name}.attention.head_count", layers)
    shared = f"{name}.attention.head_count_kv"
    given = shared in header.values or shared in header.arrays
    key_heads = header.numbers(shared, layers) if given else heads
    attending = _attending(header, name, layers, parts)
    lengths = [_lengths(header, name, layer, width, heads[layer]) for layer in attending]
    keys = [key_heads[layer] * length[0] for layer, length in zip(attending, lengths, strict=True)]
    values = [key_heads[layer] * length[1] for layer, length in zip(attending, lengths, strict=True)]
    asked = [heads[layer] * length[0] for layer, length in zip(attending, lengths, strict=True)]
    recurrent = [
        layer for layer in range(layers) if any(part.startswith(RECURRENT) for part in parts.get(layer, ()))
    ]
    first = attending[0] if attending else 0
    return Shape(
        keys=max(0, sum(keys)),
        values=max(0, sum(values)),
        state_bytes=max(0, len(recurrent) * _state_bytes(header, name, width)),
        attending=len(attending),
        recurrent=len(recurrent),
        heads=heads[first] if heads else 0,
        key_heads=key_heads[first] if key_heads else 0,
        head_length=gcd(*(part for length in lengths for part in length)),
        window=header.number(f"{name}.attention.sliding_window"),
        widest=max(
            0, _hidden(header, name, layers, width), 2 * (max(asked, default=0) + max(keys, default=0))
        ),
        vocabulary=_vocabulary(header, name),
        active_bytes=_active_bytes(header, name),
        matrices=_matrices(header),
    )


def _parts(header: Header) -> dict[int, set[str]]:
    """Return what each layer is made of: of ``blk.3.attn_k.weight`` the layer has ``attn_k``."""
    found: dict[int, set[str]] = {}
    for tensor in header.tensors:
        words = tensor.name.split(".")
        if len(words) > 2 and words[0] == "blk" and words[1].isdecimal() and len(words[1]) < 5:
            found.setdefault(int(words[1]), set()).add(words[2])
    return found


def _attending(header: Header, name: str, layers: int, parts: Mapping[int, set[str]]) -> list[int]:
    """Return the layers that keep keys and values of their own."""
    beyond = header.number(
        f"{name}.nextn_predict_layers"
    )  # they predict ahead, and are not loaded for writing
    own = layers - header.number(f"{name}.attention.shared_kv_layers")
    if name == "gemma3n":
        own = GEMMA_3N_OWN
    found = []
    for layer in range(max(0, min(layers - beyond, own))):
        has = parts.get(layer, set())
        fused = "attn_qkv" in has and not any(part.startswith(RECURRENT) for part in has)
        if fused or any(part in has for part in KEYS):
            found.append(layer)
    return found


def _lengths(header: Header, name: str, layer: int, width: int, heads: int) -> tuple[int, int]:
    """Return the numbers of one head's key and value in a *layer*; compressed ones keep no value beside the key."""
    usual = width // heads if heads > 0 else 0
    prefix = f"{name}.attention"
    key, value = (
        header.number(f"{prefix}.{which}_length{_windowed(header, prefix, layer, which)}")
        or header.number(f"{prefix}.{which}_length")
        or usual
        for which in ("key", "value")
    )
    return key, 0 if header.number(f"{prefix}.key_length_mla") else value


def _windowed(header: Header, prefix: str, layer: int, which: str) -> str:
    """Return what the name of a length ends with in this *layer*: layers with a window may have one of their own."""
    pattern = header.arrays.get(f"{prefix}.sliding_window_pattern")
    own = f"{prefix}.{which}_length_swa" in header.values
    return (
        "_swa" if own and pattern is not None and layer < len(pattern.items) and pattern.items[layer] else ""
    )


def _state_bytes(header: Header, name: str, width: int) -> int:
    """Return what one recurrent layer keeps of one run: 32 bits each, whatever the keys are kept in."""
    wkv, cached = header.number(f"{name}.wkv.head_size"), header.number(f"{name}.shortconv.l_cache")
    if wkv:
        shifts = header.number(f"{name}.token_shift_count") or 2
        return 4 * width * (shifts + wkv)
    if cached:
        return 4 * width * (cached - 1)
    if kda := header.number(f"{name}.kda.head_dim"):
        heads = header.numbers(f"{name}.attention.head_count", 1)[0]
        kernel = max(1, header.number(f"{name}.ssm.conv_kernel") or 4)
        return 4 * heads * kda * (3 * (kernel - 1) + kda)
    inner, state = header.number(f"{name}.ssm.inner_size"), header.number(f"{name}.ssm.state_size")
    groups, kernel = header.number(f"{name}.ssm.group_count"), header.number(f"{name}.ssm.conv_kernel")
    return 4 * (max(0, kernel - 1) * (inner + 2 * groups * state) + inner * state)


def _hidden(header: Header, name: str, layers: int, width: int) -> int:
    """Return the most numbers that a layer's second half works with for one token: three times its inner width."""
    whole = max(header.numbers(f"{name}.feed_forward_length", layers), default=0)
    used = header.number(f"{name}.expert_used_count")
    expert = header.number(f"{name}.expert_feed_forward_length") or whole
    mixed = used * (3 * expert + width) if used else 0
    return max(
        3 * whole if not used or expert != whole else 0, mixed, 3 * header.number(f"{name}.ssm.inner_size")
    )


def _vocabulary(header: Header, name: str) -> int:
    tokens = header.arrays.get("tokenizer.ggml.tokens")
    return tokens.count if tokens is not None else header.number(f"{name}.vocab_size")


def _active_bytes(header: Header, name: str) -> int:
    """Return the bytes that one token reads: words are looked up, and of many experts a few are asked."""
    count, used = header.number(f"{name}.expert_count"), header.number(f"{name}.expert_used_count")
    tied, total = _tied(header), 0
    for tensor in header.tensors:
        if tensor.name in (EMBEDDING, f"per_layer_{EMBEDDING}"):
            total += tensor.size if tied and tensor.name == EMBEDDING else 0
        elif "_exps." in tensor.name and 0 < used <= count:
            total += tensor.size * used // count
        else:
            total += tensor.size
    return total


def _tied(header: Header) -> bool:
    """Return whether the matrix that words are looked up in is the one that they are written with, too."""
    return not any(tensor.name == "output.weight" for tensor in header.tensors)


def _matrices(header: Header) -> dict[str, int]:
    found: Counter[str] = Counter()
    tied = _tied(header)
    for tensor in header.tensors:
        looked_up = tensor.name.endswith("token_embd.weight") and not (tied and tensor.name == EMBEDDING)
        if len(tensor.dimensions) > 1 and not looked_up:
            found[TYPES[tensor.kind].name] += tensor.size
    return dict(found)
