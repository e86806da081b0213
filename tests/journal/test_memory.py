"""Does homebody know its own writes, renamed files, and what was there before a recipe?"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.journal.run import EffectRow, RunState
from homebody.journal.store import Journal, Origin
from homebody.testing import FakeClock

Queue = Callable[..., int]


@dataclass(frozen=True)
class Signature:
    """What stat(2) says of a file."""

    size: int
    mtime_ns: int
    inode: int


def sha(text: str) -> str:
    """Return the SHA-256 of *text*."""
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def write(journal: Journal, queue: Queue) -> Callable[..., int]:
    """Return what notes that a run of ours changed *path* from *before* to *after*, and does so."""

    def written(path: Path, before: str | None, after: str, state: str = "applied") -> int:
        run = queue(path=path, text=f"{path}{before}{after}")
        before_sha = sha(before) if before is not None else None
        found = journal.origin(path, before_sha) if before_sha else Origin.OURS
        row = EffectRow(
            id=None, run=run, ordinal=0, kind="write", path=path, before=before_sha, after=sha(after),
            origin=None if found is Origin.OURS else str(found), before_image=None, after_image="i", mode=None,
            state="intended",
        )  # fmt: skip
        (number,) = journal.plan(run, [row])
        journal.mark(number, state)
        path.write_text(after)
        return number

    return written


def test_a_persons_file_is_its_own_origin(journal: Journal, tmp_path: Path) -> None:
    """What we never wrote goes back to nothing but itself."""
    assert sha("x") == journal.origin(tmp_path / "a.md", sha("x"))


def test_a_file_that_we_made_is_ours_until_a_person_edits_it(
    journal: Journal, tmp_path: Path, write: Callable[..., int]
) -> None:
    """It wakes nothing as we left it; with one more word it is a person's file."""
    write(tmp_path / "a.summary.md", None, "a summary")
    assert journal.origin(tmp_path / "a.summary.md", sha("a summary")) is Origin.OURS
    assert sha("edited") == journal.origin(tmp_path / "a.summary.md", sha("edited"))


@pytest.mark.parametrize("state", ["intended", "applied", "reversing", "kept"])
def test_our_change_of_a_persons_file_goes_back_to_what_the_person_wrote(
    journal: Journal, tmp_path: Path, write: Callable[..., int], state: str
) -> None:
    """Even in the moment between the rename and its mark."""
    write(tmp_path / "a.md", "note", "tags + note", state)
    assert sha("note") == journal.origin(tmp_path / "a.md", sha("tags + note"))


def test_changes_on_changes_go_back_to_the_first(
    journal: Journal, tmp_path: Path, write: Callable[..., int]
) -> None:
    """Two recipes that both add to a note leave one origin."""
    write(tmp_path / "a.md", "note", "tags + note")
    write(tmp_path / "a.md", "tags + note", "more + tags + note")
    assert sha("note") == journal.origin(tmp_path / "a.md", sha("more + tags + note"))


def test_what_we_add_to_our_own_file_stays_ours(
    journal: Journal, tmp_path: Path, write: Callable[..., int]
) -> None:
    """A digest that grows every day is ours every day."""
    write(tmp_path / "digest.md", None, "monday")
    write(tmp_path / "digest.md", "monday", "monday tuesday")
    assert journal.origin(tmp_path / "digest.md", sha("monday tuesday")) is Origin.OURS


@pytest.mark.parametrize("state", ["undone", "abandoned"])
def test_what_was_taken_back_is_not_ours(
    journal: Journal, tmp_path: Path, write: Callable[..., int], state: str
) -> None:
    """A person may write the very same words themselves."""
    write(tmp_path / "a.md", None, "words", state)
    assert sha("words") == journal.origin(tmp_path / "a.md", sha("words"))


def test_our_file_is_known_under_a_new_name(
    journal: Journal, tmp_path: Path, write: Callable[..., int]
) -> None:
    """A person moves a tagged note and a summary elsewhere: neither is new."""
    note, summary = tmp_path / "a.md", tmp_path / "a.summary.md"
    write(note, "note", "tags + note")
    write(summary, None, "a summary")
    for path in (note, summary):
        path.rename(tmp_path / f"moved-{path.name}")
    assert sha("note") == journal.origin(tmp_path / "moved-a.md", sha("tags + note"))
    assert journal.origin(tmp_path / "moved-a.summary.md", sha("a summary")) is Origin.OURS


