"""Does a row land in its columns, is a JSON line JSON, and is nothing in either more than words?"""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.actions import AppendAction
from homebody.actions.lines import row_line
from homebody.errors import EffectError, RecipeError
from homebody.money import Money
from homebody.recipe.load import read_recipe
from homebody.recipe.permitted import permitted

ASK = {
    "vendor": "Miller, Sons & Co",
    "total": Money(Decimal("-1234.50"), "EUR"),
    "day": date(2026, 3, 2),
    "tags": ["a", "b"],
    "evil": '=HYPERLINK("https://a.example","x")',
    "none": None,
    "lines": [{"what": "roof", "price": Decimal("7.00")}],
}
ROW = {"day": "{{ ask.day }}", "vendor": "{{ ask.vendor }}", "total": "{{ ask.total.amount }}"}


@pytest.mark.parametrize(
    ("before", "row", "after"),
    [
        (None, ROW, 'day,vendor,total\n2026-03-02,"Miller, Sons & Co",-1234.50\n'),
        ("", ROW, 'day,vendor,total\n2026-03-02,"Miller, Sons & Co",-1234.50\n'),
        ("total,day,vendor\n1,2,3\n", ROW, 'total,day,vendor\n1,2,3\n-1234.50,2026-03-02,"Miller, Sons & Co"\n'),
        ("vendor;note;day;total\r\n", ROW, 'vendor;note;day;total\r\n"Miller, Sons & Co";;2026-03-02;-1234.50\r\n'),
        ('\ufeff"day",vendor,total\n', ROW, '\ufeff"day",vendor,total\n2026-03-02,"Miller, Sons & Co",-1234.50\n'),
        ("day,vendor,total", ROW, 'day,vendor,total\n2026-03-02,"Miller, Sons & Co",-1234.50\n'),
        (None, ["{{ ask.day }}", "paid: {{ ask.none }}", "a, b"], '2026-03-02,paid: ,"a, b"\n'),
        ("1;2\n", ["{{ ask.day }}", "x"], "1;2\n2026-03-02;x\n"),
        (None, {"what": "{{ ask.evil }}"}, 'what\n"\'=HYPERLINK(""https://a.example"",""x"")"\n'),
        (None, {"a, b": "=1+1"}, '"a, b"\n=1+1\n'),
        (None, ["{{ ask.evil[:1] }}{{ ask.vendor }}"], '"\'=Miller, Sons & Co"\n'),
    ],
)  # fmt: skip
def test_a_row_goes_to_its_columns(stage, before, row, after):
    """The names once, and then as the table has them: its order, its separator, its line endings; quotes."""
    path = stage.folder / "ledger.csv"
    if before is not None:
        path.write_bytes(before.encode())
    world = {"ask": ASK, "source": ASK["evil"]}
    action = AppendAction(dest=str(path), row=row)
    stage.run(action, world["ask"], source=world["source"])
    assert after == path.read_bytes().decode()
    stage.run(action, world["ask"], source=world["source"])
    again = path.read_bytes().decode()
    assert again.startswith(after)
    assert 1 == again.count("vendor") or "vendor" not in again, "the names of the columns come once"


def test_a_table_of_tabs_gets_tabs(stage):
    """By its ending."""
    stage.run(
        AppendAction(dest=f"{stage.folder}/a.tsv", row={"a": "x, y", "b": "{{ ask.v }}"}), {"v": "p\tq"}
    )
    assert {"a.tsv": 'a\tb\n"x, y"\tp q\n'} == stage.tree()


def test_a_column_that_the_table_lacks_is_refused(stage):
    """Nothing is written into the wrong column, and what the table holds is in no message."""
    (stage.folder / "a.csv").write_text("secret,vendor\n")
    with pytest.raises(EffectError, match='no column "day"') as raised:
        AppendAction(dest=f"{stage.folder}/a.csv", row=ROW).plan(stage.world(ASK))
    assert "secret" not in f"{raised.value}{raised.value.hint}"


