"""What leaves the vault, on which policy, and what does that cost? What a run may still ask for always stays.

The journal remembers each purge: up to which age, when, and why. Images go from the oldest on, so that alone
tells on which policy the image of a run went, without a list of images.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from homebody.errors import DiskFullError
from homebody.journal.images import Image, images_in, remove, to_go
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal
from homebody.quantities import say_duration, say_size
from homebody.settings import VaultLimits

PURGES = "purges"
"""Under which name the journal notes the purges that were made."""

MOST_NOTED = 50
"""How many purges are noted; the oldest ones are forgotten."""

KEYS = "vault keys"
"""Under which name the journal notes which keys the vault has had, and since when."""

AGE = "older than {keep} (`vault: keep` in the settings)"
ROOM = "among the oldest when the vault had more than {size} (`vault: size` in the settings)"
BY_HAND = "purged by hand (`homebody vault purge`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """One purge as the journal notes it: when, up to which age, and for which reason in words."""

    at: str
    upto: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge removed, or would have removed, and how many images it had to spare."""

    images: int
    size: int
    spared: int


def in_use(images: list[Image], named: set[str], running: list[Run]) -> set[str]:
    """Return the names of those *images* that must stay: those *named*, and what a running run has put there.

    A run keeps an image before it writes down that it needs it.
    """
    since = min((run.started_at for run in running if run.started_at is not None), default=None)
    fresh = {image.name for image in images if since is not None and image.kept_at >= since}
    return named | fresh


def purge(
    journal: Journal,
    folder: Path,
    now: datetime,
    *,
    before: datetime | None = None,
    bytes_at_most: int | None = None,
    why: str,
    dry: bool = False,
) -> Purged:
    """Remove what is older than *before*, and the oldest until *bytes_at_most* are left, from the vault in *folder*.

    Returns what went; with *dry* nothing does. No change to files may be under way meanwhile. Raises JournalError
    before anything is removed, OSError when the vault cannot be written.
    """
    there = images_in(folder)
    spare = in_use(there, journal.images(), journal.in_state(RunState.RUNNING))
    going = to_go(there, before=before, bytes_at_most=bytes_at_most, spare=spare)
    wished = to_go(there, before=before, bytes_at_most=bytes_at_most)
    purged = Purged(
        images=len(going),
        size=sum(image.size for image in going),
        spared=len({image.name for image in wished} & spare),
    )
    if going and not dry:
        noted = Purge(at=now.isoformat(), upto=going[-1].kept_at.isoformat(), why=why)
        try:
            note(journal, noted)
            remove(folder, going)
        except DiskFullError:  # then room comes first, and the note after it
            remove(folder, going)
            note(journal, noted)
    return purged


def keep_to(
    journal: Journal, folder: Path, now: datetime, limits: VaultLimits, *, dry: bool = False
) -> Purged:
    """Purge what the *limits* do not allow any more, and return what went. Raises as ``purge`` does."""
    if dry:
        return purge(
            journal, folder, now, before=now - limits.keep, bytes_at_most=limits.size, why="", dry=True
        )
    words = AGE.format(keep=in_days(limits.keep))
    old = purge(journal, folder, now, before=now - limits.keep, why=words)
    words = ROOM.format(size=say_size(limits.size))
    much = purge(journal, folder, now, bytes_at_most=limits.size, why=words)
    return Purged(
        images=old.images + much.images, size=old.size + much.size, spared=max(old.spared, much.spared)
    )


def in_days(keep: timedelta) -> str:
    """Return a time as people say it: in days where it is whole days."""
    return f"{keep.days} days" if keep == timedelta(days=keep.days) and keep.days != 1 else say_duration(keep)


def note(journal: Journal, one: Purge) -> None:
    """Write a purge down, before it is made."""
    known = [*purges(journal), one][-MOST_NOTED:]
    journal.set_meta(PURGES, json.dumps([asdict(entry) for entry in known]))


def purges(journal: Journal) -> list[Purge]:
    """Return the purges that were made, the oldest first."""
    return [Purge(**entry) for entry in json.loads(journal.meta(PURGES) or "[]")]


def why_gone(known: list[Purge], kept_at: datetime) -> Purge | None:
    """Return the purge by which an image kept at that time went, or None: then somebody else removed it."""
    return next(
        (
            one
            for one in known
            if datetime.fromisoformat(one.at) >= kept_at <= datetime.fromisoformat(one.upto)
        ),
        None,
    )


def in_words(journal: Journal, run: Run) -> str:
    """Return why the old contents of *run* are no longer in the vault."""
    kept_at = run.started_at or run.queued_at
    found = why_gone(purges(journal), kept_at)
    if found is None:
        return "somebody has removed it from the vault"
    day = datetime.fromisoformat(found.at).astimezone().date()
    return f"it left the vault on {day}, because it was {found.why}"


def know_key(journal: Journal, key_id: str, now: datetime) -> None:
    """Note the vault's key of today; one that was used before counts as never replaced."""
    known = [tuple(entry) for entry in json.loads(journal.meta(KEYS) or "[]")]
    ids = [name for name, _ in known]
    after = known[: ids.index(key_id) + 1] if key_id in ids else [*known, (key_id, now.isoformat())]
    if after != known:
        journal.set_meta(KEYS, json.dumps(after))


def key_lost(journal: Journal, now: datetime, keep: timedelta) -> datetime | None:
    """Return since when the vault has another key, None when it has not, or all that was kept before has gone."""
    known = json.loads(journal.meta(KEYS) or "[]")
    if len(known) < 2:
        return None
    since = datetime.fromisoformat(known[-1][1])
    return since if since >= now - keep else None
