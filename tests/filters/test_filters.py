"""Filters choose files by what is known before they are read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import ValidationError

from homebody.filters import ALL, ExtensionFilter, FileFacts, Filter, NameFilter, SizeFilter
from homebody.recipe.editor_schema import editor_schema
from homebody.recipe.load import read_recipe
from homebody.recipe.schema import Recipe


def facts(name: str = "Ideas.md", size: int = 1000) -> FileFacts:
    """Return what is known of a file."""
    return FileFacts(path=Path("/notes") / name, size=size, modified=datetime(2026, 3, 2, tzinfo=UTC))


def made(kind: type[Filter], value: Any, *, negated: bool = False) -> Filter:
    """Return the filter that a recipe's value stands for."""
    return kind.model_validate({**kind.expand(value), "negated": negated})


@pytest.mark.parametrize(
    ("value", "name", "chosen"),
    [
        ("md", "a.md", True),
        ("md", "a.MD", True),
        (".MD", "a.md", True),
        (["pdf", "md"], "a.md", True),
        ("md", "a.txt", False),
        ("md", "md", False),
        ("md", ".md", False),
        ("tar.gz", "a.tar.gz", True),
        ("gz", "a.tar.gz", True),
        ("md", "a.md.part", False),
    ],
)
def test_extension(value: Any, name: str, chosen: bool) -> None:
    """The end of the name decides, whatever its case."""
    assert chosen is made(ExtensionFilter, value).matches(facts(name))
    assert chosen is not made(ExtensionFilter, value, negated=True).matches(facts(name))


@pytest.mark.parametrize(
    ("value", "name", "chosen"),
    [
        ("*.summary.md", "Ideas.summary.md", True),
        ("*.summary.md", "Ideas.md", False),
        ("scan*", "SCAN001.pdf", True),
        ("~$*", "~$letter.docx", True),
        (["a*", "b*"], "bee.txt", True),
        ("Zo\u00eb*", "Zoe\u0308.md", True),
        ("[ab].md", "b.md", True),
        ("?.md", "ab.md", False),
        ("*" * 60 + "x", "a" * 200, False),
    ],
)
def test_name(value: Any, name: str, chosen: bool) -> None:
    """The pattern must fit the whole name, whatever its case and its Unicode form."""
    assert chosen is made(NameFilter, value).matches(facts(name))


@pytest.mark.parametrize(
    ("value", "size", "chosen"),
    [
        ("< 30 MB", 29_999_999, True),
        ("< 30 MB", 30_000_000, False),
        ("<= 30 MB", 30_000_000, True),
        ("> 1 KiB", 1024, False),
        ("> 1 KiB", 1025, True),
        (["> 1 KB", "< 2 KB"], 1500, True),
        ("> 1 KB, < 2 KB", 2500, False),
        ("= 0", 0, True),
        (">= 1.5kb", 1500, True),
    ],
)
def test_size(value: Any, size: int, chosen: bool) -> None:
    """All conditions must hold; KB is a thousand bytes and KiB 1,024."""
    assert chosen is made(SizeFilter, value).matches(facts(size=size))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ExtensionFilter, ""),
        (ExtensionFilter, []),
        (ExtensionFilter, "*.md"),
        (ExtensionFilter, "a/b"),
        (ExtensionFilter, 3),
        (NameFilter, "a/b"),
        (NameFilter, ""),
        (NameFilter, None),
        (SizeFilter, "30 MB"),
        (SizeFilter, "< many"),
        (SizeFilter, "< 30 mib s"),
        (SizeFilter, 30),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(kind: type[Filter], value: Any) -> None:
    """When the recipe is loaded, not when a file comes."""
    with pytest.raises(ValidationError):
        made(kind, value)


SHORT = {
    "extension": ("MD", ["md"]),
    "name": ("a*", ["a*"]),
    "size": ("< 1500 B, > 1 KB", ["< 1500 B", "> 1 KB"]),
    "age": ("> 30 days", ["> 30d"]),
    "created": ({"newer_than": "2 h"}, {"newer_than": "2h"}),
    "modified": ({"before": "2026-02-01"}, {"before": "2026-02-01"}),
    "depth": (1, ["= 1"]),
    "empty": (None, True),
    "mime": ("Image/*", ["image/*"]),
    "tagged": ("#inbox", ["inbox"]),
    "front_matter": ({"status": "draft", "done": True}, {"status": ["draft"], "done": ["true"]}),
    "contains": ("invoice", ["invoice"]),
    "language": ("DE", ["de"]),
    "duplicate": (None, True),
    "any": ({"extension": "md"}, [{"extension": ["md"]}]),
    "all": ([{"not name": "a*"}, "empty"], [{"not name": ["a*"]}, {"empty": True}]),
    "none": ([{"any": {"depth": "> 1"}}], [{"any": [{"depth": ["> 1"]}]}]),
}
"""Of each kind a value as people write it, and the one long form of that."""


def written(filters: list[Any]) -> dict[str, Any]:
    """Return what a recipe with these filters says."""
    return {
        "name": "a",
        "triggers": [{"watch": "/notes"}],
        "filters": filters,
        "actions": [{"append": {"dest": "/log/a.txt", "content": "x"}}],
    }


def in_recipe(filters: list[Any]) -> Recipe:
    """Return a recipe with these filters, read as from a file."""
    return read_recipe(yaml.safe_dump(written(filters), sort_keys=False))


@pytest.mark.parametrize("kind", ALL)
def test_each_shorthand_has_one_long_form(kind: type[Filter]) -> None:
    """The long form is what ``show`` prints, and means what was said."""
    short, long = SHORT[kind.kind]
    (chosen,) = in_recipe([{f"not {kind.kind}": short}]).filters
    assert (f"not {kind.kind}", long) == (chosen.word, chosen.long())
    assert (chosen,) == in_recipe([{chosen.word: chosen.long()}]).filters


@pytest.mark.parametrize("kind", ALL)
def test_an_editor_lets_both_forms_pass(kind: type[Filter]) -> None:
    """What the loader takes, the schema for editors takes, too."""
    schema = Draft7Validator(editor_schema())
    for word, value in zip((kind.kind, f"not {kind.kind}"), SHORT[kind.kind], strict=True):
        assert [] == list(schema.iter_errors(written([{word: value}])))
    assert list(schema.iter_errors(written([{kind.kind: {"no": {"such": "thing"}, "and": 3.5}}])))


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind.alone])
def test_some_words_say_everything(kind: type[Filter]) -> None:
    """`- empty` needs no value, and neither does its opposite."""
    filters = in_recipe([kind.kind, f"not {kind.kind}"]).filters
    assert [kind.kind, f"not {kind.kind}"] == [chosen.word for chosen in filters]
