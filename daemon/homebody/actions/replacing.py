"""How are words and patterns in a text replaced? In a time that grows with the text, whatever the pattern is.

Words come from the recipe or from an answer; between them any white space counts as one blank, and upper and lower case
are the same, so that a name is found across the end of a line, too.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from homebody.actions.defang import printable
from homebody.errors import EffectError
from homebody.regexes import compiled
from homebody.templates import Piece

MOST_WORDS = 1000
"""How many different words one rule looks for."""

_GROUP = re.compile(r"\\(?:(\d)|g<(\w+)>)")


def words_in(value: Any) -> Iterator[str]:
    """Yield the words that *value* stands for: a text, a list of them, and all that objects are made of."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from words_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from words_in(item)
    elif value is not None and not isinstance(value, bool) and (words := " ".join(str(value).split())):
        yield words


def replace_words(text: str, words: Sequence[str], by: Sequence[Piece], *, whole: bool) -> str:
    """Return *text* with each of *words* replaced, the longest first; *whole*: not within a longer word.

    Raises EffectError when there are too many words.
    """
    forms = {
        form for word in words for form in (word, *(unicodedata.normalize(n, word) for n in ("NFC", "NFD")))
    }
    if len(forms) > MOST_WORDS:
        raise EffectError(f"There are more than {MOST_WORDS:,} words to be replaced: nothing was changed.")
    if not forms:
        return text
    ways = [_way(form, whole=whole) for form in sorted(forms, key=lambda form: (-len(form), form))]
    new = "".join(printable(piece.text) for piece in by)
    return re.compile("|".join(ways), re.IGNORECASE).sub(lambda _: new, text)


def _way(word: str, *, whole: bool) -> str:
    """Return a pattern of one word, or of several with white space between them."""
    way = r"\s+".join(map(re.escape, word.split()))
    before = r"(?<!\w)" if whole and word[0].isalnum() else ""
    after = r"(?!\w)" if whole and word[-1].isalnum() else ""
    return f"{before}{way}{after}"


def replace_pattern(text: str, pattern: str, by: Sequence[Piece]) -> str:
    """Return *text* with what fits *pattern* replaced; ``\\1`` and ``\\g<name>`` in the recipe's own words are groups.

    Raises EffectError for a group that the pattern does not have.
    """

    def new(match: Any) -> str:
        return "".join(
            printable(piece.text)
            if piece.value
            else _GROUP.sub(lambda group: _held(match, group), piece.text)
            for piece in by
        )

    return str(compiled(pattern).sub(new, text))


def _held(match: Any, group: re.Match[str]) -> str:
    try:
        return match.group(int(group[1]) if group[1] is not None else group[2]) or ""
    except (IndexError, KeyError) as error:
        raise EffectError(f"The pattern has no group {group[0]}: nothing was replaced.") from error
