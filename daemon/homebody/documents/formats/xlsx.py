"""Spreadsheets: each sheet as a table of what its cells show, never of their formulas."""

from collections import Counter
from collections.abc import Mapping

from homebody.documents.extract import MOST_CHARACTERS, TOO_LONG, Extract, FormatError
from homebody.documents.formats import ooxml, package
from homebody.documents.formats.cells import BUILT_IN, column, hides, shown
from homebody.documents.formats.flow import SPACES, Flow, side_by_side
from homebody.documents.formats.markup import Sink, get, number, on, parse
from homebody.documents.formats.package import Package

SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xls")

MOST_CELLS = 250_000
"""Cells that are read, gaps between them included; a longer table is refused and not cut."""

MOST_STRINGS = 1_000_000


def preload() -> None:
    """Load what unpacking needs now: inside the seal no file can be opened."""
    package.preload()


def extract(data: bytes) -> Extract:
    """Return the tables of all sheets that are shown. Raises FormatError for what is damaged, locked or too large."""
    file = Package(data, "Excel")
    main = ooxml.main_part(file, "xl")
    relations = ooxml.Relations(file, main)
    book, strings, styles = Book(), Strings(), Styles()
    parse(file.blocks(main), book, file.damaged("its list of sheets is broken"))
    for kind, sink in (("sharedStrings", strings), ("styles", styles)):
        for part in relations.of(kind):
            if part in file.names:
                parse(file.blocks(part), sink, file.damaged("what all sheets share is broken"))
    left_out: Counter[str] = Counter()
    flow = Flow()
    room = MOST_CELLS
    for name, identity, state in book.sheets:
        relation = relations.all.get(identity)
        if state != "visible":
            left_out["hidden parts"] += 1
        elif relation is None or relation.target not in file.names:
            raise FormatError(file.damaged("one of its sheets is missing"))
        elif relation.kind == "worksheet":
            sheet = Sheet(flow, strings.all, styles, from_1904=book.from_1904, room=room)
            flow.end(2)
            flow.words(name)
            flow.end()
            parse(file.blocks(relation.target), sheet, file.damaged("one of its sheets is broken"))
            sheet.left_out["drawings"] += len(ooxml.Relations(file, relation.target).of("drawing"))
            sheet.left_out["comments"] += len(ooxml.Relations(file, relation.target).of("comments"))
            left_out += sheet.left_out
            room = sheet.room
        else:
            left_out["drawings"] += 1
    if room == MOST_CELLS:
        raise FormatError("the spreadsheet has nothing in its cells")
    return Extract(text=flow.text(), pages=len(book.sheets), left_out=left_out)


class Book(Sink):
    """The sheets of a workbook: name, number of the relationship, and whether it is shown."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a sheet, or the year from which days are counted."""
        if tag == "sheet":
            found = (
                get(attributes, "name"),
                get(attributes, "id", "relationships"),
                get(attributes, "state"),
            )
            self.sheets.append((found[0] or "", found[1] or "", found[2] or "visible"))
        elif tag == "workbookPr":
            self.from_1904 = get(attributes, "date1904") is not None and on(attributes, "date1904")


class Strings(Sink):
    """The texts that cells point to, without their readings (ruby)."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._length = 0
        self._parts: list[str] = []
        self._shown = False
        self._reading = 0

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        """Begin a text."""
        if tag == "si":
            self._parts = []
        self._reading += tag == "rPh"
        self._shown = tag == "t" and not self._reading

    def end(self, tag: str) -> None:
        """End a text, and keep it."""
        self._shown = False
        self._reading -= tag == "rPh"
        if tag == "si":
            self.all.append("".join(self._parts))
            if len(self.all) > MOST_STRINGS:
                raise FormatError(
                    f"the spreadsheet has more than {MOST_STRINGS:,} texts, and no more are read"
                )

    def words(self, text: str) -> None:
        """Take up a piece of text."""
        if self._shown:
            self._length += len(text)
            if self._length > MOST_CHARACTERS:
                raise FormatError(TOO_LONG)
            self._parts.append(text)


class Styles(Sink):
    """The format of numbers for each style that a cell may name."""

    def __init__(self) -> None:
        self._codes = dict(BUILT_IN)
        self._of_cells: list[int] = []
        self._in_cells = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a format, or a style that uses one."""
        if tag == "numFmt":
            self._codes[number(get(attributes, "numFmtId"))] = (get(attributes, "formatCode") or "")[:200]
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            self._of_cells.append(number(get(attributes, "numFmtId")))

    def end(self, tag: str) -> None:
        """The styles of cells end."""
        if tag == "cellXfs":
            self._in_cells = False

    def code(self, style: int) -> str:
        """Return the format of a style."""
        return self._codes.get(self._of_cells[style], "") if style < len(self._of_cells) else ""


