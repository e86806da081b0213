"""How do several processes learn one model together, each on a core of its own?

On small matrices two processes of one thread each learn some four tenths more in the same time than one of two threads,
which waits for itself. All see the same weights (shared memory). At each step every worker learns from rows of its own;
then all take the mean of what they found, and each moves its share of the matrices.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

WAITED = 900.0
"""Seconds until a worker gives up on another: one that has died is never there."""
CLIP = 1.0
"""The largest norm of a step's gradient."""
HEARD = 4
"""What each worker tells of a step: the loss, what was right, the decisions, the tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the workers share besides the weights."""

    slopes: Tensor
    """What each found: (workers, weights)."""
    heard: Tensor
    """What each tells: (workers, `HEARD`)."""
    orders: Tensor
    """The seconds learned, whether to save, whether to end; the first worker writes them."""
    folder: str
    meeting: Barrier | None


def board(model: nn.Module, workers: int, context: Any, folder: str) -> Board:
    """Return what *workers* share; *model* is moved into shared memory, and *folder* is for what they hand over."""
    if workers > 1:
        model.share_memory()
    size, device = sum(one.numel() for one in model.parameters()), next(model.parameters()).device
    slopes, heard, orders = (
        torch.zeros(workers, size, device=device),
        torch.zeros(workers, HEARD),
        torch.zeros(3, dtype=torch.float64),
    )
    if workers > 1:
        for one in (slopes, heard, orders):
            one.share_memory_()
    meeting = context.Barrier(workers) if workers > 1 else None
    return Board(slopes=slopes, heard=heard, orders=orders, folder=folder, meeting=meeting)


class Worker:
    """One of several that learn *model* together."""

    def __init__(
        self, rank: int, model: nn.Module, shared: Board, descent: Sequence[torch.optim.Optimizer]
    ) -> None:
        """Begin; *descent* moves the weights that are this worker's share."""
        self._rank, self._board, self._descent = rank, shared, descent
        self._all = list(model.parameters())
        self._mine = {id(one) for each in descent for part in each.param_groups for one in part["params"]}

    def meet(self) -> None:
        """Wait for the others. Raises BrokenBarrierError when one of them does not come."""
        if self._board.meeting is not None:
            self._board.meeting.wait(WAITED)

    def step(self, rate: float, heard: Iterable[float]) -> None:
        """Tell the others what was found and *heard*, and move this worker's share by the mean of what all found."""
        slopes = self._board.slopes
        at = 0
        for one in self._all:
            if one.grad is not None:
                slopes[self._rank, at : at + one.numel()].copy_(one.grad.view(-1))
            at += one.numel()
            one.grad = None
        self._board.heard[self._rank] = torch.tensor(list(heard))
        self.meet()
        self._move(slopes.mean(0), rate)
        self.meet()

    def _move(self, slope: Tensor, rate: float) -> None:
        slope *= min(1.0, CLIP / (float(slope.norm()) + 1e-6))
        at = 0
        for one in self._all:
            if id(one) in self._mine:
                one.grad = slope[at : at + one.numel()].view(one.shape)
            at += one.numel()
        for each in self._descent:
            for part in each.param_groups:
                part["lr"] = rate
            each.step()
            each.zero_grad()

    def states(self) -> list[list[dict[str, Any]]]:
        """Return the states of all workers' optimizers; every worker has to call it at the same step."""
        folder = Path(self._board.folder)
        torch.save([one.state_dict() for one in self._descent], folder / f"{self._rank}.pt")
        self.meet()
        found = [
            torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(len(self._board.heard))
        ]
        self.meet()
        return found
