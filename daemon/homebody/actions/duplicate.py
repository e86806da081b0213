"""How is a file of any size copied into another folder, with its mode, times and attributes?"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from homebody.actions.attributes import carried, first_mode, keep
from homebody.actions.temporary import PREFIX, SUFFIX, created
from homebody.seal import handle

BLOCK = 1 << 20


@contextlib.contextmanager
def temporary_copy(source: Path, folder: int, *, ours: bool = False) -> Iterator[str]:
    """Yield the name of a copy of *source* in *folder*, on the disk; gone at the end unless it got another name.

    Mode, times, owner and extended attributes are those of *source*; with *ours* the owner is us. Raises OSError, and
    EffectError when the owner or an attribute of the person's cannot be kept.
    """
    name = f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
    reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(reading)
        with opened_parent(source) as parent:
            kept = carried(source, parent)
        if ours:
            kept = replace(kept, owner=os.geteuid())
        writing = created(name, folder, first_mode(kept, None))
        try:
            with contextlib.suppress(OSError):  # a file system without locks is not swept by others either
                fcntl.flock(writing, fcntl.LOCK_EX | fcntl.LOCK_NB)
            keep(kept, writing, None)
            while block := os.read(reading, BLOCK):
                write_all(writing, block)
            with handle(writing) as number:
                os.utime(number, ns=(found.st_atime_ns, found.st_mtime_ns))
            os.fsync(writing)
            yield name
        finally:
            os.close(writing)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
    finally:
        os.close(reading)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of *data*: write(2) may take only a part."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextlib.contextmanager
def opened_parent(path: Path) -> Iterator[int]:
    """Yield a descriptor of the folder that *path* lies in."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
