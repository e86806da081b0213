"""Is everything that was broken off finished, taken back, or queued again, by looking at the files?"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from broken_off import Broken, sha, states

from homebody.actions.apply import put
from homebody.actions.effect import Put
from homebody.errors import EffectError
from homebody.house.force import BESIDE
from homebody.house.recover import MOST_INTERRUPTIONS, Recovered, Settled, recover, settle, take_back
from homebody.house.undo import undo
from homebody.journal.breaker import MARK
from homebody.journal.run import Deed, EffectRow, EffectState, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault


def test_there_is_nothing_to_recover_in_a_new_journal(journal: Journal, vault: Vault) -> None:
    """A clean start counts nothing."""
    assert Recovered() == recover(journal, vault)


def test_a_run_without_a_plan_is_queued_again(journal: Journal, vault: Vault, broken: Broken) -> None:
    """It had changed nothing; its start counts as an interruption and not as a failure."""
    number = broken({})
    assert Recovered(handed_back=1) == recover(journal, vault)
    run = journal.run(number)
    assert (RunState.QUEUED, 1, 0) == (run.state, run.interruptions, run.tries)


def test_what_waited_for_a_model_goes_on_at_once(journal: Journal, vault: Vault, broken: Broken) -> None:
    """A minute's wait is over with a new start; a pause after a failure is not, and neither is the breaker's."""
    later = journal.now() + timedelta(minutes=1)
    waits, failed, held = (broken({}, path=Path(f"/n/{number}")) for number in range(3))
    journal.hand_back(waits, "it waits for the model", not_before=later)
    journal.retry(failed, "it failed", later)
    journal.hand_back(held, f"{MARK} 3 runs on this file within 1h", not_before=later)
    assert journal.claim() is None
    recover(journal, vault)
    claimed = journal.claim()
    assert claimed is not None
    assert waits == claimed.id
    assert journal.claim() is None


@pytest.mark.parametrize(("made", "marked"), [(0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3)])
def test_a_plan_is_finished_wherever_it_was_broken_off(
    journal: Journal, vault: Vault, notes: Path, broken: Broken, made: int, marked: int
) -> None:
    """A rewrite, a new file and one in a new folder: each is made once, and undo takes all of it back."""
    changes = {
        notes / "a.md": b"tagged a",
        notes / "a.summary.md": b"summary",
        notes / "digest" / "03" / "d.md": b"digest",
    }
    number = broken(changes, made=made, marked=marked)
    assert Recovered(finished=1) == recover(journal, vault)
    assert changes == {path: path.read_bytes() for path in changes}
    assert ["applied"] * 3 == states(journal, number)
    assert RunState.DONE == journal.run(number).state
    assert Recovered() == recover(journal, vault)
    undo(journal, vault, number)
    assert ["a.md", "b.md"] == sorted(os.listdir(notes))  # noqa: PTH208
    assert (notes / "a.md").read_bytes() == b"note a"


@pytest.mark.parametrize(("made", "marked"), [(1, 0), (1, 1)])
def test_a_plan_that_cannot_be_finished_is_taken_back(
    journal: Journal, vault: Vault, notes: Path, broken: Broken, made: int, marked: int
) -> None:
    """A person changed the second file meanwhile: the first is put back, theirs is left, the run starts anew."""
    changes = {notes / "a.md": b"tagged a", notes / "b.md": b"tagged b"}
    number = broken(changes, made=made, marked=marked)
    (notes / "b.md").write_bytes(b"the person's")
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert (b"note a", b"the person's") == ((notes / "a.md").read_bytes(), (notes / "b.md").read_bytes())
    assert ["abandoned", "abandoned"] == states(journal, number)
    assert RunState.QUEUED == journal.run(number).state


def test_what_a_person_made_of_our_change_is_left_to_them(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """Both files were changed by somebody: nothing is touched, and the run ends with that reason."""
    number = broken({notes / "a.md": b"tagged a", notes / "b.md": b"tagged b"}, made=1, marked=1)
    (notes / "a.md").write_bytes(b"tagged a, and more")
    (notes / "b.md").write_bytes(b"the person's")
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert (notes / "a.md").read_bytes() == b"tagged a, and more"
    run = journal.run(number)
    assert (RunState.FAILED, ["kept", "abandoned"]) == (run.state, states(journal, number))
    assert "left as it is" in (run.reason or "")


def test_taking_back_goes_on_where_a_crash_broke_it_off(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """Half a plan taken back is never taken for a plan that is finished."""
    number = broken({notes / "a.md": b"tagged a", notes / "b.md": b"tagged b"}, made=2, marked=2)
    first, second = (effect.id for effect in journal.effects(number))
    assert first is not None
    assert second is not None
    journal.mark_all({first: "reversing", second: "reversing"})
    put(Put(path=notes / "b.md", content=b"note b", before=sha(b"tagged b"), kind="undo"))
    journal.mark(second, "abandoned")
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert (b"note a", b"note b") == ((notes / "a.md").read_bytes(), (notes / "b.md").read_bytes())


def test_a_link_in_the_place_of_our_change_is_left(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """Somebody replaced the file by a link: that is theirs, and what it leads to is not touched."""
    number = broken({notes / "a.md": b"tagged a", notes / "b.md": b"tagged b"}, made=2, marked=1)
    for name in ("a.md", "b.md"):
        (notes / name).unlink()
        (notes / name).symlink_to("nowhere")
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert (RunState.FAILED, ["kept", "abandoned"]) == (journal.run(number).state, states(journal, number))
    assert (notes / "a.md").is_symlink()


def test_a_file_deleted_meanwhile_is_not_made_again(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """The person wants it gone."""
    broken({notes / "a.md": b"tagged a"})
    (notes / "a.md").unlink()
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert not (notes / "a.md").exists()


def test_an_image_that_is_gone_costs_the_plan_and_not_the_file(
    journal: Journal, notes: Path, broken: Broken
) -> None:
    """With another key nothing can be finished: what was not made is abandoned, and the run starts anew."""
    number = broken({notes / "a.md": b"tagged a"})
    assert Recovered(taken_back=1) == recover(journal, Vault(notes.parent / "state" / "vault", bytes(32)))
    assert (notes / "a.md").read_bytes() == b"note a"
    assert ["abandoned"] == states(journal, number)


def test_a_run_that_brings_homebody_down_again_and_again_is_set_aside(
    journal: Journal, vault: Vault, broken: Broken
) -> None:
    """A document that kills the daemon does not do so for ever; the reason says how often."""
    number = broken({}, path=Path("/notes/a.md"))
    for _ in range(MOST_INTERRUPTIONS - 1):
        assert Recovered(handed_back=1) == recover(journal, vault)
        journal.claim()
    assert Recovered(taken_back=1) == recover(journal, vault)
    run = journal.run(number)
    assert RunState.QUARANTINED == run.state
    assert str(MOST_INTERRUPTIONS) in (run.reason or "")


def test_a_crashs_temporary_files_are_swept(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """Beside the files of the plan; somebody else's are left."""
    broken({notes / "a.md": b"tagged a"})
    (notes / ".homebody-0123.tmp").write_bytes(b"half")
    (notes / ".other.tmp").write_bytes(b"half")
    assert Recovered(finished=1, swept=1) == recover(journal, vault)
    assert [".other.tmp", "a.md", "b.md"] == sorted(os.listdir(notes))  # noqa: PTH208


