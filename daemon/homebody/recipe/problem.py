"""What is wrong with a recipe, and where?"""

from collections.abc import Sequence
from dataclasses import dataclass

from homebody.errors import RecipeError


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One mistake: the file, the line and column (from 1), the place in the recipe, and what is wrong."""

    file: str
    line: int
    column: int
    where: str
    what: str

    def __str__(self) -> str:
        where = f" {self.where}:" if self.where else ""
        return f"{self.file}:{self.line}:{self.column}:{where} {self.what}"


class RecipeProblemsError(RecipeError):
    """A recipe file has mistakes."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def where(path: Sequence[str | int]) -> str:
    """Return the place *path* in words: ``actions[0].write``."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
    return words
