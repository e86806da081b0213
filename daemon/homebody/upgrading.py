"""Do two parts of homebody belong together, when a person may have upgraded it in between?"""


def upgraded(running: object, installed: object) -> str | None:
    """Return in words that another version is *installed* than the one that is *running*, None when it is the same.

    A part that says nothing of its version has None for it, and fits.
    """
    if None in (running, installed) or running == installed:
        return None
    return (
        f"homebody {shown(running)} is running, and {shown(installed)} was installed over it:"
        " `homebody restart` lets the new one take over"
    )


def shown(version: object) -> str:
    """Return what another part calls its version, as one short word that no terminal can trip over."""
    return "".join(letter for letter in str(version) if letter.isalnum() or letter in ".+-")[:40]
