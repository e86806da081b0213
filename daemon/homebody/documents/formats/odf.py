"""OpenDocument: the text of .odt, the tables of .ods, the slides of .odp, as LibreOffice shows them."""

from collections import Counter
from collections.abc import Mapping

from homebody.documents.extract import MOST_CHARACTERS, TOO_LONG, Extract, FormatError
from homebody.documents.formats import package
from homebody.documents.formats.flow import Flow
from homebody.documents.formats.markup import Sink, get, number, parse
from homebody.documents.formats.package import Package

SUFFIXES = (".odt", ".ott", ".ods", ".odp")

NOT_SHOWN = frozenset({
    "tracked-changes", "annotation", "hidden-text", "hidden-paragraph", "notes", "forms", "desc", "meta",
    "master-styles", "font-face-decls", "scripts", "event-listeners", "ruby-text", "object-ole",
})  # fmt: skip
"""Elements that hold what was deleted, what is beside the text, or what explains a picture."""

COUNTED = {
    "annotation": "comments",
    "notes": "speaker notes",
    "hidden-text": "hidden parts",
    "hidden-paragraph": "hidden parts",
}

MOST_REPEATED = 1_048_576


def preload() -> None:
    """Load what unpacking needs now: inside the seal no file can be opened."""
    package.preload()


def extract(data: bytes) -> Extract:
    """Return the text. Raises FormatError for what is damaged, locked, or has no text in it."""
    file = Package(data, "OpenDocument")
    if "content.xml" not in file.names:
        raise FormatError(file.damaged("the document itself is missing"))
    manifest = "META-INF/manifest.xml"
    if manifest in file.names and b"encryption-data" in file.read(manifest):
        raise FormatError("the OpenDocument document is locked with a password")
    hidden: set[str] = set()
    margins = Body(hidden, within=("header", "footer"))
    if "styles.xml" in file.names:
        parse(file.blocks("styles.xml"), margins, file.damaged("its styles are broken"))
    body = Body(hidden, within=("body",))
    parse(file.blocks("content.xml"), body, file.damaged("its text is broken"))
    texts = [margins.flow.text(), body.flow.text(), body.notes.text()]
    text = "\n\n".join(text for text in texts if text)
    if len(text) > MOST_CHARACTERS:
        raise FormatError(TOO_LONG)
    if not text:
        raise FormatError("the OpenDocument document has no text in it (only pictures?)")
    return Extract(text=text, left_out=margins.left_out + body.left_out)


class Body(Sink):
    """The styles and the text of one part, event by event; only what stands *within* some elements is text."""

    def __init__(self, hidden: set[str], *, within: tuple[str, ...]) -> None:
        self.flow, self.notes = Flow(), Flow()
        self.left_out: Counter[str] = Counter()
        self._hidden = hidden
        self._within = within
        self._inside = 0
        self._skipping = 0
        self._paragraphs = 0
        self._style = ""
        self._note = False
        self._repeats: list[int] = []
        self._columns: list[int] = []
        self._frames = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up an element."""
        if self._skipping:
            self._skipping += 1
        elif tag in self._within and (self._inside or get(attributes, "display") != "false"):
            self._inside += 1
        elif not self._inside:
            self._take_style(tag, attributes)
        elif tag in NOT_SHOWN or (tag == "title" and self._frames):
            self._skipping = 1
            if tag in COUNTED:
                self.left_out[COUNTED[tag]] += 1
        elif get(attributes, "style-name") in self._hidden or not self._visible(tag, attributes):
            self._skipping = 1
            self.left_out["hidden parts"] += 1
        else:
            self._content(tag, attributes)

    def _visible(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Return whether rows, columns and sections are shown."""
        if tag in ("table-row", "section"):
            return (get(attributes, "visibility") or get(attributes, "display") or "visible") in (
                "visible",
                "true",
            )
        return True

    def _take_style(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Remember a style that hides its text."""
        if tag == "style":
            self._style = get(attributes, "name") or ""
        elif tag == "text-properties" and get(attributes, "display") == "none":
            self._hidden.add(self._style)

    def _content(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up what stands in the text."""
        flow = self.notes if self._note else self.flow
        if tag.startswith("table"):
            self._table(flow, tag, attributes)
        elif tag in ("p", "h"):
            flow.end(2 if tag == "h" else 1)
            self._paragraphs += 1
        elif tag == "s":
            flow.words(" " * min(number(get(attributes, "c"), 1), 100))
        elif tag == "tab":
            flow.words("\t")
        elif tag == "line-break":
            flow.end()
        elif tag == "list-item":
            flow.end()
            flow.mark("- ")
        elif tag == "note-citation":
            flow.words("[")
        elif tag == "note-body":
            self._note = True
            self.notes.end()
        elif tag == "frame":
            self._frames += 1
        elif tag == "image":
            self.left_out["images"] += 1
        elif tag == "object":
            self.left_out["drawings"] += 1

    def _table(self, flow: Flow, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a table, a row or a cell."""
        if tag == "table" and get(attributes, "name") is not None:
            flow.end(2)
        elif tag == "table-row":
            self._repeats.append(number(get(attributes, "number-rows-repeated"), 1, most=MOST_REPEATED))
            flow.start_row()
        elif tag in ("table-cell", "covered-table-cell"):
            self._columns.append(number(get(attributes, "number-columns-repeated"), 1, most=MOST_REPEATED))
            flow.start_cell()

    def end(self, tag: str) -> None:
        """Close an element."""
        flow = self.notes if self._note else self.flow
        if self._skipping:
            self._skipping -= 1
        elif not self._inside:
            return
        elif tag in self._within:
            self._inside -= 1
            flow.end(2)
        elif tag in ("p", "h"):
            self._paragraphs -= 1
            flow.end(2 if tag == "h" else 1)
        elif tag == "note-citation":
            flow.words("]")
        elif tag == "frame":
            self._frames -= 1
        elif tag == "note-body":
            self._note = False
        elif tag in ("table-cell", "covered-table-cell"):
            flow.end_cell(self._columns.pop())
        elif tag == "table-row":
            flow.end_row(self._repeats.pop())
        elif tag in ("page", "table", "list"):
            flow.end(2 if tag != "list" else 1)

    def words(self, text: str) -> None:
        """Take up words."""
        if self._paragraphs and self._inside and not self._skipping:
            (self.notes if self._note else self.flow).loose(text)
