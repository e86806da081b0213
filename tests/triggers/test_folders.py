"""What touched the watched folders just now?"""

import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.triggers.folders import FolderWatch, below

QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")

Watching = Callable[..., FolderWatch]


class Heard:
    """The hints that came, to be waited for."""

    def __init__(self) -> None:
        self.hints: queue.Queue[Path] = queue.Queue()

    def wait_for(self, path: Path) -> None:
        """Return when a hint at *path* has come; fail when none comes."""
        while (found := self.hints.get(timeout=10)) != path:
            pass
        assert found == path

    def all_before(self, path: Path) -> set[Path]:
        """Return what was hinted at before the first hint at *path*."""
        found = set()
        while (hint := self.hints.get(timeout=10)) != path:
            found.add(hint)
        return found


@pytest.fixture
def heard() -> Heard:
    """An ear for hints."""
    return Heard()


@pytest.fixture
def watching(heard: Heard) -> Iterator[Watching]:
    """Start watches and stop them at the end."""
    watches: list[FolderWatch] = []

    def start(*folders: tuple[Path, bool]) -> FolderWatch:
        watch = FolderWatch(folders, heard.hints.put)
        watches.append(watch)
        watch.start()
        return watch

    yield start
    for watch in watches:
        watch.stop()


def test_a_new_a_changed_a_moved_and_a_deleted_file_are_hinted_at(
    tmp_path: Path, heard: Heard, watching: Watching
):
    """Each by its path, a moved one by the new path too."""
    watching((tmp_path, False))
    note, moved = tmp_path / "note.md", tmp_path / "moved.md"
    note.write_text("one")
    heard.wait_for(note)
    note.rename(moved)
    heard.wait_for(moved)
    moved.unlink()
    heard.wait_for(moved)


def test_a_folder_below_is_heard_only_when_the_watch_is_recursive(
    tmp_path: Path, heard: Heard, watching: Watching
):
    """Also a folder that was made after the watch began."""
    flat, deep = tmp_path / "flat", tmp_path / "deep"
    for folder in (flat, deep):
        (folder / "below").mkdir(parents=True)
    watching((flat, False), (deep, True))
    (flat / "below" / "note.md").write_text("not heard")
    (deep / "new").mkdir()
    (deep / "new" / "note.md").write_text("heard")
    assert flat / "below" / "note.md" not in heard.all_before(deep / "new" / "note.md")


def test_reading_a_file_is_no_hint(tmp_path: Path, heard: Heard, watching: Watching):
    """We read what we watch, and must not wake ourselves."""
    note, last = tmp_path / "note.md", tmp_path / "last.md"
    note.write_text("a note")
    watching((tmp_path, False))
    note.read_text()
    last.write_text("last")
    assert heard.all_before(last) == set()


