"""What is the starter model, and with which circuit does it begin to copy at once?

It is a Llama (RMSNorm, RoPE, SwiGLU, tied embeddings) that llama.cpp runs as it is. Only the frequencies of the
rotation are its own (llama.cpp reads them from ``rope_freqs.weight``): eight fast pairs tell near positions
apart, the other pairs do not turn, so that a head can find equal tokens at any distance.
"""

import math
from dataclasses import dataclass

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


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Return *x* (rows, heads, tokens, head) with its first pairs turned, neighbours being a pair."""
    fast = 2 * len(FAST)
    even, odd = x[..., 0:fast:2], x[..., 1:fast:2]
    pairs = torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)
    return torch.cat((pairs.to(x.dtype), x[..., fast:]), -1)


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

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        rows, tokens, _ = x.shape
        h = self.attn_norm(x)

        def split(layer: nn.Linear) -> Tensor:
            made: Tensor = layer(h).view(rows, tokens, self.shape.heads, self.shape.head)
            return made.transpose(1, 2)

        q, k, v = (
            turned(split(self.attn_q), cos, sin),
            turned(split(self.attn_k), cos, sin),
            split(self.attn_v),
        )
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.attn_output(seen.transpose(1, 2).reshape(rows, tokens, -1))
        h = self.ffn_norm(x)
        made: Tensor = self.ffn_down(functional.silu(self.ffn_gate(h)) * self.ffn_up(h))
        return x + made


class Starter(nn.Module):
    """The whole model; ``forward`` returns hidden states, ``scores`` the logits of some of them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.pieces, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = Norm(shape.width)
        self.register_buffer("turn", frequencies(shape)[: len(FAST)].float(), persistent=False)

    def forward(self, ids: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        angle = positions[:, None, :, None].float() * self.turn
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, angle.cos(), angle.sin(), mask)
        final: Tensor = self.output_norm(x)
        return final

    def scores(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.token_embd.weight)


TOKEN = 128
"""The first dimensions of the residual stream hold the token; then come three tokens before it; then a constant."""
CODE = 42
SLOTS = (128, 170, 212)
CONSTANT = 255


@torch.no_grad()
def lay_circuit(model: Starter, seed: int) -> None:
    """Fill the weights: small noise everywhere, and an induction circuit over the last three tokens.

    Three heads of the first layer fetch the tokens one, two and three places back; two heads of the second
    layer look for the place where the same three tokens stood before, and hand on the token that came next
    (Olsson et al. 2022, "In-context learning and induction heads", found what training makes; here it is laid).
    """
    shape, dice = model.shape, torch.Generator().manual_seed(seed)

    def noise(*size: int, scale: float) -> Tensor:
        return torch.randn(*size, generator=dice) * scale

    for block in model.blk:
        for name in ("attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up"):
            layer = getattr(block, name)
            layer.weight.copy_(noise(*layer.weight.shape, scale=0.03))
        for name in ("attn_output", "ffn_down"):
            layer = getattr(block, name)
            layer.weight.copy_(noise(*layer.weight.shape, scale=0.004))
    table = model.token_embd.weight
    table.copy_(noise(*table.shape, scale=0.01))
    table[:, :TOKEN] = noise(shape.pieces, TOKEN, scale=0.1)
    table[:, CONSTANT] = 0.4
    code = noise(CODE, TOKEN, scale=1 / math.sqrt(TOKEN))
    for back, slot in enumerate(SLOTS, start=1):
        _look_back(model.blk[0], shape, back=back, slot=slot, code=code)
    for which in range(2):
        _find_again(model.blk[1], shape, which=which, code=code)


def _look_back(block: nn.Module, shape: Shape, *, back: int, slot: int, code: Tensor) -> None:
    rows = slice((back - 1) * shape.head, back * shape.head)
    q, k = block.attn_q.weight[rows], block.attn_k.weight[rows]
    v, out = block.attn_v.weight[rows], block.attn_output.weight[:, rows]
    for layer in (q, k, v):
        layer.zero_()
    out.zero_()
    for pair, turn in enumerate(FAST):
        q[2 * pair, CONSTANT] = 1.2
        k[2 * pair, CONSTANT] = 1.2 * math.cos(turn * back)
        k[2 * pair + 1, CONSTANT] = 1.2 * math.sin(turn * back)
    v[:CODE, :TOKEN] = code
    size = min(CODE, CONSTANT - slot)
    out[slot : slot + size, :size] = torch.eye(size) * 0.08


def _find_again(block: nn.Module, shape: Shape, *, which: int, code: Tensor) -> None:
    rows = slice(which * shape.head, (which + 1) * shape.head)
    q, k = block.attn_q.weight[rows], block.attn_k.weight[rows]
    v, out = block.attn_v.weight[rows], block.attn_output.weight[:, rows]
    for layer in (q, k, v):
        layer.zero_()
    out.zero_()
    free, part = 2 * len(FAST), 16
    mine = slice(which * part, (which + 1) * part)
    strength = 2.2
    q[free : free + part, :TOKEN] = code[mine] * strength
    for back, slot in enumerate(SLOTS):
        here = slice(free + back * part, free + (back + 1) * part)
        before = slice(slot + mine.start, slot + mine.stop)
        k[here, before] = torch.eye(part) * strength
        if back < 2:
            ahead = slice(free + (back + 1) * part, free + (back + 2) * part)
            q[ahead, before] = torch.eye(part) * strength
    half = slice(which * shape.head, (which + 1) * shape.head)
    v[:, half] = torch.eye(shape.head)
    out[half, :] = torch.eye(shape.head) * 0.6
