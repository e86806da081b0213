"""What is wrong with a recipe, and where?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homebody.errors import RecipeError

LONGEST = 800
"""The most characters of a sentence about a mistake."""


def _line(words: str) -> str:
    line = " ".join(part.strip() for part in words.splitlines())
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} ... {line[-LONGEST // 2 :]}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One mistake: the file, the line and column (from 1), the place in the recipe, and what is wrong."""

    file: str
    line: int
    column: int
    where: str
    what: str

    def __post_init__(self) -> None:
        """Let the words stand on one line, and a value that is very long be cut in its middle."""
        object.__setattr__(self, "where", _line(self.where))
        object.__setattr__(self, "what", _line(self.what))

    def __str__(self) -> str:
        where = f" {self.where}:" if self.where else ""
        return f"{self.file}:{self.line}:{self.column}:{where} {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a recipe stands: its file, and the line and column of each of its actions and triggers, and of the rest."""

    file: str
    actions: tuple[tuple[int, int], ...] = ()
    outputs: tuple[tuple[int, int], ...] = ()
    triggers: tuple[tuple[int, int], ...] = ()
    select: tuple[int, int] = (1, 1)

    def problem(self, action: int, kind: str, what: str) -> Problem:
        """Return a problem of one action, by its number and its word."""
        line, column = self.actions[action] if action < len(self.actions) else (1, 1)
        return Problem(
            file=self.file, line=line, column=column, where=where(("actions", action, kind)), what=what
        )

    def problem_of_trigger(self, trigger: int, what: str) -> Problem:
        """Return a problem of what one trigger watches, by its number."""
        line, column = self.triggers[trigger] if trigger < len(self.triggers) else (1, 1)
        place = where(("triggers", trigger, "watch"))
        return Problem(file=self.file, line=line, column=column, where=place, what=what)

    def problem_of_select(self, what: str) -> Problem:
        """Return a problem of the folder of ``select``."""
        line, column = self.select
        return Problem(file=self.file, line=line, column=column, where="select.folder", what=what)


def places_of(name: str, places: Mapping[str, Places]) -> Places:
    """Return where the recipe *name* stands; one that came without a file is taken to stand in one of its name."""
    return places.get(name, Places(file=f"{name}.yaml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswerable:
    """Which ask of a recipe the model cannot answer, from 0, and *why* by its own word."""

    ask: int
    why: str


def unanswerable(name: str, places: Mapping[str, Places], said: Unanswerable, *, asks: int = 1) -> Problem:
    """Return that the model cannot fill the slots of one of the *asks* of the recipe *name*."""
    stands, why = places_of(name, places), said.why
    line, column = stands.outputs[said.ask] if said.ask < len(stands.outputs) else (1, 1)
    output = ("ask", said.ask, "output") if asks > 1 else ("ask", "output")
    what = f"the model cannot answer this. {why.rstrip('.')}; ask for less or for something else, or use another model"
    return Problem(file=stands.file, line=line, column=column, where=where(output), what=what)


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
