"""In which words is a recipe told of that does not run as its file has it? Apart from what decides it, to be quick."""

WAITING = "waiting for restart"
"""How the words begin for a recipe that needs more than the seal of this start allows."""


def told(name: str, why: str) -> str:
    """Return in a line that the recipe *name* does not run as its file has it, and *why*."""
    return f"{name} is {why}" if why.startswith(WAITING) else f"{name} waits: {why}"
