"""Damaged model files all the way to the native library, in a process of its own."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.clock import SystemClock
from homebody.errors import ModelError, ModelFileError
from homebody.model.client import ModelClient
from homebody.model.header import read_header
from homebody.model.states import State


def test_cut_at_every_kilobyte_of_its_header(random_model: Path, tmp_path: Path) -> None:
    """Each cut is a ModelFileError that says so; the client goes on, and loads the file when it is whole again."""
    data = random_model.read_bytes()
    with random_model.open("rb") as file:
        header = read_header(file, len(data)).data_start
    path = tmp_path / "cut.gguf"
    client = ModelClient(path, clock=SystemClock(), context=512)
    cuts = [*range(0, header, 1024), header, len(data) - 1]
    for cut in cuts:
        path.write_bytes(data[:cut])
        with pytest.raises(ModelFileError, match=r"cut short|is not a GGUF"):
            client.start()
        assert State.FAILED is client.standing.state
    assert len(cuts) > 5

    path.write_bytes(data)
    assert [1] == client.count(["x"])
    client.stop()


@pytest.mark.long
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(
        st.tuples(st.integers(8, 9_000), st.binary(min_size=1, max_size=8)), min_size=1, max_size=3
    )
)
def test_a_mutated_header_is_an_error_or_works(
    random_model: Path, tmp_path: Path, changes: list[tuple[int, bytes]]
) -> None:
    """Whatever a damaged header does to the native library, the house gets a model or a ModelError, and goes on."""
    data = bytearray(random_model.read_bytes())
    for start, replacement in changes:
        data[start : start + len(replacement)] = replacement
    path = tmp_path / "mutated.gguf"
    path.write_bytes(data)
    client = ModelClient(path, clock=SystemClock(), context=512)
    try:
        client.start()
        counts = client.count(["x"])
    except ModelError as error:
        assert str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert 1 == len(counts)
    finally:
        client.stop()
