"""Where do secrets live? In the computer's keyring, or, where there is none, in a file of one's own.

Read before the seal, because afterwards no keyring can be reached. The keyring is asked by a child process:
a prompt that nobody answers is ended with it, and neither its message bus nor its libraries stay with us.
Only keyrings that encrypt are used: plaintext, null and failing backends are passed over.

``python -I -m homebody.secrets`` is that child: an account on standard input, the key on standard output; with
``look`` it only says whether the key is there, and makes none.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from homebody.errors import HomebodyError
from homebody.paths import Home

SERVICE = "homebody"
KEY_BYTES = 32
PATIENCE_SECONDS = 20.0
"""A locked keyring may ask a person at a desktop for its password; a daemon must not wait for ever."""

IN_KEYRING = "keyring:"
"""What the key's file holds instead of a key, before the account's name, when the key is in the keyring."""

ANEW = "`homebody bridge --new-token` makes another; your programs need that one then."

TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A secret such as the vault's key, and where it lives."""

    data: bytes
    where: Literal["keyring", "file"]


def vault_key(
    home: Home, environ: Mapping[str, str] | None = None, *, patience: float = PATIENCE_SECONDS
) -> Key:
    """Return the vault's key, made at the first call.

    *environ* is the person's own environment, where it is not ours any more: it leads to the keyring. A key
    stays where it was first put: another would lose what the first one encrypted. Raises HomebodyError when
    its file is damaged or can be read by others, or when it is in the keyring and that does not answer.
    """
    found = _kept(home.key, os.environ if environ is None else environ, patience)
    if found is None:
        raise HomebodyError(
            "The vault's key lies in this computer's keyring, and that cannot be asked just now.",
            hint="Unlock the keyring (log in at the desktop) and start again. If it is gone for good, move"
            f" {home.key} away: a new key is made, and what was done before cannot be undone any more.",
        )
    return found


def bridge_token(
    home: Home, environ: Mapping[str, str] | None = None, *, patience: float = PATIENCE_SECONDS
) -> Key:
    """Return what a program must show to the bridge, made at the first call and kept as the vault's key is.

    Raises HomebodyError when it cannot be read.
    """
    try:
        found = _kept(home.bridge_token, os.environ if environ is None else environ, patience)
    except HomebodyError as error:
        raise HomebodyError(
            f"The bridge's token {home.bridge_token} is damaged, or can be read by others.", hint=ANEW
        ) from error
    if found is None:
        raise HomebodyError(
            "The bridge's token lies in this computer's keyring, and that cannot be asked just now.",
            hint=f"Unlock the keyring (log in at the desktop) and try again. {ANEW}",
        )
    return found


def forget_bridge_token(home: Home) -> None:
    """Let the next call of `bridge_token` make another one."""
    home.bridge_token.unlink(missing_ok=True)


def _kept(path: Path, environ: Mapping[str, str], patience: float) -> Key | None:
    """Return the secret that *path* holds or leads to, made if there is none; None when the keyring is silent."""
    found = None
    kept = read_file(path)
    if kept is None:
        account = secrets.token_hex(8)
        found = ask_keyring(account, environ, patience)
        write_file(path, secrets.token_hex(KEY_BYTES) if found is None else IN_KEYRING + account)
        kept = read_file(path) or ""
        found = found if kept == IN_KEYRING + account else None
    if not kept.startswith(IN_KEYRING):
        return Key(data=key_in(kept, path), where="file")
    found = found or ask_keyring(kept.removeprefix(IN_KEYRING), environ, patience)
    return None if found is None else Key(data=found, where="keyring")


def ask_keyring(account: str, environ: Mapping[str, str], patience: float) -> bytes | None:
    """Return the key that the keyring has for *account*, made if there is none.

    None when there is no keyring that encrypts, or none that answers within *patience* seconds.
    """
    try:
        key = bytes.fromhex(_child((), account, environ, patience) or "")
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def look_in_keyring(
    account: str, environ: Mapping[str, str], patience: float
) -> Literal["here", "gone", "none", "silent"]:
    """Return whether the keyring has a key for *account*, without making one.

    ``none``: no keyring that encrypts can be reached; ``silent``: it is locked, or gives no answer in time.
    """
    if sys.platform != "darwin" and bus_address(environ) is None:
        return "none"
    said = _child(("look",), account, environ, patience)
    for word in ("here", "gone", "none"):
        if said == word:
            return word
    return "silent"


def _child(words: tuple[str, ...], account: str, environ: Mapping[str, str], patience: float) -> str | None:
    """Return what the child that asks the keyring says; None without a message bus, and without an answer."""
    if sys.platform != "darwin":
        address = bus_address(environ)
        if address is None:
            return None
        environ = {**environ, "DBUS_SESSION_BUS_ADDRESS": address}
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-m", "homebody.secrets", *words],
            input=account.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            env=dict(environ),
            check=False,
        )
        return child.stdout.decode("ascii")
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None


def bus_address(environ: Mapping[str, str]) -> str | None:
    """Return where the desktop's message bus listens, None without one; one over the network is none."""
    given = environ.get("DBUS_SESSION_BUS_ADDRESS")
    if given is not None:
        return given if all(part.startswith("unix:") for part in given.split(";") if part) and given else None
    usual = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}") / "bus"
    return f"unix:path={usual}" if usual.is_socket() else None


def trusted_keyring() -> Any | None:
    """Return the keyring backend to use, or None when this computer has none that encrypts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keyring

        chosen = keyring.get_keyring()
    for candidate in (chosen, *getattr(chosen, "backends", ())):
        if type(candidate).__module__.startswith(TRUSTED):
            return candidate
    return None


def from_keyring(account: str) -> str | None:
    """Return the key kept for *account* in hex, made if there is none, or None without a trusted keyring."""
    backend = trusted_keyring()
    if backend is None:
        return None
    kept = backend.get_password(SERVICE, account)
    if kept is None:
        backend.set_password(SERVICE, account, secrets.token_hex(KEY_BYTES))
        kept = backend.get_password(SERVICE, account)  # what counts is what will be found the next time
    return None if kept is None else str(kept)


def write_file(path: Path, text: str) -> None:
    """Write *text* to a new file that its owner alone can read, on the disk on return; an old one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)  # never replaces: whoever came first has the key
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_file(path: Path) -> str | None:
    """Return what the key's file holds, None without one. Raises HomebodyError when others can read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HomebodyError(f"The vault's key {path} cannot be read: {error.strerror}.") from error
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
        if os.fstat(descriptor).st_mode & 0o077:
            raise HomebodyError(
                f"The vault's key {path} can be read by others.",
                hint=f"Make it yours alone: chmod 600 {path}",
            )
        return file.read(1000).strip()


def key_in(text: str, path: Path) -> bytes:
    """Return the key written as *text* in the file at *path*. Raises HomebodyError when it is none."""
    with contextlib.suppress(ValueError):
        data = bytes.fromhex(text)
        if len(data) == KEY_BYTES:
            return data
    raise HomebodyError(
        f"The vault's key {path} is damaged.",
        hint="Put it back from a backup, or move it away: then a new key is made, and what was done before"
        " cannot be undone any more.",
    )


def main() -> int:
    """Be the child that asks the keyring; the exit code says whether it had an answer."""
    account = sys.stdin.read().strip()
    if sys.argv[1:] == ["look"]:
        backend = trusted_keyring()
        kept = None if backend is None else backend.get_password(SERVICE, account)
        sys.stdout.write("none" if backend is None else "gone" if kept is None else "here")
        return 0
    found = from_keyring(account)
    if found is None:
        return 1
    sys.stdout.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
