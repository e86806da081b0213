"""What a client may have the sealed processes aim at."""

from pathlib import Path

import pytest

from homebody.errors import UsageError
from homebody.service.proving import checked, which


def test_folder_that_nobody_uses_is_taken(tmp_path: Path):
    """A folder beside those in use, or one that holds them, is what the probes aim at."""
    used = [tmp_path / "used"]
    for folder in (tmp_path / "other", tmp_path):
        assert checked({"outside": str(folder)}, used).outside == str(folder)


@pytest.mark.parametrize("where", ["used", "used/deep", "other/../used", "link", "link/deep"])
def test_folder_in_use_is_refused(tmp_path: Path, where: str):
    """A folder in use is refused by whatever name it is called, its links followed."""
    (tmp_path / "used").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "used")
    with pytest.raises(UsageError, match="may use"):
        checked({"outside": str(tmp_path / where)}, [tmp_path / "used"])


@pytest.mark.parametrize(
    "targets",
    [
        {"outside": "relative"}, {"outside": ""}, {"outside": "/a\0b"}, {"outside": 3}, {"outside": "/" + "a" * 5000},
        {"tcp_port": "80"}, {"tcp_port": True}, {"victim": -1}, {"victim": 0}, {"unix_path": ["x"]},
    ],
)  # fmt: skip
def test_target_that_makes_no_sense_is_refused(targets: dict):
    """Numbers are whole and positive, names are names: nothing else reaches a system call."""
    with pytest.raises(UsageError):
        checked(targets, [])


def test_unknown_process_is_refused():
    """There are three to ask."""
    with pytest.raises(UsageError, match="shell"):
        which({"process": "shell"})
