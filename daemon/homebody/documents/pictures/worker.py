"""The reader of pictures: takes the bytes of one document, gives back the text of its sheets, and can do nothing else.

As the other reader it loads everything first, Tesseract and all that it knows of languages, then limits itself and
enters the same seal, and only then takes the first byte of a stranger's.
"""

import os
import sys
from pathlib import Path
from typing import Any

from homebody.documents.extract import FormatError
from homebody.documents.formats import pdf
from homebody.documents.pictures.engine import Engine
from homebody.documents.pictures.sheets import Sheets, opened
from homebody.documents.worker import Answer, Reply, guarded, work


def main() -> None:
    """Serve requests until the other side closes.

    The arguments are the library, the folder of its data, the languages with a + between them, the bytes of address
    space and the seconds of work that this process may have.
    """
    library, data, languages = sys.argv[1:4]
    os.environ["OMP_THREAD_LIMIT"] = "1"  # the seal lets no thread be started; OpenMP looks as it is loaded

    def load() -> Reply:
        pdf.preload()
        pdf.preload_drawing()
        return Desk(Engine(Path(library), Path(data), languages.split("+"))).answer

    work(load)


class Desk:
    """Where one document at a time lies open."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open: Sheets | None = None

    def answer(self, header: dict[str, Any], data: bytes) -> Answer:
        """Open the document in *data*, or return the text on one sheet of the open one."""
        return guarded(lambda: self._answer(header, data))

    def _answer(self, header: dict[str, Any], data: bytes) -> Answer:
        if "sheet" not in header:
            self._open = opened(data, str(header["suffix"]), self._engine)
            return {"pages": self._open.number, "attachments": self._open.attachments}, b""
        if self._open is None:
            raise FormatError("no document is open")
        found = self._open.read(int(header["sheet"]))
        return {"recognised": found.recognised}, found.text.replace("\0", "").encode("utf-8", "replace")


if __name__ == "__main__":
    main()
