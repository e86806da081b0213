"""The settings file: every line optional, every mistake named."""

from datetime import timedelta
from pathlib import Path

import pytest

from homebody.errors import SettingsError
from homebody.paths import Home, find_home, starter_model
from homebody.settings import load_settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return an empty home."""
    return find_home(root=tmp_path)


def test_without_a_file_the_starter_model_is_used(home: Home):
    """A new user has no settings and no model, and homebody works."""
    assert starter_model() == load_settings(home).model_path()


def test_a_model_of_ones_own_is_used(home: Home):
    """``model`` names the GGUF file to load."""
    home.settings.write_text("model: /models/big.gguf\ncontext: 8192\n", encoding="utf-8")
    assert Path("/models/big.gguf") == load_settings(home).model_path()
    assert load_settings(home).context == 8192


def test_the_model_stays_loaded_unless_it_is_asked_to_go(home: Home):
    """``unload_after`` is how long the model may lie idle; without it, for ever."""
    assert load_settings(home).unload_after is None
    home.settings.write_text("unload_after: 1h30m\n", encoding="utf-8")
    assert timedelta(minutes=90) == load_settings(home).unload_after


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("modle: x.gguf\n", "modle"),
        ("context: many\n", "context"),
        ("rescan: 0\n", "rescan"),
        ("- a\n- b\n", "settings.yaml"),
        ("model: [\n", "settings.yaml"),
        ("threads: -1\n", "threads"),
        ("unload_after: soon\n", "unload_after"),
        ("unload_after: 0s\n", "unload_after"),
        ("on_battery: perhaps\n", "on_battery"),
    ],
)
def test_a_mistake_is_named(home: Home, text: str, named: str):
    """A wrong line is an error that names the file and the setting."""
    home.settings.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=named):
        load_settings(home)


def test_a_file_that_is_no_text_is_an_error(home: Home):
    """Bytes that are not UTF-8 are an error and no crash."""
    home.settings.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(SettingsError):
        load_settings(home)
