"""Does a recipe of ours become a person's own, whatever their folder is called, or leave nothing behind?"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from homebody.cli.adopting import adopt, looking_after, shipped_recipes
from homebody.cli.setup import Wishes, put_in, unasked, whole
from homebody.errors import RecipeError, UsageError
from homebody.paths import find_home
from homebody.recipe.load import load_recipe


def setup(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type `homebody setup` where nobody can be asked."""
    return subprocess.run(
        [sys.executable, "-I", "-m", "homebody", "--home", str(home), "setup", *words], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(shipped_recipes()))
def test_every_shipped_recipe_looks_after_the_folder_that_is_named(tmp_path: Path, name: str):
    """Whichever of its lines names the folder: that is what it reads."""
    adopted = adopt(find_home({}, tmp_path / "home"), name, tmp_path / "Papers: #1")
    assert tmp_path / "Papers: #1" in adopted.recipe.permissions().reads
    assert adopted.file.read_text(encoding="utf-8").startswith("# yaml-language-server")


@settings(max_examples=60)
@example(" ")
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30))
def test_no_name_of_a_folder_means_anything_to_yaml(name: str):
    """Quotes, colons, braces and whatever else: the recipe says just that folder, or it is refused beforehand."""
    folder = Path("/papers") / name.replace("/", "_")
    text = shipped_recipes()["summarize-notes"].read_text(encoding="utf-8")
    try:
        text = looking_after(text, folder)
    except UsageError:
        assert "{{" in name or "{%" in name or not name.isprintable() or name.rstrip() != name
        return
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "r.yaml"
        path.write_text(text, encoding="utf-8")
        assert [Path("/papers") / name.replace("/", "_")] == list(load_recipe(path).watched) or name in (
            ".",
            "..",
        )


def test_a_recipe_that_is_there_is_never_overwritten(tmp_path: Path):
    """Neither by hand nor by `setup`."""
    home = find_home({}, tmp_path / "home")
    adopt(home, "tag-files", tmp_path)
    before = (home.recipes / "tag-files.yaml").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="there already"):
        adopt(home, "tag-files", tmp_path / "other")
    assert before == (home.recipes / "tag-files.yaml").read_text(encoding="utf-8")


def test_what_would_not_run_leaves_nothing(tmp_path: Path):
    """A folder that a program carries away: the reason is told, the recipe is not there, nor a folder made for it."""
    home, shared = find_home({}, tmp_path / "home"), tmp_path / "Shared"
    (shared / ".stfolder").mkdir(parents=True)
    with pytest.raises(RecipeError, match="Syncthing"):
        put_in(home, Wishes("summarize-notes", shared / "Notes", login=False))
    assert not (shared / "Notes").exists()
    assert not (home.recipes / "summarize-notes.yaml").exists()
    with pytest.raises(UsageError, match="no shipped recipe"):
        put_in(home, Wishes("sing", tmp_path / "Songs", login=False))
    assert not (tmp_path / "Songs").exists()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be made"):
        put_in(home, Wishes("summarize-notes", tmp_path / "file" / "Notes", login=False))


def test_where_nobody_can_be_asked_everything_must_be_said(tmp_path: Path):
    """What is missing is named, and nothing is written."""
    done = setup(tmp_path / "home", "--recipe", "tag-files")
    assert 64 == done.returncode
    assert "say --folder DIR, --login or --no-login" in " ".join(done.stderr.split())
    assert not (tmp_path / "home").exists()
    with pytest.raises(UsageError, match="--recipe NAME"):
        unasked(None, "x", login=True)
    assert whole(" ~/x ") == Path.home() / "x"


def test_a_script_sets_up_a_recipe_that_runs(tmp_path: Path):
    """One line of JSON, and a running homebody with that recipe; the folder was made."""
    home = find_home({}, tmp_path / "home")
    words = ("--recipe", "summarize-notes", "--folder", str(tmp_path / "Notes"), "--no-login", "--json")
    done = setup(home.config, *words)
    try:
        assert 0 == done.returncode, done.stderr
        said = json.loads(done.stdout)
        assert ("summarize-notes", str(tmp_path / "Notes"), False) == (
            said["recipe"],
            said["folder"],
            said["login"],
        )
        assert (tmp_path / "Notes").is_dir()
        again = setup(home.config, *words)
        assert 64 == again.returncode
        assert "is there already" in again.stderr
    finally:
        stopped = subprocess.run([sys.executable, "-I", "-m", "homebody", "--home", str(home.config), "stop", "--json"],
                                 capture_output=True, text=True, check=True)  # fmt: skip
    assert said["pid"] == json.loads(stopped.stdout)["pid"]
