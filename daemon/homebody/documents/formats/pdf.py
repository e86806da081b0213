"""PDF: the text of its pages, by PDFium."""

from typing import Any

from homebody.documents.formats.extract import MOST_CHARACTERS, Extract, FormatError

SUFFIXES = (".pdf",)

MOST_PAGES = 500
"""Pages that are read; a longer document is refused and not cut."""


def preload() -> None:
    """Load the library now: inside the seal no file can be opened."""
    import pypdfium2  # noqa: F401
    import pypdfium2.raw  # noqa: F401


def extract(data: bytes) -> Extract:
    """Return the text of all pages, a blank line between them.

    Raises FormatError for what is damaged, locked with a password, too long, or has no text in it.
    """
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise FormatError("the file is named PDF and is none")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise FormatError("the PDF is locked with a password" if locked else "the PDF is damaged") from error
    try:
        return read_pages(document)
    except pypdfium2.PdfiumError as error:
        raise FormatError("the PDF is damaged") from error
    finally:
        document.close()


def read_pages(document: Any) -> Extract:
    """Return the text of an open document."""
    number = len(document)
    if number > MOST_PAGES:
        raise FormatError(f"the PDF has {number} pages, and at most {MOST_PAGES} are read")
    pages: list[str] = []
    characters = 0
    for index in range(number):
        page = document[index]
        words = page.get_textpage()
        pages.append(words.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", ""))
        words.close()
        page.close()
        characters += len(pages[-1])
        if characters > MOST_CHARACTERS:
            raise FormatError(f"the PDF has more than {MOST_CHARACTERS} characters")
    text = "\n\n".join(page.strip() for page in pages)
    if not text.strip():
        raise FormatError("the PDF has no text in it (a scan?)")
    return Extract(text=text, pages=number)
