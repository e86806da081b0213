"""Whatever lines a document is made of, its text is those lines, in every format that can hold them."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_packages import docx, epub, odt, paragraph, pptx, shape, xlsx

from homebody.documents.formats import suffixes
from homebody.documents.formats.flow import Flow, tidy

WORD = st.text(
    st.characters(min_codepoint=33, exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Co"]),
    min_size=1,
)
LINES = st.lists(st.lists(WORD, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6)
ROWS = st.lists(
    st.lists(st.just("") | WORD.filter(lambda word: "|" not in word), min_size=2, max_size=4),
    min_size=1,
    max_size=4,
)


def rtf(line: str) -> str:
    """Return a line as RTF writes it."""
    units = line.encode("utf-16-le")
    numbers = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    return "".join(f"\\u{number}?" for number in numbers)


MAKERS = {
    ".docx": lambda lines: docx("".join(paragraph(escape(line)) for line in lines)),
    ".odt": lambda lines: odt("".join(f"<text:p>{escape(line)}</text:p>" for line in lines)),
    ".pptx": lambda lines: pptx([shape(*map(escape, lines))]),
    ".html": lambda lines: "".join(f"<div>{escape(line)}</div>" for line in lines).encode(),
    ".epub": lambda lines: epub({"a": "".join(f"<div>{escape(line)}</div>" for line in lines)}),
    ".rtf": lambda lines: ("{\\rtf1 " + "\\par ".join(map(rtf, lines)) + "}").encode(),
    ".eml": lambda lines: (
        b"Subject: s\nContent-Type: text/plain; charset=utf-8\n\n" + "\n".join(lines).encode()
    ),
}


@pytest.mark.parametrize("suffix", MAKERS)
@given(LINES)
def test_lines_come_back_as_they_are(suffix: str, lines: list[str]):
    """Letter for letter, one below the other."""
    found = suffixes()[suffix].extract(MAKERS[suffix](lines)).text
    assert found.removeprefix("Subject: s\n\n") == "\n".join(lines)


@given(ROWS)
def test_cells_come_back_in_their_places(rows: list[list[str]]):
    """In a spreadsheet as in a page; what is empty at the end of a row leaves nothing."""
    sheet = "".join(
        "<row>"
        + "".join(f"<c r='{'ABCD'[at]}1' t='str'><v>{escape(cell)}</v></c>" for at, cell in enumerate(row))
        + "</row>"
        for row in rows
    )
    page = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    expected = []
    for row in rows:
        filled = max((at for at, cell in enumerate(row) if cell), default=-1) + 1
        if filled:
            expected.append(row[:filled])
    if not expected:
        return
    for found in (
        suffixes()[".xlsx"].extract(xlsx({"": sheet})).text,
        suffixes()[".html"].extract(f"<table>{page}</table>".encode()).text,
    ):
        assert [[cell.strip() for cell in line.split("|")] for line in found.split("\n")] == expected


@given(st.text())
def test_tidying_twice_changes_nothing(words: str):
    """And leaves no blank at the end of a line, and no two blank lines."""
    once = tidy(words)
    assert tidy(once) == once
    assert "\n\n\n" not in once
    assert not any(line.endswith((" ", "\t")) for line in once.split("\n"))


@given(
    st.lists(
        st.sampled_from(["words", "loose", "mark", "end", "start_row", "start_cell", "end_cell", "end_row"])
    )
)
def test_any_order_of_events_is_text(events: list[str]):
    """A document that closes what it never opened, or never closes, is still read as far as it goes."""
    flow = Flow()
    said = 0
    for event in events:
        takes = event in ("words", "loose", "mark")
        said += takes
        getattr(flow, event)(*(["a"] if takes else []))
    assert flow.text().count("a") == said
