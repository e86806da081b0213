"""What is the starter model?

It is a Llama (RMSNorm, RoPE, SwiGLU, tied embeddings) that llama.cpp runs as it is. Only the frequencies of the
rotation are its own (llama.cpp reads them from ``rope_freqs.weight``): eight fast pairs tell near positions
apart, the other pairs do not turn, so that a head can find equal tokens at any distance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

ROPE_BASE = 10_000.0
FAST = (3.0, 2.2, 1.5, 1.0, 0.6, 0.3, 0.1, 0.03)
"""Radians per position of the pairs that turn."""
STILL = 1e-9
"""Radians per position of all the other pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of the model."""

    pieces: int
    width: int = 256
    layers: int = 5
    heads: int = 4
    head: int = 64
    hidden: int = 512
    context: int = 2048


def frequencies(shape: Shape) -> Tensor:
    """Return the radians per position of each pair of a head."""
    return torch.tensor([*FAST, *[STILL] * (shape.head // 2 - len(FAST))], dtype=torch.float64)


def rope_factors(shape: Shape) -> Tensor:
    """Return what llama.cpp divides its own frequencies by to get ours."""
    steps = torch.arange(0, shape.head, 2, dtype=torch.float64) / shape.head
    return (ROPE_BASE**-steps / frequencies(shape)).float()


class Norm(nn.Module):
    """RMSNorm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.shape[-1],), self.weight, 1e-5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How many tokens of a batch are a row's: what its asks share, and then each ask."""

    shared: int
    asks: tuple[int, ...]


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Return *x* (tokens, heads, head) with its first pairs turned, neighbours being a pair."""
    fast = 2 * len(FAST)
    even, odd = x[..., 0:fast:2], x[..., 1:fast:2]
    pairs = torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)
    return torch.cat((pairs.to(x.dtype), x[..., fast:]), -1)


def attended(q: Tensor, k: Tensor, v: Tensor, spans: Sequence[Span]) -> Tensor:
    """Return what each token (heads, tokens, head) sees: of its row the shared part, and of its own ask what
    comes before it. Asks never see each other. The asks of a row are computed at once, padded to the longest."""
    sizes = [size for span in spans for size in (span.shared, sum(span.asks))]
    queries, keys, values = (iter(part.split(sizes, 1)) for part in (q / math.sqrt(q.shape[-1]), k, v))
    parts: list[Tensor] = []
    for span in spans:
        shared_k, shared_v = next(keys), next(values)
        parts.append(_causal(next(queries), shared_k, shared_v))
        own = next(queries), next(keys), next(values)
        if span.asks:
            parts.append(_asked(own, shared_k, shared_v, span.asks))
    return torch.cat(parts, 1)


def _causal(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    scores = torch.bmm(q, k.transpose(1, 2)).masked_fill(_later(q.shape[1], q.device), -torch.inf)
    return torch.bmm(_shares(scores, v), v)


def _asked(own: tuple[Tensor, Tensor, Tensor], k: Tensor, v: Tensor, asks: tuple[int, ...]) -> Tensor:
    """Return the attention of asks, one behind the other in *own* (queries, keys, values), to the shared *k* and *v*
    and each to itself."""
    heads, many, longest = len(k), len(asks), max(asks)
    there, back = _padding(asks, k.device)

    def padded(part: Tensor) -> Tensor:
        return part.index_select(1, there).view(heads * many, longest, -1)

    def packed(part: Tensor) -> Tensor:
        return part.reshape(heads, many * longest, -1).index_select(1, back)

    q, own_k, own_v = padded(own[0]), padded(own[1]), padded(own[2])
    mine = torch.bmm(q, own_k.transpose(1, 2)).masked_fill(_later(longest, k.device), -torch.inf)
    scores = torch.cat((torch.bmm(own[0], k.transpose(1, 2)), packed(mine)), 2)
    of_shared, of_own = _shares(scores, v).split((k.shape[1], longest), 2)
    return torch.bmm(of_shared, v) + packed(torch.bmm(padded(of_own), own_v))


def _shares(scores: Tensor, v: Tensor) -> Tensor:
    return scores.softmax(-1, dtype=torch.float32).to(v.dtype)


@lru_cache(maxsize=512)
def _later(size: int, device: torch.device) -> Tensor:
    return torch.ones(size, size, dtype=torch.bool, device=device).triu(1)


@lru_cache(maxsize=64)
def _padding(asks: tuple[int, ...], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return for each place of the padded asks which token stands there, and for each token its place."""
    longest, begun = max(asks), 0
    there, back = [], []
    for which, size in enumerate(asks):
        there += [begun + min(at, size - 1) for at in range(longest)]
        back += range(which * longest, which * longest + size)
        begun += size
    return torch.tensor(there, device=device), torch.tensor(back, device=device)


class Block(nn.Module):
    """One layer: attention, then the gated hidden layer."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        inner = shape.heads * shape.head
        self.shape = shape
        self.attn_norm, self.ffn_norm = Norm(shape.width), Norm(shape.width)
        self.attn_q = nn.Linear(shape.width, inner, bias=False)
        self.attn_k = nn.Linear(shape.width, inner, bias=False)
        self.attn_v = nn.Linear(shape.width, inner, bias=False)
        self.attn_output = nn.Linear(inner, shape.width, bias=False)
        self.ffn_gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.ffn_down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, spans: Sequence[Span]) -> Tensor:
        tokens, inner = len(x), self.shape.heads * self.shape.head
        made = _together(self.attn_norm(x), self.attn_q, self.attn_k, self.attn_v)
        q, k, v = (part.view(tokens, self.shape.heads, self.shape.head) for part in made.split(inner, 1))
        q, k = turned(q, cos, sin), turned(k, cos, sin)
        seen = attended(q.transpose(0, 1), k.transpose(0, 1), v.transpose(0, 1), spans)
        x = x + self.attn_output(seen.transpose(0, 1).reshape(tokens, -1))
        gate, up = _together(self.ffn_norm(x), self.ffn_gate, self.ffn_up).split(self.shape.hidden, 1)
        hidden: Tensor = self.ffn_down(functional.silu(gate) * up)
        return x + hidden


def _together(x: Tensor, *layers: nn.Linear) -> Tensor:
    """Return what *layers* make of *x*, side by side: one large product is faster than several small ones."""
    return functional.linear(x, torch.cat([layer.weight for layer in layers]))


class Starter(nn.Module):
    """The whole model; ``forward`` returns hidden states, ``scores`` the logits of some of them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.pieces, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = Norm(shape.width)
        self.register_buffer("turn", frequencies(shape)[: len(FAST)].float(), persistent=False)

    def forward(self, ids: Tensor, positions: Tensor, spans: Sequence[Span]) -> Tensor:
        """Return the hidden state of each token; the rows of a batch lie one behind the other in *ids*."""
        angle = positions[:, None, None].float() * self.turn
        cos, sin = angle.cos(), angle.sin()
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, cos, sin, spans)
        final: Tensor = self.output_norm(x)
        return final

    def scores(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.token_embd.weight)
