"""Where do secrets live? In the computer's keyring, or, where there is none, in a file of one's own.

Read before the seal, because afterwards no keyring can be reached. Only keyrings that encrypt are used:
the ``keyring`` package's plaintext, null and failing backends are passed over.
"""

import os
import secrets
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from homebody.errors import HomebodyError
from homebody.paths import Home

SERVICE = "homebody"
KEY_BYTES = 32
PATIENCE_SECONDS = 10.0
"""A locked keyring may ask a person at a desktop for its password; a daemon must not wait for ever."""

TRUSTED = ("keyring.backends.SecretService", "keyring.backends.macOS", "keyring.backends.kwallet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The vault's key, and where it lives."""

    data: bytes
    where: Literal["keyring", "file"]


def vault_key(home: Home) -> Key:
    """Return the vault's key, made at the first call. Raises HomebodyError when it can be kept nowhere.

    A key that lies in the file goes on being used: two keys would lose what one of them encrypted.
    """
    if not home.key.exists():
        found = patiently(lambda: from_keyring(str(home.state)))
        if found is not None:
            return Key(data=found, where="keyring")
    return Key(data=from_file(home.key), where="file")


def patiently(get: Any, seconds: float = PATIENCE_SECONDS) -> bytes | None:
    """Return what *get* returns, or None when it raises or takes longer than *seconds*.

    A keyring is a program of somebody else's behind a message bus: any of its faults means "no keyring".
    """
    result: list[bytes | None] = []

    def call() -> None:
        try:
            result.append(get())
        except Exception:  # noqa: BLE001 - see above
            result.append(None)

    thread = threading.Thread(target=call, name="keyring", daemon=True)
    thread.start()
    thread.join(seconds)
    return result[0] if result else None


def trusted_keyring() -> Any | None:
    """Return the keyring backend to use, or None when this computer has none that encrypts."""
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and os.uname().sysname == "Linux":
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keyring

        backend = keyring.get_keyring()
        candidates = [backend, *getattr(backend, "backends", [])]
    for candidate in candidates:
        if type(candidate).__module__.startswith(TRUSTED):
            return candidate
    return None


def from_keyring(account: str) -> bytes | None:
    """Return the key kept for *account*, made if there is none, or None without a trusted keyring."""
    backend = trusted_keyring()
    if backend is None:
        return None
    kept = backend.get_password(SERVICE, account)
    if kept is None:
        backend.set_password(SERVICE, account, secrets.token_hex(KEY_BYTES))
        kept = backend.get_password(SERVICE, account)
    return bytes.fromhex(kept) if kept else None


def from_file(path: Path) -> bytes:
    """Return the key in the file at *path*, made if there is none, readable by its owner alone.

    Raises HomebodyError when the file is damaged or can be read by others.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return read_file(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return read_file(path)


def read_file(path: Path) -> bytes:
    """Return the key in an existing file."""
    if path.stat().st_mode & 0o077:
        raise HomebodyError(f"The vault's key {path} can be read by others.", hint=f"Make it yours alone: chmod 600 {path}")
    try:
        data = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        data = b""
    if len(data) != KEY_BYTES:
        raise HomebodyError(
            f"The vault's key {path} is damaged.",
            hint="Put it back from a backup, or move it away: then a new key is made, and older runs cannot be undone.",
        )
    return data
