"""Times and sizes as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.quantities import parse_duration, parse_size, say_duration, say_size

TIMES = {
    "5s": 5,
    "10m": 600,
    "2h": 7200,
    "1d": 86_400,
    "1w": 604_800,
    "1h30m": 5400,
    "0.3s": 0.3,
    "250ms": 0.25,
    " 2 h ": 7200,
    "1.5h": 5400,
}


@pytest.mark.parametrize(("text", "seconds"), TIMES.items())
def test_times(text: str, seconds: float) -> None:
    """A number and its unit, several in a row if need be."""
    assert timedelta(seconds=seconds) == parse_duration(text)


@pytest.mark.parametrize("text", ["", "5", "s", "-5s", "5 apples", "5s!", "1e3s", "5sec", "99999999999s"])
def test_what_is_no_time(text: str) -> None:
    """A number alone has no unit, and a word is none."""
    with pytest.raises(ValueError, match="must be a time"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("30 MB", 30_000_000), ("1KiB", 1024), ("2gb", 2 * 10**9), ("512", 512), ("1.5 kb", 1500), ("0", 0)],
)
def test_sizes(text: str, size: int) -> None:
    """KB is a thousand bytes, KiB 1,024."""
    assert size == parse_size(text)


@pytest.mark.parametrize("text", ["", "MB", "-1 MB", "1 XB", "1,5 MB", "1 MB more"])
def test_what_is_no_size(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="must be a size"):
        parse_size(text)


@given(st.integers(1, 10**12).map(lambda milliseconds: timedelta(milliseconds=milliseconds)))
def test_a_time_that_is_said_is_read_again(duration: timedelta) -> None:
    """The long form loses nothing."""
    assert duration == parse_duration(say_duration(duration))


@given(st.integers(0, 10**14))
def test_a_size_that_is_said_is_read_again(size: int) -> None:
    """The long form loses nothing."""
    assert size == parse_size(say_size(size))
