"""The model copies before it has learned anything, and an ask never sees the others."""

import random

import pytest

from starter.tokenizer import Tokenizer

torch = pytest.importorskip("torch", reason="torch makes the model; homebody itself does without")


def test_the_laid_circuit_copies_at_once():
    """With no training, a span of random tokens that comes again is guessed token by token."""
    from starter.model import Shape, Starter, lay_circuit

    model = Starter(Shape(pieces=6144))
    lay_circuit(model, 1)
    dice = torch.Generator().manual_seed(3)
    ids = torch.randint(0, 6144, (4, 160), generator=dice)
    ids[:, 110:] = ids[:, 20:70]
    positions, mask = torch.arange(160)[None].expand(4, -1), torch.ones(160, 160, dtype=torch.bool).tril()
    with torch.no_grad():
        scores = model.scores(model(ids, positions, mask[None, None])[:, 113:-1])
    right = (scores.argmax(-1) == ids[:, 114:]).float().mean()
    assert right > 0.97


def test_an_ask_sees_the_document_and_itself_only(tokenizer: Tokenizer):
    """In a row, no ask can look at another ask, and nothing can look ahead."""
    from starter.rows import row
    from starter.train import tensors

    one = row(random.Random(4), tokenizer, 3, 4)
    _, positions, mask, _ = tensors([one], "cpu")
    for at in range(len(one.ids)):
        seen = [i for i in range(len(one.ids)) if mask[0, 0, at, i]]
        assert all(i <= at and one.branch[i] in (0, one.branch[at]) for i in seen)
        assert len(seen) == int(positions[0, at]) + 1
