"""How does the model learn, and how does it go on where it stopped?"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from starter.curriculum import batches, rows, stage
from starter.model import Shape, Starter, lay_circuit
from starter.rows import Row
from starter.tokenizer import Tokenizer

PEAK, FLOOR = 1.2e-3, 0.03
WARM_STEPS = 60
DECAY_FROM = 0.31
POOL = 160
SAVE_EVERY = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to train, on what, and from which random numbers."""

    minutes: float
    seed: int
    device: str
    batch: int = 4096
    threads: int = 2


@dataclass(slots=True, kw_only=True)
class State:
    """Where the training stands."""

    seconds: float = 0.0
    step: int = 0
    tokens: int = 0
    answers: int = 0
    loss: float = 0.0
    right: float = 0.0


def tensors(group: list[Row], device: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return ids, positions, the mask and what is learned, of rows padded to one length."""
    longest = max(len(one.ids) for one in group)
    ids, positions, branch = (torch.zeros(len(group), longest, dtype=torch.long) for _ in range(3))
    learned = torch.zeros(len(group), longest, dtype=torch.bool)
    for at, one in enumerate(group):
        size = len(one.ids)
        ids[at, :size] = torch.tensor(one.ids)
        positions[at, :size] = torch.tensor(one.positions)
        branch[at, :size] = torch.tensor(one.branch)
        learned[at, :size] = torch.tensor(one.learned)
    past = torch.ones(longest, longest, dtype=torch.bool).tril()
    same = (branch[:, None, :] == 0) | (branch[:, None, :] == branch[:, :, None])
    mask = (past & same)[:, None]
    return ids.to(device), positions.to(device), mask.to(device), learned.to(device)


def rate(step: int, share: float) -> float:
    """Return the learning rate: a short warm-up, level, then down to nearly nothing, steeply at first."""
    left = 1.0 - max(0.0, (share - DECAY_FROM) / (1 - DECAY_FROM))
    return (
        PEAK
        * min(1.0, (step + 1) / WARM_STEPS)
        * (FLOOR + (1 - FLOOR) * max(0.0, left) * math.sqrt(max(0.0, left)))
    )


def optimizer(model: nn.Module) -> torch.optim.Optimizer:
    matrices = [value for value in model.parameters() if value.dim() > 1]
    vectors = [value for value in model.parameters() if value.dim() < 2]
    groups = [{"params": matrices, "weight_decay": 0.02}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=PEAK, betas=(0.9, 0.98))


def learn(model: Starter, group: list[Row], device: str) -> tuple[Tensor, Tensor, int]:
    """Return the loss, how many learned tokens would be guessed right, and how many there are."""
    ids, positions, mask, learned = tensors(group, device)
    with torch.autocast(device, dtype=torch.bfloat16):
        hidden = model(ids, positions, mask)
        wanted = learned[:, 1:]
        scores = model.scores(hidden[:, :-1][wanted])
    goal = ids[:, 1:][wanted]
    loss = functional.cross_entropy(scores.float(), goal)
    return loss, (scores.detach().argmax(-1) == goal).sum(), goal.numel()


def save(path: Path, model: Starter, descent: torch.optim.Optimizer, state: State) -> None:
    """Write a checkpoint, whole or not at all."""
    held = {
        "shape": asdict(model.shape),
        "model": model.state_dict(),
        "descent": descent.state_dict(),
        "state": asdict(state),
    }
    part = path.with_suffix(".part")
    torch.save(held, part)
    part.replace(path)


def train(tokenizer: Tokenizer, plan: Plan, path: Path, note: Callable[[str], None]) -> Starter:
    """Return the trained model; go on from the checkpoint at *path* when there is one."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    model = Starter(Shape(pieces=len(tokenizer)))
    lay_circuit(model, plan.seed)
    model.to(plan.device)
    descent, state = optimizer(model), State()
    if path.exists():
        held = torch.load(path, map_location=plan.device, weights_only=True)
        model.load_state_dict(held["model"])
        descent.load_state_dict(held["descent"])
        state = State(**held["state"])
    began, saved, whole = time.monotonic() - state.seconds, state.seconds, plan.minutes * 60
    while state.seconds < whole:
        share = state.seconds / whole
        pool = rows(plan.seed * 1_000_003 + state.step, tokenizer, share, POOL)
        for group in batches(pool, plan.batch, plan.seed + state.step):
            for part in descent.param_groups:
                part["lr"] = rate(state.step, state.seconds / whole)
            loss, right, many = learn(model, group, plan.device)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            descent.step()
            descent.zero_grad()
            _count(state, group, loss.item(), right.item() / many, many)
            state.seconds = time.monotonic() - began
            if state.step % 25 == 0:
                note(line(state, stage(share).name))
            if state.seconds >= whole:
                break
        if state.seconds - saved > SAVE_EVERY:
            save(path, model, descent, state)
            saved = state.seconds
    save(path, model, descent, state)
    return model


def _count(state: State, group: list[Row], loss: float, right: float, many: int) -> None:
    keep = 0.95 if state.step else 0.0
    state.loss = keep * state.loss + (1 - keep) * loss
    state.right = keep * state.right + (1 - keep) * right
    state.step += 1
    state.tokens += sum(len(one.ids) for one in group)
    state.answers += many


def line(state: State, name: str) -> str:
    """Return one row of the log's table."""
    return (
        f"| {state.seconds / 60:.1f} | {state.step} | {state.tokens / 1e6:.2f} M | {state.answers / 1e6:.2f} M "
        f"| {state.loss:.3f} | {state.right:.4f} | {name} |"
    )
