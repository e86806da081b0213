"""How is XML of a stranger's read? As a stream of events, without entities, other files or endless depth (expat)."""

from collections.abc import Iterable, Mapping
from xml.parsers import expat

from homebody.documents.extract import TOO_DEEP, FormatError

MOST_DEPTH = 500

SEPARATOR = "}"
"""Stands between a name space and a name; neither can hold it."""


class Sink:
    """Takes the events, and does nothing with those that it does not care for; tags come without their name space."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        """An element begins."""

    def end(self, tag: str, /) -> None:
        """An element ends."""

    def words(self, text: str, /) -> None:
        """Text within the innermost element."""


def parse(blocks: Iterable[bytes], sink: Sink, damaged: str) -> None:
    """Feed *blocks* to *sink*. Raises FormatError: *damaged* for what is no XML, and for entities and depth."""
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise FormatError(TOO_DEEP)
        sink.start(local(tag), attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        sink.end(local(tag))

    def entity(*_: object) -> None:
        raise FormatError("the document defines entities, which no honest one does (a bomb?)")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = sink.words
    parser.EntityDeclHandler = entity
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise FormatError(damaged) from error


def local(name: str) -> str:
    """Return *name* without its name space."""
    return name.rpartition(SEPARATOR)[2]


def get(attributes: Mapping[str, str], name: str, space: str = "") -> str | None:
    """Return the attribute *name*, whatever its name space, or one whose name space ends in *space*."""
    if not space and name in attributes:
        return attributes[name]
    ending = f"{space}{SEPARATOR}{name}"
    return next((value for key, value in attributes.items() if key.endswith(ending)), None)


def number(text: str | None, default: int = 0, *, most: int = 1_000_000_000) -> int:
    """Return a whole number of an attribute, *default* for anything else or for more than *most*."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10:
        return default
    found = int(text)
    return found if found <= most else default


def on(attributes: Mapping[str, str], name: str = "val") -> bool:
    """Return whether a switch is on: Office leaves the value out for yes (ECMA-376-1, 17.17.4)."""
    return (get(attributes, name) or "true").lower() not in ("0", "false", "off", "none")
