"""What the tests of doctor share: a home, recipes in it, and how findings are looked at."""

import sys
from pathlib import Path

import pytest

from homebody.paths import Home, find_home

sys.path.append(str(Path(__file__).parent))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with notes and without recipes."""
    (tmp_path / "Notes").mkdir()
    made = find_home({}, tmp_path / "home")
    made.recipes.mkdir(parents=True)
    return made
