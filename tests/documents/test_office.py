"""What text would a person call right in Word, Excel, PowerPoint, OpenDocument and EPUB files?"""

import pytest
from make_packages import (
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
from homebody.documents.formats.cells import shown

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


DATES = (
    '<numFmts><numFmt numFmtId="164" formatCode="[$-407]dd/mm/yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="0.00&quot; days&quot;"/>'
    "</numFmts><cellXfs>"
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 164, 10, 4, 20, 165, 22))
    + "</cellXfs>"
)


def cell(place: str, value: str, kind: str = "n", style: int = 0) -> str:
    """Return a cell."""
    return f'<c r="{place}" t="{kind}" s="{style}"><v>{value}</v></c>'


def test_a_spreadsheet_is_what_its_cells_show():
    """Dates as dates, money with its cents, formulas as their values; gaps stay gaps."""
    rows = (
        f"<row>{cell('A1', '0', 's')}{cell('B1', '1', 's')}</row>"
        f"<row>{cell('A2', '46350', style=1)}{cell('B2', '312.4', style=4)}{cell('D2', '0.125', style=3)}</row>"
        f"<row>{cell('A3', '46350.5', style=2)}<c r='B3'><f>SUM(B2:B2)</f><v>0.30000000000000004</v></c>"
        f"{cell('C3', '1', 'b')}{cell('D3', '#N/A', 'e')}</row>"
        f"<row>{cell('A4', '0.5', style=5)}{cell('B4', '2.5', style=6)}{cell('C4', '46350.25', style=7)}"
        "<c r='D4' t='inlineStr'><is><t>own</t></is></c><c r='E4'><f>NOW()</f></c></row>"
    )
    strings = "<si><t>Da</t><r><t>y</t></r><rPh><t>SECRET</t></rPh></si><si><t>Sum</t></si>"
    found = tables.extract(xlsx({"Bills": rows}, strings=strings, styles=DATES))
    assert found.text == (
        "Bills\nDay | Sum\n2026-11-24 | 312.40 | | 12.50%\n2026-11-24 | 0.3 | TRUE | #N/A\n"
        "12:00 | 2.50 | 2026-11-24 06:00 | own"
    )
    assert found.left_out_words() == "1 formula without a value"


def test_days_are_counted_from_1904_where_the_file_says_so():
    """As old Macs did."""
    parts = xlsx_parts({"A": f"<row>{cell('A1', '0', style=1)}</row>"}, styles=DATES)
    book = str(parts["xl/workbook.xml"]).replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert tables.extract(pack(parts | {"xl/workbook.xml": book})).text == "A\n1904-01-01"


def test_hidden_sheets_rows_and_columns_are_left_out_and_counted():
    """A person who opens the file does not see them."""
    rows = (
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>'
        f"<row>{cell('A1', '1')}{cell('B1', '666')}{cell('C1', '3')}</row>"
        f'<row hidden="1">{cell("A2", "666")}</row></sheetData>'
    )
    found = tables.extract(
        xlsx({"Seen": rows, "Unseen": f"<row>{cell('A1', '666')}</row>"}, states={"Unseen": "veryHidden"})
    )
    assert found.text == "Seen\n1 | | 3"
    assert found.left_out_words() == "3 hidden parts"


@pytest.mark.parametrize(
    ("code", "value", "shows"),
    [
        ("General", "5", "5"),
        (";;;", "5", ""),
        (";;;", "-5", ""),
        (";;;", "0", ""),
        ("0.00;", "-5", ""),
        ("0.00;", "5", "5.00"),
        ("0;0;", "0", ""),
        ('0.0";"', "-5", "-5.0"),
        ("#,##0.00 [$€-407]", "1234.5", "1234.50"),
        ("0.00E+00", "1234.5", "1234.5"),
        ("[h]:mm", "1.5", "36:00:00"),
        ("yyyy", "-1", "-1"),
        ("yyyy", "99999999999", "99999999999"),
        ("0", "nan", "nan"),
        ("0", "no number", "no number"),
        ("d/m/yy", "59", "1900-02-28"),
        ("d/m/yy", "61", "1900-03-01"),
        ("mmm", "46350", "2026-11-24"),
    ],
)
def test_a_number_is_shown_as_its_format_says(code: str, value: str, shows: str):
    """And one that its format hides is not shown."""
    assert shown(value, code, from_1904=False) == shows


