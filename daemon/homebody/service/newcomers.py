"""What is a person told on the terminal when recipes come, change and go? Of new ones, what they may do."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress

from homebody.errors import DiskFullError
from homebody.house.taking import Standing, change
from homebody.house.waits import told
from homebody.journal.store import Journal
from homebody.logs import get_log
from homebody.recipe.permitted import permitted_in_words
from homebody.recipe.schema import Recipe

Say = Callable[[str], None]


def nothing(_line: str) -> None:
    """Say nothing: nobody sits before the terminal."""


def announce(before: Standing, now: Standing, say: Say) -> None:
    """Say what waits or is wrong *now* and was not *before*, and which recipes went."""
    for name, wait in now.waits.items():
        if before.waits.get(name) != wait:
            say(told(name, str(wait)))
    for problem in now.problems:
        if problem not in before.problems:
            say(str(problem))
    for name in change(before, now).removed:
        say(f"{name} runs no longer.")


def introduce(journal: Journal, recipes: Iterable[Recipe], say: Say) -> None:
    """Say of each enabled recipe what it may do, once, and again when that has changed.

    That it was said is noted in the journal. The log gets numbers, and no folder. Raises JournalError.
    """
    for recipe in recipes:
        words = permitted_in_words(recipe)
        print_of_words = hashlib.sha256("\n".join(words).encode("utf-8", "surrogateescape")).hexdigest()
        note = f"introduced:{recipe.name}"
        if not recipe.enabled or journal.meta(note) == print_of_words:
            continue
        permissions = recipe.permissions()
        get_log().info(
            "a recipe runs with permissions that are new",
            reads=len(permissions.reads),
            writes=len(permissions.writes),
        )
        say(f"{recipe.name} runs from now on.")
        for line in words:
            say(f"  {line}")
        with suppress(DiskFullError):  # then it is said once more at the next start
            journal.set_meta(note, print_of_words)