@given(st.lists(st.text(max_size=12), min_size=2, max_size=5))
def test_what_is_read_back_is_what_was_written(cells: list[str]) -> None:
    """In one line of as many cells; invisible characters and line breaks are gone, and formulas have an apostrophe."""
    row = tuple(f"{{{{ ask.c{number} }}}}" for number in range(len(cells)))
    world = _World({f"c{number}": cell for number, cell in enumerate(cells)})
    line = row_line(row, world, "", tabs=False)  # type: ignore[arg-type] - only its values are asked for
    (read,) = list(csv.reader(io.StringIO(line, newline=""))) or [[""]]
    assert len(cells) == len(read)
    for cell in read:
        bare = cell.lstrip(" \"'")
        assert "\n" not in cell
        assert not cell.startswith(("=", "@")), bare


class _World:
    """What a row asks of the world."""

    def __init__(self, ask: dict[str, str]) -> None:
        self._ask = ask

    def safe_values(self) -> dict[str, object]:
        """Return the slots."""
        return {"ask": self._ask}


def test_a_json_line_keeps_what_kind_a_value_is(stage):
    """A list stays a list, a number a number, also in depth; each line is one object."""
    action = AppendAction(
        dest=f"{stage.folder}/a.jsonl",
        json={
            "file": "{{ file.name }}", "n": 5, "ok": True, "words": "to {{ ask.vendor }}",
            "total": "{{ ask.total }}", "amount": "{{ ask.total.amount }}", "day": "{{ ask.day }}",
            "tags": "{{ ask.tags }}", "none": "{{ ask.none }}", "deep": {"list": ["{{ ask.lines }}", "ö"]},
        },
    )  # fmt: skip
    stage.run(action, ASK)
    stage.run(action, {**ASK, "vendor": 'a\n"b"\u2028\x1b'})
    first, second = stage.tree()["a.jsonl"].splitlines()
    assert {
        "file": "Ideas.md", "n": 5, "ok": True, "words": "to Miller, Sons & Co",
        "total": {"amount": -1234.5, "currency": "EUR"}, "amount": -1234.5, "day": "2026-03-02", "tags": ["a", "b"],
        "none": None, "deep": {"list": [[{"what": "roof", "price": 7}], "ö"]},
    } == json.loads(first)  # fmt: skip
    assert 'to a\n"b"\n' == json.loads(second)["words"]


def test_a_made_up_address_is_out_of_action_in_a_json_line_too(stage):
    """One that the document names stays."""
    action = AppendAction(dest=f"{stage.folder}/a.jsonl", json={"a": "{{ ask.a }}", "b": ["see {{ ask.a }}"]})
    stage.run(action, {"a": "https://a.example/x"})
    assert "hxxps" in stage.tree()["a.jsonl"]
    assert "https://" not in stage.tree()["a.jsonl"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("{dest: ~/L/a.csv}", "needs one of"),
        ("{dest: ~/L/a.csv, row: [a], content: b}", "not several"),
        ("{dest: ~/L/a.csv, row: [a], heading: b}", "no sections"),
        ("{dest: ~/L/a.csv, row: []}", "row"),
        ("{dest: ~/L/a.csv, row: ['{{ fil.name }}']}", 'did you mean "file"'),
        ("{dest: ~/L/a.csv, row: {a: '{{ fil.name }}'}}", 'did you mean "file"'),
        ("{dest: ~/L/a.jsonl, json: {a: ['{{ fil.name }}']}}", 'did you mean "file"'),
        ("{dest: ~/L/a.jsonl, json: [a]}", "keys and values"),
    ],
)
def test_a_mistake_is_told_when_the_recipe_is_loaded(fields, words):
    """Whatever is added."""
    with pytest.raises(RecipeError, match=words):
        read_recipe(f"name: r\ntriggers: [{{watch: ~/In}}]\nactions:\n  - append: {fields}\n")


def test_a_row_may_write_where_its_table_is(tmp_path):
    """And nowhere else; its long form loads again."""
    text = f"name: r\ntriggers: [{{watch: ~/In}}]\nactions:\n  - append: {{dest: {tmp_path}/a.csv, row: [5, yes, x]}}\n"
    recipe = read_recipe(text)
    assert [str(tmp_path)] == permitted(recipe)["writes"]
    (append,) = recipe.actions
    assert ("5", "true", "x") == append.row
