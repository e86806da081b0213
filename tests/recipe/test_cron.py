"""Cron lines, checked and with their days by name."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.recipe.cron import read_cron
from homebody.triggers.crontab import triggers_of


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
    *("22/60 * * * *", "* 23/1 * * *", "* * * 7-8/2 *"),
)


@pytest.mark.parametrize("line", WRONG)
def test_what_is_no_cron_line(line: str) -> None:
    """The field that is wrong is named."""
    with pytest.raises(ValueError, match="cron line"):
        read_cron(line)


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    """Return one field of a cron line, right or nearly so."""
    number = st.integers(low, high)
    span = st.builds(lambda a, b: f"{min(a, b)}-{max(a, b)}", number, number)
    step = st.builds("{}/{}".format, span | number | st.just("*"), st.integers(0, high + 2))
    return st.just("*") | st.lists(number.map(str) | span | step, min_size=1, max_size=3).map(",".join)


@given(st.tuples(fields(0, 59), fields(0, 23), fields(1, 31), fields(1, 12), fields(0, 7)).map(" ".join))
def test_what_is_taken_here_is_taken_by_the_scheduler(line: str) -> None:
    """A recipe that was loaded never keeps the daemon from starting."""
    try:
        taken = read_cron(line)
    except ValueError:
        return
    assert triggers_of(taken, UTC)
