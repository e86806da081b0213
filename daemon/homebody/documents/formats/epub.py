"""Books: the chapters of an EPUB in the order of its spine."""

import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import unquote

from homebody.documents.extract import Extract, FormatError
from homebody.documents.formats import html, package
from homebody.documents.formats.flow import Flow
from homebody.documents.formats.markup import Sink, get, parse
from homebody.documents.formats.package import Package

SUFFIXES = (".epub",)

MOST_CHAPTERS = 5_000
CONTAINER, LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""What scrambles fonts, and leaves the words alone (EPUB 3.3, Font obfuscation)."""

CHAPTERS = ("application/xhtml+xml", "text/html")
CLOSED = re.compile(
    r"<((?!(?:br|hr|img|input|meta|link|col|wbr|area|source|base)\b)[a-zA-Z][\w:]*)(\s[^<>]*)?/>"
)
"""An empty element as XML writes it; HTML's rules would let it swallow what follows."""


def preload() -> None:
    """Load what unpacking and pages need now: inside the seal no file can be opened."""
    package.preload()
    html.preload()


def extract(data: bytes) -> Extract:
    """Return the title and the chapters. Raises FormatError for what is damaged, locked, or has no text in it."""
    file = Package(data, "EPUB")
    container, book = Container(), Book()
    if LOCKS in file.names:
        locks = Container()
        parse(file.blocks(LOCKS), locks, file.damaged("its list of locks is broken"))
        if any(way not in FONTS_ONLY for way in locks.ways):
            raise FormatError("the book is locked by its seller (DRM)")
    if CONTAINER not in file.names:
        raise FormatError(file.damaged("its table of contents is missing"))
    parse(file.blocks(CONTAINER), container, file.damaged("its container is broken"))
    if not container.root:
        raise FormatError(file.damaged("it names no book"))
    parse(file.blocks(container.root), book, file.damaged("its table of contents is broken"))
    if len(book.spine) > MOST_CHAPTERS:
        raise FormatError(
            f"the book has {len(book.spine):,} chapters, and at most {MOST_CHAPTERS:,} are read"
        )
    return chapters(file, posixpath.dirname(container.root), book)


def chapters(file: Package, folder: str, book: "Book") -> Extract:
    """Return the chapters that the spine names, each part once. Raises FormatError for a missing one."""
    left_out: Counter[str] = Counter()
    whole = Flow()
    said = False
    for identity in dict.fromkeys(book.spine):
        href, kind = book.items.get(identity, ("", ""))
        if kind and kind not in CHAPTERS:
            left_out["images"] += 1
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
        if name not in file.names:
            raise FormatError(file.damaged("one of its chapters is missing"))
        page = html.page(opened(html.decoded(file.read(name))))
        left_out += page.left_out
        if not said and book.title and not page.text.startswith(book.title):
            whole.words(book.title)
        whole.end(2)
        whole.words(page.text)
        said = said or bool(page.text)
    if not said:
        raise FormatError("the book has no text in it (only pictures?)")
    return Extract(text=whole.text(), pages=len(book.spine), left_out=left_out)


def opened(source: str) -> str:
    """Return XHTML with its empty elements written as HTML understands them."""
    return CLOSED.sub(r"<\1\2></\1>", source)


class Container(Sink):
    """The first of the books in a container, or the ways in which its files are encrypted."""

    def __init__(self) -> None:
        self.root = ""
        self.ways: list[str] = []
        self._in_key = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a book's description, or a way of encryption."""
        self._in_key += tag == "EncryptedKey"
        if tag == "rootfile" and not self.root:
            self.root = get(attributes, "full-path") or ""
        elif tag == "EncryptionMethod" and not self._in_key:
            self.ways.append(get(attributes, "Algorithm") or "")

    def end(self, tag: str) -> None:
        """A key ends."""
        self._in_key -= tag == "EncryptedKey"


class Book(Sink):
    """What an OPF file says: title, files and their order."""

    def __init__(self) -> None:
        self.title = ""
        self.items: dict[str, tuple[str, str]] = {}
        self.spine: list[str] = []
        self._in_title = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a file, or its place in the order."""
        self._in_title = tag == "title" and not self.title
        if tag == "item":
            found = get(attributes, "href") or "", get(attributes, "media-type") or ""
            self.items[get(attributes, "id") or ""] = found
        elif tag == "itemref":
            self.spine.append(get(attributes, "idref") or "")

    def end(self, _: str) -> None:
        """The title ends."""
        self._in_title = False
        self.title = self.title.strip()

    def words(self, text: str) -> None:
        """Take up the title."""
        if self._in_title and len(self.title) < 500:
            self.title += text
