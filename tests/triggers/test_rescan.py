"""What is really there?"""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from homebody.triggers.rescan import FolderError, look, scan
from homebody.triggers.settle import Signature


def names(folder: Path, recursive: bool) -> dict[str, str]:
    """Return what a scan finds: name and kind."""
    return {str(found.path.relative_to(folder)): found.kind for found in scan(folder, recursive)}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with a bit of everything."""
    (tmp_path / "note.md").write_text("a note")
    (tmp_path / ".hidden.md").write_text("hidden")
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "deep" / "deeper" / "letter.txt").write_text("a letter")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("[core]")
    (tmp_path / "link.md").symlink_to(tmp_path / "note.md")
    (tmp_path / "broken.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "elsewhere").symlink_to(tmp_path / "deep", target_is_directory=True)
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


def test_a_scan_tells_files_links_and_the_rest_apart(tree: Path):
    """Links are not followed, not even to folders; hidden things are left out."""
    expected = {
        "note.md": "file",
        "link.md": "link",
        "broken.md": "link",
        "elsewhere": "link",
        "pipe": "special",
    }
    assert expected == names(tree, recursive=False)


def test_a_recursive_scan_goes_down_but_not_through_links_or_hidden_folders(tree: Path):
    """Each file is found once, under its own path."""
    found = names(tree, recursive=True)
    assert found["deep/deeper/letter.txt"] == "file"
    assert not [name for name in found if name.startswith((".git", "elsewhere/"))]


def test_a_circle_of_links_ends(tmp_path: Path):
    """A link to its own parent is a link, and nothing more."""
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path, recursive=True) == {"again": "link"}


def test_the_signature_is_size_time_and_inode(tmp_path: Path):
    """What lstat says."""
    path = tmp_path / "note.md"
    path.write_text("a note")
    (found,) = scan(tmp_path, recursive=False)
    status = path.lstat()
    assert Signature(6, status.st_mtime_ns, status.st_ino) == found.signature
    assert found == look(path)


def test_a_folder_that_is_not_there_is_an_error_with_a_cure(tmp_path: Path):
    """The house can say which folder it is."""
    with pytest.raises(FolderError, match="not there") as caught:
        list(scan(tmp_path / "gone", recursive=True))
    assert caught.value.hint is not None


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path):
    """A recipe that watches a file says so."""
    (tmp_path / "note.md").write_text("a note")
    with pytest.raises(FolderError, match="is a file"):
        list(scan(tmp_path / "note.md", recursive=False))


def test_a_folder_that_vanishes_during_the_scan_is_left_out(tmp_path: Path):
    """The rest is found all the same."""
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "note.md").write_text(name)
    (tmp_path / "first.md").write_text("first")
    found = scan(tmp_path, recursive=True)
    seen = [next(found).path.name]
    shutil.rmtree(tmp_path / "two")
    seen += [candidate.path.parent.name for candidate in found]
    assert {"first.md", "one", "three"} == set(seen)


def test_a_folder_deeper_than_any_call_stack_is_scanned(tmp_path: Path):
    """A scan does not recurse, so that no tree can end it."""
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_100):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    (tmp_path / "d" / "note.md").write_text("a note")
    assert names(tmp_path, recursive=True) == {"d/note.md": "file"}
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # shutil.rmtree recurses


def test_a_name_that_is_not_utf8_is_left_out(tmp_path: Path):
    """It could not be kept in the journal or shown to anybody."""
    (tmp_path / "fine.md").write_text("fine")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("latin-1")
    assert names(tmp_path, recursive=False) == {"fine.md": "file"}


def test_looking_at_one_path_tells_what_a_scan_tells(tree: Path):
    """Nothing for what is gone, hidden or a folder."""
    assert [None, None, None] == [look(tree / name) for name in ("gone.md", ".hidden.md", "deep")]
    kinds = [look(tree / name) for name in ("note.md", "link.md", "pipe")]
    assert ["file", "link", "special"] == [found.kind for found in kinds if found is not None]


def test_a_socket_is_special(tmp_path: Path):
    """What is no file is never opened."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert names(tmp_path, recursive=False) == {"s": "special"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not look")
def test_a_folder_that_may_not_be_looked_into_is_told_from_one_that_is_missing(tmp_path: Path):
    """Denied is not absent, and the cure differs."""
    tmp_path.chmod(0o700)
    os.seteuid(65534)
    try:
        with pytest.raises(FolderError, match="may not look into"):
            list(scan(tmp_path, recursive=False))
    finally:
        os.seteuid(0)
