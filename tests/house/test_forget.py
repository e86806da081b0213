"""A forgotten file leaves neither its name nor its text, and homebody still knows what else it wrote."""

import sqlite3
from pathlib import Path

import pytest

from homebody.errors import JournalError, UndoRefusedError
from homebody.house.forget import forget
from homebody.house.undo import undo
from homebody.journal.again import RetryRefusedError
from homebody.journal.forget import ForgetRefusedError
from homebody.journal.run import RunState
from homebody.journal.store import Origin

NAME = "zebra-diagnosis.md"
TEXT = "The patient owes the clinic quartz crystals."
REWRITE = """
ask: {prompt: Summarise., output: {summary: {type: text, max: 100}}}
actions:
  - write: {dest: "OUT/of-{{ file.size }}.txt", content: "{{ ask.summary }}", on_conflict: overwrite}
  - front_matter: {set: {seen: 'yes'}}
"""


def worked_on(room, name: str = NAME, text: str = TEXT) -> int:
    """Let a recipe ask about, summarise and rewrite a note, and return the run."""
    path = room.notes / name
    path.write_text(text)
    room.settle()
    ((run, _),) = room.work()
    assert RunState.DONE is run.state
    return run.id


def state(room) -> dict[str, bytes]:
    """Return every byte of the state folder, by file."""
    top = room.folder / "state"
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def everything_in(room) -> bytes:
    """Return every byte of the state folder, and what the vault's images hold when they are opened."""
    opened = [room.vault.get(path.name) for path in (room.folder / "state" / "vault").glob("??/*")]
    return b"\n".join([*state(room).values(), *opened])


def test_neither_the_name_nor_the_text_remains(room):
    """Not in the journal, its log, its free pages, the vault's names, or an image; before, all of it was there."""
    room.recipe("both", REWRITE)
    number = worked_on(room)
    path = room.notes / NAME
    content = room.journal.run(number).content
    before = everything_in(room)
    assert all(trace in before for trace in (NAME.encode(), TEXT.encode(), content.encode()))
    path.unlink()
    gone = forget(room.journal, room.vault, path)
    assert (1, 2) == (gone.runs, gone.effects)
    assert gone.images >= 4
    after = everything_in(room)
    for trace in (NAME.encode(), TEXT.encode(), content.encode()):
        assert trace not in after
    assert (room.folder / "state" / "journal.db-wal").stat().st_size == 0


def test_the_journal_is_whole_afterwards(room):
    """SQLite finds nothing wrong, and the run is still counted, with its steps."""
    room.recipe("both", REWRITE)
    number = worked_on(room)
    forget(room.journal, room.vault, room.notes / NAME)
    with sqlite3.connect(f"file:{room.folder}/state/journal.db?mode=ro", uri=True) as raw:
        assert [("ok",)] == raw.execute("PRAGMA integrity_check").fetchall()
        assert [] == raw.execute("PRAGMA foreign_key_check").fetchall()
    raw.close()
    run = room.journal.run(number)
    assert (RunState.DONE, None, None, None) == (run.state, run.path, run.content, run.origin)
    assert "forgotten" == room.journal.steps(number)[-1].name


def test_the_file_counts_as_new(room):
    """It is taken up again, also one that was there before its recipe."""
    room.recipe("both", REWRITE)
    first = worked_on(room)
    forget(room.journal, room.vault, room.notes / NAME)
    room.settle()
    ((run, _),) = room.work()
    assert run.id > first
    (room.notes / "old.md").write_text("old")
    room.recipes.clear()
    room.recipe("later", "actions:\n  - append: {dest: OUT/log.txt, content: x}\n", existing="skip")
    room.settle()
    assert [] == room.work()
    forget(room.journal, room.vault, room.notes / "old.md")
    room.settle()
    assert ["old.md"] == [run.path.name for run, _ in room.work()]


def test_homebody_still_knows_what_else_it_wrote(room):
    """The summary elsewhere is still homebody's own; the run can be neither undone nor tried again."""
    room.recipe("both", REWRITE)
    number = worked_on(room)
    made = room.folder / "out" / f"of-{len(TEXT)}.txt"
    forget(room.journal, room.vault, room.notes / NAME)
    (effect,) = room.journal.effects(number)
    assert (made, None, None) == (effect.path, effect.before_image, effect.after_image)
    assert room.journal.origin(made, effect.after) is Origin.OURS
    with pytest.raises(UndoRefusedError, match="forgotten"):
        undo(room.journal, room.vault, number)
    assert "A summary.\n" == made.read_text()
    with pytest.raises(RetryRefusedError):
        room.journal.queue_again(number)


