"""Whatever happens to the journal's file, nothing is done twice, and what is new is done."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from damaged import damage, damages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.errors import HomebodyError
from homebody.house.rebuild import FOUND_DONE, FirstLook
from homebody.house.recover import recover
from homebody.house.undo import undo
from homebody.journal.copying import copy_journal, copy_of
from homebody.journal.database import set_aside
from homebody.journal.merge import REBUILT
from homebody.journal.run import RunState
from homebody.journal.store import Journal

ASK = "ask:\n  prompt: Summarise.\n  output: {summary: {type: text, max: 100}}\n"
NOTES = "filters:\n  - extension: md\n  - not name: '*.summary.md'\n"
SUMMARY = NOTES + ASK + (
    "actions:\n  - write: {dest: '{{ file.folder }}/{{ file.stem }}.summary.md', content: '{{ ask.summary }}'}\n"
)  # fmt: skip
STAMP = NOTES + "actions:\n  - front_matter: {set: {seen: 'yes'}, add: {tags: [note]}}\n"
LIST = NOTES + "actions:\n  - append: {dest: 'OUT/list.txt', content: '- {{ file.name }}'}\n"
DIARY = (
    NOTES
    + ASK
    + "actions:\n  - append: {dest: 'OUT/diary.txt', content: '{{ file.name }}: {{ ask.summary }}'}\n"
)
ECHO = (
    "filters:\n  - extension: md\n"
    "actions:\n  - write: {dest: '{{ file.folder }}/{{ file.stem }}.echo.md', content: 'hm'}\n"
)
RECIPES = {"summary": SUMMARY, "list": LIST, "diary": DIARY, "echo": ECHO}


def database(room) -> Path:
    """Return where the room's journal is."""
    return room.folder / "state" / "journal.db"


def now(room) -> None:
    """Set the room's clock to the computer's, because files have the computer's times."""
    room.clock.set(datetime.now(UTC))


def reopen(room) -> None:
    """Start again on what lies there."""
    now(room)
    lived = (room.folder / "state" / "vault").is_dir()
    room.journal = Journal.open(database(room), room.clock, lived=lived)
    room._intake = None
    recover(room.journal, room.vault)


def drop(room, *names: str) -> None:
    """Put notes in, and queue them."""
    for name in names:
        (room.notes / name).write_text(f"# {name}\n\nThe roof of {name} leaks.\n")
    room.settle()


class Pristine:
    """A room after a day's work, to be put back as it was: a journal that was closed, or killed with its log."""

    def __init__(self, room) -> None:
        self.room = room
        now(room)
        for name, text in RECIPES.items():
            room.recipe(name, text)
        room.recipe("stamp", STAMP)
        drop(room, "a.md", "b.md")
        room.work()
        copy_journal(database(room))
        drop(room, "c.md", "d.md", "e.md")
        room.work()
        drop(room, "queued.md")
        self.files = {path: path.read_bytes() for path in self.everything()}
        room.journal.close()
        self.closed = {path: path.read_bytes() for path in self.states()}

    def states(self) -> list[Path]:
        """Return the files of the state folder."""
        return [path for path in (self.room.folder / "state").rglob("*") if path.is_file()]

    def everything(self) -> list[Path]:
        """Return every file of the room."""
        tops = (self.room.notes, self.room.folder / "out", self.room.folder / "state")
        return [path for top in tops for path in top.rglob("*") if path.is_file()]

    def put_back(self, *, killed: bool, copy: bool) -> None:
        """Make everything as it was when the daemon ended."""
        for path in self.everything():
            path.unlink()
        for path, data in self.files.items():
            if path.name.startswith("journal.db"):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        state = self.files if killed else self.closed
        for path, data in state.items():
            if path.name.startswith("journal.db") and not path.name.endswith("-shm"):
                path.write_bytes(data)
        if not copy:
            copy_of(database(self.room)).unlink()


@pytest.fixture(scope="module")
def pristine(tmp_path_factory, make_room):
    """Return a room after a day's work, shared by the module's cases."""
    return Pristine(make_room(tmp_path_factory.mktemp("day")))


def lines(room, name: str) -> list[str]:
    """Return the lines of a file in the output folder."""
    path = room.folder / "out" / name
    return path.read_text().splitlines() if path.exists() else []


def check_start(pristine: Pristine, kind: str, places: list[int], *, killed: bool, copy: bool) -> None:
    """Damage the journal, start again, and look at what was done and at what was not."""
    room = pristine.room
    pristine.put_back(killed=killed, copy=copy)
    before = room.tree()
    damage(database(room), kind, places)
    reopen(room)
    try:
        careful = room.journal.meta(REBUILT) is not None
        drop(room, "new.md")
        room.work()
        after = room.tree()
        assert not [name for name in after if " 2" in name], "a summary was written beside the old one"
        for name, text in before.items():
            if "list.txt" in name or "diary.txt" in name:
                assert after[name].startswith(text)
            elif name != "Notes/queued.md":
                assert after[name] == text, name
        for name in ("list.txt", "diary.txt"):
            found = [line.split(":")[0].removeprefix("- ") for line in lines(room, name)]
            assert len(found) == len(set(found)), f"{name} has a line twice: {found}"
            assert "new.md" in found
            assert set(found) - {"new.md", "queued.md"} == {f"{one}.md" for one in "abcde"}
        new = {f"Notes/{name}{end}.md" for name in ("new", "queued") for end in ("", ".summary", ".echo")}
        assert set(after) - set(before) <= new, "homebody took its own file for a person's"
        assert after["Notes/new.summary.md"] == "A summary.\n"
        assert after["Notes/new.md"].startswith("---\nseen: 'yes'\n")
        assert careful or "queued.md" in lines(room, "list.txt")[-2]
        check_undo(room)
        check_second_look(room)
    finally:
        room.journal.close()


