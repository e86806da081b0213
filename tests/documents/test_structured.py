"""JSON: the same value, on lines that can be read, with letters for their numbers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.documents.formats import structured

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def read(source: str) -> str:
    """Return the text of a file in UTF-8."""
    return structured.extract(source.encode()).text


def test_what_a_person_wrote_stays_as_it_is():
    """Every blank, and each number as it stands."""
    source = '{\n  "sum": 2.10,\n  "big": 12345678901234567890.0\n}\n'
    assert read(source) == source


def test_letters_stand_for_their_numbers():
    """What belongs to the grammar, or is never shown, stays."""
    assert read(r'["Gr\u00f6\u00dfe", "\ud83d\ude00", "\u0022 \\u00e4 \u200b \ud83d"]') == (
        r'["Größe", "😀", "\u0022 \\u00e4 \u200b \ud83d"]'
    )


def test_a_line_that_was_written_for_machines_is_laid_out():
    """Each member on a line of its own; nothing empty is torn apart."""
    item = '{"name":"Größe, {x}","n":1.50,"none":[],"is":{}}'
    text = read(f'{{"items":[{",".join([item] * 40)}]}}')
    assert text.startswith(
        '{\n "items": [\n  {\n   "name": "Größe, {x}",\n   "n": 1.50,\n   "none": [],\n   "is": {}\n  },\n'
    )


@pytest.mark.parametrize("source", ['{"a": ["b", ' + "1, " * 800, "x" * 2_000 + '" , {', "[" * 3_000])
def test_what_is_broken_stays_as_it_stands(source: str):
    """No sign of it is lost."""
    assert read(source) == source


@given(VALUE)
def test_the_value_is_the_same(value: object):
    """However it is laid out."""
    assert json.loads(structured.laid_out(json.dumps(value))) == value
    whole = {"filler": "x" * structured.LONG_LINE, "value": value}
    assert json.loads(read(json.dumps(whole))) == whole
