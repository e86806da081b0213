"""What the tests of documents share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.documents.reader import Reader

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A real reader process, sealed."""
    reader = Reader(clock=SystemClock())
    yield reader
    reader.stop()
