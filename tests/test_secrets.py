"""Is the vault's key kept where only its owner finds it, and never lost by a keyring that is locked just now?"""

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from homebody.errors import HomebodyError
from homebody.paths import Home, find_home
from homebody.secrets import IN_KEYRING, KEY_BYTES, ask_keyring, bus_address, vault_key

NO_BUS = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": "/nowhere"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with nothing in it."""
    return find_home(root=tmp_path / "home")


def test_without_a_keyring_the_key_is_in_a_file(home: Home) -> None:
    """Of 32 bytes, readable by its owner alone, and the same the next time."""
    key = vault_key(home, NO_BUS)
    assert ("file", KEY_BYTES) == (key.where, len(key.data))
    assert stat.S_IMODE(home.key.stat().st_mode) == 0o600
    assert key == vault_key(home, NO_BUS)
    assert [home.key.name] == [path.name for path in home.state.iterdir()]


def test_every_home_has_a_key_of_its_own(tmp_path: Path) -> None:
    """Keys are random."""
    homes = [find_home(root=tmp_path / name) for name in "ab"]
    first, second = (vault_key(home, NO_BUS) for home in homes)
    assert first.data != second.data


def test_a_key_that_others_can_read_is_refused(home: Home) -> None:
    """With the command that makes it one's own."""
    vault_key(home, NO_BUS)
    home.key.chmod(0o640)
    with pytest.raises(HomebodyError, match="read by others") as caught:
        vault_key(home, NO_BUS)
    assert "chmod 600" in (caught.value.hint or "")


@pytest.mark.parametrize("content", [b"", b"abc", b"zz" * 32, b"00" * 31, b"\xff\xfe" * 32, b"00" * 33])
def test_a_damaged_key_is_refused_and_left_alone(home: Home, content: bytes) -> None:
    """A new one would lose what the old one encrypted: that is for a person to decide."""
    vault_key(home, NO_BUS)
    home.key.write_bytes(content)
    with pytest.raises(HomebodyError, match="damaged") as caught:
        vault_key(home, NO_BUS)
    assert content == home.key.read_bytes()
    assert "backup" in (caught.value.hint or "")


def test_a_key_in_a_keyring_that_does_not_answer_is_not_replaced(home: Home) -> None:
    """A daemon that starts before the person logs in must not make a second key."""
    home.state.mkdir(parents=True)
    home.key.write_text(IN_KEYRING + "0123456789abcdef\n")
    home.key.chmod(0o600)
    with pytest.raises(HomebodyError, match="cannot be asked just now") as caught:
        vault_key(home, NO_BUS)
    assert "Unlock" in (caught.value.hint or "")
    assert home.key.read_text().startswith(IN_KEYRING)


def test_a_bus_over_the_network_is_no_bus(tmp_path: Path) -> None:
    """The key never leaves this computer; without an address the usual place is looked at."""
    assert bus_address({"DBUS_SESSION_BUS_ADDRESS": "tcp:host=10.0.0.1,port=1"}) is None
    assert bus_address({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/a;tcp:host=b"}) is None
    assert bus_address({"DBUS_SESSION_BUS_ADDRESS": ""}) is None
    assert bus_address({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/a"}) == "unix:path=/a"
    assert bus_address({"XDG_RUNTIME_DIR": str(tmp_path)}) is None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        assert f"unix:path={tmp_path / 'bus'}" == bus_address({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_a_keyring_that_never_answers_is_given_up(tmp_path: Path, home: Home) -> None:
    """Something takes the connection and says nothing, as a prompt that nobody sees: the key is in the file."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        listener.listen()
        environ = {"PATH": os.environ["PATH"], "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'bus'}"}
        assert ask_keyring("account", environ, 1.0) is None
        assert vault_key(home, environ, patience=1.0).where == "file"


@pytest.mark.parametrize("module", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_a_keyring_that_keeps_nothing_is_passed_over(home: Home, module: str) -> None:
    """Also when the person's environment names it."""
    environ = {**NO_BUS, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere", "PYTHON_KEYRING_BACKEND": module}
    assert vault_key(home, environ).where == "file"


WITH_SECRET_SERVICE = """
import os, subprocess, sys
from pathlib import Path
from homebody.paths import find_home
from homebody import secrets

home = find_home(root=Path(sys.argv[1]))
unlock = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
subprocess.run(unlock, input=b"a password", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
before = os.listdir("/proc/self/fd")
secret = getattr(secrets, sys.argv[2])
key = secret(home)
assert before == os.listdir("/proc/self/fd"), "the keyring left a descriptor open"
assert "keyring" not in sys.modules, "the keyring's libraries came into our process"
print(key.where, key.data.hex(), secret(home) == key)
"""


def run_with_secret_service(home: Path, person: Path, secret: str) -> list[str]:
    """Return what a process of a desktop session, with the keyring unlocked, says of its key."""
    for name in ("data", "runtime"):
        (person / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(person),
        "XDG_DATA_HOME": str(person / "data"),
        "XDG_RUNTIME_DIR": str(person / "runtime"),
    }
    command = [
        "dbus-run-session",
        "--",
        sys.executable,
        "-W",
        "error",
        "-c",
        WITH_SECRET_SERVICE,
        str(home),
        secret,
    ]
    child = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60, check=False)
    assert child.returncode == 0, child.stderr
    return child.stdout.split()


@pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="needs a Secret Service: apt-get install gnome-keyring dbus",
)
@pytest.mark.parametrize("secret", ["vault_key", "bridge_token"])
def test_the_key_is_kept_by_a_real_secret_service(tmp_path: Path, home: Home, secret: str) -> None:
    """It outlives the session, no key is in the state folder, and nothing of the keyring stays with us."""
    where, key, same = run_with_secret_service(home.config, tmp_path / "person", secret)
    assert ("keyring", "True") == (where, same)
    kept = (home.key if secret == "vault_key" else home.bridge_token).read_text()
    assert kept.startswith(IN_KEYRING)
    assert key not in kept
    assert ["keyring", key, "True"] == run_with_secret_service(home.config, tmp_path / "person", secret)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "person").rglob("*") if path.is_file())
    assert key.encode() not in stored
    assert bytes.fromhex(key) not in stored
