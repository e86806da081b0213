"""Prompts are cut at places that depend on the prompt alone, and read in steps that respect them."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.blocks import BLOCK, block_ends, keys, steps

LENGTHS = st.integers(1, 1500)
CHUNKS = st.integers(1, 8).map(lambda count: count * BLOCK)


@given(LENGTHS, st.integers(0, 1600), CHUNKS)
def test_steps_read_everything_once(length: int, static: int, most: int) -> None:
    """The steps follow each other without a gap to the last token, and none is too long."""
    place = 0
    for start, end in steps(length, static, 0, most):
        assert place == start
        assert 0 < end - start <= most
        place = end
    assert length == place


@given(LENGTHS, st.integers(0, 1600), CHUNKS, st.data())
def test_reading_from_a_block_on_meets_the_same_cuts(length: int, static: int, most: int, data) -> None:
    """Whoever starts at the end of a block reads what is left of whole blocks in the very same steps of its own."""
    start = data.draw(st.sampled_from([0, *block_ends(length, static)]))

    def rests(begin: int) -> list[tuple[int, int]]:
        return [step for step in steps(length, static, begin, most) if (step[1] - step[0]) % BLOCK]

    assert [step for step in rests(0) if step[0] >= start] == rests(start)
    for first, last in steps(length, static, start, most):
        assert (last - first) % BLOCK == 0 or last in (length, static)


@given(LENGTHS, st.integers(0, 1600))
def test_blocks_end_before_the_last_token(length: int, static: int) -> None:
    """Blocks follow each other, end where the static part ends, and leave one token to be read in any case."""
    ends = block_ends(length, static)

    assert sorted(set(ends)) == ends
    assert all(0 < end < length for end in ends)
    if 16 <= static < length:
        assert static in ends
    assert [1] * bool(ends) == [1 for first in ends[:1] if first <= BLOCK]
    assert ends == [sum(map(len, keys(range(length), static)[: place + 1])) for place in range(len(ends))]


def test_the_static_part_is_shared_to_its_last_token() -> None:
    """Two prompts that begin with the same 120 static tokens share a block that ends there."""
    one, other = keys([*range(120), *range(500, 800)], 120), keys([*range(120), *range(800, 900)], 120)

    assert one[:2] == other[:2]
    assert 120 == len(one[0]) + len(one[1])
