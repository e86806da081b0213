"""Books, and Office files that are damaged, locked, empty or something else."""

import pytest
from make_packages import (
    cell,
    docx,
    epub,
    odf_parts,
    odt,
    pack,
    paragraph,
    pptx,
    relations,
    shape,
    xlsx,
    xlsx_parts,
)

from homebody.documents.extract import MOST_CHARACTERS, FormatError
from homebody.documents.formats import docx as word
from homebody.documents.formats import epub as book
from homebody.documents.formats import odf
from homebody.documents.formats import pptx as slides
from homebody.documents.formats import xlsx as tables


def test_a_book_is_its_chapters_in_the_order_of_the_spine():
    """Its title first; empty elements, as XML writes them, swallow nothing."""
    found = book.extract(
        epub(
            {
                "b": "<html><head><title/></head><body><h1>One</h1><p>It <a id='x'/>began.</p></body></html>",
                "a": "<?xml version='1.0' encoding='utf-8'?><html><body><p>It <b/>ended: Größe.</p></body></html>",
            },
            title="The Roof",
        )
    )
    assert (found.text, found.pages) == ("The Roof\n\nOne\n\nIt began.\n\nIt ended: Größe.", 2)


LOCKED_OOXML = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
)
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)


@pytest.mark.parametrize("room", [word, tables, slides], ids=["Word", "Excel", "PowerPoint"])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LOCKED_OOXML, "locked with a password"),
        (OLD, "old Office format of 1997; save it"),
        (b"", "named .* and is none"),
        (b"plain text", "named .* and is none"),
        (b"PK\x03\x04 and nothing", "damaged: it is cut short or changed"),
        (pack({"a": "b"}), "damaged: the document itself is missing"),
        (odt("<text:p>x</text:p>"), "damaged: the document itself is missing"),
        (
            pack({"_rels/.rels": relations(("r", "officeDocument", "other/a.xml")), "other/a.xml": "<a/>"}),
            "is another kind of document",
        ),
    ],
    ids=["locked", "old", "empty", "text", "cut", "no parts", "odt", "other kind"],
)
def test_a_file_that_is_no_such_document_says_why(room, data: bytes, reason: str):
    """In words that a person can use."""
    with pytest.raises(FormatError, match=reason):
        room.extract(data)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: word.extract(docx("")), "no text in it"),
        (lambda: tables.extract(xlsx({"A": ""})), "nothing in its cells"),
        (lambda: slides.extract(pptx([""])), "no text in it"),
        (lambda: odf.extract(odt("")), "no text in it"),
        (lambda: book.extract(epub({"a": "<html/>"})), "no text in it"),
        (lambda: word.extract(docx("<w:p>")), "damaged: a part of its text is broken"),
        (
            lambda: tables.extract(xlsx({"A": f"<row>{cell('A1', '5', 's')}</row>"})),
            "points to a text that is not",
        ),
        (
            lambda: odf.extract(pack(odf_parts("") | {"META-INF/manifest.xml": "<m><encryption-data/></m>"})),
            "locked with a password",
        ),
    ],
)
def test_a_document_without_text_for_us_says_why(make, reason: str):
    """Damaged, locked, or only pictures."""
    with pytest.raises(FormatError, match=reason):
        make()


def test_rtf_under_the_name_of_word_is_read():
    """As many programs write it."""
    assert word.extract(b"{\\rtf1 The roof}").text == "The roof"


def test_a_book_that_its_seller_locked_says_so():
    """Scrambled fonts are no lock."""
    from make_packages import epub_parts

    parts = epub_parts({"a": "<p>Text</p>"})
    lock = '<encryption><EncryptedData><EncryptionMethod Algorithm="{0}"/></EncryptedData></encryption>'
    fonts = parts | {"META-INF/encryption.xml": lock.format("http://www.idpf.org/2008/embedding")}
    assert book.extract(pack(fonts)).text == "Text"
    locked = parts | {"META-INF/encryption.xml": lock.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    with pytest.raises(FormatError, match="locked by its seller"):
        book.extract(pack(locked))


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "pptx"])
def test_a_missing_part_is_named_as_damage(suffix: str):
    """A list of parts that leads nowhere."""
    from make_packages import docx_parts, pptx_parts

    parts = {
        "docx": docx_parts(paragraph("a")),
        "xlsx": xlsx_parts({"A": f"<row>{cell('A1', '1')}</row>"}),
        "pptx": pptx_parts([shape("a")]),
    }[suffix]
    part = {"docx": "word/document.xml", "xlsx": "xl/worksheets/sheet1.xml", "pptx": "ppt/slides/slide1.xml"}[
        suffix
    ]
    room = {"docx": word, "xlsx": tables, "pptx": slides}[suffix]
    with pytest.raises(FormatError, match=r"damaged: .* missing"):
        room.extract(pack({name: content for name, content in parts.items() if name != part}))


def test_more_text_than_any_document_has_is_refused():
    """Though a small file can hold it."""
    with pytest.raises(FormatError, match=f"more than {MOST_CHARACTERS:,}"):
        word.extract(docx(paragraph(" ".join(map(str, range(800_000))))))
