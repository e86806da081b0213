"""A text at the end of a file, or of one of its sections."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.actions import AppendAction
from homebody.actions.append import appended, appended_below
from homebody.errors import EffectError


def append(**more: Any) -> AppendAction:
    """Return an action that adds a line to the log."""
    return AppendAction(**{"dest": "{{ file.folder }}/log.md", "content": "- {{ ask.line }}", **more})


def test_the_file_is_made_when_it_is_not_there(stage: Any) -> None:
    """The first line makes the file, the next ones follow it."""
    for line in ("one", "two"):
        stage.run(append(), {"line": line})
    assert {"log.md": "- one\n- two\n"} == stage.tree()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a\nx\n"),
        ("a\n", "a\nx\n"),
        ("a\r\n", "a\r\nx\r\n"),
        ("a\r\nb", "a\r\nb\r\nx\r\n"),
        ("\ufeff", "\ufeffx\n"),
        ("a\n\n", "a\n\nx\n"),
    ],
)
def test_what_was_there_stays(text: str, expected: str) -> None:
    """Line endings, marks and blank lines are kept."""
    assert expected == appended(text, "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "## Log\n\nx\n"),
        ("# A\n", "# A\n\n## Log\n\nx\n"),
        ("# A", "# A\n\n## Log\n\nx\n"),
        ("## Log\n", "## Log\n\nx\n"),
        ("## Log", "## Log\n\nx\n"),
        ("## Log\n\na\n", "## Log\n\na\nx\n"),
        ("## Log\n\na", "## Log\n\na\nx\n"),
        ("## Log\n\na\n\n## B\n\nb\n", "## Log\n\na\nx\n\n## B\n\nb\n"),
        ("## Log\n\na\n## B\n", "## Log\n\na\nx\n## B\n"),
        ("## Log\n\n### Deep\n\na\n\n# C\n", "## Log\n\n### Deep\n\na\nx\n\n# C\n"),
        ("```\n## Log\n```\n", "```\n## Log\n```\n\n## Log\n\nx\n"),
        ("## Log\n```\n## B\n```\n", "## Log\n```\n## B\n```\nx\n"),
        ("## Log\r\n\r\na\r\n", "## Log\r\n\r\na\r\nx\r\n"),
        ("## Log ##\n\na\n", "## Log ##\n\na\nx\n"),
    ],
)
def test_a_section_grows_at_its_end(text: str, expected: str) -> None:
    """The section is found by its heading, or made; headings in code are not headings."""
    assert expected == appended_below(text, "## Log", "x")


@given(text=st.text(st.sampled_from("#a \n\r`L-")), added=st.text(st.sampled_from("ab\n"), min_size=1))
def test_nothing_that_was_there_is_lost(text: str, added: str) -> None:
    """Taking the added lines out again leaves every line that was there, in order."""
    for after in (appended(text, added), appended_below(text, "## L", added)):
        lines = iter(after.splitlines())
        assert all(line in lines for line in text.splitlines())
        assert added.rstrip("\n").split("\n")[0] in after


def test_a_heading_is_a_template(stage: Any, tree: Any) -> None:
    """Each day can have its section."""
    tree(stage.folder, {"log.md": "# Log\n"})
    stage.run(append(heading="{{ run.date }}"), {"line": "x"})
    assert {"log.md": "# Log\n\n## 2026-03-02\n\n- x\n"} == stage.tree()


def test_nothing_is_added_to_what_is_not_text(stage: Any) -> None:
    """A file in another encoding is left as it is, and an empty text is no change."""
    (stage.folder / "log.md").write_bytes("Übung".encode("utf-16"))
    with pytest.raises(EffectError, match="UTF-8"):
        stage.run(append(), {"line": "x"})
    assert [] == stage.run(append(content="{{ ask.line }}"), {"line": ""})