def test_a_persons_copy_of_our_file_is_the_persons(
    journal: Journal, tmp_path: Path, write: Callable[..., int]
) -> None:
    """While ours is still in its place, another file with the same words is somebody's own."""
    write(tmp_path / "a.summary.md", None, "a summary")
    assert sha("a summary") == journal.origin(tmp_path / "copy.md", sha("a summary"))


@pytest.mark.parametrize(
    ("state", "known"),
    [(RunState.DONE, True), (RunState.FAILED, True), (RunState.QUARANTINED, True), (RunState.SKIPPED, False)],
)
def test_a_renamed_file_is_known_once_its_run_got_to_it(
    journal: Journal, tmp_path: Path, queue: Queue, state: RunState, *, known: bool
) -> None:
    """A run that was skipped because the old name was gone does not count: the new name gets its run."""
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    number = queue(path=old, text="note")
    assert journal.renamed_from("tag", new, sha("note")) is None
    journal.claim()
    journal.finish(number, state, None)
    assert (old if known else None) == journal.renamed_from("tag", new, sha("note"))
    assert journal.renamed_from("summarise", new, sha("note")) is None
    assert journal.renamed_from("tag", new, sha("other")) is None


def test_a_copy_is_no_rename(journal: Journal, tmp_path: Path, queue: Queue) -> None:
    """While the old name is there, be it a dangling link, the new one is another file."""
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    journal.finish(queue(path=old, text="note"), RunState.SKIPPED, None)
    number = queue(path=old, text="other")
    journal.claim()
    journal.finish(number, RunState.DONE, None)
    old.symlink_to("nowhere")
    assert journal.renamed_from("tag", new, sha("other")) is None


def test_files_that_were_there_first_are_known_just_so(journal: Journal, tmp_path: Path) -> None:
    """By recipe, path and signature; a changed file is new."""
    assert not journal.enrolled("tag", tmp_path)
    path = tmp_path / "\udcff.md"
    path.touch()
    journal.enrol("tag", tmp_path, [(path, "1:2:3")])
    assert journal.enrolled("tag", tmp_path)
    assert not journal.enrolled("sum", tmp_path)
    assert journal.was_there_before("tag", path, "1:2:3")
    assert not journal.was_there_before("tag", path, "1:9:3")
    assert not journal.was_there_before("sum", path, "1:2:3")


def test_a_file_that_was_there_first_is_known_under_a_new_name(journal: Journal, tmp_path: Path) -> None:
    """Renaming an old file does not make it new; one that is still there is another file."""
    old = tmp_path / "old.md"
    old.touch()
    journal.enrol("tag", tmp_path, [(old, "1:2:3")])
    assert not journal.was_there_before("tag", tmp_path / "new.md", "1:2:3")
    old.rename(tmp_path / "new.md")
    assert journal.was_there_before("tag", tmp_path / "new.md", "1:2:3")


@pytest.mark.parametrize(("state", "content"), [("applied", "tags + note"), ("undone", "note")])
def test_an_old_file_is_not_made_new_by_us(
    journal: Journal, tmp_path: Path, write: Callable[..., int], state: str, content: str
) -> None:
    """Neither a rewrite by another recipe nor its undo wakes a recipe that leaves old files alone."""
    old, other = tmp_path / "old.md", tmp_path / "other.md"
    journal.enrol("sum", tmp_path, [(old, "1:2:3"), (other, "1:2:4")])
    write(old, "note", "tags + note", state)
    other.touch()
    assert not journal.was_there_before("sum", old, "9:9:9")
    assert journal.was_there_before("sum", old, "9:9:9", sha(content))
    assert not journal.was_there_before("sum", old, "9:9:9", sha("a person's edit"))
    assert not journal.was_there_before("sum", other, "9:9:9", sha(content))
    assert not journal.was_there_before("tag", old, "9:9:9", sha(content))


