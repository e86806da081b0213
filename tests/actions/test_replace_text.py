"""Is everything replaced that is meant, and nothing else, whoever chose the words?"""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.actions import ReplaceTextAction
from homebody.actions.replacing import replace_words
from homebody.errors import EffectError, RecipeError
from homebody.recipe.load import read_recipe
from homebody.templates import Piece

LETTER = "Dear Anna Schmidt,\r\nAnna\r\nSchmidt of 12 Mill Lane owes 1.200 EUR (tel. 0171 2345678).\r\nAlso Al.\r\n"


def action(*rules: dict[str, object], **fields: object) -> ReplaceTextAction:
    """Return an action with these rules."""
    return ReplaceTextAction.model_validate({"replace": list(rules), **fields})


def name(find: object, by: str = "[name]", **more: object) -> dict[str, object]:
    """Return a rule for words."""
    return {"find": find, "by": by, **more}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([name("Anna Schmidt")], LETTER.replace("Anna Schmidt", "[name]").replace("Anna\r\nSchmidt", "[name]")),
        ([name("anna schmidt")], LETTER.replace("Anna Schmidt", "[name]").replace("Anna\r\nSchmidt", "[name]")),
        ([name(["Anna", "Anna Schmidt"])],
         LETTER.replace("Anna Schmidt", "[name]").replace("Anna\r\nSchmidt", "[name]")),
        ([name("{{ ask.names }}")],
         LETTER.replace("Anna Schmidt", "[name]").replace("Anna\r\nSchmidt", "[name]").replace("Al", "[name]")),
        ([name("{{ ask.names }}", whole_words=True)],
         LETTER.replace("Anna Schmidt", "[name]").replace("Anna\r\nSchmidt", "[name]").replace("Al.", "[name].")),
        ([{"regex": r"\d[\d .]{4,}\d", "by": "[number]"}],
         LETTER.replace("1.200", "1.200").replace("0171 2345678", "[number]")),
        ([{"regex": r"(\d+) (?P<street>mill \w+)", "by": r"\g<street> \1"}],
         LETTER.replace("12 Mill Lane", "Mill Lane 12")),
        ([{"regex": "^also", "by": "{{ ask.back }}"}], LETTER.replace("Also", r"\1")),
        ([name("{{ ask.nobody }}"), name("{{ ask.none }}")], LETTER),
        ([name("Anna Schmidt", "Al"), name("Al", "x")],
         LETTER.replace("Anna Schmidt", "Al").replace("Anna\r\nSchmidt", "Al").replace("Al", "x")),
    ],
)  # fmt: skip
def test_what_is_meant_is_replaced(stage, rules, expected):
    """Words across a line's end, the longest first; patterns with their groups; one rule after the other."""
    (stage.folder / "Ideas.md").write_bytes(LETTER.encode())
    ask = {"names": ["Al", "Anna Schmidt"], "nobody": [], "none": None, "back": r"\1"}
    stage.run(action(*rules), ask)
    assert expected == stage.tree()["Ideas.md"]


def test_a_copy_leaves_the_file_as_it_is(stage):
    """And keeps its mode; everything that is not replaced is the same, byte for byte."""
    path = stage.folder / "Ideas.md"
    path.write_bytes(b"\xef\xbb\xbfAnna\r\n\tand\x0bso on\r")
    path.chmod(0o600)
    stage.run(action(name("Anna"), dest=f"{stage.folder}/out/"))
    assert b"\xef\xbb\xbf[name]\r\n\tand\x0bso on\r" == (stage.folder / "out" / "Ideas.md").read_bytes()
    assert b"\xef\xbb\xbfAnna\r\n\tand\x0bso on\r" == path.read_bytes()
    assert 0o600 == (stage.folder / "out" / "Ideas.md").stat().st_mode & 0o777
    assert [] == action(name("Anna"), dest=f"{stage.folder}/out/").plan(stage.world())


@pytest.mark.parametrize(("word", "tree"), [("skip", {}), ("overwrite", {"out/Ideas.md": "[name]"}),
                                            ("rename_new", {"out/Ideas 2.md": "[name]"})])  # fmt: skip
