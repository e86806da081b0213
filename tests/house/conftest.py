"""A house without a daemon: real journal, vault, reader and files; a clock and a model that do as they are told."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.documents.pictures.tesseract import ABSENT
from homebody.documents.readers import Readers, readers
from homebody.house.intake import Intake
from homebody.house.loop import Endings
from homebody.house.rebuild import FirstLook
from homebody.house.runner import Outcome, Runner
from homebody.house.watched import wishes
from homebody.journal.run import Run
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.recipe.load import load_recipe
from homebody.recipe.schema import Recipe
from homebody.testing import FakeClock, FakeModel
from homebody.triggers.rescan import look

sys.path.append(str(Path(__file__).parent))
from broken_off import broken, journal, notes, vault  # noqa: F401 - fixtures
from trouble import Trouble, stand_before_the_calls


class Room:
    """Everything between a touched file and a finished run, in one thread and with a clock that is moved."""

    def __init__(self, folder: Path, reader: Readers) -> None:
        self.folder = folder
        self.notes = folder / "Notes"
        self.notes.mkdir()
        (folder / "state").mkdir()
        self.clock = FakeClock()
        self.model = FakeModel()
        self.journal = Journal.open(folder / "state" / "journal.db", self.clock)
        self.vault = Vault(folder / "state" / "vault", b"k" * 32)
        self.recipes: dict[str, Recipe] = {}
        self.reader = reader
        self.woken = 0
        self._intake: Intake | None = None

    def recipe(self, name: str, body: str, *, existing: str = "process") -> Recipe:
        """Load a recipe on the notes."""
        path = self.folder / f"{name}.yaml"
        head = f"name: {name}\n" if "triggers:" in body else (
            f"name: {name}\ntriggers:\n  - watch: {self.notes}\n    settle: 5s\n    existing: {existing}\n"
        )  # fmt: skip
        path.write_text(
            head + body.replace("NOTES", str(self.notes)).replace("OUT", str(self.folder / "out"))
        )
        self.recipes[name] = load_recipe(path)
        self._intake = None
        return self.recipes[name]

    @property
    def intake(self) -> Intake:
        """Return the intake of the recipes loaded so far."""
        if self._intake is None:
            watched = wishes(self.recipes.values(), 5.0)
            self._intake = Intake(
                journal=self.journal,
                clock=self.clock,
                watched=watched,
                wake=self.wake,
                rescan_seconds=300,
                stat=look,
                mend=lambda: None,
                judge=FirstLook(self.journal, watched),
            )
            self._intake.enrol()
        return self._intake

    def wake(self) -> None:
        """Count how often the loop would be woken."""
        self.woken += 1

    def settle(self) -> None:
        """Look at the folders, wait until what is there has lain still, and take it in."""
        self.intake.rescan()
        self.intake.tick()
        self.clock.advance(6)
        self.intake.tick()

    def runner(self, slots: int = 1) -> Runner:
        """Return a runner of the recipes loaded so far, with a model that answers so many requests side by side."""
        return Runner(
            journal=self.journal,
            vault=self.vault,
            model=lambda: self.model,
            reader=self.reader,
            clock=self.clock,
            recipes=self.recipes,
            slots=lambda: slots,
        )

    def work(self) -> list[tuple[Run, Outcome]]:
        """Carry out every run that is due and return how each ended."""
        found = []
        endings = Endings(self.journal, self.clock, self.recipes)
        while (run := self.journal.claim()) is not None:
            outcome = self.runner().run(run)
            endings.record(run, outcome)
            found.append((self.journal.run(run.id), outcome))
        return found

    def tree(self) -> dict[str, str]:
        """Return every file of the notes and of the output, by name, as text."""
        return {
            str(path.relative_to(self.folder)): path.read_text(encoding="utf-8")
            for top in (self.notes, self.folder / "out")
            for path in sorted(top.rglob("*"))
            if path.is_file()
        }


@pytest.fixture(autouse=True)
def _trash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing go into the trash of the person who runs the tests."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "out"))


@pytest.fixture(scope="module")
def reader() -> Iterator[Readers]:
    """Return a real reader process, shared by a module's tests."""
    made = readers(SystemClock(), ABSENT)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def make_room(reader: Readers) -> Callable[[Path], Room]:
    """Return what makes a room in a folder."""
    return lambda folder: Room(folder, reader)


@pytest.fixture
def room(tmp_path: Path, reader: Readers) -> Iterator[Room]:
    """Return a room with no recipe and no note in it."""
    made = Room(tmp_path, reader)
    yield made
    made.journal.close()


@pytest.fixture
def rooms(reader: Readers) -> Iterator[Callable[[Path], Room]]:
    """Return what makes a room in a folder that is not there yet; all of them are closed at the end."""
    found: list[Room] = []

    def made(folder: Path) -> Room:
        folder.mkdir(parents=True)
        found.append(Room(folder, reader))
        return found[-1]

    yield made
    for room in found:
        room.journal.close()


@pytest.fixture
def two_disks(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Return folders on two file systems that keep tags; the first is in memory, where thousands of fsync are quick."""
    shared = Path("/dev/shm")
    if (
        not shared.is_dir()
        or shared.stat().st_dev == tmp_path.stat().st_dev
        or not os.access(shared, os.W_OK)
    ):
        pytest.skip("there is no second file system that this user may write")
    with tempfile.TemporaryDirectory(dir=shared) as made:
        for folder in (Path(made), tmp_path):
            try:
                os.setxattr(folder, "user.test", b"")
            except OSError:
                pytest.skip("one of the two file systems keeps no tags")
        yield Path(made), tmp_path


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    """Return what stands before every system call of the deeds, and lets them pass until told otherwise."""
    return stand_before_the_calls(monkeypatch)
