"""Reading a model file's header: what it says, and every way in which it can be wrong."""

import contextlib
import json
import os
import struct
import time
from pathlib import Path

import gguf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.cli.model_inspect import inspect_lines
from homebody.errors import ModelFileError
from homebody.model.computer import Memory
from homebody.model.fit import fitted
from homebody.model.gguf import inspect
from homebody.model.portrait import portrait
from homebody.model.quantization import MIXES, TYPES, name_quantization


def text(value: str) -> bytes:
    """Return a GGUF string."""
    return struct.pack("<Q", len(value.encode())) + value.encode()


def header(
    values: bytes = b"", count: int = 0, tensors: bytes = b"", tensor_count: int = 0, version: int = 3
) -> bytes:
    """Return the bytes of a header."""
    return b"GGUF" + struct.pack("<IQQ", version, tensor_count, count) + values + tensors


def test_describes_a_real_file(random_model: Path) -> None:
    """A real file is described as its writer meant it."""
    info = inspect(random_model)

    assert ("Random", "llama", 2, 8192, True) == (
        info.name, info.architecture, info.layers, info.context_length, info.has_chat_template,
    )  # fmt: skip
    assert ("F32", 32.0) == (info.quantization, info.bits_per_weight)
    assert random_model.stat().st_size == info.file_bytes
    reader = gguf.GGUFReader(random_model)
    assert sum(int(tensor.n_elements) for tensor in reader.tensors) == info.parameters
    assert info.to_dict()["parameters"] == info.parameters


def test_names_the_quantization(write_model, tmp_path: Path) -> None:
    """A file whose matrices are Q8_0 is named so, in a name and in words."""
    info = inspect(write_model(tmp_path / "q8.gguf", quantization=gguf.GGMLQuantizationType.Q8_0))

    assert "Q8_0" == info.quantization
    assert "8 bits a weight, nearly lossless" == info.quantization_words
    assert 8.5 <= info.bits_per_weight < 9


def test_names_without_a_name_and_without_terminal_codes(write_model, tmp_path: Path) -> None:
    """A model's name cannot drive a terminal, and a model without one is called after its file."""
    assert "[31mRed" == inspect(write_model(tmp_path / "red.gguf", name="\x1b[31mRed\n")).name
    assert "plain" == inspect(write_model(tmp_path / "plain.gguf", name="\n")).name


def test_block_sizes_are_ggml_s() -> None:
    """The table of weight types agrees with the gguf package's for every type that both know."""
    theirs = {kind.value: (kind.name, *sizes) for kind, sizes in gguf.GGML_QUANT_SIZES.items()}
    shared = theirs.keys() & TYPES.keys()

    assert {number: theirs[number] for number in shared} == {
        number: (TYPES[number].name, TYPES[number].block, TYPES[number].size) for number in shared
    }
    assert set() == theirs.keys() - TYPES.keys()


def test_mixes_are_llama_cpp_s() -> None:
    """The table of mixes agrees with the gguf package's for every mix that both know."""
    theirs = {kind.value: kind.name for kind in gguf.LlamaFileType if kind.name.startswith("MOSTLY_")}
    for number in theirs.keys() & MIXES.keys():
        assert theirs[number].removeprefix("MOSTLY_").removesuffix("_MOE") == MIXES[number][0]


@pytest.mark.parametrize(
    ("elements", "file_type", "name"),
    [
        ({12: 900, 14: 100, 0: 5}, 15, "Q4_K_M"),
        ({8: 900, 0: 5}, 15, "Q8_0"),
        ({12: 900, 14: 100}, None, "Q4_K"),
        ({12: 900, 14: 100}, 9999, "Q4_K"),
        ({26: 7}, None, "none"),
    ],
)
def test_a_claimed_mix_must_be_borne_out(elements: dict[int, int], file_type: int | None, name: str) -> None:
    """The mix that a file claims is named only when most of its weights are stored so."""
    assert name == name_quantization(elements, file_type)[0]


