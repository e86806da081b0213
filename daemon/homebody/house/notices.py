"""What does a notice say? The recipe's own words, from the vault, or that a run of it failed."""

from collections.abc import Sequence
from typing import Any

from homebody.house.account import printable
from homebody.journal.notices import Told
from homebody.journal.vault import Vault, VaultError

NO_LONGER = "its words are no longer kept"
CLOSED = "its words are in the vault, which only a running homebody opens"


def notices(told: Sequence[Told], vault: Vault | None) -> list[dict[str, Any]]:
    """Return notices as JSON shows them; without a *vault* the words of recipes are not told."""
    return [
        {
            "number": one.number,
            "run": one.run,
            "recipe": one.recipe,
            "at": one.at.isoformat(),
            "failure": one.image is None,
            "words": printable(words(one, vault)),
        }
        for one in told
    ]


def words(told: Told, vault: Vault | None) -> str:
    """Return what one notice says."""
    if told.image is None:
        about = "" if told.path is None else f" on {told.path.name}"
        return f"{told.recipe} failed{about}: `homebody show {told.run}` says why. Until it works again, this is all."
    if vault is None:
        return CLOSED
    try:
        return vault.get(told.image).decode("utf-8", "surrogateescape")
    except VaultError:
        return NO_LONGER
