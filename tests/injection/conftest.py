"""The rooms of other tests, and what must hold of a tree after hostile documents."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from homebody.clock import SystemClock
from homebody.documents.pictures.tesseract import ABSENT
from homebody.documents.readers import Readers, readers

sys.path.append(str(Path(__file__).parent))


def loaded(folder: str) -> ModuleType:
    """Return the conftest of another folder of tests; test folders are no packages, so it is loaded by its path."""
    path = Path(__file__).parents[1] / folder / "conftest.py"
    spec = importlib.util.spec_from_file_location(f"conftest_of_{folder}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reader() -> Iterator[Readers]:
    """Return a real reader process, shared by a module's tests."""
    made = readers(SystemClock(), ABSENT)
    yield made
    made.stop()


@pytest.fixture
def room(tmp_path: Path, reader: Readers) -> Iterator[object]:
    """Return a house without a daemon, with a secret beside its folders."""
    made = loaded("house").Room(tmp_path, reader)
    keep_a_secret(tmp_path)
    yield made
    made.journal.close()


@pytest.fixture
def make_house() -> Iterator[Callable[[Path], object]]:
    """Return what makes a house with a real daemon."""
    found = []

    def made(folder: Path) -> object:
        found.append(loaded("e2e").House(folder))
        keep_a_secret(folder)
        return found[-1]

    yield made
    for house in found:
        house.clean_up()


def keep_a_secret(folder: Path) -> None:
    """Put a file beside the recipes' folders that no recipe names."""
    (folder / "Private").mkdir()
    (folder / "Private" / "secret.txt").write_text("CANARY-7f3a, the only copy\n")
