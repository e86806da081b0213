"""What text would a person call right in an OpenDocument file?"""

import pytest
from make_packages import (
    odt,
)

from homebody.documents.formats import odf


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
