"""Where do before-images and kept answers lie, so that only this person's homebody can read them?

Each image is a file of its own: a header with the id of its key, a nonce, and AES-256-GCM over the content.
Its name is a keyed BLAKE2 hash of the content: the same content is kept once, and the name tells nothing
without the key.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from homebody.errors import DiskFullError, HomebodyError
from homebody.journal.images import TEMPORARY, images_in, remove, to_go

MAGIC = b"HBV1"
KEY_ID_BYTES = 8
NONCE_BYTES = 12
FULL = (errno.ENOSPC, errno.EDQUOT)


class VaultError(HomebodyError):
    """An image in the vault cannot be read: its key was lost, or the file is damaged."""

    exit_code = 74


class ImageGoneError(VaultError):
    """The vault no longer has what is needed: it was purged, or removed."""


class Vault:
    """Encrypted images under *folder*, which is made when missing, readable with *key* (32 bytes)."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._naming = hashlib.blake2b(key, digest_size=32, person=b"vault name").digest()
        self._cipher = AESGCM(hashlib.blake2b(key, digest_size=32, person=b"vault content").digest())
        self._folder = folder
        self._key_id = hashlib.blake2b(key, digest_size=KEY_ID_BYTES, person=b"vault key id").digest()

    @property
    def key_id(self) -> str:
        """What tells this key from another, in hex; nothing of the key can be learned from it."""
        return self._key_id.hex()

    def put(self, data: bytes) -> str:
        """Keep *data* and return its id; when this returns, it is on the disk and can be read back.

        Raises DiskFullError or HomebodyError; then nothing was kept.
        """
        name = self.name_of(data)
        path = self._path(name)
        try:
            self._write(path, self._sealed(name, data))  # written anew even if it is there: it is young again
            sync(path.parent)
        except OSError as error:
            if error.errno in FULL:
                raise DiskFullError(
                    "The disk is full: what was there could not be kept, so nothing was changed."
                ) from error
            raise HomebodyError(f"The vault cannot be written: {error.strerror}.") from error
        return name

    def get(self, name: str) -> bytes:
        """Return the content kept under *name*. Raises VaultError, saying whether key or file is to blame."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise ImageGoneError from error
        except OSError as error:
            raise VaultError(f"An image in the vault cannot be read: {error.strerror}.") from error
        head = len(MAGIC) + KEY_ID_BYTES
        header, nonce, body = sealed[:head], sealed[head : head + NONCE_BYTES], sealed[head + NONCE_BYTES :]
        if header[: len(MAGIC)] != MAGIC:
            raise VaultError("An image in the vault is damaged.")
        if header[len(MAGIC) :] != self._key_id:
            raise VaultError(
                "The vault's key is not the one that this image was made with: it was lost or replaced.",
                hint="What was done before the key changed cannot be undone any more; the history stays.",
            )
        try:
            return self._cipher.decrypt(nonce, body, header + name.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: the file ends within its nonce
            raise VaultError("An image in the vault is damaged.") from error

    def purge(
        self, *, before: datetime | None = None, bytes_at_most: int | None = None, spare: Collection[str] = ()
    ) -> int:
        """Remove the images kept before *before*, then the oldest until *bytes_at_most* are left.

        Returns how many were removed. Those named in *spare* stay: a run that is under way needs them.
        """
        going = to_go(images_in(self._folder), before=before, bytes_at_most=bytes_at_most, spare=spare)
        return remove(self._folder, going)

    def drop(self, names: Collection[str]) -> int:
        """Remove the images of these *names*, and return how many were there. Raises HomebodyError."""
        removed = 0
        try:
            for path in map(self._path, names):
                if path.is_file():
                    path.unlink(missing_ok=True)
                    sync(path.parent)
                    removed += 1
        except OSError as error:
            raise HomebodyError(f"The vault cannot be written: {error.strerror}.") from error
        return removed

    def size(self) -> int:
        """Return the bytes that all images take."""
        return sum(image.size for image in images_in(self._folder))

    def name_of(self, data: bytes) -> str:
        """Return the id that *data* has when it is kept; the id tells nothing to whoever has no key."""
        return hashlib.blake2b(data, digest_size=20, key=self._naming).hexdigest()

    def has(self, name: str) -> bool:
        """Return whether an image of that name is kept; it may be of another key, or damaged."""
        return self._path(name).exists()

    def sweep(self) -> int:
        """Remove the unfinished images that a crash left behind, and return how many. Called at a start."""
        removed = 0
        for path in self._folder.glob(f"??/{TEMPORARY}*"):
            path.unlink(missing_ok=True)
            removed += 1
        return removed

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _sealed(self, name: str, data: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = MAGIC + self._key_id
        return header + nonce + self._cipher.encrypt(nonce, data, header + name.encode())

    def _write(self, path: Path, data: bytes) -> None:
        if not path.parent.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            sync(self._folder)
        temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def sync(folder: Path) -> None:
    """Bring a folder's entries to the disk (fsync(2))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
