"""The text of a document in a file of its own."""

from typing import Any

import pytest

from homebody.actions import ExtractTextAction

SAID = "The roof was mended by Anna.\n\nSee https://roof.example\n"


def run(stage: Any, dest: str, source: str = SAID, **more: Any) -> dict[str, str]:
    """Return the tree after a run on a memo that says *source*."""
    stage.run(ExtractTextAction(dest=dest, **more), name="memo.m4a", source=source)
    return stage.tree()


def test_the_text_is_written_beside_the_file(stage: Any, tree: Any) -> None:
    """As it was read, addresses too, and no control that a terminal could trip over."""
    tree(stage.folder, {"memo.m4a": "sound"})
    expected = {"memo.m4a": "sound", "memo.txt": SAID}
    assert expected == run(stage, "{{ file.folder }}/{{ file.stem }}.txt")
    assert expected == run(stage, "{{ file.folder }}/{{ file.stem }}.txt"), "once is enough"
    assert "a b\n" == run(stage, "{{ file.folder }}/other.txt", "a\x1b b")["other.txt"]


@pytest.mark.parametrize(
    ("on_conflict", "expected"),
    [
        ("rename_new", {"memo.txt": "Mine", "memo 2.txt": SAID}),
        ("skip", {"memo.txt": "Mine"}),
        ("overwrite", {"memo.txt": SAID}),
    ],
)
def test_a_file_that_is_there_already(
    stage: Any, tree: Any, on_conflict: str, expected: dict[str, str]
) -> None:
    """It stays, or it is replaced, as the recipe says."""
    tree(stage.folder, {"memo.txt": "Mine"})
    assert expected == run(stage, "{{ file.folder }}/memo.txt", on_conflict=on_conflict)


def test_in_a_page_and_in_a_table_it_is_only_words(stage: Any) -> None:
    """A document does not become a program by being read."""
    assert "&lt;script&gt;" in run(stage, "{{ file.folder }}/memo.html", "<script>")["memo.html"]
    assert not run(stage, "{{ file.folder }}/memo.csv", "=1+1")["memo.csv"].startswith("=")


def test_the_shorthand_is_the_destination() -> None:
    """It has one long form."""
    assert {"dest": "{{ file.folder }}/a.txt"} == ExtractTextAction.expand("{{ file.folder }}/a.txt")
