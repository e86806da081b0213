"""Is a run taken back byte for byte, whole or not at all, and refused with the exact difference?"""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from homebody.actions.apply import missing_folders, put
from homebody.actions.effect import Put
from homebody.errors import DiskFullError, UndoRefusedError
from homebody.events import FileSettled
from homebody.house.undo import undo
from homebody.journal.run import EffectRow, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault, VaultError
from homebody.testing import FakeClock

Done = Callable[..., int]


def sha(data: bytes) -> str:
    """Return the SHA-256 of *data*."""
    return hashlib.sha256(data).hexdigest()


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file below *folder*, with what it holds and its mode; folders too."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else b"folder",
            stat.S_IMODE(path.stat().st_mode),
        )
        for path in folder.rglob("*")
    }


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with two notes, one of them private."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_bytes(b"note a\r\n\xff\x00 no utf-8")
    (folder / "b.md").write_bytes(b"note b")
    (folder / "b.md").chmod(0o600)
    return folder


@pytest.fixture
def done(journal: Journal, vault: Vault) -> Done:
    """Return what carries out a run that changes files, and returns its number."""

    def carried_out(
        changes: dict[Path, bytes],
        *,
        mode: int | None = None,
        end: RunState = RunState.DONE,
        mark: bool = True,
    ) -> int:
        number = journal.enqueue(
            recipe="tag", recipe_hash="h", event=FileSettled(path=Path("/x"), content="c"),
            key=os.urandom(8).hex(), path=None, content="c", origin="c", due=None,
        )  # fmt: skip
        assert number is not None
        journal.claim()
        for target, content in changes.items():
            old = target.read_bytes() if target.exists() else None
            before = sha(old) if old is not None else None
            row = EffectRow(
                id=None, run=number, ordinal=0, kind="write", path=target, before=before, after=sha(content),
                origin=before, before_image=vault.put(old) if old is not None else None,
                after_image=vault.put(content), mode=mode, made=missing_folders(target), state="intended",
                before_mode=stat.S_IMODE(target.stat().st_mode) if old is not None else None,
            )  # fmt: skip
            (effect,) = journal.plan(number, [row])
            put(Put(path=target, content=content, before=before, kind="write", mode=mode))
            if mark:
                journal.mark(effect, "applied")
        journal.finish(number, end, None)
        return number

    return carried_out


def test_a_run_is_taken_back_byte_for_byte(journal: Journal, vault: Vault, notes: Path, done: Done) -> None:
    """Content, modes, new files and new folders: everything is as it was."""
    before = tree(notes)
    changes = {
        notes / "a.md": b"tagged",
        notes / "b.md": b"",
        notes / "s.md": b"summary",
        notes / "x" / "y" / "d.md": b"digest",
    }
    number = done(changes, mode=0o644)
    assert before != tree(notes)
    assert tuple(changes) == undo(journal, vault, number).files
    assert before == tree(notes)
    assert RunState.UNDONE == journal.run(number).state


def test_runs_are_taken_back_across_restarts(
    journal: Journal, vault: Vault, notes: Path, done: Done, tmp_path: Path
) -> None:
    """The journal and the vault on the disk are all that is needed."""
    before = tree(notes)
    number = done({notes / "a.md": b"tagged"})
    journal.close()
    again = Journal.open(tmp_path / "state" / "journal.db", FakeClock())
    undo(again, Vault(tmp_path / "state" / "vault", bytes(range(32))), number)
    again.close()
    assert before == tree(notes)


def test_runs_on_one_file_are_taken_back_the_newest_first(
    journal: Journal, vault: Vault, notes: Path, done: Done
) -> None:
    """An older one is refused until the newer one is undone."""
    before = tree(notes)
    older, newer = done({notes / "a.md": b"one"}), done({notes / "a.md": b"two"})
    with pytest.raises(UndoRefusedError, match="changed since"):
        undo(journal, vault, older)
    undo(journal, vault, newer)
    undo(journal, vault, older)
    assert before == tree(notes)


