"""Forty documents and more, as people have them: is their text what a person would call right?

In the real readers, under their limits. The texts are in fifteen languages and nine scripts; office files and PDFs are
written by other people's libraries. What is recognised in pictures is compared without empty lines: how far apart two
lines of a picture must be for a paragraph is Tesseract's to say.
"""

from pathlib import Path

import pytest
from shelf_office import OFFICE
from shelf_pages import PAGES
from shelf_plain import PLAIN
from shelves import Document

from homebody.clock import SystemClock
from homebody.documents.formats import suffixes
from homebody.documents.pictures.tesseract import Tesseract, find
from homebody.documents.readers import Readers, readers

SHELF = (*PLAIN, *OFFICE, *PAGES)

HERE = find(None)


@pytest.fixture(scope="module")
def both():
    """The readers as the daemon has them."""
    made = readers(SystemClock(), HERE)
    yield made
    made.stop()


@pytest.mark.parametrize("document", SHELF, ids=lambda document: document.name)
def test_its_text_is_what_a_person_would_call_right(both: Readers, document: Document):
    """Word for word, and what is not in it is told."""
    if document.seen and (not isinstance(HERE, Tesseract) or document.language not in HERE.languages):
        pytest.skip(f"pictures in the language {document.language} are not read here: {HERE}")
    found = both.read(document.data, Path(document.name).suffix)
    text = "\n".join(line for line in found.text.split("\n") if line) if document.seen else found.text
    assert text == document.text
    assert found.left_out_words() == document.left_out
    assert found.recognised > 0 if document.seen else found.recognised == 0
    if document.pages is not None:
        assert found.pages == document.pages


def test_there_are_forty_and_every_format_is_among_them():
    """A format without a document that was looked at is one that nobody has seen to work."""
    assert len(SHELF) >= 40
    assert len({document.name for document in SHELF}) == len(SHELF)
    rooms = suffixes()
    shown = {rooms.get(Path(document.name).suffix, rooms[".txt"]) for document in SHELF if not document.seen}
    assert shown == set(rooms.values())
