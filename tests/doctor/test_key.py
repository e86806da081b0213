"""Where the vault's key lies, and what a keyring can say."""

import os
from pathlib import Path

import pytest
from findings import found

from homebody.doctor import (
    key,
)
from homebody.paths import Home
from homebody.secrets import IN_KEYRING, vault_key

NO_BUS = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": "/nowhere"}


def test_a_key_in_a_file_and_none_yet(home: Home):
    """Both are a note; looking makes none."""
    assert found(key.key(key.look(home, NO_BUS)))["key"].verdict == "note"
    assert not home.key.exists()
    vault_key(home, NO_BUS)
    assert "lies in a file" in found(key.key(key.look(home, NO_BUS)))["key"].words


def test_a_key_that_cannot_be_used(home: Home):
    """Open to others, damaged, and in a keyring that cannot be reached: wrong, each with its own cure."""
    vault_key(home, NO_BUS)
    home.key.chmod(0o644)
    assert "chmod 600" in found(key.key(key.look(home, NO_BUS)))["key"].cure
    home.key.chmod(0o600)
    home.key.write_text("abc\n")
    assert "damaged" in found(key.key(key.look(home, NO_BUS)))["key"].words
    home.key.write_text(f"{IN_KEYRING}0011\n")
    one = found(key.key(key.look(home, NO_BUS)))["key"]
    assert (one.verdict, "cannot be reached" in one.words) == ("wrong", True)


def test_a_keyring_that_gives_no_answer(home: Home, tmp_path: Path):
    """A bus that is there and says nothing is not waited for, and counts as locked."""
    import socket

    home.state.mkdir()
    home.key.touch(mode=0o600)
    home.key.write_text(f"{IN_KEYRING}0011\n")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        environ = {**NO_BUS, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus"}
        look = key.look(home, environ, patience=1.0)
    one = found(key.key(look))["key"]
    assert (look.keyring, one.verdict, "Unlock" in one.cure) == ("silent", "wrong", True)


@pytest.mark.parametrize(
    ("keyring", "place", "verdict"),
    [
        ("here", "keyring", "right"),
        ("gone", "keyring", "wrong"),
        ("silent", "nowhere", "note"),
        ("gone", "nowhere", "right"),
        ("gone", "file", "note"),
    ],
)
def test_what_a_keyring_can_say(home: Home, keyring, place, verdict: str):
    """The key is there; it is gone; it will go there; the keyring came too late."""
    look = key.KeyFound(file=home.key, problem=None, place=place, keyring=keyring)
    assert found(key.key(look))["key"].verdict == verdict
