"""Messages as a person types them."""

import pytest

from homebody.cli.chat import messages
from homebody.errors import UsageError


def said(*lines: str | type[BaseException]) -> list[str]:
    """Return the messages that *lines* are; an exception among them is what the terminal raises there."""
    left = iter(lines)

    def line(_prompt: str) -> str:
        found = next(left, EOFError)
        if isinstance(found, str):
            return found
        raise found

    return list(messages(line))


def test_a_line_is_a_message_and_so_is_what_stands_in_quotes():
    """Lines between quotes are one message, blank ones too; quotes on one line are no harm."""
    assert ["one", "two\n\nlines", "all here", "", "end"] == said(
        "one", '"""two', "", 'lines"""', '"""all here"""', "", "end"
    )
    assert ["\na\n"] == said('"""', "a", '"""')


def test_an_interrupt_at_the_prompt_asks_anew():
    """Ctrl+C before anything was said ends nothing."""
    assert ["after"] == said(KeyboardInterrupt, "after")


def test_quotes_that_never_end_are_said():
    """A pipe that ends within a message of several lines is an error, and no half of it is sent."""
    with pytest.raises(UsageError, match="was not ended"):
        said('"""a', "b")
