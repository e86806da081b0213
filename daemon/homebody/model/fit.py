"""Does a model fit this computer, and how is its memory laid out so that it does?

What does not fit is made smaller in this order: fewer lanes for short runs and then none; no second copy of the weights
as the processor likes them; half the context, down to 4,096 tokens; smaller batches. What fits in no way is refused,
with the sum (`homebody.model.need`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from homebody.errors import ModelError, ModelFileError
from homebody.model.computer import Memory, physical
from homebody.model.gguf import ModelInfo
from homebody.model.need import KV, Lanes, Layout, Need, kv_bytes, need
from homebody.quantities import rounded

DEFAULT_CONTEXT = 8192
LEAST_CONTEXT = 4096
BATCHES = (512, 256, 128)

SPARE = 1024**3
"""For the interpreter, the working buffers of the native library, and texts on their way."""

LANE_CELLS = 1024
"""Tokens of a short run: a page or two and its answer."""

MOST_LANES = 16
LANES_SHARE = 8
"""Lanes may take one part in so many of the computer's memory, and half of what the model leaves free of most of it."""

BLOCK = 32
"""Numbers that are kept in 8 bits share a scale with so many others (ggml, Q8_0)."""

BUFFERS = 512 * 1024**2
"""What the model process takes beside weights, keys and values, rounded up."""

KEPT_FREE = 16
"""One part in so many of the memory is left to the person's programs, but no more than MOST_KEPT."""
MOST_KEPT = 1024**3


class DoesNotFitError(ModelError):
    """The model does not fit into this computer's memory."""


