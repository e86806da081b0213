"""Cron lines, checked and with their days by name."""

import pytest

from homebody.recipe.cron import read_cron


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 7 * * 1,5", "30 7 * * mon,fri"),
        ("0  8 *  * 0", "0 8 * * sun"),
        ("0 8 * * 7", "0 8 * * sun"),
        ("0 8 * * MON-WED", "0 8 * * mon,tue,wed"),
        ("*/15 0-6/2 1,15 jan-mar *", "*/15 0-6/2 1,15 jan-mar *"),
        ("0 8 * * 5-7", "0 8 * * fri,sat,sun"),
        ("5/10 * * * *", "5/10 * * * *"),
    ],
)
def test_lines(line: str, expected: str) -> None:
    """Sunday is 0 and 7, as crontab(5) has it."""
    assert expected == read_cron(line)
    assert expected == read_cron(expected)


WRONG = (
    *(
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "@daily",
    ),
    *(
        "a * * * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "1,,2 * * * *",
        "* * * * fri-mon",
        "* * L * *",
        "-1 * * * *",
    ),
)


@pytest.mark.parametrize("line", WRONG)
def test_what_is_no_cron_line(line: str) -> None:
    """The field that is wrong is named."""
    with pytest.raises(ValueError, match="cron line"):
        read_cron(line)
