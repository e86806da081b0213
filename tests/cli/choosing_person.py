"""Somebody who has models on their computer and chooses among them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from homebody.cli.main import cli


class Person:
    """Somebody with a home of their own, who types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = folder / "homebody" / "settings.yaml"

    def types(self, *words: str) -> Result:
        """Return what came of a command."""
        return CliRunner().invoke(cli, ["--home", str(self.folder / "homebody"), "model", *words])

    def sees(self, *words: str) -> str:
        """Return what a command printed that went well."""
        result = self.types(*words)
        assert 0 == result.exit_code, result.output
        return result.output


def person_with_models(
    folder: Path, monkeypatch: pytest.MonkeyPatch, write_model: Callable[..., Path]
) -> Person:
    """Return a person with a model of LM Studio's, and one that is damaged."""
    for name in (
        "OLLAMA_MODELS",
        "HF_HOME",
        "HF_HUB_CACHE",
        "LLAMA_CACHE",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    shelf = folder / ".lmstudio" / "models" / "maker" / "Tiny-GGUF"
    shelf.mkdir(parents=True)
    data = write_model(shelf / "Tiny-F32.gguf", name="Tiny").read_bytes()
    (shelf / "broken.gguf").write_bytes(data[:9000])
    return Person(folder)
