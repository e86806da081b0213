"""What every benchmark stands on: a throw-away folder with notes, one recipe, and the real parts that work on it."""

import contextlib
import json
import os
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from homebody.clock import SystemClock
from homebody.documents.pictures.tesseract import ABSENT
from homebody.documents.readers import readers
from homebody.house.in_hand import InHand
from homebody.house.intake import Intake
from homebody.house.loop import Endings, Kind, Loop
from homebody.house.model import Model
from homebody.house.pause import Pause
from homebody.house.runner import Runner
from homebody.house.wake import Wake
from homebody.house.watched import wishes
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.logs import configure
from homebody.recipe.load import load_recipe
from homebody.recipe.schema import Recipe
from homebody.triggers.folders import FolderWatch
from homebody.triggers.rescan import look

WRITE = "write: {dest: 'OUT/{{ file.stem }}.txt', content: 'seen {{ file.name }}'}"
FRONT_MATTER = "front_matter: {set: {seen: 'yes'}}"


class Stage:
    """A folder of notes, one for what comes out, and one recipe whose actions ask no model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes, self.out, self.state = folder / "notes", folder / "out", folder / "state"
        for made in (self.notes, self.out, self.state):
            made.mkdir(exist_ok=True)

    def recipe(self, action: str, *, settle: str, existing: str) -> Recipe:
        """Return the recipe, written down and loaded."""
        path = self.folder / "bench.yaml"
        path.write_text(
            f"version: 1\nname: bench\ndescription: Measured\n"
            f"triggers:\n  - {{watch: {self.notes}, settle: {settle}, existing: {existing}}}\n"
            f"filters:\n  - extension: [md, txt]\n  - size: '< 1 MB'\n"
            f"actions:\n  - {action.replace('OUT', str(self.out))}\n"
        )
        return load_recipe(path)

    def fill(self, files: int, name: str = "note") -> None:
        """Make *files* notes of some thirty bytes."""
        for number in range(files):
            note(self.notes / f"{name}-{number:06}.md", number)


def note(path: Path, number: int) -> None:
    """Write one note, with as few calls as there can be."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    os.write(descriptor, b"This is the note %d of them.\n" % number)
    os.close(descriptor)


class House:
    """Journal, vault, runner, intake and watch as the daemon wires them; the model is never asked."""

    def __init__(self, stage: Stage, recipe: Recipe, *, rescan: float = 300.0) -> None:
        self.clock = SystemClock()
        self.journal = Journal.open(stage.state / "journal.db", self.clock)
        self.vault = Vault(stage.state / "vault", bytes(32))
        self.recipes = {recipe.name: recipe}
        self.stop, self.wake = threading.Event(), Wake()
        watched = wishes(self.recipes.values(), 5.0)
        self.folders = FolderWatch(
            [(one.folder, one.recursive) for one in watched],
            hint=lambda path: self.intake.hint(path),  # noqa: PLW0108 - made below
            missed=lambda: self.intake.missed(),  # noqa: PLW0108
        )
        self.intake = Intake(
            journal=self.journal, clock=self.clock, watched=watched, wake=self.wake.set, rescan_seconds=rescan,
            stat=look, mend=self.folders.mend,
        )  # fmt: skip
        self.reader = readers(self.clock, ABSENT)
        self.runner = Runner(
            journal=self.journal, vault=self.vault, model=no_model, reader=self.reader, clock=self.clock,
            recipes=self.recipes,
        )  # fmt: skip
        self.pause = Pause(self.clock, lambda: [stage.state, stage.out])
        self.loop = Loop(
            journal=self.journal, runner=self.runner, endings=Endings(self.journal, self.clock, self.recipes),
            in_hand=InHand(self.journal), recipes=self.recipes, clock=self.clock, pause=self.pause, wake=self.wake,
            stop=self.stop,
        )  # fmt: skip
        self.threads = [
            threading.Thread(target=self.intake.run, args=(self.stop,), daemon=True),
            *(
                threading.Thread(target=self.loop.work, args=(kind,), daemon=True)
                for kind in (Kind.PLAIN, Kind.ASKS)
            ),
        ]

    @contextlib.contextmanager
    def alive(self) -> Iterator[None]:
        """Let every part run for as long as this is held."""
        self.folders.start()
        for thread in self.threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            self.wake.set()
            self.folders.stop()
            for thread in self.threads:
                thread.join(timeout=10)
            self.close()

    def close(self) -> None:
        """Close what is open."""
        self.reader.stop()
        self.journal.close()


def no_model() -> Model:
    """Stand where the model would be: no recipe here asks one."""
    raise AssertionError("a benchmark without a model asked for one")


@contextlib.contextmanager
def staged() -> Iterator[Stage]:
    """Give a stage on the disk of this checkout's computer, gone at the end."""
    configure(None)
    folder = Path(tempfile.mkdtemp(prefix="homebody-bench-"))
    try:
        yield Stage(folder)
    finally:
        shutil.rmtree(folder)


def peak_megabytes(pid: int | str = "self") -> float:
    """Return the most memory that a process had resident so far (proc(5): VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1000, 1)
    raise AssertionError("this system does not tell how much memory a process has")


def cpu_seconds(pid: int) -> float:
    """Return the time that all threads of a process have used (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], hundredth: int) -> float:
    """Return the value that *hundredth* per cent of *values* do not exceed."""
    return sorted(values)[max(0, -(-len(values) * hundredth // 100) - 1)]


def middle(values: Sequence[float], digits: int = 3) -> dict[str, float]:
    """Return the median of *values* and how far they spread."""
    return {
        "median": round(statistics.median(values), digits),
        "least": round(min(values), digits),
        "most": round(max(values), digits),
    }


def tell(found: dict[str, Any]) -> None:
    """Print what was found: the last line is JSON, with how much else the computer had to do."""
    print(json.dumps(found | {"load": round(os.getloadavg()[0], 2)}), flush=True)
