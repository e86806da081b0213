"""With what does the model begin: a circuit that copies, and a map of which words belong to which topic?

The weights are small noise, and in it are laid (Olsson et al. 2022, "In-context learning and induction heads", found
what training makes of the first two):

- four heads of the first layer that fetch the tokens one to four places back (two words, as white space is a token),
- two heads of the second layer that look for the place where the same tokens stood before, and hand on the next,
- one dimension for each topic, in which the pieces of its family are set, and a head of the second layer that gathers
  these from the whole text. Since the output shares the table of pieces, what it gathers speaks for the topic's name.
"""

import math
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from starter.model import FAST, Shape, Starter
from starter.tokenizer import BEGIN, SPECIAL

FIRST = SPECIAL.index(BEGIN)
"""The piece that every text begins with."""

TOKEN = 128
"""The first dimensions of the residual stream hold the token; then come the four before it; then a constant."""
NAME = 92
"""The dimensions of these that tell one token from another; in the rest each topic has one of its own."""
CODE = 31
SLOTS = (128, 159, 190, 221)
REST = 252
"""The dimension of the first token of all, which is looked at where nothing is found."""
CONSTANT = 255
TOPIC = 0.5
"""How far the pieces of a topic's family stand out in the topic's dimension."""
GATHERED = 1.5
"""What the gathering head adds to a topic's dimension, for each unit of what it finds."""
FAINT = 7.5
"""How much the place where nothing is found draws: about as much as one or two equal tokens. Chance finds less,
and what it found would drown the topics."""


@torch.no_grad()
def lay(model: Starter, seed: int, families: Mapping[str, Iterable[int]]) -> None:
    """Fill the weights: small noise everywhere, the copying circuit, and the pieces of each topic in *families*."""
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
            layer.weight[NAME:TOKEN] = 0.0
    table = model.token_embd.weight
    table.copy_(noise(*table.shape, scale=0.01))
    table[:, :NAME] = noise(shape.pieces, NAME, scale=0.1)
    table[:, NAME:TOKEN] = 0.0
    table[FIRST, :TOKEN] = 0.0
    table[:, CONSTANT], table[FIRST, REST] = 0.4, 0.8
    for dimension, pieces in enumerate(families.values(), start=NAME):
        for piece in pieces:
            table[piece, dimension] = TOPIC
    code = noise(CODE, NAME, scale=1 / math.sqrt(NAME))
    for back, slot in enumerate(SLOTS, start=1):
        _look_back(model.blk[0], shape, back=back, slot=slot, code=code)
    for which in range(2):
        _find_again(model.blk[1], shape, which=which, code=code)
    _gather(model.blk[1], shape, head=2)


def _cleared(block: nn.Module, shape: Shape, head: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return query, key, value and output weights of *head*, all set to nothing."""
    rows = slice(head * shape.head, (head + 1) * shape.head)
    parts = (
        block.attn_q.weight[rows],
        block.attn_k.weight[rows],
        block.attn_v.weight[rows],
        block.attn_output.weight[:, rows],
    )
    for part in parts:
        part.zero_()
    return parts


def _look_back(block: nn.Module, shape: Shape, *, back: int, slot: int, code: Tensor) -> None:
    q, k, v, out = _cleared(block, shape, back - 1)
    for pair, turn in enumerate(FAST):
        q[2 * pair, CONSTANT] = 1.2
        k[2 * pair, CONSTANT] = 1.2 * math.cos(turn * back)
        k[2 * pair + 1, CONSTANT] = 1.2 * math.sin(turn * back)
    v[:CODE, :NAME] = code
    out[slot : slot + CODE, :CODE] = torch.eye(CODE) * 0.08


def _find_again(block: nn.Module, shape: Shape, *, which: int, code: Tensor) -> None:
    q, k, v, out = _cleared(block, shape, which)
    free, part, strength = 2 * len(FAST), 11, 2.2
    mine = slice(which * part, (which + 1) * part)
    q[free : free + part, :NAME] = code[mine] * strength
    for back, slot in enumerate(SLOTS):
        here = slice(free + back * part, free + (back + 1) * part)
        before = slice(slot + mine.start, slot + mine.stop)
        k[here, before] = torch.eye(part) * strength
        if back < len(SLOTS) - 1:
            ahead = slice(free + (back + 1) * part, free + (back + 2) * part)
            q[ahead, before] = torch.eye(part) * strength
    rest = free + len(SLOTS) * part
    q[rest, CONSTANT], k[rest, REST] = FAINT / 3.7, 1.0
    half = slice(which * shape.head, (which + 1) * shape.head)
    v[:, half] = torch.eye(shape.head)
    out[half, :] = torch.eye(shape.head) * 0.6


def _gather(block: nn.Module, shape: Shape, *, head: int) -> None:
    q, k, v, out = _cleared(block, shape, head)
    free, many = 2 * len(FAST), TOKEN - NAME
    q[free, CONSTANT] = k[free, NAME:TOKEN] = 1.7
    v[:many, NAME:TOKEN] = torch.eye(many)
    out[NAME:TOKEN, :many] = torch.eye(many) * GATHERED
