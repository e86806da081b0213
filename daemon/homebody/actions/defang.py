"""Which addresses did the model make up, and how do they become harmless?

What a model writes can be told to it by the document. A picture in a note is fetched by the program that
shows the note, so an address that does not stand in the document word for word could carry its text away
(CVE-2025-32711 is this). Such an address is written so that a person can still read it, and nothing opens it.
"""

import re
from collections.abc import Mapping
from typing import Any

_IMAGE = re.compile(r"!\[([^\]\n]*)\]\(([^)\n]*)\)")
_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\n]*)\)")
_EMBED = re.compile(r"!\[\[([^\]\n]*)\]\]")
_REFERENCE = re.compile(r"!?\[([^\]\n]*)\]\[([^\]\n]*)\]")
_TAG = re.compile(r"<(?=[/!?a-zA-Z])[^<>\n]*>?")
_OTHER = "mailto|data|javascript|vbscript|tel|sms|magnet|blob|cid|about"
_ADDRESS = re.compile(
    rf"(?:[a-z][a-z0-9+.-]{{1,20}}:(?=//)|\b(?:{_OTHER}):(?=\S))[^\s<>\"'`\])}}]*|\bwww\.[^\s<>\"'`\])}}]+",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w:])//(?=[\w-]+\.[\w.-]+)")


def defanged(value: Any, source: str) -> Any:
    """Return *value*, a slot's value or a mapping of them, with made-up addresses put out of action."""
    if isinstance(value, str):
        return defang(value, source)
    if isinstance(value, Mapping):
        return {key: defanged(item, source) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [defanged(item, source) for item in value]
    return value


def defang(text: str, source: str) -> str:
    """Return *text* in which every address, link, picture and tag stands in *source* word for word.

    The others stay readable: ``https://a.example/x`` becomes ``hxxps://a[.]example/x``, a picture becomes its
    words and its address.
    """
    text = _EMBED.sub(lambda match: _kept(match, source, match[1]), text)
    text = _IMAGE.sub(lambda match: _kept(match, source, f"{match[1]} ({match[2]})".strip()), text)
    text = _LINK.sub(lambda match: _kept_link(match, source), text)
    text = _REFERENCE.sub(lambda match: _kept(match, source, f"{match[1]} ({match[2]})"), text)
    text = _TAG.sub(lambda match: _kept_tag(match, source), text)
    text = _ADDRESS.sub(lambda match: _kept(match, source, _dead(match[0])), text)
    return _BARE.sub("//[.]", text) if _BARE.search(text) and not _BARE.search(source) else text


def _kept(match: re.Match[str], source: str, instead: str) -> str:
    return match[0] if match[0] in source else instead


def _kept_link(match: re.Match[str], source: str) -> str:
    """Return the link when its address stands in *source*, else its words and its address."""
    target = match[2].split(" ", 1)[0].strip("<>")
    return match[0] if target and target in source else f"{match[1]} ({match[2]})"


def _kept_tag(match: re.Match[str], source: str) -> str:
    """Return the tag when it stands in *source*, else with its bracket written out; an address loses both."""
    if match[0] in source:
        return match[0]
    inner = match[0].removeprefix("<").removesuffix(">")
    return inner if _ADDRESS.fullmatch(inner) else "&lt;" + match[0][1:]


def _dead(address: str) -> str:
    """Return *address* as people write one that nobody should open, a second one inside it too."""
    scheme, colon, rest = address.partition(":")
    if not colon:
        return address.replace(".", "[.]")
    known = {"http": "hxxp:", "https": "hxxps:", "ftp": "fxp:"}.get(scheme.casefold(), f"{scheme}[:]")
    return known + rest.replace("://", "[:]//").replace(".", "[.]")


def printable(text: str) -> str:
    """Return *text* without what could drive a terminal or hide words: controls and direction marks."""
    return "".join(c for c in text if c in "\n\t" or not _hidden(c))


def _hidden(c: str) -> bool:
    """Return whether *c* is a control, a direction mark or a surrogate (Unicode TR9, TR36)."""
    code = ord(c)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0xD800 <= code <= 0xDFFF
        or 0xE0000 <= code <= 0xE007F
    )
