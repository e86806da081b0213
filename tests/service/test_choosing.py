"""How a choice comes into the settings: its own lines, and nothing else."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from homebody.errors import SettingsError
from homebody.paths import Home, find_home
from homebody.service.choosing import changed, choice_of, choose

PIN = "ab" * 32
TEXT = """# mine
model: ~/old.gguf   # the old one
vault: {keep: 30d, size: 1 GB}
# what follows is important
rescan: 60
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of its own."""
    return find_home({}, tmp_path / "home")


def test_only_our_lines_change(home: Home) -> None:
    """Comments, order and every other line stay; a new key comes at the end; what is taken back goes."""
    home.config.mkdir()
    home.settings.write_text(TEXT)
    home.settings.chmod(0o640)
    found = choose(home, {"model": "/models/new one.gguf", "pin": PIN, "context": 4096, "overcommit": None})

    assert (
        TEXT.replace("~/old.gguf", "/models/new one.gguf") + f"pin: {yaml_of(PIN)}\ncontext: 4096\n"
        == home.settings.read_text()
    )
    assert (PIN, 4096, False) == (choice_of(found).pin, choice_of(found).context, choice_of(found).force)
    assert 0o640 == home.settings.stat().st_mode & 0o777
    choose(home, {"model": None, "pin": None, "context": None})
    assert TEXT.replace("model: ~/old.gguf   # the old one\n", "") == home.settings.read_text()
    assert ["settings.yaml"] == [path.name for path in home.config.iterdir()]


def yaml_of(text: str) -> str:
    """Return *text* as it stands in the file."""
    return changed("", {"x": text}).removeprefix("x: ").rstrip("\n")


def test_a_file_that_is_not_there_yet(home: Home) -> None:
    """It is made, with its folder, for its owner alone."""
    choose(home, {"model": "/m.gguf"})
    assert "model: /m.gguf\n" == home.settings.read_text()
    assert 0o600 == home.settings.stat().st_mode & 0o777


def test_a_link_stays_a_link(home: Home, tmp_path: Path) -> None:
    """Settings that are kept elsewhere, and linked to, are changed there."""
    kept = tmp_path / "dotfiles.yaml"
    kept.write_text("context: 512\n")
    home.config.mkdir()
    home.settings.symlink_to(kept)
    choose(home, {"context": 1024})
    assert home.settings.is_symlink()
    assert "context: 1024\n" == kept.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "{context: 512}\n",
        "context: 512\n---\n",
        "a: *b\n",
        "context: [\n",
        "unknown: 1\n",
        "pin: >-\n  abc\n",
    ],
)
def test_what_cannot_be_changed_safely_is_left(home: Home, text: str) -> None:
    """A file in braces, several documents, faults: it stays as it is, and the reason is told."""
    home.config.mkdir()
    home.settings.write_text(text)
    with pytest.raises(SettingsError):
        choose(home, {"pin": PIN})
    assert text == home.settings.read_text()


def test_a_folder_that_cannot_be_written(home: Home) -> None:
    """The reason is told, and nothing is left behind."""
    if os.getuid() == 0:
        home.config.parent.mkdir(parents=True, exist_ok=True)
        home.config.write_text("a file where the folder should be")
        with pytest.raises(SettingsError):
            choose(home, {"pin": PIN})
        return
    home.config.mkdir(mode=0o500)
    with pytest.raises(SettingsError, match="cannot be written"):
        choose(home, {"pin": PIN})


LINES = st.lists(
    st.sampled_from(
        ["# a comment", "", "context: 512 # few", "rescan: 60", "threads:   2",
         "vault:\n  keep: 1d # soon\n  size: 1 MB",
         "model: '~/a b.gguf'", "settle: 5", "kv: 'q8_0'"]
    ),
    unique=True,
)  # fmt: skip
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "model": st.one_of(st.none(), st.text(min_size=1, max_size=20).filter(str.isprintable)),
        "context": st.one_of(st.none(), st.integers(1, 9999)),
        "kv": st.sampled_from(["f16", "q8_0", None]),
        "pin": st.one_of(st.none(), st.just(PIN)),
    },
)


@given(LINES, VALUES, st.sampled_from(["\n", "\r\n"]))
def test_any_settings(lines: list[str], values: dict[str, object], end: str) -> None:
    """Afterwards the file says what it said and what was chosen; each comment on a line of its own is still there."""
    text = "".join(line.replace("\n", end) + end for line in lines)
    after = changed(text, values)

    meant = {**(yaml.safe_load(text) or {}), **values}
    assert {key: value for key, value in meant.items() if value is not None} == (yaml.safe_load(after) or {})
    assert text.count("# a comment") == after.count("# a comment")
    assert ("\r\n" in after) == ("\r\n" in text) or "\r\n" not in text
