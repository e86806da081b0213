"""Where does a regular expression of a recipe fit? In a time that grows with the text and never beyond.

RE2 knows no look-around and no back-references, and therefore cannot be made to try things for ever: a recipe from
a stranger cannot hang the house. Its ``\\w`` is widened to the letters of all languages.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LONGEST = 500
"""The most characters of an expression."""

ROOM = 1 << 20
"""The most bytes that a compiled expression may take; what asks for more is refused when the recipe is loaded."""

_WORD = r"\p{L}\p{M}\p{N}_"
_PART = re.compile(r"\\Q.*?(?:\\E|\Z)|\\p\{[^}]*\}|\\P\{[^}]*\}|\\.|\[\^?\]?|\[:\^?[a-z]+:\]|\]|.", re.DOTALL)
_GROUP = re.compile(r"[a-z][a-z0-9_]{0,39}", re.IGNORECASE)


class RegexError(ValueError):
    """The text is no regular expression that could be used."""


def available() -> bool:
    """Return whether expressions can be used here, and load what they need, which must happen before the seal."""
    try:
        import re2  # noqa: F401
    except ImportError:
        return False
    return True


@lru_cache(maxsize=500)
def compiled(pattern: str) -> Any:
    """Return *pattern* ready for use, upper and lower case being the same, ``^`` and ``$`` standing at each line.

    Raises RegexError with a reason that a person can read.
    """
    if not available():
        raise RegexError("regular expressions need the package google-re2, which is not installed here")
    import re2

    if not pattern or len(pattern) > LONGEST:
        raise RegexError(f"a regular expression has between 1 and {LONGEST} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = ROOM
    try:
        made = re2.compile(f"(?im){widened(pattern)}", options)
    except re2.error as error:
        raise RegexError(_explained(pattern, error)) from error
    if strange := next((name for name in made.groupindex if not _GROUP.fullmatch(name)), None):
        raise RegexError(f'"{strange}" is no name for a group: letters, digits and _')
    return made


def widened(pattern: str) -> str:
    """Return *pattern* with ``\\w`` and ``\\W`` standing for the letters, marks and digits of all languages."""
    made, inside = "", False
    for part in _PART.findall(pattern):
        if inside:
            inside = part != "]"
            made += _WORD if part == "\\w" else part
        elif part.startswith("[") and not part.startswith("[:"):
            inside = True
            made += part
        else:
            made += {"\\w": f"[{_WORD}]", "\\W": f"[^{_WORD}]"}.get(part, part)
    return made


def groups_of(pattern: str) -> tuple[str, ...]:
    """Return the names of the groups in *pattern*. Raises RegexError."""
    places = compiled(pattern).groupindex
    return tuple(sorted(places, key=places.__getitem__))


def found(pattern: str, text: str) -> Mapping[str, str | None] | None:
    """Return what the named groups of *pattern* hold where it first fits in *text*, None where it fits nowhere."""
    match = compiled(pattern).search(text)
    return None if match is None else dict(match.groupdict())


def _explained(pattern: str, error: Exception) -> str:
    """Return what is wrong with *pattern* in words; RE2's own come as bytes."""
    said = error.args[0] if error.args else b""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if re.search(r"\(\?<?[=!]", pattern):
        return "look-around, as in (?=...), is not known here: it could take for ever"
    if re.search(r"\\[1-9]|\(\?P=", pattern):
        return "a reference back to a group is not known here: it could take for ever"
    return f"this is no regular expression ({words.replace('(?im)', '', 1)})"
