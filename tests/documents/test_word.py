"""What text would a person call right in a Word file?"""

import pytest
from make_packages import (
    docx,
    paragraph,
)

from homebody.documents.formats import docx as word

TABLE = "<w:tbl><w:tr><w:tc>{0}</w:tc><w:tc>{1}</w:tc></w:tr><w:tr><w:tc>{2}</w:tc><w:tc>{3}</w:tc></w:tr></w:tbl>"
STYLES = (
    '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Ghost"><w:name w:val="ghost"/><w:rPr><w:vanish/></w:rPr></w:style>'
)


def test_a_letter_reads_as_its_page_shows_it():
    """Letterhead first, headings apart, lists with marks, tables in rows, notes and footer at the end."""
    found = word.extract(
        docx(
            paragraph("Offer", about='<w:pStyle w:val="H1"/>')
            + paragraph("Dear Ms Öztürk,")
            + "<w:p/>"
            + "<w:p><w:r><w:t>We offer</w:t><w:tab/><w:t>this:</w:t><w:br/><w:t>a roof</w:t>"
            '<w:footnoteReference w:id="1"/></w:r></w:p>'
            + paragraph("new tiles", about='<w:numPr><w:numId w:val="3"/></w:numPr>')
            + paragraph("new gutters", about='<w:numPr><w:numId w:val="3"/></w:numPr>')
            + TABLE.format(*(paragraph(cell) for cell in ("Item", "Price", "Roof", "312.40 €")))
            + paragraph("Yours"),
            styles=STYLES,
            header=paragraph("Meier Roofs Ltd"),
            footer=paragraph("Bank: 123"),
            footnotes=f'<w:footnote w:id="0">{paragraph("")}</w:footnote>'
            f'<w:footnote w:id="1">{paragraph("without the chimney")}</w:footnote>',
        )
    )
    assert found.text == (
        "Meier Roofs Ltd\n\nOffer\n\nDear Ms Öztürk,\n\nWe offer\tthis:\na roof[1]\n- new tiles\n- new gutters\n"
        "Item | Price\nRoof | 312.40 €\nYours\n\n[1] without the chimney\n\nBank: 123"
    )
    assert found.left_out == {}


@pytest.mark.parametrize(
    "secret",
    [
        paragraph("SECRET", run="<w:vanish/>"),
        paragraph("SECRET", run='<w:rStyle w:val="Ghost"/>'),
        paragraph("SECRET", about='<w:pStyle w:val="Ghost"/>'),
        "<w:p><w:del><w:r><w:delText>SECRET</w:delText></w:r></w:del></w:p>",
        "<w:p><w:moveFrom><w:r><w:t>SECRET</w:t></w:r></w:moveFrom></w:p>",
        "<w:p><w:r><w:instrText>SECRET</w:instrText></w:r></w:p>",
        "<w:p><mc:AlternateContent><mc:Fallback><w:r><w:t>SECRET</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>",
        '<w:p><w:r><a:docPr descr="SECRET"/></w:r></w:p>',
        "<!-- SECRET --><?SECRET?>",
    ],
    ids=[
        "vanish",
        "character style",
        "paragraph style",
        "deleted",
        "moved",
        "field",
        "fallback",
        "alt text",
        "comment",
    ],
)
def test_what_word_does_not_show_is_not_in_the_text(secret: str):
    """Hidden runs, deletions, fields' codes and comments; what stands around them is."""
    found = word.extract(docx(paragraph("before") + secret + paragraph("after"), styles=STYLES))
    assert "SECRET" not in found.text
    assert found.text.split() == ["before", "after"]


def test_a_run_that_was_hidden_once_is_shown():
    """What a tracked change says of the past, and a switch that is off, hide nothing."""
    once = "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>"
    off = '<w:vanish w:val="0"/>'
    mark = "<w:rPr><w:vanish/></w:rPr>"
    found = word.extract(
        docx(paragraph("a", run=once) + paragraph("b", run=off) + paragraph("c", about=mark))
    )
    assert found.text == "a\nb\nc"


def test_pictures_comments_and_hidden_runs_are_counted():
    """What is not in the text is said."""
    found = word.extract(
        docx(
            paragraph("text")
            + "<w:p><w:r><a:blip/></w:r><w:r><a:blip/></w:r><w:r><w:commentReference/></w:r></w:p>"
            + paragraph("hidden", run="<w:vanish/>")
        )
    )
    assert found.left_out_words() == "2 images, 1 comment, 1 hidden part"


def test_a_style_can_make_items_of_a_list_and_a_paragraph_none_of_itself():
    """A numbered heading stays a heading."""
    styles = (
        '<w:style w:styleId="L"><w:name w:val="List Bullet"/>'
        '<w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="H"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="6"/></w:numPr></w:pPr></w:style>'
    )
    bare = '<w:pStyle w:val="L"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    found = word.extract(
        docx(
            paragraph("Things", about='<w:pStyle w:val="H"/>')
            + paragraph("one", about='<w:pStyle w:val="L"/>')
            + paragraph("two", about=bare)
            + paragraph("three"),
            styles=styles,
        )
    )
    assert found.text == "Things\n\n- one\ntwo\nthree"
