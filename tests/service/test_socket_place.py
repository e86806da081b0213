"""Where the socket may lie: a folder of its owner's own, and no other file's place."""

from pathlib import Path

import pytest

from homebody.errors import HomebodyError, SettingsError
from homebody.service.listener import make_room


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """In a folder that everybody can write, a stranger's link would lead the socket somewhere else."""
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "run").symlink_to(tmp_path / "real")
    with pytest.raises(HomebodyError, match="is a link or belongs to somebody else"):
        make_room(tmp_path / "run" / "control.sock")
    assert [] == list((tmp_path / "real").iterdir())


def test_a_folder_that_others_can_look_into_is_closed(tmp_path: Path) -> None:
    """A folder of ours with the usual mode becomes ours alone."""
    (tmp_path / "run").mkdir(mode=0o755)
    make_room(tmp_path / "run" / "control.sock")
    assert 0o700 == (tmp_path / "run").stat().st_mode & 0o777


def test_only_a_socket_is_replaced(tmp_path: Path) -> None:
    """A file of a person's at the socket's place is left, and named."""
    (tmp_path / "run").mkdir(mode=0o700)
    path = tmp_path / "run" / "control.sock"
    path.write_text("mine\n")
    with pytest.raises(HomebodyError, match="is not a socket"):
        make_room(path)
    assert "mine\n" == path.read_text()


def test_a_path_that_no_socket_can_have_is_named(tmp_path: Path) -> None:
    """It is an error in words, with the cure."""
    with pytest.raises(SettingsError, match="too long") as caught:
        make_room(tmp_path / ("x" * 100) / "control.sock")
    assert "TMPDIR" in (caught.value.hint or "")
