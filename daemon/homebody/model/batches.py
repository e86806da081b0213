"""How do many texts become messages of a size that the pipe takes, and their counts one list again?"""

from collections.abc import Iterator, Sequence
from typing import Any

BATCH_CHARACTERS = 4 * 1024 * 1024


def counts_of(found: Any, wanted: int) -> list[int]:
    """Return the counts of an answer. Raises ValueError when they are not as many as were asked for."""
    counts = [int(count) for count in found]
    if len(counts) != wanted:
        raise ValueError
    return counts


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Return *texts* in groups that are small enough for one message each."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