class NoRoomNowError(DoesNotFitError):
    """The model would fit, but other programs have the memory just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """How a model is laid out here, what that takes, what there is, and what was made smaller for it, in words."""

    layout: Layout
    need: Need
    budget: int
    shrunk: tuple[str, ...] = ()
    without_copy: bool = False
    """Whether there was no memory for the second copy of the weights that would be faster."""

    @property
    def fits(self) -> bool:
        """Return whether it takes no more than there is."""
        return self.need.total <= self.budget

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        layout = self.layout
        return {
            "fits": self.fits,
            "need": self.need.to_dict(),
            "budget": self.budget,
            "context": layout.context,
            "lanes": layout.lanes.to_dict(),
            "batch": layout.batch,
            "kv": layout.kv,
            "repacked": sorted(layout.repacked),
            "shrunk": list(self.shrunk),
        }


def context_for(info: ModelInfo, asked: int) -> int:
    """Return the context to use: what was asked for, or a sensible size, and never more than the model knows."""
    return min(asked or DEFAULT_CONTEXT, info.context_length)


def lanes_for(info: ModelInfo, context: int, total: int | None = None, kv: KV = "f16") -> Lanes:
    """Return the lanes for short runs, as many as *total* bytes of memory (the computer's own, if not given) allow.

    On a computer that the model nearly fills there are none: short runs then share the cells of the one context.
    """
    total = physical() if total is None else total
    each = min(LANE_CELLS, context)
    left = total * 3 // 4 - info.file_bytes - kv_bytes(info, context, kv) - BUFFERS
    room = min(total // LANES_SHARE, left // 2)
    count = min(MOST_LANES, room // max(kv_bytes(info, each, kv) + info.shape.state_bytes, 1))
    return Lanes(count=count, cells=each) if count > 1 else Lanes()


def kept_free(memory: Memory) -> int:
    """Return the bytes that are left to the person's own programs whatever happens."""
    return min(MOST_KEPT, memory.usable // KEPT_FREE)


def budget_of(memory: Memory, own: int = 0) -> int:
    """Return the bytes that the model may take: what is free now, some left for the person's own programs.

    *own* is what a model of ours that is loaded holds of it already.
    """
    return max(0, min(memory.free + own, memory.usable) - kept_free(memory))


def fitted(
    info: ModelInfo,
    memory: Memory,
    *,
    context: int = 0,
    kv: KV = "f16",
    repacked: Iterable[str] = (),
    own: int = 0,
) -> Fitted:
    """Return the largest layout that fits, or, when none does, the smallest one (`Fitted.fits` says which).

    *context* is what was asked for, *repacked* names the types of weights that are kept twice here where there is room,
    *own* is as for `budget_of`.
    """
    budget = budget_of(memory, own)
    found = None
    whole = context_for(info, context)
    first = Layout(context=whole, lanes=lanes_for(info, whole, memory.usable, kv), kv=kv,
                   repacked=frozenset(repacked) & info.shape.matrices.keys())  # fmt: skip
    for layout, shrunk in layouts(first):
        found = Fitted(layout=layout, need=need(info, layout), budget=budget, shrunk=shrunk,
                       without_copy=bool(first.repacked) and not layout.repacked)  # fmt: skip
        if found.fits:
            break
    assert found is not None, "there is always a first layout"
    return found


def layouts(first: Layout) -> Iterator[tuple[Layout, tuple[str, ...]]]:
    """Give *first*, then layouts that are each smaller than the one before, and in words what was made smaller."""
    layout = first
    told: list[str] = []
    yield layout, ()
    while layout.lanes.count:
        count = layout.lanes.count // 2
        layout = replace(layout, lanes=replace(layout.lanes, count=count) if count > 1 else Lanes())
        told = [f"{layout.lanes.count} lanes for short runs instead of {first.lanes.count}"]
        yield layout, tuple(told)
    if layout.repacked:
        layout = replace(layout, repacked=frozenset())
        told.append("weights as they lie in the file, without a faster copy")
        yield layout, tuple(told)
    narrowed = ""
    while layout.context > LEAST_CONTEXT:
        layout = replace(layout, context=max(LEAST_CONTEXT, layout.context // 2))
        narrowed = f"a context of {layout.context} tokens instead of {first.context}"
        yield layout, (*told, narrowed)
    told += [narrowed] if narrowed else []
    for batch in BATCHES[1:]:
        layout = replace(layout, batch=batch)
        yield layout, (*told, f"{batch} tokens in a batch instead of {BATCHES[0]}")


def refuse(info: ModelInfo, found: Fitted, memory: Memory) -> None:
    """Raise DoesNotFitError with the numbers when even the smallest layout does not fit."""
    if found.fits:
        return
    never = found.need.total > memory.usable - kept_free(memory)
    what = "does not fit" if never else "does not fit just now"
    cure = (
        "Choose a smaller one: `homebody model list` shows what fits, `homebody model fit` the sum."
        if never
        else "It is tried again every minute: close large programs, or choose a smaller one (`homebody model list`)."
    )
    raise (DoesNotFitError if never else NoRoomNowError)(
        f"The model {info.name} {what}: {in_words(found.need, found.layout)}, and it may take"
        f" {rounded(found.budget)}: {rounded(min(memory.free, memory.usable))} of {rounded(memory.usable)} are free.",
        hint=f"{cure} `homebody model use --force` lets it be loaded all the same.",
    )


def refuse_kv(info: ModelInfo, kv: KV) -> None:
    """Raise ModelFileError when the model's keys and values cannot be kept as *kv* says."""
    if kv == "q8_0" and info.shape.head_length % BLOCK:
        raise ModelFileError(
            f"The keys and values of {info.name} cannot be kept in 8 bits: its heads of"
            f" {info.shape.head_length} numbers do not go into blocks of {BLOCK}.",
            hint="`homebody model use MODEL --kv f16` keeps them in 16 bits.",
        )


def in_words(sum_: Need, layout: Layout) -> str:
    """Return the sum on one line."""
    rest = sum_.states + sum_.steps + sum_.process
    return (
        f"with {layout.context} tokens of context it takes {rounded(sum_.total)}"
        f" ({rounded(sum_.weights + sum_.repacked)} weights, {rounded(sum_.keys_and_values)} keys and values,"
        f" {rounded(rest)} else)"
    )


def most_memory(info: ModelInfo, layout: Layout) -> int:
    """Return the bytes of its own that a sound model process never needs to exceed.

    The weights may be copied once (repacked for the processor). Whoever needs more has lost its way, as the native
    grammar parser can.
    """
    held = need(info, layout)
    return (
        2 * info.file_bytes + held.keys_and_values + held.states + max(SPARE, 2 * held.steps + held.process)
    )
