"""Watching folders where no kernel tells of them, as inside macOS' seal."""

import queue
from dataclasses import replace
from pathlib import Path

import pytest

from homebody.seal import this_system
from homebody.triggers import folders


def test_new_and_changed_files_are_seen_by_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without events a file that comes, and one that changes, is hinted at all the same."""
    silent = replace(this_system(), tells_of_files=False)
    monkeypatch.setattr(folders, "this_system", lambda: silent)
    monkeypatch.setattr(folders, "POLL_SECONDS", 0.05)
    hints: queue.SimpleQueue[Path] = queue.SimpleQueue()
    watch = folders.FolderWatch([(tmp_path, True)], hints.put)
    watch.start()
    try:
        assert type(watch._observer).__name__ == "PollingObserver"
        assert watch.problems == {}
        (tmp_path / "note.md").write_text("one")
        assert hints.get(timeout=20) == tmp_path / "note.md"
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "other.md").write_text("two")
        while hints.get(timeout=20) != tmp_path / "sub" / "other.md":
            pass
    finally:
        watch.stop()
