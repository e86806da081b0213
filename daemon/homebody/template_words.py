"""How is a mistake in a template said to the person who wrote it? Jinja2 speaks of tokens and tags."""

import difflib
import re
from collections.abc import Iterable, Mapping

_KNOWN: Mapping[str, str] = {
    r"unexpected end of template, expected 'end of print statement'": "`{{` has no `}}`",
    r"unexpected end of template, expected 'end of statement block'": "`{%` has no `%}`",
    r"unexpected '}'": "a brace is missing: it ends with `}}`",
    r"unexpected 'end of print statement'": "something is missing before `}}`",
    r"Expected an expression, got 'end of print statement'": "nothing stands between `{{` and `}}`",
    r"expected token 'end of print statement', got (.+)": r"\1 stands where `}}` was expected",
    r"expected token 'end of statement block', got (.+)": r"\1 stands where `%}` was expected",
    r"Unexpected end of template\. .* needs to be closed is '(\w+)'": r"`{% \1 %}` has no `{% end\1 %}`",
    r"Encountered unknown tag '(\w+)'\..*": r"`{% \1 %}` is not known, or stands in a wrong place",
    r"unexpected char (.+) at \d+": r"\1 has no meaning in a template",
    r"Missing end of comment tag": "`{#` has no `#}`",
}
"""What Jinja2 says, as a pattern, and what is said instead."""

_NO_FILTER = re.compile(r"No (filter|test) named '(\w+)'")
_ONE_BRACE = re.compile(r"(?<![{%$\w])\{\s*((?:file|ask|vars|run|recipe|document)\.\w+)[^{}]*\}(?!\})")


def in_words(message: str, filters: Iterable[str], tests: Iterable[str]) -> str:
    """Return *message*, one of Jinja2's on a template's form, in words; *filters* and *tests* are those there are."""
    message = " ".join(message.split()).rstrip(".")
    if match := _NO_FILTER.fullmatch(message):
        known = sorted(
            name for name in (filters if match[1] == "filter" else tests) if not name.startswith("_")
        )
        close = difflib.get_close_matches(match[2], known, n=1, cutoff=0.6)
        hint = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(known)}"
        return f'there is no {match[1]} "{match[2]}"; {hint}'
    for pattern, words in _KNOWN.items():
        if match := re.fullmatch(pattern, message):
            return match.expand(words)
    return message


def one_brace(text: str) -> str | None:
    """Return a name that stands in one pair of braces in *text*, where a template has two; None for none."""
    match = _ONE_BRACE.search(text)
    return match[1] if match else None
