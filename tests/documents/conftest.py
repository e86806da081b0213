"""What the tests of documents share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from homebody.clock import SystemClock
from homebody.documents.reader import Reader

# A loaded machine makes an example slow, which says nothing about the rule that it is an example of.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A real reader process, sealed."""
    reader = Reader(clock=SystemClock())
    yield reader
    reader.stop()
