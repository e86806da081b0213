"""Which symbolic links are passed on the way to a file?"""

from collections.abc import Iterable
from pathlib import Path

MOST = 40
"""So many links in a row are a circle (MAXSYMLINKS is 32 on macOS)."""


def links_on_the_way(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return every link that the kernel follows to reach the absolute *paths*, by the real path of each link.

    A link that leads nowhere, or round in a circle, ends its way; what is beyond it is not looked at.
    """
    found: dict[Path, None] = {}
    for path in paths:
        _follow(path, found)
    return tuple(found)


def _follow(path: Path, found: dict[Path, None]) -> None:
    left = list(reversed(path.parts[1:]))
    here, followed = Path(path.anchor), 0
    while left and followed < MOST:
        name = left.pop()
        if name == "..":
            here = here.parent
            continue
        step = here / name
        try:
            goal = step.readlink()
        except OSError:  # an ordinary file or folder, or nothing at all
            here = step
            continue
        followed += 1
        found[step] = None
        if goal.is_absolute():
            here = Path(goal.anchor)
        left.extend(reversed(goal.parts[1:] if goal.is_absolute() else goal.parts))
