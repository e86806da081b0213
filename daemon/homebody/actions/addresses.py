"""What is an address in a text, and which ones does a document really name?"""

import functools
import html
import itertools
import re

_NETWORK = "https?|ftps?|wss?|file"
_OTHER = "mailto|data|javascript|vbscript|tel|sms|magnet|blob|cid|about|view-source"

LONGEST = 5000
"""Characters of one address that are looked at: more than any slot holds, and few enough for a hostile document."""

MOST_CUTS = 20

ADDRESS = (
    r"(?:[a-z][a-z0-9+.-]{0,30}:(?=[/\\]{2})"
    rf"|\b(?:{_NETWORK}):(?=\S|\Z)|\b(?:{_OTHER}):(?=\S)"
    r"|:(?=//)|\bwww\."
    r"|(?<![\w:/\\])[/\\]{2}(?=[^\s/\\]+[./\\])"
    r"|\b(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?=[/?]\S))"
    rf"[^\s<>]{{0,{LONGEST}}}"
)
"""What some program would make a link of, up to where no program would go on (case does not matter)."""

_FOUND = re.compile(ADDRESS, re.IGNORECASE)
_CUTS = re.compile(r"[)\]}\"'`|\\,;]")
_AFTER = ".,;:!?*_~|\"'`"
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)

NEVER = re.compile(r"\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
"""Addresses that are a program or a whole page themselves: no document makes them harmless."""


@functools.lru_cache(maxsize=4)
def named_in(source: str) -> frozenset[str]:
    """Return the addresses that *source* names, each whole: neither the beginning of one nor more than it."""
    found = set()
    for text in {source, _ENTITY.sub(_character, source)}:
        for match in _FOUND.finditer(text):
            address = match[0]
            if len(address) < LONGEST:
                found.add(trimmed(address))
            # In a link or a quotation the address ends before the text does.
            cuts = itertools.islice(_CUTS.finditer(address), MOST_CUTS)
            found |= {trimmed(address[: cut.start()]) for cut in cuts}
    return frozenset(one for one in found if one)


def trimmed(address: str) -> str:
    """Return *address* without what belongs to the sentence around it: a stop, a bracket that it did not open."""
    for _ in range(MOST_CUTS):
        last = address[-1:]
        opened = {")": "(", "]": "[", "}": "{"}.get(last)
        if last not in _AFTER and (opened is None or address.count(opened) >= address.count(last)):
            break
        address = address[:-1]
    return address


def unescaped(text: str) -> str:
    """Return *text* with HTML's spellings of characters resolved until none is left: they can hide an address."""
    while (plain := _ENTITY.sub(_character, text)) != text:
        text = plain
    return text


def _character(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def dead(address: str) -> str:
    """Return *address* as people write one that nobody should open, a second one inside it too."""
    if address[0] in "/\\":
        return f"{address[:2]}[.]{_apart(address[2:])}"
    scheme, colon, rest = address.partition(":")
    if not colon or "." in scheme or "/" in scheme:
        return _apart(address.replace(":", "[:]").replace(".", "[.]"))
    known = {"http": "hxxp:", "https": "hxxps:", "ftp": "fxp:"}.get(scheme.casefold(), f"{scheme}[:]")
    return known + _apart(rest.replace("://", "[:]//").replace(".", "[.]"))


def _apart(text: str) -> str:
    """Return *text* in which no bracket of Markdown touches the next."""
    return re.sub(r"\](?=[(\[:])", "] ", text).replace("![", "! [")
