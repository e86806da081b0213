"""A desk at which recipes' files are edited, with a clock that is moved."""

from pathlib import Path

from homebody import seal
from homebody.house.taking import InForce, Standing
from homebody.paths import Home, find_home
from homebody.recipe.load import load_folder
from homebody.service.obstacles import standing
from homebody.service.taking import Taker
from homebody.testing import FakeClock

TEXT = """name: {name}
triggers: [{{watch: {watch}, settle: 100ms}}]
actions:
  - write: {{dest: "{out}/{{{{ file.stem }}}}.txt", content: "{word}"}}
"""
EVERY = 300.0


class Desk:
    """A home with a folder of recipes, a policy as of a start, and a taker on a clock that is moved."""

    def __init__(self, folder: Path) -> None:
        self.home: Home = find_home({}, folder / "home")
        self.home.recipes.mkdir(parents=True)
        self.home.state.mkdir()
        self.notes, self.out = folder / "notes", folder / "out"
        for one in (self.notes, self.out):
            one.mkdir()
        self.policy = seal.daemon_policy(
            read=[self.notes, self.home.config], write=[self.out, self.home.state]
        )
        self.clock = FakeClock()
        self.recipes = InForce()
        self.shown: list[tuple[str, ...]] = []
        self.taker = Taker(folder=self.home.recipes, clock=self.clock, recipes=self.recipes, evaluate=self.evaluate,
                           take=self.take, every=EVERY)  # fmt: skip

    def evaluate(self, before: Standing) -> Standing:
        """Return how it stands with the files as they are."""
        return standing(before, load_folder(self.home.recipes), self.home, self.policy)

    def take(self, found: Standing) -> None:
        """Let it be in force, and remember that."""
        self.recipes.standing = found
        self.shown.append(tuple(found.recipes))

    def write(self, name: str, word: str = "one", *, out: str = "out", watch: str = "notes") -> Path:
        """Write a recipe's file."""
        path = self.home.recipes / f"{name}.yaml"
        folder = self.notes.parent
        path.write_text(
            TEXT.format(name=name, watch=folder / watch, out=folder / out, word=word), encoding="utf-8"
        )
        return path

    def pass_by(self, seconds: float) -> float:
        """Let time pass, look, and return when it is looked at again."""
        self.clock.advance(seconds)
        return self.taker.look()

    def words(self) -> dict[str, str]:
        """Return which version of each recipe is in force."""
        return {name: one.actions[0].content for name, one in self.recipes.items()}
