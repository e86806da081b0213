"""What may a recipe do, and what can it never do, in words that a person reads before it runs?

The folders are those of ``Recipe.permissions``, from which the policy is made that the kernel gets.
"""

from typing import Any

from homebody.recipe.schema import Recipe

NEVER = (
    "reach a network of any kind",
    "start another program",
    "read or write a file anywhere else, apart from homebody's own settings, journal and vault",
)
"""What the kernel refuses every recipe."""


def permitted(recipe: Recipe) -> dict[str, Any]:
    """Return as data what *recipe* reads, where it writes, which slots the model fills, and what can never happen.

    Each folder stands for itself and all that lies below it, for so the kernel takes it.
    """
    permissions = recipe.permissions()
    return {
        "reads": [str(folder) for folder in permissions.reads],
        "writes": [str(folder) for folder in permissions.writes],
        "slots": list(recipe.slots()),
        "never": list(NEVER),
    }


def permitted_in_words(recipe: Recipe) -> list[str]:
    """Return the same in sentences, one a line."""
    said = permitted(recipe)
    reads, writes = _listed(said["reads"]), _listed(said["writes"])
    lines = [
        f"It reads {reads}, with all that lies below." if reads else "It reads no file.",
        f"It writes in {writes}, with all that lies below." if writes else "It writes no file.",
        never_in_words("It"),
    ]
    if any(action.kind == "notify" for action in recipe.actions):
        lines.append(
            "It tells you something, in its own words and with names of files, and no text of theirs."
        )
    if not said["slots"]:
        return [*lines, "It asks no model."]
    slots = _listed([f"`{slot}`" for slot in said["slots"]])
    return [*lines, f"The model only fills in {slots}: it chooses no action, no folder and no command."]


def never_in_words(who: str) -> str:
    """Return what *who*, a recipe or all of them, can never do, in a sentence."""
    return f"{who} can never {_listed(list(NEVER), last=', or ')}."


def _listed(words: list[str], *, last: str = " and ") -> str:
    """Return *words* as a list in a sentence."""
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