def test_a_cursor_only_goes_forward(journal: Journal, clock: FakeClock) -> None:
    """A moment that was served is not served again, whatever the time zone that it is written in."""
    assert journal.cursor("digest") is None
    journal.set_cursor("digest", clock.now())
    journal.set_cursor("digest", clock.now() - timedelta(days=1))
    assert clock.now() == journal.cursor("digest")
    journal.set_cursor("digest", clock.now() + timedelta(microseconds=1))
    assert clock.now() + timedelta(microseconds=1) == journal.cursor("digest")


def known(journal: Journal, path: Path, signature: Signature) -> str | None:
    """Return what is known of one file."""
    return journal.known_contents({str(path): signature}).get(str(path))


def test_what_a_file_holds_is_remembered_for_its_signature(journal: Journal, tmp_path: Path) -> None:
    """A new size, time or inode means that it must be read again."""
    path = tmp_path / "ä 🙂.md"
    journal.remember_content(path, Signature(1, 2, 3), "c")
    assert known(journal, path, Signature(1, 2, 3)) == "c"
    for other in (Signature(0, 2, 3), Signature(1, 0, 3), Signature(1, 2, 0)):
        assert known(journal, path, other) is None
    journal.remember_content(path, Signature(4, 2, 3), "d")
    assert known(journal, path, Signature(1, 2, 3)) is None
    assert known(journal, path, Signature(4, 2, 3)) == "d"


def test_many_files_are_asked_about_at_once(journal: Journal, tmp_path: Path) -> None:
    """Of all that are asked about, those are told of that are known just so: contents, old files and keys."""
    names = [str(tmp_path / f"{number}.md") for number in range(5000)]
    journal.enrol("tag", tmp_path, ((Path(name), "1:2:3") for name in names[:4000]))
    assert set(names[1:4000]) == journal.there_before("tag", dict.fromkeys(names, "1:2:3") | {names[0]: "9"})
    assert set() == journal.there_before("sum", dict.fromkeys(names, "1:2:3"))
    for name in names[:10]:
        journal.remember_content(Path(name), Signature(1, 2, 3), "c")
    assert dict.fromkeys(names[:10], "c") == journal.known_contents(dict.fromkeys(names, Signature(1, 2, 3)))


def test_a_key_that_had_its_run_is_known(journal: Journal, queue: Callable[..., int]) -> None:
    """Keys hold line breaks and any name."""
    queue(path=Path("/notes/ä 🙂.md"))
    (run,) = journal.runs()
    key = f"tag\n{run.origin}\n/notes/ä 🙂.md"
    assert {key} == journal.had([key, key + "x"])


def test_what_is_taken_in_together_is_there_together_or_not_at_all(
    journal: Journal, queue: Callable[..., int]
) -> None:
    """A fault in the middle leaves nothing of the batch."""

    def break_off() -> None:
        with journal.taking_in():
            queue(path=Path("/notes/a.md"))
            journal.remember_content(Path("/notes/a.md"), Signature(1, 2, 3), "c")
            raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        break_off()
    assert {} == journal.counts()
    assert known(journal, Path("/notes/a.md"), Signature(1, 2, 3)) is None
    with journal.taking_in():
        queue(path=Path("/notes/a.md"))
    assert 1 == len(journal.runs())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(name=st.text(min_size=1, max_size=40), inode=st.integers(0, 2**63 - 1))
def test_any_name_and_number_can_be_remembered(journal: Journal, name: str, inode: int) -> None:
    """Whatever UTF-8 can hold may be in a name, and an inode has up to 63 bits."""
    path = Path("/notes") / name.replace("/", "_").replace("\0", "_")
    journal.remember_content(path, Signature(1, 2, inode), str(inode))
    assert known(journal, path, Signature(1, 2, inode)) == str(inode)


def test_a_name_that_is_no_utf8_is_not_known_and_does_no_harm(journal: Journal) -> None:
    """No scan tells of one; asked about all the same, it is unknown, and the others are told of."""
    odd, other = Path("/notes/\udcff.md"), Path("/notes/a.md")
    for path in (odd, other):
        journal.remember_content(path, Signature(1, 2, 3), "c")
    asked = {str(odd): Signature(1, 2, 3), str(other): Signature(1, 2, 3)}
    assert {str(other): "c"} == journal.known_contents(asked)
