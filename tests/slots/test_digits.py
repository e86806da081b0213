"""Ranges of numbers become grammars that hold just these numbers."""

from hypothesis import example, given
from hypothesis import strategies as st

from homebody.engine.following import Follower, parse
from homebody.slots.digits import between, padded

EDGES = st.one_of(
    st.integers(-120, 120),
    st.integers(-(10**15), 10**15),
    st.integers(0, 15).flatmap(lambda n: st.sampled_from([10**n - 1, 10**n, 10**n + 1, -(10**n)])),
)


def takes(rule: str, text: str) -> bool:
    """Return whether the rule allows exactly *text*."""
    rules = parse(f"root ::= {rule}")
    assert rules is not None
    follower = Follower(rules)
    follower.advance(text)
    return not follower.lost and follower.may_end()


@given(EDGES, EDGES, EDGES)
@example(0, 0, 0)
@example(1, 5, 6)
@example(-5, -5, 5)
def test_just_the_numbers_of_the_range_can_be_written(one: int, other: int, number: int) -> None:
    """Both ends, what lies between, and nothing else; no needless zero, no plus, no -0."""
    low, high = sorted((one, other))
    rule = between(low, high)
    for each in {number, low, high, low - 1, high + 1, (low + high) // 2}:
        assert (low <= each <= high) == takes(rule, str(each))
    for wrong in ("", "-0", "00", f"0{high}", f"+{high}", f"{low} ", f"{high}."):
        assert not takes(rule, wrong)


@given(
    st.integers(1, 6).flatmap(lambda width: st.tuples(*[st.integers(0, 10**width - 1)] * 3, st.just(width)))
)
def test_just_the_padded_numbers_of_the_range_can_be_written(drawn: tuple[int, int, int, int]) -> None:
    """With as many digits as both ends have."""
    one, other, number, width = drawn
    low, high = sorted((one, other))
    rule = padded(f"{low:0{width}}", f"{high:0{width}}")
    for each in (number, low, high, max(0, low - 1), min(10**width - 1, high + 1)):
        assert (low <= each <= high) == takes(rule, f"{each:0{width}}")
    assert not takes(rule, f"{low:0{width + 1}}")
