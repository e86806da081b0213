"""Remembering which settings worked."""

import json
import stat
from pathlib import Path

import pytest

from homebody.errors import ModelFileError
from homebody.model.attempts import Settings
from homebody.model.machine import machine
from homebody.model.memory import recall, remember
from homebody.model.pin import sha256_of

SAFER = Settings(extra_buffers=False, attempt=2)


def test_remembers_per_model(tmp_path: Path) -> None:
    """What worked is remembered for that model on this machine, and for no other model."""
    path = tmp_path / "models.json"
    remember(path, "a" * 64, SAFER)
    remember(path, "b" * 64, Settings())

    assert SAFER == recall(path, "a" * 64)
    assert Settings() == recall(path, "b" * 64)
    assert recall(path, "c" * 64) is None
    assert {f"{'a' * 64}:{machine()}", f"{'b' * 64}:{machine()}"} == json.loads(path.read_text()).keys()
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"x": 1}', b"[" * 100_000])
def test_a_damaged_file_remembers_nothing(tmp_path: Path, content: bytes) -> None:
    """A damaged file is taken for an empty one and is whole again after the next note."""
    path = tmp_path / "models.json"
    path.write_bytes(content)
    assert recall(path, "a" * 64) is None

    remember(path, "a" * 64, SAFER)

    assert SAFER == recall(path, "a" * 64)


def test_a_folder_that_is_not_there_costs_only_the_note(tmp_path: Path) -> None:
    """Where nothing can be written, nothing is remembered and nothing raised."""
    remember(tmp_path / "none" / "models.json", "a" * 64, SAFER)
    remember(None, "a" * 64, SAFER)
    assert recall(tmp_path / "none" / "models.json", "a" * 64) is None


def test_sha256(tmp_path: Path) -> None:
    """The pin is the SHA-256 of the bytes, and a missing file is a ModelFileError."""
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" == sha256_of(path)
    with pytest.raises(ModelFileError, match="cannot be read"):
        sha256_of(tmp_path / "none")