def test_a_text_that_its_format_hides_is_left_out_and_counted():
    """The old trick of three semicolons."""
    styles = '<numFmts><numFmt numFmtId="164" formatCode=";;;"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs>'
    rows = f"<row>{cell('A1', '0', 's')}{cell('B1', '0', 's', 1)}{cell('C1', '7', style=1)}</row>"
    found = tables.extract(xlsx({"A": rows}, strings="<si><t>seen</t></si>", styles=styles))
    assert (found.text, found.left_out_words()) == ("A\nseen", "2 hidden parts")


def test_slides_come_in_their_order_with_their_tables():
    """A blank line between slides; hidden shapes are left out."""
    table = (
        "<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>Item</a:t></a:r></a:p></a:txBody></a:tc>"
        "<a:tc><a:txBody><a:p><a:r><a:t>Price</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>"
    )
    found = slides.extract(
        pptx([shape("Roofs", "new and old") + table, shape("SECRET", about=' hidden="1"') + shape("End")])
    )
    assert (found.text, found.pages) == ("Roofs\nnew and old\nItem | Price\n\nEnd", 2)
    assert found.left_out_words() == "1 hidden part"


def test_a_hidden_slide_is_left_out_and_counted():
    """Nobody sees it in the show."""
    found = slides.extract(pptx([shape("Seen"), shape("SECRET")], attributes=' show="0"'))
    assert (found.text, found.left_out_words()) == ("Seen", "1 hidden part")


def test_an_opendocument_text_reads_as_its_page_shows_it():
    """Header, headings, lists, tabs, notes and tables; blanks are as the format writes them."""
    found = odf.extract(
        odt(
            "<text:h>Offer</text:h><text:p>We  offer<text:s text:c='2'/>this<text:tab/>roof"
            "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>no chimney</text:p>"
            "</text:note-body></text:note>.<text:line-break/>Soon</text:p>"
            "<text:list><text:list-item><text:p>tiles</text:p></text:list-item>"
            "<text:list-item><text:p>gutters</text:p></text:list-item></text:list>"
            "<table:table table:name='T'><table:table-row><table:table-cell><text:p>Item</text:p></table:table-cell>"
            "<table:table-cell table:number-columns-repeated='2'/><table:table-cell><text:p>Price</text:p>"
            "</table:table-cell><table:table-cell table:number-columns-repeated='1000'/></table:table-row>"
            "</table:table>",
            page="<style:header><text:p>Meier Roofs</text:p></style:header>"
            "<style:footer style:display='false'><text:p>SECRET</text:p></style:footer>",
        )
    )
    assert found.text == (
        "Meier Roofs\n\nOffer\n\nWe offer  this\troof[1].\nSoon\n- tiles\n- gutters\n\nItem | | | Price\n\nno chimney"
    )


@pytest.mark.parametrize(
    "secret",
    [
        "<text:p><office:annotation><text:p>SECRET</text:p></office:annotation></text:p>",
        "<text:tracked-changes><text:p>SECRET</text:p></text:tracked-changes>",
        "<text:p><text:hidden-text>SECRET</text:hidden-text></text:p>",
        "<text:p><text:hidden-paragraph/><text:span text:style-name='Ghost'>SECRET</text:span></text:p>",
        "<text:section text:display='none'><text:p>SECRET</text:p></text:section>",
        "<text:p><draw:frame><svg:title>SECRET</svg:title><svg:desc>SECRET</svg:desc></draw:frame></text:p>",
    ],
)
def test_what_libreoffice_does_not_show_is_not_in_the_text(secret: str):
    """Comments, deletions, hidden text and what pictures are called."""
    style = "<style:style style:name='Ghost'><style:text-properties text:display='none'/></style:style>"
    found = odf.extract(odt(f"<text:p>before</text:p>{secret}<text:p>after</text:p>", styles=style))
    assert found.text.split() == ["before", "after"]


def test_rows_and_cells_that_a_spreadsheet_repeats_stand_there_as_often():
    """OpenDocument writes equal neighbours once."""
    row = (
        "<table:table table:name='T'><table:table-row table:number-rows-repeated='2'>"
        "<table:table-cell table:number-columns-repeated='2'><text:p>7</text:p></table:table-cell></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row></table:table>"
    )
    assert odf.extract(odt(row, kind="spreadsheet")).text == "7 | 7\n7 | 7"


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
