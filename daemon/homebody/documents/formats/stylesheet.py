"""Which classes and names does a page's own style sheet hide? Plain rules count, if none contradicts them."""

import re
from collections.abc import Iterator

COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
BRACE = re.compile(r"[{}]")
NAME = re.compile(r"[.#][\w-]+")
ALONE = re.compile(r"[.#][\w-]+\Z")
"""A selector that is nothing but one class or one name."""

SHOWING = re.compile(r"(?:^|[;\s])(?:display|visibility)\s*:\s*([a-z-]+)", re.IGNORECASE)
HIDING = ("none", "hidden", "collapse")

MOST_CHARACTERS = 2_000_000
"""Of a longer style sheet nothing is believed: what it hides counts as shown."""


def hidden_names(source: str) -> frozenset[str]:
    """Return the classes (``.x``) and names (``#x``) that *source* hides whatever else holds.

    A rule within a condition (``@media``) hides nothing, and one that shows a class anywhere outweighs all that
    hide it: text that a person may see is not to be lost.
    """
    if len(source) > MOST_CHARACTERS:
        return frozenset()
    hidden: set[str] = set()
    shown: set[str] = set()
    for selectors, body, conditional in rules(COMMENT.sub(" ", source)):
        values = [found.group(1).lower() for found in SHOWING.finditer(body)]
        if not values:
            continue
        if conditional or values[-1] not in HIDING:
            shown.update(NAME.findall(selectors))
        else:
            hidden.update(one for part in selectors.split(",") if ALONE.match(one := part.strip()))
    return frozenset(hidden - shown)


def rules(source: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the selectors and the body of each rule, and whether it stands within a condition."""
    preludes: list[str] = []
    at = 0
    for brace in BRACE.finditer(source):
        text = source[at : brace.start()]
        at = brace.end()
        if brace.group() == "{":
            preludes.append(text.rpartition(";")[2].strip())
        elif preludes:
            selectors = preludes.pop()
            if not selectors.startswith("@"):
                yield selectors, text, bool(preludes)
