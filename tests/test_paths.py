"""Where things live."""

import os
from pathlib import Path

import pytest

from homebody.paths import SOCKET_PATH_BYTES, find_home, shipped


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="the XDG folders are Linux's")
def test_linux_follows_the_base_directories():
    """Configuration and state lie where XDG says."""
    home = find_home({"HOME": "/home/ines"})
    assert Path("/home/ines/.config/homebody/recipes") == home.recipes
    assert Path("/home/ines/.local/state/homebody/journal.db") == home.journal
    moved = find_home({"HOME": "/home/ines", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"})
    assert (Path("/c/homebody"), Path("/s/homebody")) == (moved.config, moved.state)


def test_a_home_of_its_own_holds_everything(tmp_path: Path):
    """``--home`` and HOMEBODY_HOME put all into one folder."""
    assert find_home({}, tmp_path) == find_home({"HOMEBODY_HOME": str(tmp_path)})
    assert tmp_path / "state" / "journal.db" == find_home({}, tmp_path).journal


@pytest.mark.parametrize("length", [10, 60, 90, 150])
def test_the_socket_path_is_never_too_long(tmp_path: Path, length: int):
    """A unix socket's path fits the 104 bytes of macOS whatever the home is called."""
    home = find_home({}, tmp_path / ("ü" * length)[:length])
    assert len(os.fsencode(home.socket)) < SOCKET_PATH_BYTES


def test_two_homes_with_long_names_have_two_sockets(tmp_path: Path):
    """The short path of a socket still belongs to one state folder."""
    long = "x" * 120
    assert find_home({}, tmp_path / long / "a").socket != find_home({}, tmp_path / long / "b").socket


def test_the_shipped_recipes_are_found():
    """The folder of shipped recipes is there, in a checkout as in a wheel."""
    assert {"summarize-notes.yaml", "tag-files.yaml", "daily-digest.yaml"} <= {
        path.name for path in shipped("recipes").iterdir()
    }
