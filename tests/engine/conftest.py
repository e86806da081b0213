"""A real model with random weights, and a real model process around it."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.model.client import ModelClient


def _maker():
    """Return the module that writes random models; test folders are no packages, so it is loaded by its path."""
    path = Path(__file__).parents[1] / "engine" / "random_model.py"
    spec = importlib.util.spec_from_file_location("random_model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def write_model():
    """The function that writes a random model."""
    return _maker().write_model


@pytest.fixture(scope="session")
def random_model(write_model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file with random weights and a context of 8,192 tokens."""
    return write_model(tmp_path_factory.mktemp("models") / "random.gguf", context=8192)


@pytest.fixture(scope="module")
def client(random_model: Path) -> Iterator[ModelClient]:
    """A started model, shared by the tests of a file."""
    client = ModelClient(random_model, clock=SystemClock())
    client.start()
    yield client
    client.stop()
