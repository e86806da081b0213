"""How do the house and the reader process talk?"""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.documents.frames import LENGTHS, MOST_BYTES, MOST_HEADER, FrameError, pack, receive

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(st.lists(st.tuples(st.dictionaries(st.text(), VALUES, max_size=4), st.binary()), max_size=4))
def test_frames_come_out_as_they_went_in(frames: list):
    """One after the other, and then the end."""
    stream = io.BytesIO(b"".join(pack(header, data) for header, data in frames))
    assert frames == [receive(stream.read) for _ in frames]
    assert receive(stream.read) is None


@given(st.binary(max_size=400))
def test_whatever_comes_is_a_frame_an_end_or_an_error(data: bytes):
    """A reader that was taken over can say anything."""
    stream = io.BytesIO(data)
    try:
        found = receive(stream.read)
    except FrameError:
        return
    assert found is None or isinstance(found[0], dict)


@given(st.data())
def test_a_frame_cut_short_is_an_error(data: st.DataObject):
    """Wherever it is cut."""
    frame = pack({"pages": 3}, b"some text")
    cut = data.draw(st.integers(1, len(frame) - 1))
    with pytest.raises(FrameError):
        receive(io.BytesIO(frame[:cut]).read)


@pytest.mark.parametrize("lengths", [(MOST_HEADER + 1, 0), (2, MOST_BYTES + 1)])
def test_a_length_beyond_the_limits_is_refused_before_anything_is_read(lengths: tuple[int, int]):
    """Nobody sets memory aside for a claim."""
    asked: list[int] = []
    stream = io.BytesIO(LENGTHS.pack(*lengths))

    def read(number: int) -> bytes:
        asked.append(number)
        return stream.read(number)

    with pytest.raises(FrameError):
        receive(read)
    assert asked == [LENGTHS.size]


def test_a_header_nested_beyond_measure_is_refused():
    """It would end the house's own call stack."""
    head = b"[" * 100_000
    with pytest.raises(FrameError):
        receive(io.BytesIO(LENGTHS.pack(len(head), 0) + head).read)


def test_a_header_that_is_too_large_is_not_sent():
    """Text goes beside the header, not in it."""
    with pytest.raises(FrameError):
        pack({"text": "x" * MOST_HEADER})
