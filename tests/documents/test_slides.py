"""What text would a person call right in slides?"""

from make_packages import (
    pptx,
    shape,
)

from homebody.documents.formats import pptx as slides


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
