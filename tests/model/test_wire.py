"""Messages over a pipe: what goes in comes out, and what is no message is an error."""

import io
import os
import struct
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homebody.model import wire
from homebody.model.wire import WireError, encode, receive, send

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
SURROGATES = st.text(st.characters(categories=["Cs", "Lo", "Nd"]))


@settings(max_examples=50)
@given(st.lists(st.dictionaries(st.text(), JSON), max_size=4))
def test_round_trip(messages: list[dict]) -> None:
    """Messages written one after the other are read one after the other, and then the stream is at its end."""
    stream = io.BytesIO()
    for message in messages:
        send(stream, message)
    stream.seek(0)

    read = [receive(stream) for _ in messages]

    assert messages == read
    assert receive(stream) is None


@given(SURROGATES)
def test_any_text_crosses(text: str) -> None:
    """Even half of a surrogate pair, which is not UTF-8, crosses unchanged."""
    assert {"text": text} == receive(io.BytesIO(encode({"text": text})))


def test_unbuffered_pipe_gives_pieces() -> None:
    """A message that a pipe hands over in pieces is put together."""
    reading, writing = os.pipe()
    message = {"text": "x" * 300_000}
    with os.fdopen(reading, "rb", buffering=0) as source, os.fdopen(writing, "wb", buffering=0) as sink:
        thread = threading.Thread(
            target=lambda: [sink.write(encode({"a": 1})), _write_all(sink, encode(message))]
        )
        thread.start()
        assert {"a": 1} == receive(source)
        assert message == receive(source)
        thread.join()


def _write_all(sink, data: bytes) -> None:
    while data:
        data = data[sink.write(data) :]


@given(st.binary(max_size=64))
def test_noise_is_an_error_or_a_message(noise: bytes) -> None:
    """Bytes that nobody meant as a message end in WireError, in an end of stream, or by chance in a message."""
    try:
        found = receive(io.BytesIO(noise))
    except WireError:
        return
    assert found is None or isinstance(found, dict)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x00", "inside a message's length"),
        (struct.pack(">I", 10) + b"{}", "2 of 10 bytes"),
        (struct.pack(">I", wire.LIMIT + 1), "at most"),
        (struct.pack(">I", 3) + b"[1]", "not a JSON object"),
        (struct.pack(">I", 3) + b"{1}", "not JSON"),
        (struct.pack(">I", 2) + b"\xff\xfe", "not JSON"),
        (struct.pack(">I", 200_000) + b"[" * 200_000, "not JSON"),
    ],
)
def test_damaged(data: bytes, reason: str) -> None:
    """Every kind of damage has its own words."""
    with pytest.raises(WireError, match=reason):
        receive(io.BytesIO(data))


def test_oversize_is_refused_by_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message beyond the limit is not even begun to be written."""
    monkeypatch.setattr(wire, "LIMIT", 100)
    stream = io.BytesIO()
    with pytest.raises(WireError, match="too large"):
        send(stream, {"text": "x" * 100})
    assert b"" == stream.getvalue()
