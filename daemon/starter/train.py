"""How does the model learn, and how does it go on where it stopped?"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from starter.circuit import lay
from starter.corpus.topics import TOPICS, family
from starter.curriculum import batches, rows, stage
from starter.emphasis import WITHIN
from starter.model import Shape, Span, Starter
from starter.rows import Row
from starter.tokenizer import Tokenizer

PEAK, FLOOR = 1.2e-3, 0.03
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
    batch: int = 4096
    threads: int = 2


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


def optimizers(model: nn.Module) -> list[torch.optim.Optimizer]:
    """Return what moves the weights: Muon (Jordan 2024) for the matrices of the layers, which here learned as much
    from 0.5 M tokens as AdamW from 0.7 M, and AdamW for the table of pieces and the norms."""
    inner = [value for name, value in model.named_parameters() if value.dim() > 1 and "embd" not in name]
    rest = [value for name, value in model.named_parameters() if value.dim() < 2 or "embd" in name]
    return [
        torch.optim.Muon(inner, lr=PEAK, weight_decay=0.02, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=PEAK, weight_decay=0.0, betas=(0.9, 0.98)),
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


def save(path: Path, model: Starter, descent: list[torch.optim.Optimizer], state: State) -> None:
    """Write a checkpoint, whole or not at all."""
    held = {
        "shape": asdict(model.shape),
        "model": model.state_dict(),
        "descent": [one.state_dict() for one in descent],
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
    lay(model, plan.seed, {topic: pieces_of(topic, tokenizer) for topic in TOPICS})
    model.to(plan.device)
    descent, state = optimizers(model), State()
    if path.exists():
        held = torch.load(path, map_location=plan.device, weights_only=True)
        model.load_state_dict(held["model"])
        for one, was in zip(descent, held["descent"], strict=True):
            one.load_state_dict(was)
        state = State(**held["state"])
    began, saved, whole = time.monotonic() - state.seconds, state.seconds, plan.minutes * 60
    while state.seconds < whole:
        share = state.seconds / whole
        pool = rows(plan.seed * 1_000_003 + state.step, tokenizer, share, POOL)
        for group in batches(pool, plan.batch, plan.seed + state.step):
            for part in (part for one in descent for part in one.param_groups):
                part["lr"] = rate(state.step, state.seconds / whole)
            loss, right, many = learn(model, group, plan.device)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for one in descent:
                one.step()
                one.zero_grad()
            _count(state, group, loss.item(), right.item() / max(1, many), many)
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
    state.decisions += many


def line(state: State, name: str) -> str:
    """Return one row of the log's table."""
    return (
        f"| {state.seconds / 60:.1f} | {state.step} | {state.tokens / 1e6:.2f} M | {state.decisions / 1e6:.2f} M "
        f"| {state.loss:.3f} | {state.right:.4f} | {name} |"
    )
