"""How fast a run is said to be."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.job import SHORTEST_SECONDS, rate


@given(st.integers(0, 10_000), st.floats(0, 1000))
def test_a_rate_is_never_one_of_no_time_at_all(worked: int, seconds: float):
    """Six tokens that a grammar wrote in a fifth of a microsecond are not told as 26 million a second."""
    assert 0 <= rate(worked, seconds) <= worked / SHORTEST_SECONDS
    if seconds >= SHORTEST_SECONDS:
        assert abs(rate(worked, seconds) - worked / seconds) <= 0.005 + 1e-9
