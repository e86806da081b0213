"""PDF: the text of its pages, by PDFium."""

import codecs
from typing import Any

from homebody.documents.extract import MOST_CHARACTERS, Extract, FormatError

SUFFIXES = (".pdf",)

MOST_PAGES = 500
"""Pages that are read; a longer document is refused and not cut."""

HEADER_WITHIN = 1024
"""Readers accept bytes before the header (ISO 32000-1, annex H, note 13)."""


def preload() -> None:
    """Load the library now: inside the seal no file can be opened."""
    import pypdfium2
    import pypdfium2.raw

    codecs.lookup("utf-16-le")  # how PDFium hands text over; a codec is a module, too
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(10, 10)
    page.get_textpage().get_text_bounded()
    document.close()


def extract(data: bytes) -> Extract:
    """Return the text of all pages, a blank line between them.

    Raises FormatError for what is damaged, locked with a password, too long, or has no text in it.
    """
    import pypdfium2

    if b"%PDF-" not in data[:HEADER_WITHIN]:
        raise FormatError("the file is named PDF and is none")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # PDFium keeps its last error from one document to the next, so its word alone is not believed.
        locked = "password" in str(error).lower() and b"/Encrypt" in data
        raise FormatError("the PDF is locked with a password" if locked else "the PDF is damaged") from error
    try:
        return read_pages(document)
    except pypdfium2.PdfiumError as error:
        raise FormatError("the PDF is damaged") from error
    finally:
        document.close()


def read_pages(document: Any) -> Extract:
    """Return the text of an open document, what stands outside of the pages' bounds left out."""
    number = len(document)
    attachments = max(document.count_attachments(), 0)
    if number == 0:
        raise FormatError("the PDF is damaged: it has no pages")
    if number > MOST_PAGES:
        raise FormatError(f"the PDF has {number:,} pages, and at most {MOST_PAGES} are read")
    pages: list[str] = []
    characters = 0
    for index in range(number):
        page = document[index]
        words = page.get_textpage()
        characters += words.count_chars()
        if characters > MOST_CHARACTERS:
            raise FormatError(f"the PDF has more than {MOST_CHARACTERS:,} characters, and no more are read")
        pages.append(words.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", ""))
        words.close()
        page.close()
    text = "\n\n".join(stripped for page in pages if (stripped := page.strip()))
    if not text:
        raise FormatError("the PDF has no text in it (a scan?)")
    left_out = {"pages without text": sum(not page.strip() for page in pages), "attachments": attachments}
    return Extract(text=text, pages=number, left_out={what: many for what, many in left_out.items() if many})
