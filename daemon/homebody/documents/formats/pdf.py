"""PDF: the text of its pages, by PDFium."""

import codecs
from collections.abc import Sequence
from typing import Any

from homebody.documents.extract import MOST_CHARACTERS, Extract, FormatError, NoTextError, chosen

SUFFIXES = (".pdf",)

MOST_PAGES = 500
"""Pages that are read; a longer document is refused and not cut."""

DAMAGED = "the PDF is damaged"

TOO_LONG_PDF = f"the PDF has more than {MOST_CHARACTERS:,} characters, and no more are read"

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


def preload_drawing() -> None:
    """Load what drawing a page takes, too: PDFium looks for fonts when it first draws a letter."""
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10).render(grayscale=True).close()
    document.close()


def extract(data: bytes, pages: Sequence[int | None] | None = None) -> Extract:
    """Return the text of all pages, or of those from the first to the last of *pages*, a blank line between them.

    Raises FormatError for what is damaged, locked with a password or too long, NoTextError for what has no text.
    """
    import pypdfium2

    document = opened(data)
    try:
        return read_pages(document, pages)
    except pypdfium2.PdfiumError as error:
        raise FormatError(DAMAGED) from error
    finally:
        document.close()


def opened(data: bytes) -> Any:
    """Return the document in *data*, which has pages. Raises FormatError for what is damaged or locked."""
    import pypdfium2

    if b"%PDF-" not in data[:HEADER_WITHIN]:
        raise FormatError("the file is named PDF and is none")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # PDFium keeps its last error from one document to the next, so its word alone is not believed.
        locked = "password" in str(error).lower() and b"/Encrypt" in data
        raise FormatError("the PDF is locked with a password" if locked else DAMAGED) from error
    if len(document) == 0:
        document.close()
        raise FormatError("the PDF is damaged: it has no pages")
    return document


def broken() -> type[Exception]:
    """Return the error by which PDFium says that a part of a document is broken."""
    import pypdfium2

    error: type[Exception] = pypdfium2.PdfiumError
    return error


def page_text(page: Any) -> str:
    """Return the text of a page, what stands outside of its bounds left out. Raises PdfiumError, FormatError."""
    words = page.get_textpage()
    try:
        if words.count_chars() > MOST_CHARACTERS:
            raise FormatError(TOO_LONG_PDF)
        return str(words.get_text_bounded()).replace("\r\n", "\n").replace("\ufffe", "")
    finally:
        words.close()


def read_pages(document: Any, wanted: Sequence[int | None] | None) -> Extract:
    """Return the text of an open document's pages."""
    number = len(document)
    attachments = max(document.count_attachments(), 0)
    which = chosen(wanted, number)
    if len(which) > MOST_PAGES:
        raise FormatError(f"the PDF has {len(which):,} pages, and at most {MOST_PAGES} are read")
    pages: list[str] = []
    characters = 0
    for index in which:
        page = document[index]
        pages.append(page_text(page))
        page.close()
        characters += len(pages[-1])
        if characters > MOST_CHARACTERS:
            raise FormatError(TOO_LONG_PDF)
    text = "\n\n".join(stripped for page in pages if (stripped := page.strip()))
    if not text:
        raise NoTextError("the PDF has no text in it (a scan?)")
    left_out = {
        "pages without text": sum(not page.strip() for page in pages),
        "pages that were not asked for": number - len(which),
        "attachments": attachments,
    }
    return Extract(text=text, pages=number, left_out={what: many for what, many in left_out.items() if many})
