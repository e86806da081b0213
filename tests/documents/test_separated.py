"""CSV: the table that a spreadsheet shows, whatever stands between its cells; and what is no table stays as it is."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.documents.formats import separated

CELL = st.text(
    st.characters(
        min_codepoint=33, max_codepoint=0x2FF, exclude_characters='"|', exclude_categories=["Cc", "Zs"]
    ),
    min_size=1,
)


def table(width: int) -> st.SearchStrategy[list[list[str]]]:
    """Return rows of so many cells each."""
    return st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=6)


def read(source: str) -> str:
    """Return the text of a file in UTF-8."""
    return separated.extract(source.encode()).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("name,city\nAnna,Bonn\nBen,Rome\n", "name | city\nAnna | Bonn\nBen | Rome\n"),
        ("name;sum\r\nMüller;1.234,50\r\nWeiß;3,00\r\n", "name | sum\nMüller | 1.234,50\nWeiß | 3,00\n"),
        ("a\tb, c\n1\t2, 3\n", "a | b, c\n1 | 2, 3\n"),
        ("sep=;\n1,5;2\n3,4;5\n", "1,5 | 2\n3,4 | 5\n"),
        ('name,note\n"Weiß, junior","two\nlines"\nBen,"he said ""yes"""\n',
         'name | note\nWeiß, junior | two lines\nBen | he said "yes"\n'),
        ("a,b,c\n1,,3\n1,,\n,,\n", "a | b | c\n1 | | 3\n1\n"),
        ("2026-01-05,Bonn,1\n", "2026-01-05 | Bonn | 1\n"),
    ],
    ids=["commas", "semicolons", "tabs", "named by Excel", "quoted", "empty cells", "one row"],
)  # fmt: skip
def test_a_table_is_shown_by_its_cells(source: str, text: str):
    """A row is a line, and what was quoted is no longer."""
    assert read(source) == text


@pytest.mark.parametrize(
    "source",
    [
        "", "one\ntwo\n", "Just words, and more.\nThen a line without.\nAnd another.\n",
        'a,b\n"never closed,1\n' + "x" * 140_000,
    ],
    ids=["empty", "one column", "sentences", "beyond any cell"],
)  # fmt: skip
def test_what_is_no_table_stays_as_it_is(source: str):
    """No word is lost because of a name."""
    assert read(source) == source


@given(st.integers(2, 5).flatmap(table), st.sampled_from(",;\t"))
def test_the_cells_of_any_table_are_in_its_text(rows: list[list[str]], separator: str):
    """As the writer of the standard library lays them down; Excel's line takes away any doubt."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    lines = read(f"sep={separator}\n{out.getvalue()}").strip("\n").split("\n")
    assert lines == [" | ".join(row) for row in rows]
