"""What is laid into the weights before any training, on a machine that has PyTorch."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch trains the starter model; nothing else needs it")

from starter.circuit import NAME, TOPIC, lay  # noqa: E402 - needs torch
from starter.model import Shape, Span, Starter, attended  # noqa: E402

PIECES = 900
FAMILIES = {"car": (300, 301), "garden": (400, 401)}


@pytest.fixture(scope="module")
def laid() -> Starter:
    """A model as it is before its first step."""
    made = Starter(Shape(pieces=PIECES))
    lay(made, 1, FAMILIES)
    return made


def scores(model: Starter, ids: list[int]) -> torch.Tensor:
    """Return the scores of what comes after each of *ids*."""
    with torch.no_grad():
        hidden = model(torch.tensor(ids), torch.arange(len(ids)), [Span(shared=len(ids), asks=())])
        return model.scores(hidden)


def test_a_span_is_copied_at_the_first_step(laid: Starter):
    """Of random tokens that come again, at least nine in ten are foreseen once four have come."""
    ids = torch.randint(260, PIECES, (200,), generator=torch.Generator().manual_seed(3)).tolist()
    again = ids[60:120]
    said = scores(laid, [*ids, *again]).argmax(-1)[len(ids) + 4 : -1]
    assert (said == torch.tensor(again[5:])).float().mean() >= 0.9


def test_the_words_of_a_topic_speak_for_its_name(laid: Starter):
    """After a text with words of one family, the other words of it are likelier than those of another."""
    ids = torch.randint(500, PIECES, (60,), generator=torch.Generator().manual_seed(4)).tolist()
    before = scores(laid, ids)[-1]
    ids[10] = ids[30] = 300
    gained = scores(laid, ids)[-1] - before
    assert gained[301] > 0
    assert gained[301] > gained[401]
    assert laid.token_embd.weight[400, NAME + 1].item() == pytest.approx(TOPIC)


def test_asks_see_the_shared_part_and_themselves_alone():
    """Attention by parts gives what attention over everything with a mask gives."""
    dice = torch.Generator().manual_seed(5)
    q, k, v = (torch.randn(2, 12, 8, generator=dice) for _ in range(3))
    spans = [Span(shared=4, asks=(3, 2)), Span(shared=3, asks=())]
    seen = torch.zeros(12, 12, dtype=torch.bool)
    for rows, columns in ((4, 0), (7, 0), (9, 0), (12, 9)):
        seen[columns:rows, columns:rows] = True
    seen[7:9, 4:7] = False
    seen[9:, :9] = False
    seen &= torch.ones(12, 12, dtype=torch.bool).tril()
    whole = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=seen)[0]
    torch.testing.assert_close(attended(q, k, v, spans), whole, rtol=1e-4, atol=1e-5)
