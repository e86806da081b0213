"""Which images lie in the vault, how old and how large are they, and which have to go? No key is needed for that.

An image is as old as its file: it is written anew when the same content is kept once more.
"""

import contextlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

TEMPORARY = "tmp-"
"""How the names of unfinished images begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One encrypted file of the vault."""

    name: str
    kept_at: datetime
    size: int


def images_in(folder: Path) -> list[Image]:
    """Return every image of the vault in *folder*, the oldest first; none when there is no vault yet."""
    found = []
    for path in folder.glob("??/*"):
        if path.name.startswith(TEMPORARY):
            continue
        with contextlib.suppress(FileNotFoundError):
            seen = path.stat()
            kept_at = datetime.fromtimestamp(seen.st_mtime, UTC)
            found.append(Image(name=path.name, kept_at=kept_at, size=seen.st_size))
    return sorted(found, key=lambda image: (image.kept_at, image.name))


def to_go(
    images: Iterable[Image],
    *,
    before: datetime | None = None,
    bytes_at_most: int | None = None,
    spare: Collection[str] = (),
) -> list[Image]:
    """Return those of *images*, the oldest first, that must go; those named in *spare* never do.

    They are the ones kept before *before*, and then the oldest until *bytes_at_most* are left.
    """
    listed = sorted(images, key=lambda image: (image.kept_at, image.name))
    total = sum(image.size for image in listed)
    going = []
    for image in listed:
        too_old = before is not None and image.kept_at < before
        too_much = bytes_at_most is not None and total > bytes_at_most
        if (too_old or too_much) and image.name not in spare:
            going.append(image)
            total -= image.size
    return going


def remove(folder: Path, images: Iterable[Image]) -> int:
    """Remove *images* from the vault in *folder*, and return how many that were."""
    count = 0
    for image in images:
        (folder / image.name[:2] / image.name).unlink(missing_ok=True)
        count += 1
    return count
