"""Where in its document does a run's answer stand? Kept for `homebody show`: encrypted, for it quotes the document."""

import contextlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict

from homebody.errors import HomebodyError
from homebody.house.calls import image
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.slots.evidence import Evidence

EVIDENCE = "evidence"
"""The name under which the journal finds it."""


def keep_evidence(journal: Journal, vault: Vault, run: int, found: Sequence[Evidence]) -> None:
    """Keep what proves the answer of *run*, in place of that of an earlier try; nothing where nothing was found.

    What cannot be kept (a full disk, a vault that cannot be written) is left out: the run goes on.
    """
    if not found and (EVIDENCE, 0) not in journal.kept(run):
        return
    with contextlib.suppress(HomebodyError, OSError):
        text = json.dumps([asdict(one) for one in found], ensure_ascii=False)
        journal.keep(run, EVIDENCE, vault.put(text.encode("utf-8", "surrogateescape")))


def kept_evidence(journal: Journal, vault: Vault, run: int) -> list[Evidence]:
    """Return what proves the answer of *run*; nothing when none was needed, or it is no longer in the vault."""
    kept = image(vault, journal.kept(run).get((EVIDENCE, 0)))
    return [] if kept is None else [Evidence(**one) for one in json.loads(kept)]


def drop_evidence(journal: Journal, vault: Vault, run: int, slots: Collection[str]) -> None:
    """Forget what proved *slots*: a person has filled them since."""
    found = kept_evidence(journal, vault, run)
    left = [one for one in found if not is_of(one, slots)]
    if left != found:
        keep_evidence(journal, vault, run, left)


def is_of(one: Evidence, slots: Collection[str]) -> bool:
    """Return whether *one* proves any of *slots*, or an item of it, or a part of that."""
    return one.slot.split("[")[0] in slots
