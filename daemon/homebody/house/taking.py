"""Which recipes are in force, when the recipes' files have changed? Pure.

What a start would take is always taken; a recipe whose file is wrong or wants more than it can have goes on as
it was, as long as that is safe with the others.
"""

from collections.abc import Collection, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field, replace

from homebody.recipe.load import Loaded
from homebody.recipe.problem import Problem
from homebody.recipe.reach import circles, edges
from homebody.recipe.schema import Recipe

STOPPED = "the version before was stopped, because it closes a circle with what runs now"
GOES_ON = "until then it goes on as it was"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Why a recipe does not run as its file has it; ``restart`` says that a restart of homebody is the cure."""

    why: str
    restart: bool = False
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    """The folders that the seal of this start does not let it read, and write."""
    goes_on: bool = False
    """Whether an older version runs meanwhile."""

    def __str__(self) -> str:
        return f"{self.why}; {GOES_ON}" if self.goes_on else self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The recipes in force by name, the file of each, why others wait, and what is wrong with files."""

    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    waits: Mapping[str, Wait] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    stopped: Mapping[str, Recipe] = field(default_factory=dict)
    """Last good versions that may not go on, because of what runs now; they do when that is gone."""


NOTHING = Standing()
"""How it stands before the first recipe was taken."""


def decide(before: Standing, loaded: Loaded, barred: Mapping[str, Wait]) -> Standing:
    """Return how it stands with what was *loaded*, after it stood as *before*; *barred* are recipes that cannot run.

    Circles are judged over all that was loaded, as at a start. What is neither barred nor in a circle is in force,
    whatever stood before. Of the others, and of those whose file has a mistake now, the version before stays, if
    its file is still there, was not switched off, and what it makes closes no circle with the rest. One whose
    file is gone is gone.
    """
    circling = circles(edges(loaded.recipes), loaded.places)
    waits = dict(barred) | {name: Wait(why=str(problem)) for name, problem in circling.items()}
    taken = {recipe.name: recipe for recipe in loaded.recipes if recipe.name not in waits}
    files = {name: loaded.places[name].file for name in taken}
    good = {**before.stopped, **before.recipes}
    stopped = {}
    for name, words in _held(good, before.files, loaded, waits).items():
        files[name] = before.files[name]
        together = [*taken.values(), good[name]]
        if circles(edges(together), loaded.places):
            waits[name] = replace(words, why=f"{words.why}; {STOPPED}")
            stopped[name] = good[name]
            continue
        taken[name] = good[name]
        waits[name] = replace(words, goes_on=True)
    ordered = {name: taken[name] for name in sorted(taken)}
    return Standing(recipes=ordered, files=files, waits=waits, problems=loaded.problems, stopped=stopped)


def _held(
    good: Mapping[str, Recipe], files: Mapping[str, str], loaded: Loaded, waits: Mapping[str, Wait]
) -> dict[str, Wait]:
    """Return the recipes of which the version before may go on, with the reason, in the order of their names."""
    there = {recipe.name: recipe for recipe in loaded.recipes}
    wrong = {problem.file: problem for problem in reversed(loaded.problems)}
    found = {}
    for name in sorted(good):
        if name in there:
            if name in waits and there[name].enabled:
                found[name] = waits[name]
        elif (problem := wrong.get(files[name])) is not None:
            found[name] = Wait(why=f"its file has a mistake ({problem.file}, line {problem.line})")
    return found


def is_worse(before: Standing, now: Standing) -> bool:
    """Return whether something is lost or newly wrong: an editor that is about to save may look just so."""
    return (
        not before.recipes.keys() <= now.recipes.keys()
        or not set(now.problems) <= set(before.problems)
        or any(not wait.restart and before.waits.get(name) != wait for name, wait in now.waits.items())
    )


def without(standing: Standing, names: Collection[str]) -> Standing:
    """Return how it stood as if the versions of *names* had never been good: such a one does not go on."""
    if not names:
        return standing
    return replace(
        standing,
        recipes={name: recipe for name, recipe in standing.recipes.items() if name not in names},
        stopped={name: recipe for name, recipe in standing.stopped.items() if name not in names},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is another in one standing than in the one before, by the names of the recipes."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.removed)


def change(before: Standing, now: Standing) -> Change:
    """Return what is another in *now* than *before*."""
    old = {name: recipe.hash for name, recipe in before.recipes.items()}
    new = {name: recipe.hash for name, recipe in now.recipes.items()}
    return Change(
        new=tuple(name for name in new if name not in old),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        removed=tuple(name for name in old if name not in new),
    )


class InForce(Mapping[str, Recipe]):
    """The recipes in force, for everybody who runs them: given a new standing, all of it holds at once.

    May be read from any thread. Whoever took a recipe out of it goes on with that one.
    """

    def __init__(self, standing: Standing = NOTHING) -> None:
        self.standing = standing
        """How it stands; replaced whole, and never changed."""

    def __getitem__(self, name: str) -> Recipe:
        return self.standing.recipes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.standing.recipes)

    def __len__(self) -> int:
        return len(self.standing.recipes)

    def values(self) -> ValuesView[Recipe]:
        """Return the recipes of one standing, even if another comes meanwhile."""
        return self.standing.recipes.values()
