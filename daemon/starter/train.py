"""How does the model learn, and how does it go on where it stopped?"""

import math
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from starter.circuit import lay
from starter.corpus.topics import TOPICS, family
from starter.crew import Board, Worker, board
from starter.curriculum import batches, rows, stage
from starter.emphasis import WITHIN
from starter.model import Shape, Span, Starter
from starter.rows import Row
from starter.tokenizer import Tokenizer

PEAK, FLOOR = 1.4e-3, 0.03
WARM_STEPS = 60
DECAY_FROM = 0.6
POOL = 160
SAVE_EVERY = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to train, on what, and from which random numbers."""

    minutes: float
    seed: int
    device: str
    workers: int
    """Processes that learn together, each of one thread."""
    batch: int = 3072
    """Tokens of a group of rows, padding counted; each worker learns from one at a step."""


@dataclass(slots=True, kw_only=True)
class State:
    """Where the training stands."""

    seconds: float = 0.0
    step: int = 0
    tokens: int = 0
    decisions: int = 0
    loss: float = 0.0
    right: float = 0.0


def tensors(group: list[Row], device: str) -> tuple[Tensor, Tensor, list[Span], Tensor]:
    """Return ids, positions, where each row lies, and the weight in the loss, of rows one behind the other."""
    ids = torch.tensor([token for one in group for token in one.ids], device=device)
    positions = torch.tensor([place for one in group for place in one.positions], device=device)
    weight = torch.tensor([value for one in group for value in one.weight], device=device)
    spans = []
    for one in group:
        shared, *asks = (len(list(part)) for _, part in groupby(one.branch))
        spans.append(Span(shared=shared, asks=tuple(asks)))
    return ids, positions, spans, weight


def rate(step: int, share: float) -> float:
    """Return the learning rate: a short warm-up, level, then down to nearly nothing, steeply at first."""
    left = 1.0 - max(0.0, (share - DECAY_FROM) / (1 - DECAY_FROM))
    return (
        PEAK
        * min(1.0, (step + 1) / WARM_STEPS)
        * (FLOOR + (1 - FLOOR) * max(0.0, left) * math.sqrt(max(0.0, left)))
    )


def optimizers(model: nn.Module, rank: int, workers: int) -> list[torch.optim.Optimizer]:
    """Return what moves the share of the weights that is worker *rank*'s: Muon (Jordan 2024) for the matrices of the
    layers, which here learned as much from 0.5 M tokens as AdamW from 0.7 M, and AdamW for the pieces and the norms."""
    inner = [value for name, value in model.named_parameters() if value.dim() > 1 and "embd" not in name]
    rest = [value for name, value in model.named_parameters() if value.dim() < 2 or "embd" in name]
    return [
        torch.optim.Muon(inner[rank::workers], lr=PEAK, weight_decay=0.02, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest[rank::workers], lr=PEAK, weight_decay=0.0, betas=(0.9, 0.98)),
    ]


def learn(model: Starter, group: list[Row], device: str) -> tuple[Tensor, Tensor, int]:
    """Return the weighted loss, how many decisions would be guessed right, and how many there are."""
    ids, positions, spans, weight = tensors(group, device)
    wanted = weight[1:] > 0
    with torch.autocast(device, dtype=torch.bfloat16):
        hidden = model(ids, positions, spans)
        scores = model.scores(hidden[:-1][wanted])
    goal, share = ids[1:][wanted], weight[1:][wanted]
    loss = (functional.cross_entropy(scores.float(), goal, reduction="none") * share).sum() / share.sum()
    decisions = share > WITHIN
    right = scores.detach()[decisions].argmax(-1) == goal[decisions]
    return loss, right.sum(), int(decisions.sum())


def pieces_of(topic: str, tokenizer: Tokenizer) -> list[int]:
    """Return the pieces that are a whole word of *topic*'s family, written small or with a capital."""
    forms = {form for word in family(topic) for form in (word, word.lower(), word.capitalize())}
    return sorted(tokenizer.ids[form] for form in forms if form in tokenizer.ids)


def save(path: Path, model: Starter, descent: list[list[dict[str, Any]]], state: State) -> None:
    """Write a checkpoint, whole or not at all; *descent* are the states of each worker's optimizers."""
    held = {
        "shape": asdict(model.shape),
        "model": model.state_dict(),
        "descent": descent,
        "state": asdict(state),
    }
    part = path.with_suffix(".part")
    torch.save(held, part)
    part.replace(path)


