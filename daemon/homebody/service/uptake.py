"""What has to change in a running daemon when other recipes are in force?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from homebody import seal
from homebody.house.intake import Intake
from homebody.house.rebuild import FirstLook
from homebody.house.taking import InForce, Standing
from homebody.house.wake import Wake
from homebody.house.watched import Watched, wishes
from homebody.journal.store import Journal
from homebody.paths import Home
from homebody.recipe.load import Loaded, load_folder
from homebody.service.grammars import Grammars
from homebody.service.newcomers import Say, announce, introduce
from homebody.service.obstacles import standing
from homebody.service.timetable import Timetable
from homebody.synced.away import Away
from homebody.triggers.folders import FolderWatch

NOTED_SECONDS = 5.0
"""So long it is waited for that the files which a new recipe leaves alone are noted."""


@dataclass(slots=True, kw_only=True)
class Uptake:
    """The parts that have to know which recipes are in force; called by one thread at a time (`taking.Taker`)."""

    home: Home
    settle: float
    """Seconds that a file lies still before it is taken up, where its recipe does not say."""
    loaded: Loaded
    """What the files said when they were last taken up."""
    policy: seal.Policy
    """What the kernel got at the start."""
    shown: Mapping[Path, seal.Identity]
    carrier: Callable[[Path], Away | None]
    grammars: Grammars
    recipes: InForce
    journal: Journal
    watched: list[Watched]
    first_look: FirstLook
    folders: FolderWatch
    intake: Intake
    timetable: Timetable
    wake: Wake
    say: Say
    read: Loaded | None = None
    """What the files said when they were last looked at."""

    def evaluate(self, before: Standing) -> Standing:
        """Return how it stands with what the recipes' files say now, after it stood as *before*."""
        self.read = load_folder(self.home.recipes)
        return self._standing(before, self.read)

    def judge_again(self, before: Standing) -> Standing:
        """Return how it stands with what the files said when they were last taken up: another model may be there."""
        self.read = self.loaded
        return self._standing(before, self.loaded)

    def _standing(self, before: Standing, loaded: Loaded) -> Standing:
        """Return how it stands with what was *loaded*, within the seal of this start, with the model that is there."""
        allowed = seal.as_it_stands(self.policy, self.shown)
        return standing(before, loaded, self.home, allowed, self.carrier, self.grammars.refusals)

    def take(self, found: Standing) -> None:
        """Let *found* be in force: everybody goes by it, and a person is told. To be called again after an error."""
        announce(self.recipes.standing, found, self.say)
        self.recipes.standing = found
        self.loaded = self.read or self.loaded
        anew = wishes(self.recipes.values(), self.settle)
        if anew != self.watched:
            self.watched = anew
            self.first_look.watch(anew)
            self.folders.look_after(watched_folders(anew, self.home.recipes.resolve()))
            self.intake.watch(anew).wait(NOTED_SECONDS)
        self.timetable.follow()
        self.wake.set()
        introduce(self.journal, self.recipes.values(), self.say)


def watched_folders(watched: list[Watched], recipes: Path) -> list[tuple[Path, bool]]:
    """Return every folder that is to be watched, the one of the *recipes* among them, and whether below it, too."""
    return [(recipes, False), *((one.folder, one.recursive) for one in watched)]