def test_what_is_hidden_is_no_hint(tmp_path: Path, heard: Heard, watching: Watching):
    """Neither a hidden file nor a file in a hidden folder, unless the hidden folder is itself watched."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".notes").mkdir()
    watching((tmp_path, True), (tmp_path / ".notes", False))
    (tmp_path / ".git" / "index").write_text("hidden")
    (tmp_path / ".hidden.md").write_text("hidden")
    (tmp_path / ".notes" / "note.md").write_text("wanted")
    heard.wait_for(tmp_path / ".notes" / "note.md")
    (tmp_path / "last.md").write_text("last")
    assert heard.all_before(tmp_path / "last.md") <= {tmp_path / ".notes" / "note.md"}


def test_a_folder_reached_through_a_link_is_watched_under_its_own_name(
    tmp_path: Path, heard: Heard, watching: Watching
):
    """The hint names the path that the recipe names."""
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "real", target_is_directory=True)
    watching((tmp_path / "linked", False))
    (tmp_path / "real" / "note.md").write_text("a note")
    heard.wait_for(tmp_path / "linked" / "note.md")


def test_a_missing_folder_is_a_problem_and_stops_no_other(tmp_path: Path, heard: Heard, watching: Watching):
    """It is said in words, and watched once it is there."""
    (tmp_path / "there").mkdir()
    missing = tmp_path / "missing"
    watch = watching((missing, False), (tmp_path / "there", False))
    assert [missing] == list(watch.problems)
    assert "not there" in watch.problems[missing]
    (tmp_path / "there" / "note.md").write_text("heard")
    heard.wait_for(tmp_path / "there" / "note.md")
    missing.mkdir()
    watch.mend()
    assert watch.problems == {}
    (missing / "note.md").write_text("heard, too")
    heard.wait_for(missing / "note.md")


def test_a_folder_deleted_while_watched_is_a_problem_until_it_is_back(
    tmp_path: Path, heard: Heard, watching: Watching
):
    """The watch itself goes on for the others, and takes the new folder up again."""
    gone = tmp_path / "gone"
    gone.mkdir()
    watch = watching((gone, True))
    shutil.rmtree(gone)
    watch.mend()
    assert "not there" in watch.problems[gone]
    assert watch.alive()
    gone.mkdir()
    watch.mend()
    assert watch.problems == {}
    (gone / "note.md").write_text("back")
    heard.wait_for(gone / "note.md")


def test_a_folder_replaced_by_another_of_its_name_is_watched_anew(
    tmp_path: Path, heard: Heard, watching: Watching
):
    """An event system follows the old folder; a person means the name."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    watch = watching((folder, False))
    folder.rename(tmp_path / "old")
    folder.mkdir()
    watch.mend()
    (folder / "note.md").write_text("in the new one")
    heard.wait_for(folder / "note.md")


def test_a_system_that_gives_no_watcher_is_a_problem_and_no_crash(tmp_path: Path, watching: Watching):
    """The rescan goes on alone; here the limit on open files stands in for the one on watchers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        watch = FolderWatch([(tmp_path, True)], lambda path: None)
        watch.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert [tmp_path] == list(watch.problems)
    assert "regularly" in watch.problems[tmp_path]
    assert not watch.alive()
    watch.mend()
    watch.stop()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/w/a.md", "a.md"),
        ("/w/b/a.md", "b/a.md"),
        ("/w/.b/a.md", None),
        ("/w/.a", None),
        ("/other/a.md", None),
    ],
)
def test_hidden_is_judged_below_the_watched_folder_only(path: str, expected: str | None):
    """Where the watched folder itself lies is nobody's business."""
    assert below(Path(path), Path("/w")) == (Path(expected) if expected else None)


def test_an_overflow_of_the_systems_queue_is_told(tmp_path: Path):
    """A process that is held while more files are made than the kernel has room for hears of its loss."""
    script = Path(__file__).with_name("held_watch.py")
    child = subprocess.Popen(
        [sys.executable, "-I", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert "watching\n" == child.stdout.readline()
    child.send_signal(signal.SIGSTOP)
    os.waitpid(child.pid, os.WUNTRACED)
    for number in range(int(QUEUE.read_text()) + 1):
        os.close(os.open(tmp_path / f"{number}.md", os.O_WRONLY | os.O_CREAT, 0o600))
    child.send_signal(signal.SIGCONT)
    said, _ = child.communicate(timeout=60)
    assert "missed\n" == said
    assert 0 == child.returncode


def test_other_folders_are_watched_from_the_next_mend_on(tmp_path: Path, heard: Heard, watching: Watching):
    """What is wanted no longer is let go, with its problem; what is new is heard, below too where that is new."""
    old, kept, new, gone = (tmp_path / name for name in ("old", "kept", "new", "gone"))
    for folder in (old, kept / "below", new):
        folder.mkdir(parents=True)
    watch = watching((old, False), (kept, False), (gone, False))
    assert [gone] == list(watch.problems)
    watch.look_after([(kept, True), (new, False)])
    watch.mend()
    assert {} == watch.problems
    (old / "a.md").write_text("a")
    (kept / "below" / "b.md").write_text("b")
    heard.wait_for(kept / "below" / "b.md")
    (new / "c.md").write_text("c")
    assert old / "a.md" not in heard.all_before(new / "c.md")
