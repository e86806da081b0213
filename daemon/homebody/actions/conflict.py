"""What happens when a name that an action wants is taken? The words are organize's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from homebody.errors import EffectError
from homebody.filenames import numbered

MOST_NUMBERS = 10_000
"""How many names are tried before there are too many files of one name."""

OnConflict = Literal["rename_new", "skip", "overwrite"]
"""``rename_new``: under the next free name, as "notes 2.md". ``skip``: not at all. ``overwrite``: the old content
goes to the vault, for undo."""


def names(path: Path) -> Iterator[Path]:
    """Yield *path*, then the names that stand in for it: "notes 2.md", "notes 3.md" ...

    Raises EffectError when there are too many.
    """
    yield path
    for number in range(2, MOST_NUMBERS):
        yield path.with_name(numbered(path.name, number))
    raise EffectError(f"There are {MOST_NUMBERS:,} files of that name already: nothing was changed.")
