"""What does the runner leave behind when a change cannot be made: nothing, or a plan that the next try ends?"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.documents.file import identify
from homebody.documents.pictures.tesseract import ABSENT
from homebody.documents.readers import readers
from homebody.events import FileSettled
from homebody.house.loop import Endings
from homebody.house.runner import Runner
from homebody.house.undo import undo
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.recipe.load import load_folder
from homebody.testing import FakeClock, FakeModel

RECIPE = """version: 1
name: two-files
description: Two changes, of which the second may fail
triggers:
  - {watch: NOTES, existing: process}
actions:
  - write: {dest: 'NOTES/out/{{ file.stem }}.txt', content: 'Seen {{ file.name }}.'}
  - append: {dest: 'SECOND/log.txt', content: '{{ file.name }} and PADDING'}
on_error: {retry: 2, then: quarantine}
"""


class House:
    """A runner over a folder of notes, with a second folder that trouble can be made in."""

    def __init__(self, folder: Path, second: Path, padding: int) -> None:
        self.notes, self.second = folder / "notes", second
        for made in (self.notes / "out", folder / "recipes"):
            made.mkdir(parents=True)
        text = RECIPE.replace("NOTES", str(self.notes)).replace("SECOND", str(second))
        (folder / "recipes" / "two-files.yaml").write_text(text.replace("PADDING", "x" * padding))
        loaded = load_folder(folder / "recipes")
        assert not loaded.problems
        recipes = {recipe.name: recipe for recipe in loaded.recipes}
        self.clock = FakeClock()
        self.journal = Journal.open(folder / "state" / "journal.db", self.clock)
        self.vault = Vault(folder / "state" / "vault", bytes(32))
        self.runner = Runner(
            journal=self.journal, vault=self.vault, model=FakeModel, reader=readers(self.clock, ABSENT),
            clock=self.clock, recipes=recipes,
        )  # fmt: skip
        self.endings = Endings(self.journal, self.clock, recipes)

    def drop(self, name: str, text: str = "a note") -> int:
        """Queue a run on a new note."""
        path = self.notes / name
        path.write_text(text)
        content = identify(path)
        number = self.journal.enqueue(
            recipe="two-files", recipe_hash="h", event=FileSettled(path=path, content=content),
            key=f"two-files\n{content}\n{path}", path=path, content=content, origin=content, due=None,
        )  # fmt: skip
        assert number is not None
        return number

    def carry_out(self) -> Run:
        """Claim the next run, carry it out, write its end down and return it as it is then."""
        run = self.journal.claim()
        assert run is not None
        self.endings.record(run, self.runner.run(run))
        return self.journal.run(run.id)

    def left(self) -> list[str]:
        """Return the names in both folders."""
        return sorted(name for folder in (self.notes / "out", self.second) for name in os.listdir(folder))  # noqa: PTH208


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Return what builds a house."""
    built: list[House] = []

    def build(second: Path | None = None, *, padding: int = 10) -> House:
        if second is None:
            second = tmp_path / "second"
            second.mkdir()
        built.append(House(tmp_path, second, padding))
        return built[-1]

    yield build
    for made in built:
        made.journal.close()


def test_a_change_that_cannot_be_made_takes_the_others_back(house: Callable[..., House]) -> None:
    """The second file is a folder by now: the first one is taken back, and a later try does both, once."""
    made = house()
    number = made.drop("a.md")
    made.carry_out()
    made.drop("b.md")
    log = made.second / "log.txt"
    log.rename(made.second / "kept")
    log.mkdir()
    assert RunState.QUEUED == made.carry_out().state
    assert ["a.txt", "kept", "log.txt"] == made.left()
    log.rmdir()
    (made.second / "kept").rename(log)
    made.clock.advance(10)
    run = made.carry_out()
    assert (RunState.DONE, 2) == (run.state, run.attempt)
    assert ["a.txt", "b.txt", "log.txt"] == made.left()
    assert 2 == len(log.read_text().splitlines())
    undo(made.journal, made.vault, run.id)
    undo(made.journal, made.vault, number)
    assert [] == made.left()


def test_a_full_disk_keeps_the_plan_and_does_it_once(house: Callable[..., House], tiny_disk: Path) -> None:
    """When there is room again the plan is finished as it was written down: no second file, no second line."""
    made = house(tiny_disk, padding=30_000)
    number = made.drop("a.md")
    (tiny_disk / "ballast").write_bytes(bytes(40_000))
    run = made.carry_out()
    assert RunState.QUEUED == run.state
    assert "disk is full" in (run.reason or "")
    (tiny_disk / "ballast").unlink()
    made.clock.advance(10_000)
    assert RunState.DONE == made.carry_out().state
    assert ["a.txt", "log.txt"] == made.left()
    assert 1 == len((tiny_disk / "log.txt").read_text().splitlines())
    undo(made.journal, made.vault, number)
    assert [] == made.left()


def test_a_note_that_changed_is_left_to_its_own_run(house: Callable[..., House]) -> None:
    """What was dropped is not there any more: skipped, and the same words may come again."""
    made = house()
    number = made.drop("a.md")
    (made.notes / "a.md").write_text("another note")
    assert RunState.SKIPPED == made.carry_out().state
    assert [] == made.left()
    again = made.drop("a.md")
    assert number != again
    assert RunState.DONE == made.carry_out().state
