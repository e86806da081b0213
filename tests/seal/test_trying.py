"""Folders are tried by the process that is to use them, and nothing is left in them."""

import os
from pathlib import Path

import pytest

from homebody.doctor.folders import terminal_may
from homebody.errors import SealError
from homebody.seal import rehearse_with
from homebody.seal.trying import try_folders


def problems(read: list[Path], write: list[Path]) -> list[str | None]:
    """Return what the rehearsal finds: in a child in the seal, without root's powers."""
    return [one.problem for one in rehearse_with(read, write)[1]]


def test_folders_that_can_be_used(tmp_path: Path):
    """Nothing is wrong with them, whether empty or not, and nothing is left."""
    (tmp_path / "file").touch()
    assert [None, None] == problems([tmp_path], [tmp_path])
    assert ["file"] == [path.name for path in tmp_path.iterdir()]


def test_folders_whose_mode_forbids_it(tmp_path: Path):
    """A closed one cannot be listed, one that may only be read cannot be written; the terminal knows the same."""
    closed, only_read = tmp_path / "closed", tmp_path / "only-read"
    closed.mkdir(mode=0)
    only_read.mkdir(mode=0o555)
    denied = os.strerror(13)
    _report, tried = rehearse_with([closed, only_read], [only_read])
    assert [denied, None, denied] == [one.problem for one in tried]
    assert [False, True, False] == [terminal_may(one) for one in tried]


def test_a_full_disk_says_so(tiny_disk: Path):
    """The file that was made is removed again."""
    for number in range(1000):
        try:
            (tiny_disk / f"{number}").write_bytes(b"x" * 4096)
        except OSError:
            break
    assert [os.strerror(28)] == problems([], [tiny_disk])
    assert not list(tiny_disk.glob(".homebody-*"))


def test_what_is_no_folder(tmp_path: Path):
    """Outside any seal: a file, and nothing at all."""
    (tmp_path / "file").touch()
    tried = try_folders([tmp_path / "file", tmp_path / "none"], [tmp_path / "file"])
    assert [os.strerror(20), os.strerror(2), os.strerror(20)] == [one.problem for one in tried]


def test_a_trial_that_does_not_end_is_ended(tmp_path: Path):
    """As with a server that is gone: the reason and where to look; no process stays."""
    with pytest.raises(SealError, match=r"did not end within 0\.001 seconds") as caught:
        rehearse_with([tmp_path], [], patience=0.001)
    assert "network" in (caught.value.hint or "")
