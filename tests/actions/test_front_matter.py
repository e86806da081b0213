"""Only our keys change."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from homebody.actions import FrontMatterAction
from homebody.actions.matter import changed, split
from homebody.errors import EffectError
from homebody.money import Money
from homebody.yaml_nodes import canonical, compose

TAGS = FrontMatterAction(add={"tags": "{{ ask.tags }}"})

NOTE = """---
title: Roof repair
created: 2026-03-02   # a comment that must survive
aliases: [roof, "Ostweg 7"]
---

# Roof
"""


def test_a_note_gets_its_tags_and_nothing_else_changes(stage: Any) -> None:
    """One line is added before the closing line; every other byte stays."""
    (stage.folder / "Ideas.md").write_text(NOTE)
    stage.run(TAGS, {"tags": ["house", "invoice"]})
    expected = NOTE.replace('7"]\n', '7"]\ntags: [house, invoice]\n')
    assert expected == stage.tree()["Ideas.md"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\ntags: [a]\n---\n", "---\ntags: [a, x, y]\n---\n"),
        ("---\ntags: [ a , b ] # mine\nt: 1\n---\n", "---\ntags: [ a , b, x, y ] # mine\nt: 1\n---\n"),
        (
            "---\ntags:\n  - a # one\n\n# end\nt: 1\n---\n",
            "---\ntags:\n  - a # one\n  - x\n  - y\n\n# end\nt: 1\n---\n",
        ),
        ("---\ntags:\n- a\n---\n", "---\ntags:\n- a\n- x\n- y\n---\n"),
        ("---\r\ntags:\r\n- a\r\n---\r\nText\r\n", "---\r\ntags:\r\n- a\r\n- x\r\n- y\r\n---\r\nText\r\n"),
        ("---\ntags:\n---\n", "---\ntags: [x, y]\n---\n"),
        ("---\ntags: # none yet\nt: 1\n---\n", "---\ntags: [x, y] # none yet\nt: 1\n---\n"),
        ("---\ntags: ~\n---\n", "---\ntags: [x, y]\n---\n"),
        ("---\ntags: []\n---\n", "---\ntags: [x, y]\n---\n"),
        ("---\ntags: work\n---\n", "---\ntags: [work, x, y]\n---\n"),
        ("---\ntags: work, home\n---\n", "---\ntags: [work, home, x, y]\n---\n"),
        ("---\ntags: 2026\n---\n", "---\ntags: [2026, x, y]\n---\n"),
        ("---\ntags: [X, y]\n---\n", "---\ntags: [X, y]\n---\n"),
        ("---\nother:\n  - a\n---\n", "---\nother:\n  - a\ntags:\n  - x\n  - y\n---\n"),
        ("---\n---\nText", "---\ntags: [x, y]\n---\nText"),
        ("---\n# only this\n---\n", "---\n# only this\ntags: [x, y]\n---\n"),
        ("---\n{a: 1}\n---\n", "---\n{a: 1, tags: [x, y]}\n---\n"),
        ("---\n{}\n---\n", "---\n{tags: [x, y]}\n---\n"),
        ("---\nt: |\n  long\n\n---\n", "---\nt: |\n  long\n\ntags: [x, y]\n---\n"),
        ("---\nt: 1\n...\nText\n", "---\nt: 1\ntags: [x, y]\n...\nText\n"),
        ("\ufeff---\nt: 1\n---\n", "\ufeff---\nt: 1\ntags: [x, y]\n---\n"),
        ("\ufeffText\r\n", "\ufeff---\r\ntags: [x, y]\r\n---\r\nText\r\n"),
        ("Text without end", "---\ntags: [x, y]\n---\nText without end"),
        ("", "---\ntags: [x, y]\n---\n"),
        ("----\nno front matter\n", "---\ntags: [x, y]\n---\n----\nno front matter\n"),
        ("---\ntags: !!seq\n  - a\n---\n", "---\ntags: !!seq\n  - a\n  - x\n  - y\n---\n"),
        ("---\n'tags': [a,]\n---\n", "---\n'tags': [a, x, y,]\n---\n"),
        (
            "---\ntags: [\n  a, # one\n  b # two\n]\n---\n",
            "---\ntags: [\n  a, # one\n  b, x, y # two\n]\n---\n",
        ),
        ("---\ntags: &t [a]\nt: 1\n---\n", "---\ntags: &t [a, x, y]\nt: 1\n---\n"),
        ("---\ntags:\n  - # - one\n    a\n---\n", "---\ntags:\n  - # - one\n    a\n  - x\n  - y\n---\n"),
        ("---\ntags:\n- ? a\n# end\nt: 1\n---\n", "---\ntags:\n- ? a\n- x\n- y\n# end\nt: 1\n---\n"),
        ("---\n!!map {}\n---\n", "---\n!!map {tags: [x, y]}\n---\n"),
        ("---\n!!map\n  t: 1\n---\n", "---\n!!map\n  t: 1\n  tags: [x, y]\n---\n"),
        ("---\n? tags # none\n? t\n---\n", "---\n? tags # none\n: [x, y]\n? t\n---\n"),
        ("---\n{tags, t: 1}\n---\n", "---\n{tags: [x, y], t: 1}\n---\n"),
        ("---\ntags: 0x1F\n---\n", "---\ntags: [0x1F, x, y]\n---\n"),
        ("---\ntags: yes\n---\n", "---\ntags: [yes, x, y]\n---\n"),
        ("---\ntags: 2026-99-99 # no day\n---\n", "---\ntags: [2026-99-99, x, y] # no day\n---\n"),
    ],
)
def test_adding_keeps_the_style_that_is_there(before: str, after: str) -> None:
    """Lists in brackets and lists with dashes stay what they are, with their comments and line endings."""
    assert after == changed(before, {}, {"tags": ["x", "y"]})
    assert after == changed(after, {}, {"tags": ["x", "y"]})


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("---\nk: old # why\nt: 1\n---\n", "new", "---\nk: new # why\nt: 1\n---\n"),
        ("---\nk: 'old'\n---\n", "old", "---\nk: 'old'\n---\n"),
        ("---\nk:\n  - a\n  - b\nt: 1\n---\n", ["c"], "---\nk:\n  - c\nt: 1\n---\n"),
        ("---\nk: # mine\n  - a\n# end\nt: 1\n---\n", "x", "---\nk: x # mine\n# end\nt: 1\n---\n"),
        ("---\nk:\n  a: 1\n  b: 2\n---\n", 3, "---\nk: 3\n---\n"),
        ("---\nk: |\n  long\n  text\n\nt: 1\n---\n", "short", "---\nk: short\n\nt: 1\n---\n"),
        ("---\nk: a long\n  plain one\nt: 1\n---\n", True, "---\nk: true\nt: 1\n---\n"),
        ("---\nt: 1\n---\n", "yes", "---\nt: 1\nk: 'yes'\n---\n"),
        ("---\nt: 1\n---\n", "1e3", '---\nt: 1\nk: "1e3"\n---\n'),
        ("---\nt: 1\n---\n", "a: b # c", "---\nt: 1\nk: 'a: b # c'\n---\n"),
        ("---\nt: 1\n---\n", "two\nlines", '---\nt: 1\nk: "two\\nlines"\n---\n'),
        ("---\nt: 1\n---\n", ["Zoë", "日本", "😀"], "---\nt: 1\nk: [Zoë, 日本, 😀]\n---\n"),
        ("---\n  t: 1\n---\n", "x", "---\n  t: 1\n  k: x\n---\n"),
        ("---\nk:\n  ? a\n# end\nt: 1\n---\n", "x", "---\nk: x\n# end\nt: 1\n---\n"),
        ("---\n? k # a: b\n: - a\nt: 1\n---\n", "x", "---\n? k # a: b\n: x\nt: 1\n---\n"),
    ],
)
def test_setting_writes_only_the_value(before: str, value: Any, after: str) -> None:
    """The value changes where it stands; quotes appear where YAML needs them."""
    assert after == changed(before, {"k": value}, {})
    assert after == changed(after, {"k": value}, {})


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: no end\n",
        "---\n\tx: 1\n---\n",
        "---\na: [1\n---\n",
        "---\n- a\n- list\n---\n",
        "---\njust words\n---\n",
        "---\ntags: [a]\ntags: [b]\n---\n",
        "---\ntags: {a: 1}\n---\n",
        "---\na: &x [1]\ntags: *x\n---\n",
        "---\na: " + "[" * 50 + "]" * 50 + "\n---\n",
        "---\na: \0\n---\n",
        "---\na: " + "x" * 70_000 + "\n---\n",
    ],
)
def test_a_broken_front_matter_is_an_error_and_nothing_is_written(stage: Any, text: str) -> None:
    """What cannot be read or changed safely is left as it is."""
    path = stage.folder / "Ideas.md"
    path.write_bytes(text.encode())
    with pytest.raises(EffectError):
        stage.run(TAGS, {"tags": ["x"]})
    assert text.encode() == path.read_bytes()


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("a: 1\nb: [1\n\n", "cannot be read as YAML in line 3, to be mended there"),
        ("a: 1\n\tb: 2\n", "cannot be read as YAML in line 3, to be mended there"),
        ("a: 1\nb: \a\nc: 1", "cannot be read as YAML in line 3, to be mended there"),
        ("a: &x [1]\nb: *x\n", "not changed, because of line 3 (`*` stands for a copy"),
        ("a: 1\nb: " + "[" * 50 + "]" * 50, "not changed, because of line 3 (it is nested too deeply)"),
    ],
)
def test_what_cannot_be_changed_is_told_with_its_line(inner: str, said: str) -> None:
    """A person finds the place; the first line of the file is the one of dashes."""
    with pytest.raises(EffectError) as told:
        changed(f"---\n{inner}\n---\n", {"k": "x"}, {})
    assert said in str(told.value)


def test_other_files_get_no_front_matter(stage: Any) -> None:
    """A PDF or a file that is not UTF-8 is never touched."""
    (stage.folder / "a.pdf").write_bytes(b"%PDF-1.4")
    (stage.folder / "b.md").write_bytes("Übung".encode("latin-1"))
    for name in ("a.pdf", "b.md"):
        with pytest.raises(EffectError):
            stage.run(TAGS, {"tags": ["x"]}, name=name)


def test_an_empty_answer_changes_nothing(stage: Any) -> None:
    """No tags to add, or an optional slot left empty, is no change."""
    (stage.folder / "Ideas.md").write_text("Text\n")
    assert [] == stage.run(TAGS, {"tags": []})
    assert [] == stage.run(FrontMatterAction(set={"date": "{{ ask.date }}"}), {"date": None})
    assert {"Ideas.md": "Text\n"} == stage.tree()


def test_made_up_addresses_are_put_out_of_action(stage: Any) -> None:
    """What the model writes into a key opens nothing."""
    (stage.folder / "Ideas.md").write_text("Text\n")
    stage.run(FrontMatterAction(set={"about": "{{ ask.about }}"}), {"about": "see https://evil.example/x"})
    assert "hxxps://evil[.]example/x" in stage.tree()["Ideas.md"]


@pytest.mark.parametrize(
    "fields", [{}, {"set": {"a": 1}, "add": {"a": "x"}}, {"set": {"a: b": 1}}, {"set": {"": 1}}]
)
def test_an_action_that_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    """Nothing to do, one key twice, or a key that is no key."""
    with pytest.raises(ValidationError):
        FrontMatterAction(**fields)


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n#:'\"[]{}-&*!|>%@`, "), max_size=12
)
LEAVES = WORDS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False) | st.dates()
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3)
)
COMMENTS = st.sampled_from(["", "", "# a remark\n", "\n", "# - tags: [x]\n"])


@st.composite
def matters(draw: st.DrawFn) -> str:
    """Return front matter written in one of many ways."""
    document = draw(st.dictionaries(WORDS | st.sampled_from(["tags", "title"]), TREES, max_size=4))
    written = "".join(
        draw(COMMENTS)
        + yaml.safe_dump(
            {key: value},
            default_flow_style=draw(st.sampled_from([None, True, False])),
            default_style=draw(st.sampled_from([None, None, None, '"', "'", "|"])),
            indent=draw(st.sampled_from([2, 4])),
            allow_unicode=draw(st.booleans()),
            width=draw(st.sampled_from([20, 200])),
        ).removesuffix("...\n")
        for key, value in document.items()
    )
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = f"---\n{written}---\n" if "{" != written[:1] or len(document) < 2 else "---\n---\n"
    return draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", end) + draw(WORDS)


@given(text=matters(), tags=st.lists(WORDS, min_size=1, max_size=3), title=WORDS)
def test_only_our_keys_mean_something_else(text: str, tags: list[str], title: str) -> None:
    """Every other key means what it meant, what lies outside is the same bytes, and doing it again does nothing."""
    try:
        after = changed(text, {"title": title}, {"tags": tags})
    except EffectError:
        return
    assert after == changed(after, {"title": title}, {"tags": tags})
    head, inner, rest = split(text)
    head_after, inner_after, rest_after = split(after)
    assert (head, rest) == (head_after, rest_after)
    assert others(inner or "") == others(inner_after or "")
    assert title == yaml.safe_load(inner_after or "")["title"]
    kept = [line for line in (inner or "").splitlines() if re.match(r"# a remark|# - tags", line)]
    assert kept == [line for line in (inner_after or "").splitlines() if line in kept]


def others(inner: str) -> list[Any]:
    """Return what every key that is not ours means."""
    root = compose(inner)
    pairs = [] if root is None or not hasattr(root, "value") or isinstance(root.value, str) else root.value
    return [(canonical(key), canonical(value)) for key, value in pairs if key.value not in ("tags", "title")]


@given(text=st.text(), tags=st.lists(WORDS, max_size=3))
def test_any_text_is_changed_well_or_refused(text: str, tags: list[str]) -> None:
    """Whatever a file holds: its own text stays in it, or nothing is changed."""
    try:
        after = changed(text, {}, {"tags": tags})
    except EffectError:
        return
    assert after.endswith(split(text)[2])
    assert after == changed(after, {}, {"tags": tags})


def test_a_note_in_a_watched_folder_may_be_written(tmp_path: Path) -> None:
    """The action may write the watched folders, and nothing else."""
    assert (tmp_path.resolve(),) == TAGS.roots([tmp_path], {})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1234.50"), "1234.5"),
        (Decimal("3.00"), "3"),
        (Money(Decimal("1234.50"), "EUR"), "1234.50 EUR"),
        (date(2026, 3, 2), "2026-03-02"),
        (True, "true"),
        ([{"what": "tiles", "due": date(2026, 3, 2)}], "[{what: tiles, due: 2026-03-02}]"),
    ],
)
def test_what_a_slot_holds_stands_in_the_note_as_yaml_has_it(stage: Any, value: Any, written: str) -> None:
    """A number is a number, a date a date; money is read by people."""
    (stage.folder / "Ideas.md").write_text("---\na: 1\n---\n")
    stage.run(FrontMatterAction(set={"held": "{{ ask.held }}"}), {"held": value})
    assert f"---\na: 1\nheld: {written}\n---\n" == stage.tree()["Ideas.md"]
