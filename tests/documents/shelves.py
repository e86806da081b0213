"""What is a document of the collection: its name, its bytes, and the text that a person would call right."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """A document as it lies in somebody's folder; ``left_out`` is what the history says of it."""

    name: str
    data: bytes
    text: str
    left_out: str = ""
    pages: int | None = None
    seen: bool = False
    """Whether its text is recognised in a picture, which needs a Tesseract."""
    language: str = "eng"
    """Which of Tesseract's languages that takes."""
