"""Where do before-images and kept answers lie, so that only this person's homebody can read them?

Each image is a file of its own: a header, a nonce, and AES-256-GCM over the content. Its name is a keyed
BLAKE2 hash of the content: the same content is kept once, and the name tells nothing without the key.
"""

import contextlib
import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from homebody.errors import DiskFullError, HomebodyError

MAGIC = b"HBV1"
KEY_ID_BYTES = 8
NONCE_BYTES = 12
FULL = (28, 122)  # ENOSPC, EDQUOT on Linux
TEMPORARY = ".homebody-"


class VaultError(HomebodyError):
    """An image in the vault cannot be read: its key was lost, or the file is damaged."""

    exit_code = 74


class Vault:
    """Encrypted images under *folder*, readable with *key* (32 bytes)."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._naming = hashlib.blake2b(key, digest_size=32, person=b"vault name").digest()
        self._cipher = AESGCM(hashlib.blake2b(key, digest_size=32, person=b"vault content").digest())
        self._key_id = hashlib.blake2b(key, digest_size=KEY_ID_BYTES, person=b"vault key id").digest()

    def put(self, data: bytes) -> str:
        """Keep *data* and return its id; when this returns, it is on the disk.

        Raises DiskFullError or HomebodyError; then nothing was kept.
        """
        name = hashlib.blake2b(data, digest_size=20, key=self._naming).hexdigest()
        path = self._path(name)
        if path.exists():
            with contextlib.suppress(OSError):
                os.utime(path)  # young again; inside the seal the kernel refuses, and age counts from the first
            return name
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = MAGIC + self._key_id
        sealed = header + nonce + self._cipher.encrypt(nonce, data, header + name.encode())
        try:
            self._write(path, sealed)
        except OSError as error:
            if error.errno in FULL:
                raise DiskFullError("The disk is full: nothing was changed, because it could not be undone.") from error
            raise HomebodyError(f"The vault cannot be written: {error.strerror}.") from error
        return name

    def get(self, name: str) -> bytes:
        """Return the content kept under *name*. Raises VaultError, saying whether key or file is to blame."""
        try:
            sealed = self._path(name).read_bytes()
        except OSError as error:
            raise VaultError("The vault no longer has what is needed: it was purged by age, or removed.") from error
        head = len(MAGIC) + KEY_ID_BYTES
        header, nonce, body = sealed[:head], sealed[head : head + NONCE_BYTES], sealed[head + NONCE_BYTES :]
        if header[: len(MAGIC)] != MAGIC:
            raise VaultError("An image in the vault is damaged.")
        if header[len(MAGIC) :] != self._key_id:
            raise VaultError(
                "The vault's key is not the one that this image was made with: it was lost or replaced.",
                hint="What was done before the key changed cannot be undone any more; the history is still there.",
            )
        try:
            return self._cipher.decrypt(nonce, body, header + name.encode())
        except InvalidTag as error:
            raise VaultError("An image in the vault is damaged.") from error

    def purge(self, before: datetime) -> int:
        """Remove the images last written before *before* and return how many."""
        removed = 0
        for path in self._folder.glob("??/*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}.tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
