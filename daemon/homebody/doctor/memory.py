"""Is there room in memory for the model, by what the system says and by what this program may use of it?"""

from collections.abc import Iterator

from homebody.doctor.finding import Finding, note, right, wrong
from homebody.model.choice import Choice
from homebody.model.computer import Memory
from homebody.model.fit import fitted, in_words
from homebody.model.gguf import ModelInfo
from homebody.model.machine import repacked_types
from homebody.quantities import rounded

SCARCE = 500_000_000
"""Less than this free, and the computer will soon swap whatever we do."""


def memory(found: Memory | None) -> Iterator[Finding]:
    """Yield how much there is."""
    if found is None:
        return
    words = f"memory: {rounded(found.free)} of {rounded(found.total)} are free"
    words += f", {rounded(found.swap_free)} of {rounded(found.swap)} swap" if found.swap else ", no swap"
    if found.limit is not None and found.limit < found.total:
        words += f"; homebody may use {rounded(found.limit)}"
    if min(found.free, found.limit or found.free) < SCARCE:
        yield note(
            "memory",
            words,
            "Close a large program: with so little left, the computer swaps or ends programs.",
        )
    else:
        yield right("memory", words)


def fits(info: ModelInfo, choice: Choice, found: Memory | None, *, loaded: bool) -> Iterator[Finding]:
    """Yield whether the model fits, as the daemon reckons it; one that is *loaded* does."""
    if found is None or loaded:
        return
    whole = fitted(info, found, context=choice.context, kv=choice.kv, repacked=repacked_types())
    words = f"the model: {in_words(whole.need, whole.layout)}; it may take {rounded(whole.budget)}"
    if whole.fits and not whole.shrunk:
        yield right("model-memory", words)
    elif whole.fits:
        yield note(
            "model-memory",
            f"{words}; so that it fits there are {', '.join(whole.shrunk)}",
            "Close a large program before homebody starts, or leave it so: it works.",
        )
    elif choice.force:
        yield note(
            "model-memory",
            f"{words}: it does not fit, and is loaded all the same, as you chose",
            "Without `overcommit: true` in settings.yaml it is refused instead.",
        )
    else:
        yield wrong(
            "model-memory",
            f"{words}: it does not fit",
            "Close large programs, or choose a smaller model: `homebody model list` shows what fits.",
        )
