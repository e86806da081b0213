"""Does a path always show the old content or the new one, and never somebody else's work lost?"""

import fcntl
import os
import stat
from pathlib import Path

import pytest
from changes import change, names, sha
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.actions.apply import missing_folders, put, remove_folders, sweep, take_away
from homebody.errors import ChangedSinceError


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_the_file_holds_what_was_put_last(tmp_path: Path, contents: list[bytes]) -> None:
    """Whether it was there before or not, and nothing else is left in the folder."""
    path = tmp_path / "a.md"
    path.unlink(missing_ok=True)
    for content in contents:
        put(change(path, content))
        assert content == path.read_bytes()
    assert ["a.md"] == names(tmp_path)


def test_a_name_that_is_no_utf_8_can_be_written(tmp_path: Path) -> None:
    """File names are bytes."""
    path = tmp_path / "\udcff.md"
    put(change(path, b"new"))
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("umask", [0o077, 0o022, 0])
def test_the_mode_survives_a_rewrite(tmp_path: Path, umask: int) -> None:
    """Whatever the umask is, and whatever odd mode the person chose."""
    before = os.umask(umask)
    try:
        for mode in (0o600, 0o640, 0o664, 0o666, 0o755, 0o400):
            path = tmp_path / f"{mode:o}.md"
            path.write_bytes(b"old")
            path.chmod(mode)
            put(change(path, b"new"))
            assert mode == stat.S_IMODE(path.stat().st_mode)
            assert umask == os.umask(umask)
    finally:
        os.umask(before)


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o644)])
def test_a_new_file_has_the_usual_mode(tmp_path: Path, umask: int, mode: int) -> None:
    """Less what the umask takes away; a mode that is asked for is given in full."""
    before = os.umask(umask)
    try:
        put(change(tmp_path / "a.md", b"new"))
        put(change(tmp_path / "b.md", b"new", mode=0o664))
    finally:
        os.umask(before)
    assert mode == stat.S_IMODE((tmp_path / "a.md").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "b.md").stat().st_mode) == 0o664


def test_extended_attributes_survive_a_rewrite(tmp_path: Path) -> None:
    """Tags and comments of a file manager stay on the file."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.xdg.tags", b"red,blue")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    put(change(path, b"new"))
    assert os.getxattr(path, "user.xdg.tags") == b"red,blue"


def test_missing_folders_are_made_and_can_be_removed(tmp_path: Path) -> None:
    """As many as were missing, and only as far as they are empty again."""
    path = tmp_path / "2026" / "03" / "02" / "digest.md"
    assert missing_folders(path) == 3
    put(change(path, b"digest"))
    assert missing_folders(path) == 0
    (tmp_path / "2026" / "other.md").write_bytes(b"")
    take_away(path, sha(b"digest"))
    remove_folders(path, 3)
    assert ["other.md"] == names(tmp_path / "2026")


def test_a_file_that_changed_since_is_left_alone(tmp_path: Path) -> None:
    """The plan was made for another content."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    planned = change(path, b"ours")
    path.write_bytes(b"the person's")
    with pytest.raises(ChangedSinceError):
        put(planned)
    assert path.read_bytes() == b"the person's"
    assert ["a.md"] == names(tmp_path)


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    """The person deleted it."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    planned = change(path, b"ours")
    path.unlink()
    with pytest.raises(ChangedSinceError):
        put(planned)
    assert [] == names(tmp_path)


def test_a_file_that_came_first_is_left_alone(tmp_path: Path) -> None:
    """A new name that was free when it was planned is not free any more."""
    path = tmp_path / "a.md"
    planned = change(path, b"ours")
    path.write_bytes(b"the person's")
    with pytest.raises(ChangedSinceError):
        put(planned)
    assert path.read_bytes() == b"the person's"
    assert ["a.md"] == names(tmp_path)


def test_a_creation_is_taken_away_only_as_we_left_it(tmp_path: Path) -> None:
    """A word more, and it is somebody's."""
    path = tmp_path / "a.md"
    path.write_bytes(b"ours and more")
    with pytest.raises(ChangedSinceError):
        take_away(path, sha(b"ours"))
    take_away(path, sha(b"ours and more"))
    assert [] == names(tmp_path)


def test_a_sweep_takes_a_crashs_leavings_and_no_more(tmp_path: Path) -> None:
    """A temporary file that a living process has locked stays, and so does everybody else's."""
    left, living, other = (tmp_path / name for name in (".homebody-1.tmp", ".homebody-2.tmp", ".other.tmp"))
    for path in (left, living, other):
        path.write_bytes(b"")
    (tmp_path / ".homebody-3.tmp").symlink_to(other)
    with living.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert 1 == sweep([tmp_path, tmp_path / "nowhere"])
    assert [".homebody-2.tmp", ".homebody-3.tmp", ".other.tmp"] == names(tmp_path)