@pytest.mark.parametrize(
    ("spoil", "words"), [("edit", "was changed since"), ("delete", "is gone"), ("link", "link")]
)
def test_a_file_that_is_not_as_the_run_left_it_stops_the_undo(
    journal: Journal, vault: Vault, notes: Path, done: Done, spoil: str, words: str
) -> None:
    """All of it: the message names the file and the difference, and not one byte is changed."""
    number = done({notes / "a.md": b"tagged", notes / "b.md": b"tagged"})
    if spoil == "edit":
        (notes / "b.md").write_bytes(b"the person's")
    else:
        (notes / "b.md").unlink()
    if spoil == "link":
        (notes / "b.md").symlink_to("a.md")
    before = tree(notes)
    with pytest.raises(UndoRefusedError, match=words) as caught:
        undo(journal, vault, number)
    assert "b.md" in str(caught.value)
    assert "a.md" not in str(caught.value)
    assert (before, RunState.DONE) == (tree(notes), journal.run(number).state)


def test_a_run_is_undone_once(journal: Journal, vault: Vault, notes: Path, done: Done) -> None:
    """The second time there is nothing to take back, and it says what the run is."""
    number = done({notes / "a.md": b"tagged"})
    undo(journal, vault, number)
    with pytest.raises(UndoRefusedError, match="is undone"):
        undo(journal, vault, number)


def test_a_run_that_changed_nothing_cannot_be_undone(journal: Journal, vault: Vault, done: Done) -> None:
    """It says so."""
    with pytest.raises(UndoRefusedError, match="changed nothing"):
        undo(journal, vault, done({}))


def test_a_run_under_way_cannot_be_undone(journal: Journal, vault: Vault, notes: Path, done: Done) -> None:
    """Only what has come to its end can be taken back."""
    number = done({notes / "a.md": b"tagged"}, end=RunState.WAITING)
    with pytest.raises(UndoRefusedError, match="is waiting"):
        undo(journal, vault, number)


@pytest.mark.parametrize("mark", [True, False])
def test_what_a_failed_run_changed_can_be_undone(
    journal: Journal, vault: Vault, notes: Path, done: Done, *, mark: bool
) -> None:
    """Also what was changed and never marked: the file tells."""
    before = tree(notes)
    number = done({notes / "a.md": b"tagged"}, end=RunState.QUARANTINED, mark=mark)
    undo(journal, vault, number)
    assert before == tree(notes)


def test_an_image_that_is_gone_stops_the_undo_before_it_begins(
    journal: Journal, vault: Vault, notes: Path, done: Done, tmp_path: Path
) -> None:
    """Neither file is touched when the old content of one is lost."""
    number = done({notes / "a.md": b"tagged", notes / "b.md": b"tagged"})
    name = journal.effects(number)[0].before_image
    assert name is not None
    (tmp_path / "state" / "vault" / name[:2] / name).unlink()
    before = tree(notes)
    with pytest.raises(VaultError, match="purged"):
        undo(journal, vault, number)
    assert (before, RunState.DONE) == (tree(notes), journal.run(number).state)


def test_an_undo_that_fails_half_way_makes_the_run_whole_again(
    journal: Journal, vault: Vault, notes: Path, tiny_disk: Path, done: Done
) -> None:
    """The second file finds no room: the first one has the run's content again, and a later undo works."""
    first, second = tiny_disk / "first.md", notes / "a.md"
    first.write_bytes(bytes(20_000))
    before = tree(notes)
    number = done({first: b"short", second: b"tagged"})
    (tiny_disk / "ballast").write_bytes(bytes(48_000))
    changed = tree(notes)
    with pytest.raises(DiskFullError):
        undo(journal, vault, number)
    assert (changed, b"short") == (tree(notes), first.read_bytes())
    assert (RunState.DONE, ["applied"] * 2) == (
        journal.run(number).state,
        [effect.state for effect in journal.effects(number)],
    )
    (tiny_disk / "ballast").unlink()
    undo(journal, vault, number)
    assert (before, bytes(20_000)) == (tree(notes), first.read_bytes())
