"""From where to where may a sealed daemon move a file?"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.seal import landlock

ENTER = """
from homebody.seal import kernel
folders = {name: Path(path) for name, path in given["folders"].items()}
watched, inbox, archive, elsewhere = (folders[name] for name in ("watched", "inbox", "archive", "elsewhere"))
if given["sealed"]:
    seal.enter(seal.daemon_policy(read=[watched, inbox], write=[inbox, archive]))

def opened(folder):
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

def no_replace(old, new):
    kernel.call("renameat2", opened(old.parent), os.fsencode(old.name), opened(new.parent), os.fsencode(new.name), 1)
"""
"""The inbox is watched and written, as with a recipe that moves what arrives; the watched folder is only read."""

needs_refer = pytest.mark.skipif(landlock.abi() < 2, reason="before ABI 2 Landlock refuses every move")


@pytest.fixture
def sealed(child: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs code in a sealed daemon, with four folders and a note and a folder in each.

    Not *sealed*, it is the control: what is refused in the seal works without it.
    """
    folders = {}
    for name in ("watched", "inbox", "archive", "elsewhere"):
        folders[name] = str(tmp_path / name)
        (tmp_path / name / "folder" / "deep").mkdir(parents=True)
        (tmp_path / name / "note.md").write_text(name)
    return lambda code, sealed=True: child(f"{ENTER}\n{code}", folders=folders, sealed=sealed)


@needs_refer
def test_a_file_moves_between_two_folders_of_the_write_list(
    sealed: Callable[..., Any], tmp_path: Path
) -> None:
    """Both ways, by path, by open folders, and never over another file; it is the same file with its attributes."""
    note = tmp_path / "inbox" / "note.md"
    note.chmod(0o640)
    number = note.stat().st_ino
    code = """
moved, back = archive / "folder" / "deep" / "moved.md", archive / "back.md"
os.rename(inbox / "note.md", moved)
os.rename(moved, inbox / "again.md")
os.rename("again.md", "back.md", src_dir_fd=opened(inbox), dst_dir_fd=opened(archive))
taken = name_of_refusal(lambda: no_replace(back, archive / "note.md"))
no_replace(back, inbox / "last.md")
told([taken, sorted(os.listdir(inbox)), sorted(os.listdir(archive))])
"""
    assert sealed(code) == ["EEXIST", ["folder", "last.md"], ["folder", "note.md"]]
    last = tmp_path / "inbox" / "last.md"
    assert (number, 0o640, "inbox") == (last.stat().st_ino, last.stat().st_mode & 0o777, last.read_text())
    assert (tmp_path / "archive" / "note.md").read_text() == "archive"


@needs_refer
def test_a_folder_moves_between_two_folders_of_the_write_list(
    sealed: Callable[..., Any], tmp_path: Path
) -> None:
    """With what is in it."""
    sealed('os.rename(inbox / "folder", archive / "whole")\ntold("moved")')
    assert (tmp_path / "archive" / "whole" / "deep").is_dir()
    assert not (tmp_path / "inbox" / "folder").exists()


@pytest.mark.parametrize("source", ["watched", "elsewhere"])
@pytest.mark.parametrize("target", ["inbox", "archive", "watched"])
def test_nothing_leaves_a_folder_that_is_not_written(
    sealed: Callable[..., Any], tmp_path: Path, source: str, target: str
) -> None:
    """Neither a file nor a folder is moved out of a folder that is only watched, nor within it, nor from elsewhere."""
    code = f"""
told([name_of_refusal(lambda: os.rename({source} / name, {target} / "taken")) for name in ("note.md", "folder")]
     + [name_of_refusal(lambda: no_replace({source} / "note.md", {target} / "taken"))])
"""
    assert set(sealed(code)) <= {"EACCES", "EXDEV"}
    assert (tmp_path / source / "note.md").read_text() == source
    assert not (tmp_path / target / "taken").exists()
    assert sealed(code, sealed=False)[0] == "done"


@pytest.mark.parametrize("target", ["watched", "elsewhere"])
def test_nothing_gets_into_a_folder_that_is_not_written(
    sealed: Callable[..., Any], tmp_path: Path, target: str
) -> None:
    """A file of the write list is not moved, linked or exchanged into a folder that is only watched, or elsewhere."""
    code = f"""
told([name_of_refusal(deed) for deed in (
    lambda: os.rename(inbox / "note.md", {target} / "put"), lambda: os.rename(inbox / "note.md", {target} / "note.md"),
    lambda: os.link(inbox / "note.md", {target} / "put"),
    lambda: kernel.call("renameat2", opened(inbox), b"note.md", -100, os.fsencode({target} / "note.md"), 2))])
"""
    assert set(sealed(code)) <= {"EACCES", "EXDEV"}
    names = {name: sorted(os.listdir(tmp_path / name)) for name in ("inbox", target)}  # noqa: PTH208
    assert names == {"inbox": ["folder", "note.md"], target: ["folder", "note.md"]}
    assert (tmp_path / target / "note.md").read_text() == target
    assert sealed(code, sealed=False)[0] == "done"
