"""Which pages does a recipe read?"""

import pytest

from homebody.recipe.reading import Read


@pytest.mark.parametrize(
    ("said", "meant", "long"),
    [
        (2, (2, 2), "2"), ("1-3", (1, 3), "1-3"), ("2-", (2, None), "2-"),
        ("4-4", (4, 4), "4"), ("1 - 3", (1, 3), "1-3"),
    ],
)  # fmt: skip
def test_pages_are_one_or_several(said: object, meant: tuple[int, int | None], long: str):
    """And the long form means the same."""
    read = Read.model_validate({"pages": said})
    assert read.pages == meant
    assert read.long()["pages"] == long
    assert Read.model_validate({"pages": long}) == read


def test_without_a_word_all_pages_are_read():
    """The long form says nothing of them."""
    assert Read().pages is None
    assert "pages" not in Read().long()
