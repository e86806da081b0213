"""What is in a ZIP package (Office, OpenDocument, EPUB)? Unpacked in memory, with a bound on everything."""

import codecs
import io
import zipfile
import zlib
from collections.abc import Iterator

from homebody.documents.extract import FormatError

MOST_PARTS = 10_000
MOST_UNPACKED = 100_000_000
"""Bytes that all parts together may unfold to."""

MOST_RATIO, RATIO_FROM = 400, 2_000_000
"""A part that is larger than the second and shrank by more than the first is no document, but a bomb."""

BLOCK = 1 << 18
PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only two that these formats know (ECMA-376-2, annex B; OpenDocument 1.3, part 2; OCF 3.3)."""

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a compound file begins ([MS-CFB] 2.2): old Office documents, and new ones under a password."""

BOMB = "the document unfolds to more than any document has (a bomb?)"


def preload() -> None:
    """Load the codec of the names in a ZIP file now: inside the seal no file can be opened."""
    codecs.lookup("cp437")


class Package:
    """A ZIP file in memory. Raises FormatError for whatever is wrong with it."""

    def __init__(self, data: bytes, kind: str) -> None:
        """Open *data*; *kind* is how a person calls such a file."""
        self.kind = kind
        self._left = MOST_UNPACKED
        if data.startswith(OLD_OFFICE):
            raise FormatError(old_office(data, kind))
        if not data.startswith(b"PK"):
            raise FormatError(f"the file is named {kind} and is none")
        if data.count(b"PK\x01\x02") > MOST_PARTS:
            raise FormatError(f"the document has more than {MOST_PARTS:,} parts")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
            raise FormatError(self.damaged("it is cut short or changed")) from error
        self.names = frozenset(self._zip.namelist())

    def damaged(self, how: str) -> str:
        """Return the reason for a document that is not whole."""
        return f"the {self.kind} document is damaged: {how}"

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part. Raises FormatError when it is missing, locked, broken or a bomb."""
        try:
            info = self._zip.getinfo(name)
        except KeyError as error:
            raise FormatError(self.damaged("a part of it is missing")) from error
        if info.flag_bits & 1:
            raise FormatError(f"the {self.kind} document is locked with a password")
        if info.compress_type not in PLAIN_METHODS:
            raise FormatError(self.damaged("it is packed in a way that such documents are not"))
        most = max(RATIO_FROM, info.compress_size * MOST_RATIO)
        got = 0
        try:
            with self._zip.open(info) as part:
                while block := part.read(BLOCK):
                    got += len(block)
                    self._left -= len(block)
                    if got > most or self._left < 0:
                        raise FormatError(BOMB)
                    yield block
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise FormatError(self.damaged("a part of it cannot be unpacked")) from error

    def read(self, name: str, most: int = 20_000_000) -> bytes:
        """Return the bytes of a part. Raises FormatError as ``blocks`` does, and for more than *most* bytes."""
        found = bytearray()
        for block in self.blocks(name):
            found += block
            if len(found) > most:
                raise FormatError(BOMB)
        return bytes(found)


def old_office(data: bytes, kind: str) -> str:
    """Return what to say of a compound file that is named *kind*."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return f"the {kind} document is locked with a password"
    return "the document is in the old Office format of 1997; save it in the new one (.docx, .xlsx, .pptx)"
