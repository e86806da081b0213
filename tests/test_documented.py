"""A house rule: what can stand in a recipe has a row in the README, and every row is about something that can."""

import re
from pathlib import Path

import pytest

from homebody.actions import ALL as ACTIONS
from homebody.filters import ALL as FILTERS
from homebody.sandbox import ENVIRONMENT

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

KNOWN = {
    "Filters": {kind.kind for kind in FILTERS},
    "Actions": {kind.kind for kind in ACTIONS},
    "Templates": {name for name in ENVIRONMENT.filters if not name.startswith("_")},
}
"""The README's sections, and the words of which each has a row."""


def rows(section: str) -> list[str]:
    """Return the words in the first column of the first table in a section of the README."""
    text = README.split(f"\n### {section}\n")[1].split("\n### ")[0].split("\n## ")[0]
    text = text[text.index("\n|") :].split("\n\n")[0]
    lines = re.findall(r"^\| (`[^|]+`) \| *\S", text, flags=re.MULTILINE)
    return [word for line in lines for word in re.findall(r"`([^`]+)`", line)]


@pytest.mark.parametrize("section", KNOWN)
def test_everything_has_its_row(section: str) -> None:
    """Each filter, action and filter of templates is in the first column of its table, once; nothing else is."""
    assert sorted(KNOWN[section]) == sorted(rows(section))