def test_what_others_need_stays(room):
    """A run on a file with the same text is undone byte for byte after the other was forgotten."""
    room.recipe("tag", "actions:\n  - front_matter: {set: {seen: 'yes'}}\n")
    worked_on(room, "one.md")
    second = worked_on(room, "two.md")
    forget(room.journal, room.vault, room.notes / "one.md")
    undo(room.journal, room.vault, second)
    assert TEXT == (room.notes / "two.md").read_text()


def test_a_run_that_only_wrote_the_file_keeps_its_own(room):
    """Forgetting a summary forgets that it is homebody's; the run on the note stays, and cannot be undone."""
    room.recipe("both", REWRITE)
    number = worked_on(room)
    made = room.folder / "out" / f"of-{len(TEXT)}.txt"
    gone = forget(room.journal, room.vault, made)
    assert (0, 1) == (gone.runs, gone.effects)
    assert room.notes / NAME == room.journal.run(number).path
    assert made.name.encode() not in b"".join(state(room).values())
    with pytest.raises(UndoRefusedError, match="forgotten"):
        undo(room.journal, room.vault, number)
    assert TEXT in (room.notes / NAME).read_text()


def test_a_file_that_was_moved_is_forgotten_by_either_name(room):
    """By the name that it has now, the one that it had goes, too."""
    room.recipe("file", "actions:\n  - rename: 'quagga{{ file.suffix }}'\n  - move: OUT/\n")
    worked_on(room)
    now = room.folder / "out" / "quagga.md"
    assert now.is_file()
    gone = forget(room.journal, room.vault, now)
    assert 1 == gone.runs
    left = b"".join(state(room).values())
    assert b"quagga" not in left
    assert NAME.encode() not in left


def test_a_reason_that_names_it_no_longer_does(room):
    """What was said of the file in another run's reason is forgotten as well; the rest of the reason stays."""
    room.recipe("log", "actions:\n  - append: {dest: OUT/ledger.txt, content: x}\n")
    (room.notes / "a.md").write_text("a")
    room.settle()
    run = room.journal.claim()
    path = room.folder / "out" / "ledger.txt"
    room.journal.finish(run.id, RunState.FAILED, f"{path} cannot be written: it is read-only.")
    forget(room.journal, room.vault, path)
    assert "a forgotten file cannot be written: it is read-only." == room.journal.run(run.id).reason
    assert b"ledger.txt" not in b"".join(state(room).values())


@pytest.mark.parametrize("at", ["queued", "running", "waiting"])
def test_a_run_under_way_is_refused(room, at: str):
    """Nothing is forgotten then, neither in the journal nor in the vault."""
    room.recipe("both", REWRITE)
    worked_on(room)
    path = room.notes / NAME
    path.write_text("Changed.")
    room.settle()
    if at != "queued":
        run = room.journal.claim()
        if at == "waiting":
            room.journal.finish(run.id, RunState.WAITING, None)
    images = sorted((room.folder / "state" / "vault").glob("??/*"))
    with pytest.raises(ForgetRefusedError, match=f"is {at}"):
        forget(room.journal, room.vault, path)
    assert images == sorted((room.folder / "state" / "vault").glob("??/*"))
    assert 2 == len(room.journal.runs(path=path))


def test_what_is_not_known_is_forgotten_easily_and_twice(room):
    """A file that homebody never met, and one that it has forgotten already, are nothing to it."""
    room.recipe("both", REWRITE)
    worked_on(room)
    forget(room.journal, room.vault, room.notes / NAME)
    for path in (room.notes / NAME, Path("/etc/passwd")):
        gone = forget(room.journal, room.vault, path)
        assert (0, 0, 0) == (gone.runs, gone.effects, gone.images)


def test_a_reader_holds_up_the_wiping_and_says_so(room, monkeypatch):
    """While another program reads in the journal, forgetting says that it must be said again; then it is wiped."""
    room.recipe("both", REWRITE)
    worked_on(room)
    (room.notes / NAME).unlink()
    room.journal._database._connection.execute("PRAGMA busy_timeout = 50")
    reader = sqlite3.connect(f"file:{room.folder}/state/journal.db?mode=ro", uri=True, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM runs").fetchone()
    with pytest.raises(JournalError, match="Another program reads"):
        forget(room.journal, room.vault, room.notes / NAME)
    reader.execute("COMMIT")
    reader.close()
    forget(room.journal, room.vault, room.notes / NAME)
    assert NAME.encode() not in b"".join(state(room).values())