def check_undo(room) -> None:
    """A run that was saved is taken back byte for byte, or refused and nothing changed."""
    for run in room.journal.runs(limit=1000):
        if run.recipe != "summary" or run.state is not RunState.DONE:
            continue
        summary = run.path.with_name(f"{run.path.stem}.summary.md")
        before = room.tree()
        try:
            undo(room.journal, room.vault, run.id)
        except HomebodyError:
            assert before == room.tree()
        else:
            assert not summary.exists()
            assert before == room.tree() | {str(summary.relative_to(room.folder)): "A summary.\n"}


def check_second_look(room) -> None:
    """The next rescan does nothing more."""
    before = room.tree()
    room.settle()
    room.work()
    assert before == room.tree()


@given(damage=damages, killed=st.booleans(), copy=st.booleans())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_no_damage_does_anything_twice(pristine, damage, killed: bool, copy: bool):
    """Pages overwritten, zeroed, swapped, cut off, a garbled log, a lost file: old notes stay, the new one is done."""
    kind, places = damage
    check_start(pristine, kind, places, killed=killed, copy=copy)


@pytest.mark.long
@given(damage=damages, killed=st.booleans(), copy=st.booleans())
@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
def test_no_damage_in_a_thousand_does_anything_twice(pristine, damage, killed: bool, copy: bool):
    """The same with many more kinds of damage."""
    kind, places = damage
    check_start(pristine, kind, places, killed=killed, copy=copy)


def states(room, name: str) -> dict[str, tuple[str, str | None]]:
    """Return state and reason of the newest run of each recipe on a note."""
    runs = reversed(room.journal.runs(limit=1000, path=room.notes / name))
    return {run.recipe: (run.state.value, run.reason) for run in runs}


def test_a_lost_journal_comes_back_from_its_copy_and_the_rest_is_judged(pristine):
    """What the copy knows can be undone; what came after it is found done, left, or queued, each with its reason."""
    room = pristine.room
    pristine.put_back(killed=False, copy=True)
    damage(database(room), "gone", [0])
    reopen(room)
    before = room.tree()
    room.settle()
    assert room.journal.rebuilt.damaged is None
    assert (10, 10) == (room.journal.rebuilt.saved, room.journal.rebuilt.from_copy)
    assert ("done", None) == states(room, "a.md")["summary"]
    found = states(room, "c.md")
    assert {("skipped", FOUND_DONE)} == {found[recipe] for recipe in ("summary", "list", "stamp", "echo")}
    assert "`homebody backfill diary` does it" in (found["diary"][1] or "")
    waiting = states(room, "queued.md")
    assert {"queued"} == {waiting[recipe][0] for recipe in ("summary", "list", "stamp")}
    assert "homebody backfill" in (waiting["diary"][1] or "")
    (run,) = [run for run in room.journal.runs(path=room.notes / "a.md") if run.recipe == "summary"]
    undo(room.journal, room.vault, run.id)
    assert before == room.tree() | {"Notes/a.summary.md": "A summary.\n"}
    assert len(room.journal.runs(limit=1000)) == len({run.id for run in room.journal.runs(limit=1000)})
    room.journal.close()


def test_a_crash_in_the_first_look_repeats_it(pristine):
    """The note that the journal was rebuilt stays until the look is over; only then is all as usual."""
    room = pristine.room
    pristine.put_back(killed=False, copy=False)
    damage(database(room), "gone", [0])
    reopen(room)
    since = FirstLook(room.journal, ()).since
    assert since == room.clock.now()
    room.intake.rescan()
    room.journal.close()
    reopen(room)
    assert FirstLook(room.journal, ()).since == since
    room.settle()
    assert ("skipped", FOUND_DONE) == states(room, "c.md")["summary"]
    assert room.intake.caught_up
    FirstLook(room.journal, ()).over()
    room.journal.close()
    reopen(room)
    assert FirstLook(room.journal, ()).since is None
    room.journal.close()


@pytest.mark.parametrize("step", ["made", "aside"])
def test_a_rebuilding_that_was_broken_off_is_finished(pristine, monkeypatch, step: str):
    """Killed when the new journal lies ready, before or after the damaged one was set aside: it is put in place."""
    room = pristine.room
    pristine.put_back(killed=False, copy=True)
    damage(database(room), "noise", [3, 4, 5])

    class Killed(BaseException):
        """Nothing is cleaned up after it."""

    def die(*_args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if step == "made":
            patch.setattr("homebody.journal.rebuilding.set_aside", die)
        else:
            patch.setattr(
                "homebody.journal.rebuilding.set_aside", lambda path, now: (set_aside(path, now), die())
            )
        with pytest.raises(Killed):
            reopen(room)
    assert (room.folder / "state" / "journal.db.rebuilt").exists()
    reopen(room)
    assert room.journal.rebuilt.saved > 0
    assert room.journal.meta(REBUILT) is not None
    assert len(list((room.folder / "state").glob("journal.db.damaged-*[0-9]"))) == 1
    assert not (room.folder / "state" / "journal.db.rebuilt").exists()
    room.journal.close()
