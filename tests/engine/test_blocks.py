"""Prompts are cut at places that depend on the prompt alone, and read in steps that respect them."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.blocks import BLOCK, block_ends, keys, steps

LENGTHS = st.integers(1, 1500)
CHUNKS = st.integers(2, 8).map(lambda count: count * BLOCK)


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
def test_reading_from_a_block_on_meets_the_same_tiles(length: int, static: int, most: int, data) -> None:
    """Wherever the reading starts, tiles of BLOCK tokens begin at the same places, and none is read in part."""
    ends = block_ends(length, static)
    start = data.draw(st.sampled_from([0, *ends]))
    border = static if 16 <= static < length else 0

    def tiles(begin: int) -> set[tuple[int, bool]]:
        return {
            (place, last - first < BLOCK)
            for first, last in steps(length, static, begin, most)
            for place in range(first, last, BLOCK)
        }

    assert {tile for tile in tiles(0) if tile[0] >= start} == tiles(start)
    for first, last in steps(length, static, start, most):
        assert last - first >= BLOCK or (first, last) in ((0, border), (border, length))
        assert first >= border or last <= border, "the static part is read by itself"


@given(LENGTHS, st.integers(0, 1600))
def test_blocks_end_before_the_last_token(length: int, static: int) -> None:
    """Blocks follow each other, end where the static part ends, and leave something to be read in any case."""
    ends = block_ends(length, static)

    assert sorted(set(ends)) == ends
    assert all(0 < end < length for end in ends)
    if 16 <= static < length:
        assert static in ends
    assert ends == [sum(map(len, keys(range(length), static)[: place + 1])) for place in range(len(ends))]


def test_the_static_part_is_shared_to_its_last_token() -> None:
    """Two prompts that begin with the same 120 static tokens share a block that ends there."""
    one, other = keys([*range(130), *range(500, 800)], 130), keys([*range(130), *range(800, 900)], 130)

    assert one[:2] == other[:2]
    assert 130 == len(one[0]) + len(one[1])