def test_an_undo_that_was_broken_off_is_finished(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """The intent was written down, one of two files was put back, and the start puts back the other."""
    number = broken({notes / "a.md": b"tagged a", notes / "b.md": b"tagged b"}, made=2, marked=2)
    journal.finish(number, RunState.DONE, None)
    journal.set_state(number, RunState.UNDOING)
    put(Put(path=notes / "b.md", content=b"note b", before=sha(b"tagged b"), kind="undo"))
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert (b"note a", b"note b") == ((notes / "a.md").read_bytes(), (notes / "b.md").read_bytes())
    assert (RunState.UNDONE, ["undone"] * 2) == (journal.run(number).state, states(journal, number))
    assert Recovered() == recover(journal, vault)


def test_an_undo_that_was_overtaken_leaves_the_newer_file(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """Somebody changed a file between the crash and the start: it stays, and the reason says so."""
    number = broken({notes / "a.md": b"tagged a", notes / "b.md": b"tagged b"}, made=2, marked=2)
    journal.finish(number, RunState.DONE, None)
    journal.set_state(number, RunState.UNDOING)
    (notes / "b.md").write_bytes(b"the person's")
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert (b"note a", b"the person's") == ((notes / "a.md").read_bytes(), (notes / "b.md").read_bytes())
    assert "but for 1" in (journal.run(number).reason or "")


def test_a_retry_settles_the_plan_of_the_try_before(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """What was written down is done, and the model need not be asked again."""
    number = broken({notes / "a.md": b"tagged a", notes / "s.md": b"summary"}, made=1, marked=1)
    assert settle(journal, vault, number) is Settled.FINISHED
    assert (notes / "s.md").read_bytes() == b"summary"
    assert settle(journal, vault, broken({})) is Settled.NO_PLAN


def test_a_plan_is_taken_back_when_its_run_fails_half_way(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """Afterwards there is no plan, and the next try makes its own."""
    number = broken({notes / "a.md": b"tagged a", notes / "s.md": b"summary"}, made=2, marked=1)
    assert take_back(journal, vault, number)
    assert ["a.md", "b.md"] == sorted(os.listdir(notes))  # noqa: PTH208
    assert (notes / "a.md").read_bytes() == b"note a"
    assert settle(journal, vault, number) is Settled.NO_PLAN


def test_what_cannot_be_looked_at_now_is_looked_at_later(
    journal: Journal, vault: Vault, notes: Path, broken: Broken
) -> None:
    """A file in the place of a folder is no answer: the plan stays open until there is one."""
    number = broken({notes / "new" / "s.md": b"summary"}, made=1)
    (notes / "new").rename(notes / "old")
    (notes / "new").write_bytes(b"a file in the way")
    with pytest.raises(EffectError):
        settle(journal, vault, number)
    assert Recovered(postponed=1) == recover(journal, vault)
    (notes / "new").unlink()
    (notes / "old").rename(notes / "new")
    journal.claim()
    assert settle(journal, vault, number) is Settled.TAKEN_BACK
    assert not (notes / "new").exists()


def test_a_full_disk_postpones_the_plan_and_loses_nothing(
    journal: Journal, vault: Vault, tiny_disk: Path, broken: Broken
) -> None:
    """The run is back in the queue with its plan, which is finished when there is room again."""
    (tiny_disk / "a.md").write_bytes(b"note a")
    number = broken({tiny_disk / "a.md": b"tagged a", tiny_disk / "s.md": bytes(30_000)}, made=1, marked=1)
    (tiny_disk / "ballast").write_bytes(bytes(40_000))
    assert Recovered(postponed=1) == recover(journal, vault)
    assert (RunState.QUEUED, ["applied", "intended"]) == (journal.run(number).state, states(journal, number))
    (tiny_disk / "ballast").unlink()
    journal.claim()
    assert settle(journal, vault, number) is Settled.FINISHED
    assert (b"tagged a", bytes(30_000)) == (
        (tiny_disk / "a.md").read_bytes(),
        (tiny_disk / "s.md").read_bytes(),
    )


def test_a_full_disk_postpones_an_undo(
    journal: Journal, vault: Vault, tiny_disk: Path, broken: Broken
) -> None:
    """The intent stays, and the next start takes the run back."""
    (tiny_disk / "a.md").write_bytes(bytes(20_000))
    number = broken({tiny_disk / "a.md": b"short"}, made=1, marked=1)
    journal.finish(number, RunState.DONE, None)
    journal.set_state(number, RunState.UNDOING)
    (tiny_disk / "ballast").write_bytes(bytes(48_000))
    assert Recovered(postponed=1) == recover(journal, vault)
    assert (tiny_disk / "a.md").read_bytes() == b"short"
    (tiny_disk / "ballast").unlink()
    assert Recovered(taken_back=1) == recover(journal, vault)
    assert bytes(20_000) == (tiny_disk / "a.md").read_bytes()


def test_an_undo_by_force_that_never_began_is_not_carried_out_by_a_retry(room) -> None:
    """It was written down what would step aside, and then came the crash: the run is tried again, and nothing moves."""
    room.recipe(
        "file",
        "actions:\n  - move: OUT/\n  - write: {dest: OUT/there/x.txt, content: x}\non_error: {retry: 0}\n",
    )
    (room.notes / "a.txt").write_text("a")
    room.settle()
    run = room.journal.claim()
    assert run is not None
    row = EffectRow(
        id=None, run=run.id, ordinal=0, deed=Deed.MOVE, kind=BESIDE, path=room.notes / "a (newer).txt",
        source=room.notes / "a.txt", before=None, after=sha(b"a"), origin=None, before_image=None, after_image=None,
        mode=None, state=EffectState.INTENDED,
    )  # fmt: skip
    room.journal.plan(run.id, [row])
    room.journal.finish(run.id, RunState.FAILED, "it failed")
    room.journal.queue_again(run.id)
    ((again, _),) = room.work()
    assert RunState.DONE == again.state
    assert {"out/a.txt": "a", "out/there/x.txt": "x\n"} == room.tree()
