"""Which addresses did the model make up, and how do they become harmless?

What a model writes can be told to it by the document. A picture in a note is fetched by the program that
shows the note, so an address that does not stand in the document word for word could carry its text away
(CVE-2025-32711 is this). Such an address is written so that a person can still read it, and nothing opens it.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from homebody.actions.addresses import ADDRESS, NEVER, dead, named_in, trimmed, unescaped

_TARGET = r"(?:[^()\n]|\([^()\n]*\))*"

_SUSPECT = re.compile(
    r"(?P<fence>^[ \t>]*(?:`{3,}|~{3,})[ \t]*)(?P<info>[^\s`][^\n`]*)$"
    r"|(?P<query>`+[ \t]*(?=\$?=))"
    r"|!\[\[(?P<embed>[^\]\n]*)\]\]"
    rf"|!\[(?P<alt>[^\]\n]*)\]\((?P<picture>{_TARGET})\)"
    rf"|\[(?P<words>[^\[\]\n]*)\]\((?P<link>{_TARGET})\)"
    r"|!?\[(?P<text>[^\[\]\n]*)\]\[(?P<ref>[^\[\]\n]*)\]"
    r"|(?P<junction>\](?=[(\[:])|!(?=\[\[))"
    r"|<(?P<auto>[^\s<>]+)>"
    r"|(?P<tag><(?=[/!?%a-z]|\Z))"
    rf"|(?P<address>{ADDRESS})",
    re.IGNORECASE | re.MULTILINE,
)

_PLAIN_TAG = re.compile(
    r"/?(?:b|i|u|s|em|strong|br|hr|p|sub|sup|code|kbd|mark|del|ins|small)/?", re.IGNORECASE
)
_LANGUAGE = re.compile(
    r"(?:text|txt|plain|markdown|md|python|py|javascript|js|typescript|ts|json|ya?ml|toml|ini|xml|html|css|sql|bash|sh"
    r"|shell|console|diff|c|cpp|csharp|java|kotlin|swift|go|rust|ruby|php|perl|lua|r|csv)[ \t]*",
    re.IGNORECASE,
)
_JOINER_IN_ASCII = re.compile(r"(?<=[!-~])[\u200c\u200d]+(?=[!-~])")


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
    """Return *text* in which every address, picture and link stands in *source* word for word and whole.

    The others stay readable: ``https://a.example/x`` becomes ``hxxps://a[.]example/x``, a picture becomes its
    words and its address. Of HTML only plain formatting that *source* has stays, and a block of code names no
    language that a note program would run (dataviewjs, mermaid, ``{r}``).
    """
    text = _JOINER_IN_ASCII.sub("", unescaped(text))
    return _SUSPECT.sub(lambda match: _harmless(match, source), text)


def _harmless(match: re.Match[str], source: str) -> str:  # noqa: PLR0911 - one for each kind of suspect
    """Return what is written instead of one suspect: the same when the document has it."""
    kept = match[0] in source
    match match.lastgroup:
        case "info":
            return match[0] if _LANGUAGE.fullmatch(match["info"]) else match["fence"]
        case "query":
            return match[0].rstrip() + "\\"  # a note program runs code that begins with = or $=
        case "embed":
            return match[0] if kept else defang(match["embed"], source)
        case "picture":
            return _picture(match, source, kept=kept)
        case "link":
            return _link(match["words"], match["link"], source, kept=kept)
        case "ref":
            return match[0] if kept else f"{defang(match['text'], source)} ({defang(match['ref'], source)})"
        case "junction":
            return match[0] + " "
        case "auto":
            return _in_brackets(match["auto"], source, kept=kept)
        case "tag":
            return "&lt;"
    return _address(match["address"], source)


def _picture(match: re.Match[str], source: str, *, kept: bool) -> str:
    """Return a picture that the document has as it is: one that is only linked there would be fetched here."""
    if kept and not NEVER.match(match["picture"]):
        return match[0]
    return f"{defang(match['alt'], source)} ({defang(match['picture'], source)})".strip()


def _link(words: str, target: str, source: str, *, kept: bool) -> str:
    """Return the link when the document has it or its address, else its words and its address."""
    if (kept or target.strip("<>") in named_in(source)) and not NEVER.match(target):
        return f"[{defang(words, source)}]({target})"
    return f"{defang(words, source)} ({defang(target, source)})"


def _in_brackets(inner: str, source: str, *, kept: bool) -> str:
    """Return an address in pointed brackets, or a tag; a made-up address loses the brackets."""
    if inner in named_in(source) and not NEVER.match(inner):
        return f"<{inner}>"
    if kept and _PLAIN_TAG.fullmatch(inner):
        return f"<{inner}>"
    if re.fullmatch(ADDRESS, inner, re.IGNORECASE):
        return dead(inner)
    return ("&lt;" if re.match(r"[/!?%a-z]", inner, re.IGNORECASE) else "<") + defang(inner + ">", source)


def _address(address: str, source: str) -> str:
    """Return *address* when the document names the whole of it."""
    whole = trimmed(address)
    if whole in named_in(source) and not NEVER.match(whole):
        return whole + _after(address[len(whole) :], source)
    end = address.rstrip(".,;!?")
    return dead(end) + address[len(end) :] if end else address


def _after(text: str, source: str) -> str:
    return defang(text, source) if text else ""


def printable(text: str) -> str:
    """Return *text* without what could drive a terminal or hide words: controls and direction marks.

    The line and paragraph separators of Unicode become line breaks: YAML and others take them for such.
    """
    return "".join("\n" if c in "\u2028\u2029" else c for c in text if c in "\n\t" or not _hidden(c))


def _hidden(c: str) -> bool:
    """Return whether *c* is a control, a direction mark or a surrogate (Unicode TR9, TR36)."""
    code = ord(c)
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0xE0000 <= code <= 0xE0FFF
        or unicodedata.category(c) == "Cs"
    )
