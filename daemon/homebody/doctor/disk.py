"""Is there room where homebody writes?"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from homebody.doctor.finding import Finding, right, wrong
from homebody.quantities import rounded

LEAST_FREE_BYTES = 200_000_000


def free_on(folders: Iterable[Path]) -> dict[Path, int]:
    """Return the free bytes of each disk that *folders* lie or would lie on, by the first such folder."""
    disks: dict[int, Path] = {}
    for folder in folders:
        there = next(place for place in (folder, *folder.parents) if place.exists())
        disks.setdefault(there.stat().st_dev, there)
    return {folder: shutil.disk_usage(folder).free for folder in disks.values()}


def disk(free: Mapping[Path, int]) -> Iterator[Finding]:
    """Yield how much room each disk has: for journal and vault, and for what recipes make."""
    for folder, left in free.items():
        words = f"{rounded(left)} are left on the disk of {folder}"
        if left < LEAST_FREE_BYTES:
            yield wrong("disk", words, "Make room: homebody pauses on a full disk, and goes on by itself.")
        else:
            yield right("disk", words)
