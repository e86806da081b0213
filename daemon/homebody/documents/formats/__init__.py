"""The kinds of document. Adding one is adding a file and a line in ``ALL``.

A format runs in the reader process only: its libraries meet strangers' bytes. Each has its ``SUFFIXES``,
``preload()``, which loads what it needs before the seal, and ``extract(data)``.
"""

from types import ModuleType

from homebody.documents.formats import (
    docx,
    epub,
    html,
    mail,
    markdown,
    odf,
    pdf,
    pptx,
    rtf,
    separated,
    structured,
    subtitles,
    text,
    xlsx,
)

ALL: tuple[ModuleType, ...] = (
    text, markdown, separated, structured, subtitles, pdf, html, docx, odf, xlsx, pptx, rtf, mail, epub,
)  # fmt: skip

PAGED: tuple[ModuleType, ...] = (pdf,)
"""Those whose ``extract`` can be told which pages to read."""


def suffixes() -> dict[str, ModuleType]:
    """Return each file name suffix, lower case with its dot, and the format that reads it."""
    return {suffix: room for room in ALL for suffix in room.SUFFIXES}
