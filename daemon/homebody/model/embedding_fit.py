"""Does an embedding model fit beside the model that writes? Its memory sum, and both sums together.

The sum was held against real processes, as that of a writing model (`tests/model/test_embedding_need.py`). What reads
in both directions keeps nothing of a text, and looks at a whole text in one step.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from homebody.model.computer import Memory
from homebody.model.fit import DoesNotFitError, Fitted, NoRoomNowError, budget_of, kept_free
from homebody.model.gguf import ModelInfo
from homebody.model.need import LEFT_OVER, OF_PIECE, OF_STEP, PAD, PROCESS, Layout, Need, kv_bytes
from homebody.quantities import rounded

LONGEST = 2048
"""Tokens of a text: some four pages. What is to be found again is cut into shorter pieces anyway."""

LEAST = 512
PIECE = 512
TOGETHER = 16
"""Tokens, and texts, of one step (`engine.llama.vectors`)."""

SPARE = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The model that writes: what it takes at most, and what of that its process holds beside the pages of its file."""

    name: str = ""
    total: int = 0
    own: int = 0


def embedding_need(info: ModelInfo, layout: Layout) -> Need:
    """Return what the process of an embedding model takes at most with this *layout*."""
    shape, batch = info.shape, layout.batch
    seen = -(-layout.context // PAD) * PAD
    outputs = TOGETHER if info.ends else batch
    times = (
        2 if info.reads_on else 1
    )  # the library sets room aside for likely words also where none are reckoned
    numbers = 2 * info.width + max(shape.widest, 3 * info.width)
    step = batch * (4 * numbers + 2 * seen + OF_STEP) + LEFT_OVER
    return Need(
        weights=info.file_bytes,
        repacked=sum(shape.matrices.get(kind, 0) for kind in layout.repacked),
        keys_and_values=kv_bytes(info, seen) if info.reads_on else 0,
        states=TOGETHER * shape.state_bytes,
        steps=step + times * 4 * outputs * shape.vocabulary,
        process=PROCESS + OF_PIECE * shape.vocabulary,
    )


def fitted_beside(info: ModelInfo, memory: Memory, beside: Beside, repacked: Iterable[str] = ()) -> Fitted:
    """Return the largest layout that fits beside the model that writes, or, when none does, the smallest one."""
    budget = max(0, budget_of(memory, beside.own) - beside.total)
    longest = min(info.context_length, LONGEST)
    first = _layout(info, longest, frozenset(repacked) & info.shape.matrices.keys())
    found = None
    for layout in _layouts(info, first):
        told = _told(first, layout)
        found = Fitted(layout=layout, need=embedding_need(info, layout), budget=budget, shrunk=told,
                       without_copy=bool(first.repacked) and not layout.repacked)  # fmt: skip
        if found.fits:
            break
    assert found is not None, "there is always a first layout"
    return found


def _layout(info: ModelInfo, longest: int, repacked: frozenset[str]) -> Layout:
    return Layout(context=longest, batch=min(PIECE, longest) if info.ends else longest, repacked=repacked)


def _layouts(info: ModelInfo, first: Layout) -> Iterator[Layout]:
    """Give *first*, then layouts that are each smaller than the one before."""
    layout = first
    yield layout
    if layout.repacked:
        layout = replace(layout, repacked=frozenset())
        yield layout
    while layout.context > LEAST:
        layout = _layout(info, max(LEAST, layout.context // 2), layout.repacked)
        yield layout


def _told(first: Layout, layout: Layout) -> tuple[str, ...]:
    """Return in words what was made smaller."""
    told = []
    if first.repacked and not layout.repacked:
        told.append("weights as they lie in the file, without a faster copy")
    if layout.context < first.context:
        told.append(f"texts of {layout.context} tokens instead of {first.context}")
    return tuple(told)


def refuse_beside(info: ModelInfo, found: Fitted, memory: Memory, beside: Beside) -> None:
    """Raise DoesNotFitError with the numbers when even the smallest layout does not fit beside the other model."""
    if found.fits:
        return
    both = found.need.total + beside.total
    never = both > memory.usable - kept_free(memory)
    words = f"{info.name} for embeddings takes {rounded(found.need.total)}"
    if beside.total:
        words += f", {beside.name} {rounded(beside.total)}, together {rounded(both)}"
    raise (DoesNotFitError if never else NoRoomNowError)(
        f"{words}, and they may take {rounded(found.budget + beside.total)}:"
        f" {rounded(min(memory.free, memory.usable))} of {rounded(memory.usable)} are free.",
        hint=(
            "Choose a smaller one of the two: `homebody model list` shows what is here."
            if never
            else "It is tried again every minute: close large programs, or choose a smaller model."
        ),
    )


def most_of(found: Fitted) -> int:
    """Return the bytes of its own that a sound process never needs to exceed."""
    held = found.need
    return 2 * held.weights + held.keys_and_values + held.states + max(SPARE, 2 * held.steps + held.process)