def test_a_name_that_is_taken_is_dealt_with_as_the_recipe_says(stage, tree, word):
    """As for every action that makes a file."""
    (stage.folder / "out").mkdir()
    (stage.folder / "out" / "Ideas.md").write_text("there")
    (stage.folder / "Ideas.md").write_text("Anna")
    stage.run(action(name("Anna"), dest=f"{stage.folder}/out/", on_conflict=word))
    assert {"Ideas.md": "Anna", "out/Ideas.md": "there", **tree} == stage.tree()


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\nAnna", b"PK\x03\x04\x00Anna", "Änna".encode("latin-1"), b"A\0nna"]
)
def test_what_is_no_text_is_refused(stage, data):
    """A copy that was said to be without names, and is not, would be worse than none."""
    (stage.folder / "Ideas.md").write_bytes(data)
    for fields in ({}, {"dest": f"{stage.folder}/out/"}):
        with pytest.raises(EffectError, match="not UTF-8 text"):
            action(name("Anna"), **fields).plan(stage.world())
    assert data == (stage.folder / "Ideas.md").read_bytes()


def test_letters_in_two_forms_are_one(stage):
    """A name with an accent, as macOS writes it and as others do."""
    (stage.folder / "Ideas.md").write_text("Rene\u0301 and Ren\u00e9")
    stage.run(action(name("{{ ask.n }}")), {"n": "Ren\u00e9"})
    assert {"Ideas.md": "[name] and [name]"} == stage.tree()


@given(
    st.text(alphabet="ab \nÄ.é", max_size=40),
    st.lists(st.text(alphabet="abÄ.é ", min_size=1, max_size=4).filter(str.strip), max_size=4),
)
def test_no_word_is_left(text: str, words: list[str]) -> None:
    """Whatever the words are, none of them is found any more, but where what was put there makes one."""
    found = replace_words(text, [" ".join(word.split()) for word in words], [Piece(text="#")], whole=False)
    for word in words:
        assert not re.search(r"\s+".join(map(re.escape, word.split())), found, re.IGNORECASE)
    left = [c for c in found if c != "#"]
    rest = iter(text)
    assert all(c in rest for c in left), "what is left stands in its order"


def test_no_pattern_takes_for_ever(stage):
    """The classic that others hang on."""
    (stage.folder / "Ideas.md").write_text("a" * 50_000 + "!")
    began = time.monotonic()
    assert [] == [
        e for e in action({"regex": "(a+)+$", "by": "x"}).plan(stage.world()) if e.before != e.after
    ]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{find: a}", "by"),
        ("{by: a}", "either `find`"),
        ("{find: a, regex: b, by: c}", "either `find`"),
        ("{regex: 'a*', by: c}", "fits where nothing is"),
        ("{regex: '(', by: c}", "regular expression"),
        ("{find: a, with: b}", "known are find, regex, by"),
        ("{find: '{{ fil.name }}', by: b}", 'did you mean "file"'),
        ("a", "keys and values"),
    ],
)
def test_a_mistake_is_told_when_the_recipe_is_loaded(rule, words):
    """With the word that is wrong."""
    with pytest.raises(RecipeError, match=re.escape(words)):
        read_recipe(
            f"name: r\ntriggers: [{{watch: ~/In}}]\nactions:\n  - replace_text: {{replace: [{rule}]}}\n"
        )


def test_a_group_that_is_not_there_is_told(stage):
    """And nothing is changed."""
    (stage.folder / "Ideas.md").write_text("abc")
    with pytest.raises(EffectError, match=r"no group \\2"):
        action({"regex": "(b)", "by": r"\2"}).plan(stage.world())


def test_the_long_form_loads_again_and_says_where_it_writes(tmp_path):
    """In place that is the watched folder, with a copy only the copy's."""
    text = "name: r\ntriggers: [{watch: ~/In}]\nactions:\n  - replace_text: {replace: [{find: a, by: b}]%s}\n"
    inside, beside = read_recipe(text % ""), read_recipe(text % f", dest: {tmp_path}/")
    assert [tmp_path] == list(beside.permissions().writes)
    assert ["In"] == [path.name for path in inside.permissions().writes]
    (long,) = inside.long()["actions"]
    assert {
        "replace": [{"find": ["a"], "by": "b", "whole_words": False}],
        "on_conflict": "rename_new",
    } == long["replace_text"]