class Sheet(Sink):
    """One sheet, cell by cell."""

    def __init__(self, flow: Flow, strings: list[str], styles: Styles, *, from_1904: bool, room: int) -> None:
        self.left_out: Counter[str] = Counter()
        self.room = room
        self._flow, self._strings, self._styles, self._from_1904 = flow, strings, styles, from_1904
        self._hidden_columns: list[tuple[int, int]] = []
        self._row: dict[int, str] = {}
        self._row_hidden = False
        self._at = -1
        self._kind, self._style, self._value = "n", 0, ""
        self._tag = ""
        self._formula = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a row, a cell or what is in it."""
        self._tag = tag
        if tag == "c":
            found = column(get(attributes, "r") or "")
            self._at = self._at + 1 if found is None else found
            self._kind, self._value, self._formula = get(attributes, "t") or "n", "", False
            self._style = number(get(attributes, "s"))
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._row, self._at = {}, -1
            self._row_hidden = get(attributes, "hidden") is not None and on(attributes, "hidden")
        elif tag == "col" and get(attributes, "hidden") is not None and on(attributes, "hidden"):
            self._hidden_columns.append((number(get(attributes, "min")), number(get(attributes, "max"))))
            self.left_out["hidden parts"] += 1

    def words(self, text: str) -> None:
        """Take up a value, or the text of a cell that holds its own."""
        if self._tag in ("v", "t"):
            self._value += text
            if len(self._value) > MOST_CHARACTERS:
                raise FormatError(TOO_LONG)

    def end(self, tag: str) -> None:
        """End a cell or a row."""
        self._tag = ""
        if tag == "row":
            self._end_row()
        elif tag == "c" and self._value.strip():
            self.room -= 1
            self._row[self._at] = SPACES.sub(" ", self._shown()).strip()
            self.left_out["hidden parts"] += not self._row[self._at]
        elif tag == "c" and self._formula:
            self.left_out["formulas without a value"] += 1

    def _shown(self) -> str:
        """Return what the cell shows."""
        if self._kind == "s":
            index = number(self._value.strip(), len(self._strings))
            if index >= len(self._strings):
                raise FormatError("the Excel document is damaged: a cell points to a text that is not there")
            return "" if hides(self._styles.code(self._style), None) else self._strings[index]
        if self._kind == "b":
            return "TRUE" if self._value.strip() == "1" else "FALSE"
        if self._kind == "n":
            return shown(self._value, self._styles.code(self._style), from_1904=self._from_1904)
        return self._value

    def _end_row(self) -> None:
        """Write the row as a line."""
        if self._row_hidden:
            self.left_out["hidden parts"] += 1
            return
        hidden = {
            at
            for at in self._row
            if any(first <= at + 1 <= last for first, last in self._hidden_columns[:200])
        }
        seen = {at: value for at, value in self._row.items() if at not in hidden and value}
        if not seen:
            return
        self.room -= max(seen) + 1 - len(seen)
        if self.room < 0:
            raise FormatError(f"the spreadsheet has more than {MOST_CELLS:,} cells, and no more are read")
        self._flow.words(side_by_side([seen.get(at, "") for at in range(max(seen) + 1)]))
        self._flow.end()
