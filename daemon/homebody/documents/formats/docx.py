"""Word: the text of a .docx as its pages show it, letterhead, tables and notes included."""

from collections import Counter
from collections.abc import Mapping

from homebody.documents.extract import Extract, FormatError
from homebody.documents.formats import ooxml, package, rtf
from homebody.documents.formats.flow import Flow
from homebody.documents.formats.markup import Sink, get, number, on, parse
from homebody.documents.formats.package import Package

SUFFIXES = (".docx", ".docm", ".dotx", ".doc")

NOT_SHOWN = frozenset({
    "Fallback", "del", "moveFrom", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "trPrChange",
    "tcPrChange", "sdtPr", "tabs", "numberingChange",
})  # fmt: skip
"""Elements that hold what was deleted, what was once, or the same again for older programs."""


def preload() -> None:
    """Load what unpacking needs now: inside the seal no file can be opened."""
    package.preload()
    rtf.preload()


def extract(data: bytes) -> Extract:
    """Return the text. Raises FormatError for what is damaged, locked, old, or has no text in it."""
    if data.startswith(b"{\\rtf"):  # programs that write RTF under Word's old name are many
        return rtf.extract(data)
    file = Package(data, "Word")
    main = ooxml.main_part(file, "word")
    relations = ooxml.Relations(file, main)
    styles = Styles()
    for part in relations.of("styles"):
        if part in file.names:
            parse(file.blocks(part), styles, file.damaged("its styles are broken"))
    left_out: Counter[str] = Counter()
    texts = []
    for kind in ("header", "", "footnotes", "endnotes", "footer"):
        found = [main] if not kind else relations.of(kind)
        for part in found:
            if part in file.names:
                body = Body(styles)
                parse(file.blocks(part), body, file.damaged("a part of its text is broken"))
                left_out += body.left_out
                texts.append(body.flow.text())
    text = "\n\n".join(dict.fromkeys(text for text in texts if text))
    if not text:
        raise FormatError("the Word document has no text in it (only pictures?)")
    return Extract(text=text, left_out=left_out)


class Styles(Sink):
    """Which styles hide their text, and which are headings?"""

    def __init__(self) -> None:
        self.hidden: set[str] = set()
        self.headings: set[str] = set()
        self.lists: set[str] = set()
        """Those whose paragraphs are items of a list without saying so themselves."""
        self._style = ""
        self._paragraph_mark = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a style, its name, and what it says of hiding."""
        if tag == "style":
            self._style = get(attributes, "styleId") or ""
        elif tag == "name" and (get(attributes, "val") or "").lower().startswith(("heading", "title")):
            self.headings.add(self._style)
        elif tag == "vanish" and self._style and on(attributes):
            self.hidden.add(self._style)
        elif tag == "numPr" and self._style not in self.headings:
            self.lists.add(self._style)

    def end(self, tag: str) -> None:
        """A style ends."""
        if tag == "style":
            self._style = ""


class Body(Sink):
    """The body of a document, or of a header or footnote, event by event."""

    def __init__(self, styles: Styles) -> None:
        self.flow = Flow()
        self.left_out: Counter[str] = Counter()
        self._styles = styles
        self._skipping = 0
        self._runs: list[bool] = []
        self._paragraphs: list[str] = []
        self._properties: list[str] = []
        self._shown = False
        self._bullet = False
        self._spoke = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up an element."""
        if self._skipping or tag in NOT_SHOWN:
            self._skipping += 1
        elif tag in ("pPr", "rPr"):
            self._properties.append(tag)
        elif self._properties:
            self._property(tag, attributes)
        elif tag == "p":
            self.flow.end()
            self._paragraphs.append("")
            self._bullet = self._spoke = False
        elif tag == "r":
            self._runs.append(False)
        else:
            self._content(tag, attributes)

    def _property(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up what a paragraph or a run says of itself."""
        style = get(attributes, "val") or ""
        in_run = bool(self._runs) and "pPr" not in self._properties
        if tag == "pStyle" and self._paragraphs:
            self._paragraphs[-1] = style
            self._bullet = style in self._styles.lists
            if style in self._styles.headings:
                self.flow.end(2)
        elif tag == "numId" and not in_run:
            self._bullet = bool(number(style))
        elif in_run and (
            (tag == "vanish" and on(attributes)) or (tag == "rStyle" and style in self._styles.hidden)
        ):
            self._runs[-1] = True

    def _content(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up what stands in the text."""
        if tag == "t":
            self._shown = True
        elif tag == "tab":
            self._say("\t")
        elif tag in ("br", "cr"):
            self.flow.end()
        elif tag == "noBreakHyphen":
            self._say("-")
        elif tag == "tr":
            self.flow.start_row()
        elif tag == "tc":
            self.flow.start_cell()
        elif tag in ("footnoteReference", "endnoteReference"):
            self._say(f"[{get(attributes, 'id') or ''}]")
        elif tag in ("footnote", "endnote") and number(get(attributes, "id")) > 0:
            self.flow.end()
            self.flow.mark(f"[{number(get(attributes, 'id'))}] ")
        elif tag in ("blip", "imagedata"):
            self.left_out["images"] += 1
        elif tag == "chart":
            self.left_out["drawings"] += 1
        elif tag == "commentReference":
            self.left_out["comments"] += 1

    def end(self, tag: str) -> None:
        """Close an element."""
        if self._skipping:
            self._skipping -= 1
        elif tag in ("pPr", "rPr"):
            self._properties.pop()
        elif self._properties:
            return
        elif tag == "t":
            self._shown = False
        elif tag == "p":
            style = self._paragraphs.pop() if self._paragraphs else ""
            self.flow.end(2 if style in self._styles.headings or not self._spoke else 1)
            self._bullet = False
        elif tag == "r" and self._runs:
            if self._runs.pop():
                self.left_out["hidden parts"] += 1
        elif tag == "tc":
            self.flow.end_cell()
        elif tag == "tr":
            self.flow.end_row()

    def words(self, text: str) -> None:
        """Take up the words of a run."""
        if self._shown and not self._skipping:
            self._say(text)

    def _say(self, text: str) -> None:
        """Add *text*, if neither its run nor its paragraph is hidden."""
        if not any(self._runs) and (not self._paragraphs or self._paragraphs[-1] not in self._styles.hidden):
            self.flow.words(f"- {text}" if self._bullet else text)
            self._bullet, self._spoke = False, True
