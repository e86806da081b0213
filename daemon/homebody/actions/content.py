"""What does an action write, given the kind of file that it goes into?"""

from pathlib import Path

from homebody.actions.action import World
from homebody.actions.defang import printable
from homebody.actions.joined import unjoined
from homebody.actions.markup import as_page
from homebody.actions.table import as_table
from homebody.templates import compile_template

TABLES = frozenset({".csv", ".tsv", ".tab"})
"""Endings of files that spreadsheets open and reckon."""

PAGES = frozenset({".html", ".htm", ".xhtml", ".svg", ".xml", ".opml", ".rss", ".atom", ".kml", ".gpx"})
"""Endings of files in which a value that is not escaped could be more than words."""


def filled(template: str, world: World, path: Path) -> str:
    """Return *template* filled in for the file at *path*: in a table and in a page the values are only words.

    Addresses that the model made up are out of action, controls are gone. Raises TemplateError, and EffectError
    where a page has no safe place for a value.
    """
    pieces = compile_template(template).pieces(world.safe_values())
    suffix = path.suffix.casefold()
    if suffix in TABLES:
        return printable(as_table(pieces, tabs=suffix != ".csv"))
    if suffix in PAGES:
        return printable(as_page(pieces))
    return printable(unjoined(pieces, world.source))
