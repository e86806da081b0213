"""Of which sheets is a document made, and what is the text on each? A PDF's own, else what Tesseract sees there."""

from dataclasses import dataclass
from typing import Any, Protocol

from homebody.documents.extract import FormatError
from homebody.documents.formats import pdf
from homebody.documents.formats.flow import tidy
from homebody.documents.pictures import marks
from homebody.documents.pictures.engine import Engine, greymap, refuse_huge

RESOLUTION = 300
"""Dots an inch at which a page is drawn: what Tesseract was made for."""

MOST_DOTS = 40_000_000
"""A page that would have more is drawn coarser: a poster's letters are larger, too."""

POINTS = 72


@dataclass(frozen=True, slots=True)
class Found:
    """The text of a sheet, and whether it was recognised in a picture."""

    text: str
    recognised: bool


class Sheets(Protocol):
    """An open document."""

    number: int
    """How many sheets it has."""
    attachments: int
    """What hangs on it and is not read."""

    def read(self, index: int) -> Found:
        """Return what is on a sheet, counted from 0. Raises FormatError."""


class PdfSheets:
    """The pages of a PDF."""

    def __init__(self, data: bytes, engine: Engine) -> None:
        self._document = pdf.opened(data)
        self._engine = engine
        self.number = len(self._document)
        self.attachments = max(self._document.count_attachments(), 0)

    def read(self, index: int) -> Found:
        """Return the page's own text, else what is recognised on it."""
        try:
            page = self._document[index]
        except pdf.broken() as error:
            raise FormatError(pdf.DAMAGED) from error
        try:
            if text := pdf.page_text(page).strip():
                return Found(text, recognised=False)
            return Found(tidy(self._recognised(page)), recognised=True)
        except pdf.broken() as error:
            raise FormatError(pdf.DAMAGED) from error
        finally:
            page.close()

    def _recognised(self, page: Any) -> str:
        width, height = (max(size, 1) / POINTS * RESOLUTION for size in page.get_size())
        coarser = min(1.0, (MOST_DOTS / (width * height)) ** 0.5)
        drawn = page.render(scale=RESOLUTION / POINTS * coarser, grayscale=True)
        try:
            across, down, stride = drawn.width, drawn.height, drawn.stride
            dots = bytes(drawn.buffer)
        finally:
            drawn.close()
        if stride != across:
            dots = b"".join(dots[at : at + across] for at in range(0, stride * down, stride))
        if dots.count(dots[:1]) == len(dots):
            return ""  # a blank page
        return self._engine.picture(greymap(across, down, dots), resolution=round(RESOLUTION * coarser))


class PictureSheets:
    """The sheets of a picture file: one, or several in a TIFF."""

    attachments = 0

    def __init__(self, data: bytes, engine: Engine) -> None:
        engine.refuse_unfit(data)
        self._data = data
        self._engine = engine
        self._sheets = marks.sheets(data)
        self.number = 1 if self._sheets is None else len(self._sheets)

    def read(self, index: int) -> Found:
        """Return what is recognised on a sheet."""
        if self._sheets is None:
            text = self._engine.picture(self._data, quarters=marks.quarters(self._data))
        else:
            begins, width, height = self._sheets[index]
            refuse_huge(width, height)
            text = self._engine.picture(self._data, sheet=begins)
        return Found(tidy(text), recognised=True)


def opened(data: bytes, suffix: str, engine: Engine) -> Sheets:
    """Return the document in *data*. Raises FormatError for what cannot be opened."""
    if suffix in pdf.SUFFIXES:
        return PdfSheets(data, engine)
    if not data:
        raise FormatError("the picture is empty")
    return PictureSheets(data, engine)
