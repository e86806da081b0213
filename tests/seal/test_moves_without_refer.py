"""What does a move do on a kernel whose Landlock cannot allow one? (ABI 1, Linux 5.13 to 5.18.)"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENTER = """
import hashlib
from homebody.actions import relocate
from homebody.actions.effect import Move
from homebody.seal import landlock
landlock.abi = lambda: 1
inbox, archive = Path(given["folder"]) / "inbox", Path(given["folder"]) / "archive"
sha = hashlib.sha256(b"note").hexdigest()
effect = Move(path=archive / "2026" / "note.md", source=inbox / "note.md", after=sha)
report = seal.enter(seal.daemon_policy(read=[inbox], write=[inbox, archive]))
plain = name_of_refusal(lambda: os.rename(inbox / "note.md", archive / "note.md"))
"""


@pytest.fixture
def sealed(child: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs code in a daemon sealed as on ABI 1, with a note in the inbox."""
    for name in ("inbox", "archive"):
        (tmp_path / name).mkdir()
    note = tmp_path / "inbox" / "note.md"
    note.write_bytes(b"note")
    note.chmod(0o640)
    return lambda code: child(f"{ENTER}\n{code}", folder=str(tmp_path))


def test_a_file_is_moved_by_copying_it(sealed: Callable[..., Any], tmp_path: Path) -> None:
    """The kernel refuses the rename, so the file is copied, compared and then removed; and back in the same way."""
    old = (tmp_path / "inbox" / "note.md").stat()
    code = """
relocate.move(effect)
there = [str(path.relative_to(given["folder"])) for top in (inbox, archive) for path in sorted(top.rglob("*.md"))]
status = effect.path.stat()
told([plain, report.landlock_abi, report.missing[0], there, status.st_mode & 0o777, status.st_mtime_ns])
"""
    plain, level, missing, there, mode, mtime = sealed(code)
    assert (plain, level, there, mode, mtime) == (
        "EXDEV",
        1,
        ["archive/2026/note.md"],
        0o640,
        old.st_mtime_ns,
    )
    assert "by copying it" in missing
    sealed("relocate.move_back(effect)\ntold('back')")
    assert (tmp_path / "inbox" / "note.md").read_bytes() == b"note"
    assert not (tmp_path / "archive" / "2026" / "note.md").exists()


def test_a_move_that_was_killed_between_copy_and_removal_goes_on(
    sealed: Callable[..., Any], tmp_path: Path
) -> None:
    """Both files are there for a moment; the next start takes the copy for what it is, and removes the original."""
    told = sealed("relocate.leave = lambda *_, **__: (told('died'), os._exit(0))\nrelocate.move(effect)")
    assert told == "died"
    assert (tmp_path / "inbox" / "note.md").exists()
    assert (tmp_path / "archive" / "2026" / "note.md").exists()
    sealed("relocate.move(effect)\ntold('gone on')")
    assert not (tmp_path / "inbox" / "note.md").exists()
    assert (tmp_path / "archive" / "2026" / "note.md").read_bytes() == b"note"


def test_a_file_that_only_looks_alike_is_no_copy_of_ours(sealed: Callable[..., Any], tmp_path: Path) -> None:
    """A file of the same content that somebody made meanwhile is left alone, and so is the original."""
    there = tmp_path / "archive" / "2026" / "note.md"
    there.parent.mkdir()
    there.write_bytes(b"note")
    code = """
try:
    relocate.move(effect)
except Exception as error:
    told([type(error).__name__, str(error)])
"""
    kind, words = sealed(code)
    assert kind == "ChangedSinceError"
    assert "came before ours" in words
    assert (tmp_path / "inbox" / "note.md").exists()
