"""Several processes that learn one model together, on a machine that has PyTorch."""

import threading
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch trains the starter model; nothing else needs it")

from starter.crew import CLIP, Board, Worker  # noqa: E402 - needs torch
from starter.tokenizer import Tokenizer  # noqa: E402
from starter.train import Plan, rate, train  # noqa: E402


def model() -> torch.nn.Module:
    """Two layers with weights that are the same each time."""
    torch.manual_seed(2)
    return torch.nn.Sequential(torch.nn.Linear(3, 4, bias=False), torch.nn.Linear(4, 1, bias=False))


def slope(made: torch.nn.Module, given: torch.Tensor) -> None:
    """Find out in which direction the weights are to move for *given*."""
    made(given).square().mean().backward()


def test_two_workers_move_the_weights_as_one_does_with_both_their_rows():
    """Each moves its share by the mean of what both found, cut to the largest norm, and hears what both tell."""
    rows = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(1)) * 9
    alone = model()
    for one in rows:
        slope(alone, one)
    for one in alone.parameters():
        one.grad /= 2
    norm = torch.nn.utils.clip_grad_norm_(alone.parameters(), CLIP)
    assert norm > CLIP
    torch.optim.SGD(alone.parameters(), lr=0.1).step()

    together = model()
    sizes = sum(one.numel() for one in together.parameters())
    board = Board(
        slopes=torch.zeros(2, sizes),
        heard=torch.zeros(2, 4),
        orders=torch.zeros(3),
        folder="",
        meeting=threading.Barrier(2),
    )
    # threads have their own models here, whose weights are the same memory, as processes have
    models = [together, model()]
    for mine, shared in zip(models[1].parameters(), together.parameters(), strict=True):
        mine.data = shared.data

    def work(rank: int) -> None:
        mine = list(models[rank].parameters())[rank]
        worker = Worker(rank, models[rank], board, [torch.optim.SGD([mine], lr=9.0)])
        slope(models[rank], rows[rank])
        worker.step(0.1, (1.0 + rank, 2.0, 3.0, 4.0))

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for got, wanted in zip(together.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(got, wanted)
    assert board.heard.tolist() == [[1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 3.0, 4.0]]


@pytest.mark.long
def test_two_processes_train_save_and_go_on(tmp_path: Path, tokenizer: Tokenizer):
    """A training of two processes ends by itself, writes a checkpoint, and another goes on from it."""
    notes: list[str] = []
    path = tmp_path / "checkpoint.pt"
    for minutes in (0.1, 0.2):
        plan = Plan(minutes=minutes, seed=1, device="cpu", workers=2)
        made = train(tokenizer, plan, path, notes.append)
        held = torch.load(path, weights_only=True)
        assert held["state"]["seconds"] >= minutes * 60
        assert len(held["descent"]) == 2
        for name, value in made.state_dict().items():
            torch.testing.assert_close(value, held["model"][name])
    assert held["state"]["step"] > 1


def test_the_rate_rises_stays_and_falls():
    """From nearly nothing at the first step to its peak, and to nearly nothing at the end."""
    assert rate(0, 0.0) < rate(30, 0.0) < rate(60, 0.1) == rate(900, 0.5)
    assert rate(900, 0.5) > rate(900, 0.8) > rate(900, 1.0) > 0