def train(tokenizer: Tokenizer, plan: Plan, path: Path, note: Callable[[str], None]) -> Starter:
    """Return the trained model; go on from the checkpoint at *path* when there is one."""
    torch.manual_seed(plan.seed)
    model = Starter(Shape(pieces=len(tokenizer)))
    lay(model, plan.seed, {topic: pieces_of(topic, tokenizer) for topic in TOPICS})
    model.to(plan.device)
    if path.exists():
        model.load_state_dict(torch.load(path, map_location=plan.device, weights_only=True)["model"])
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        shared = board(model, plan.workers, context, folder)
        others = [
            context.Process(
                target=work, args=(rank, model, tokenizer.pieces, plan, path, shared), daemon=True
            )
            for rank in range(1, plan.workers)
        ]
        for one in others:
            one.start()
        work(0, model, tokenizer.pieces, plan, path, shared, note)
        for one in others:
            one.join()
    return model


def work(
    rank: int,
    model: Starter,
    pieces: list[str],
    plan: Plan,
    path: Path,
    shared: Board,
    note: Callable[[str], None] | None = None,
) -> None:
    """Learn until the time is over, as worker *rank* of all; the first one counts, notes and writes checkpoints."""
    torch.set_num_threads(1)
    descent, state = optimizers(model, rank, plan.workers), State()
    if path.exists():
        held = torch.load(path, map_location=plan.device, weights_only=True)
        if len(held["descent"]) == plan.workers:  # by another number of workers: begun anew
            for one, was in zip(descent, held["descent"][rank], strict=True):
                one.load_state_dict(was)
        state = State(**held["state"])
    if state.seconds >= plan.minutes * 60:  # what was learned is only to be measured again
        return
    worker, orders, whole = Worker(rank, model, shared, descent), shared.orders, plan.minutes * 60
    began, saved = time.monotonic() - state.seconds, state.seconds
    shared.orders[0] = state.seconds
    worker.meet()
    for group in stream(rank, Tokenizer(pieces), plan, state.step, orders):
        now = float(orders[0])
        loss, right, many = learn(model, group, plan.device)
        loss.backward()
        if rank == 0:
            seconds = time.monotonic() - began
            orders[1], orders[2] = float(seconds - saved > SAVE_EVERY), float(seconds >= whole)
        told = loss.item(), right.item(), many, sum(len(one.ids) for one in group)
        worker.step(rate(state.step, now / whole), told)
        ends, saves = bool(orders[2]), bool(orders[1])
        state.seconds = time.monotonic() - began
        _count(state, shared.heard)
        if saves or ends:
            states = worker.states()
            saved = state.seconds
            if rank == 0:
                save(path, model, states, state)
        if note and state.step % 25 == 0:
            note(line(state, stage(now / whole).name))
        worker.meet()
        if ends:
            return
        if rank == 0:
            orders[0] = state.seconds


def stream(rank: int, tokenizer: Tokenizer, plan: Plan, step: int, orders: Tensor) -> Iterator[list[Row]]:
    """Give groups of rows without end: those of worker *rank*, of the stage that is on when they are made."""
    while True:
        step += 1
        seed = (plan.seed * 1_000_003 + step) * plan.workers + rank
        made = rows(seed, tokenizer, min(1.0, float(orders[0]) / (plan.minutes * 60)), POOL)
        for group in batches(made, plan.batch, seed):
            step += 1
            yield group


def _count(state: State, heard: Tensor) -> None:
    """Count what all workers *heard* in one step."""
    loss, right, many, tokens = heard[:, 0].mean().item(), *heard[:, 1:].sum(0).tolist()
    keep = 0.95 if state.step else 0.0
    state.loss = keep * state.loss + (1 - keep) * loss
    state.right = keep * state.right + (1 - keep) * right / max(1, many)
    state.step += 1
    state.tokens += int(tokens)
    state.decisions += int(many)


def line(state: State, name: str) -> str:
    """Return one row of the log's table."""
    return (
        f"| {state.seconds / 60:.1f} | {state.step} | {state.tokens / 1e6:.2f} M | {state.decisions / 1e6:.2f} M "
        f"| {state.loss:.3f} | {state.right:.4f} | {name} |"
    )