def test_cut_short_at_every_kilobyte(random_model: Path, tmp_path: Path) -> None:
    """Cut anywhere, a file is refused as cut short, and past its header with the exact number of missing bytes."""
    data = random_model.read_bytes()
    cut = tmp_path / "cut.gguf"
    for length in range(4, len(data), 1024):
        cut.write_bytes(data[:length])
        with pytest.raises(ModelFileError, match="cut short") as caught:
            inspect(cut)
    cut.write_bytes(data[:-1000])
    with pytest.raises(
        ModelFileError, match=f"{len(data) - 1000} of {len(data)} bytes are there, 1000 missing"
    ):
        inspect(cut)
    assert "again" in caught.value.hint


def test_missing(tmp_path: Path) -> None:
    """A file that is not there is named as such."""
    with pytest.raises(ModelFileError, match="not there"):
        inspect(tmp_path / "none.gguf")


def test_not_a_file(tmp_path: Path) -> None:
    """A folder and a pipe are refused without being opened: a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ModelFileError, match="is not a file"):
            inspect(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a GGUF"),
        (b"PK\x03\x04 a zip", "not a GGUF"),
        (header(version=1), "version 1"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "other byte order"),
        (header(count=2**63), "claims"),
        (header(count=5000), "cut short or damaged"),
        (header(tensor_count=2**40), "claims"),
        (header(struct.pack("<Q", 2**62), 1) + bytes(64), "name of"),
        (header(text("k") + struct.pack("<I", 99), 1) + bytes(64), "unknown kind"),
        (header(text("k") + struct.pack("<IIQ", 9, 4, 2**61), 1) + bytes(64), "cut short or damaged"),
        (header(text("k") + struct.pack("<IIQ", 9, 8, 2**61), 1) + bytes(64), "cut short or damaged"),
        (header(text("general.alignment") + struct.pack("<II", 4, 12), 1), "power of two"),
        (header(tensors=text("t") + struct.pack("<I", 9) + bytes(64), tensor_count=1), "9 dimensions"),
        (header(tensors=text("t") + struct.pack("<IQIQ", 1, 0, 0, 0) + bytes(64), tensor_count=1), "no size"),
        (header(tensors=text("t") + struct.pack("<IQIQ", 1, 8, 4, 0) + bytes(64), tensor_count=1), "type 4"),
        (header(text("general.architecture") + struct.pack("<I", 8) + text("clip"), 1), "no language model"),
        (header(text("split.count") + struct.pack("<IH", 2, 3), 1), "several files"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_damaged(data: bytes, reason: str, tmp_path: Path) -> None:
    """Every kind of damage is told apart and ends in a sentence that names the file."""
    path = tmp_path / "damaged.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=reason) as caught:
        inspect(path)
    assert str(path) in str(caught.value)


def test_nested_arrays_end(tmp_path: Path) -> None:
    """Arrays nested without end do not exhaust the stack."""
    path = tmp_path / "nested.gguf"
    path.write_bytes(
        header(text("k") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 5000, 1) + bytes(64)
    )
    with pytest.raises(ModelFileError, match="unknown kind"):
        inspect(path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=9)), max_size=4
    ),
    length=st.floats(0, 1),
)
def test_mutated_headers(
    random_model: Path, tmp_path: Path, changes: list[tuple[float, bytes]], length: float
) -> None:
    """However a header is mutated and cut, it is described or refused, quickly and with nothing else raised."""
    data = bytearray(random_model.read_bytes())
    for place, replacement in changes:
        start = int(place * 12_000)
        data[start : start + len(replacement)] = replacement
    path = tmp_path / "mutated.gguf"
    path.write_bytes(data[: int(length * len(data))] if length < 0.9 else data)
    began = time.monotonic()
    with contextlib.suppress(ModelFileError):
        described = portrait(path)
        assert json.dumps(described.to_dict())
        assert inspect_lines(described.to_dict())
        assert fitted(described.info, Memory(total=10**10, free=10**10)).need.total > 0
        info = inspect(path)
        assert info.parameters > 0
        assert info.name.isprintable()
    assert time.monotonic() - began < 2


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_noise_after_the_magic(tmp_path: Path, noise: bytes) -> None:
    """Noise behind a GGUF's first eight bytes is refused."""
    path = tmp_path / "noise.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + noise)
    with pytest.raises(ModelFileError):
        inspect(path)
