"""How does homebody forget a file, in the journal and in the vault?"""

from dataclasses import dataclass
from pathlib import Path

from homebody.journal.store import Journal
from homebody.journal.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Oblivion:
    """How many runs on the file there were, changes to it and by them, and images in the vault."""

    runs: int
    effects: int
    images: int


def forget(journal: Journal, vault: Vault, path: Path) -> Oblivion:
    """Forget *path*: its runs' names and hashes, what the vault has of it, and what was kept of its runs.

    The images go first: a crash in between leaves a journal that says so, and forgetting again goes on.
    Raises ForgetRefusedError while a run on the file is under way, JournalError, HomebodyError. Call it while
    nothing is being changed.
    """
    images = vault.drop(journal.images_of(path))
    forgotten = journal.forget(path)
    journal.wipe()
    return Oblivion(runs=forgotten.runs, effects=forgotten.effects, images=images)
