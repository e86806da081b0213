"""How memory is laid out: what a person's computer can spare, and no more."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from homebody.model.fit import context_for, lanes_for, most_memory
from homebody.model.gguf import ModelInfo, inspect
from homebody.model.need import Lanes, Layout, cells, kv_bytes
from homebody.model.shape import Shape

GB = 1024**3

LLAMA_8B = ModelInfo(
    name="An 8B model",
    architecture="llama",
    parameters=8_000_000_000,
    file_bytes=4_900_000_000,
    quantization="Q4_K_M",
    quantization_words="",
    bits_per_weight=4.9,
    context_length=131_072,
    layers=32,
    width=4096,
    has_chat_template=True,
    shape=Shape(keys=32 * 8 * 128, values=32 * 8 * 128, widest=3 * 14_336, vocabulary=128_256),
)
"""Keys and values of 128 KiB a token: 32 layers, 8 grouped heads of 128, 16 bits."""


def test_grouped_heads_are_counted(write_model, tmp_path) -> None:
    """What a token takes comes from the file: keys and values of 2 layers of 4 heads of 16, in 16 bits."""
    info = inspect(write_model(tmp_path / "model.gguf"))

    assert 2 * 4 * 16 * 2 * 2 == kv_bytes(info, 1)


def test_no_lanes_on_a_computer_that_the_model_fills() -> None:
    """An 8B model on 8 GB leaves no memory for lanes; on 10 GB there are some, on 16 GB all of them."""
    assert Lanes() == lanes_for(LLAMA_8B, 8192, 8 * GB)
    assert 1 < lanes_for(LLAMA_8B, 8192, 10 * GB).count < 16
    assert Lanes(count=16, cells=1024) == lanes_for(LLAMA_8B, 8192, 16 * GB)


@given(st.integers(1, 256), st.integers(512, 32_768), st.integers(1, 20))
def test_lanes_take_no_more_than_their_share(gigabytes: int, context: int, file: int) -> None:
    """Lanes never take more than an eighth of the memory, nor more than half of what is left; one alone is none."""
    info = replace(LLAMA_8B, file_bytes=file * GB)
    lanes = lanes_for(info, context, gigabytes * GB)
    taken = kv_bytes(info, lanes.count * lanes.cells)

    assert lanes.count != 1
    assert taken <= gigabytes * GB / 8
    if lanes.count:
        whole = info.file_bytes + kv_bytes(info, context) + taken
        assert whole < 0.75 * gigabytes * GB


def test_a_context_that_fits_a_lane_needs_no_hall() -> None:
    """Where no run can be longer than a lane, there is no memory beside the lanes."""
    assert 16 * 1024 + 8192 == cells(8192, Lanes(count=16, cells=1024))
    assert 16 * 1024 == cells(1024, Lanes(count=16, cells=1024))
    lanes = Layout(context=8192, lanes=Lanes(count=4, cells=1024))
    assert most_memory(LLAMA_8B, Layout(context=8192)) < most_memory(LLAMA_8B, lanes)
    assert 8192 == context_for(LLAMA_8B, 0)


def test_a_file_that_does_not_say_how_its_heads_are_grouped() -> None:
    """Then the most that keys and values can take is reckoned with."""
    assert 4 * 32 * 4096 == kv_bytes(replace(LLAMA_8B, shape=Shape()), 1)
