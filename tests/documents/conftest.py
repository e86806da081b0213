"""What the tests of documents share."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.documents.reader import Reader
from homebody.documents.speech.whisper import PACKAGES, Whisper, find
from homebody.settings import Settings

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A real reader process, sealed."""
    reader = Reader(clock=SystemClock())
    yield reader
    reader.stop()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Whisper:
    """whisper.cpp with a model that was made for this; the test is skipped where there is none to load."""
    from make_sound import make_model

    if not list(PACKAGES.glob("pywhispercpp*")):
        pytest.skip("pywhispercpp, which brings a whisper.cpp, is not installed")
    model = make_model(tmp_path_factory.mktemp("models") / "ggml-made.bin")
    found = find(Settings(speech={"model": model}))
    assert isinstance(found, Whisper), found
    return found
