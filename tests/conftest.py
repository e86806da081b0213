"""What every test may use."""

import importlib.util
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from homebody.clock import SystemClock
from homebody.model.client import ModelClient

# Other work on the same machine is no failure.
settings.register_profile("homebody", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("homebody")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --long: the cases and minutes that the everyday run leaves out; and where documents of others lie."""
    parser.addoption("--long", action="store_true", help="also run the tests marked long")
    parser.addoption(
        "--yaml-suite",
        metavar="DIR",
        help="the branch `data` of github.com/yaml/yaml-test-suite, for tests/actions",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless they were asked for."""
    if config.getoption("--long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: run with --long"))


@contextmanager
def _disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system of its own *size* at *folder*, where this user may; skip the test where not."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("this user may not mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kilobytes."""
    with _disk(tmp_path / "tiny", "64k") as folder:
        yield folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    with _disk(tmp_path / "small", "1m") as folder:
        yield folder


def _maker(room: str, name: str):
    """Return a module of another room's tests; test folders are no packages, so it is loaded by its path."""
    path = Path(__file__).parent / room / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def write_model():
    """The function that writes a random model."""
    return _maker("engine", "random_model").write_model


@pytest.fixture(scope="session")
def make_pdf() -> Callable[[Sequence[Sequence[str]]], bytes]:
    """The function that makes a PDF of pages of lines."""
    return _maker("documents", "make_pdf").make_pdf


@pytest.fixture(scope="session")
def random_model(write_model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file with random weights and a context of 8,192 tokens."""
    return write_model(tmp_path_factory.mktemp("models") / "random.gguf", context=8192)


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedding model with random weights that reads in both directions, texts of 64 tokens at most."""
    return _maker("engine", "embedding_models").write_encoder(
        tmp_path_factory.mktemp("models") / "encoder.gguf"
    )


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedding model with random weights whose last token stands for a text, of 2,048 tokens at most."""
    return _maker("engine", "embedding_models").write_decoder(
        tmp_path_factory.mktemp("models") / "decoder.gguf"
    )


@pytest.fixture(scope="module")
def client(random_model: Path) -> Iterator[ModelClient]:
    """A started model, shared by the tests of a file."""
    client = ModelClient(random_model, clock=SystemClock())
    client.start()
    yield client
    client.stop()


@pytest.fixture
def descriptors_of() -> Callable[[int], dict[int, str]]:
    """Return a function that says where each descriptor of a process leads (proc(5)).

    One that closes meanwhile is left out.
    """

    def descriptors(pid: int) -> dict[int, str]:
        leads: dict[int, str] = {}
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                leads[int(entry.name)] = str(entry.readlink())
        return leads

    return descriptors
