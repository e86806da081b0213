"""Does a running daemon take up what a person does to the recipes' files, within the seal of its start?"""

import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from homebody.cli.main import cli

BESIDE = """name: NAME
triggers: [{watch: NOTES, settle: 100ms, existing: EXISTING}]
filters: [{extension: md}]
actions:
  - write: {dest: "OUT/{{ file.stem }}.txt", content: "WORD {{ file.name }}"}
"""


@pytest.fixture
def beside(house):
    """Return what writes a recipe that notes each note in a folder of its own."""

    def write(name: str = "beside", word: str = "seen", *, out: str = "out", notes: Path | None = None,
              existing: str = "process", file: str | None = None) -> Path:  # fmt: skip
        text = BESIDE.replace("NAME", name).replace("WORD", word).replace("EXISTING", existing)
        text = text.replace("NOTES", str(notes or house.notes)).replace("OUT", str(house.folder / out))
        house.recipe(file or name, text)
        return house.home.recipes / f"{file or name}.yaml"

    return write


@pytest.fixture
def type_in(house):
    """Return what types a command and returns its exit code and what it printed."""

    def typed(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["--home", str(house.home.config), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return typed


def names(house) -> list[str]:
    """Return the recipes in force."""
    return [recipe["name"] for recipe in house.status()["recipes"]]


def made(house, name: str, *, out: str = "out") -> str | None:
    """Return what a recipe has written, or None."""
    path = house.folder / out / name
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def test_a_recipe_is_edited_broken_mended_renamed_and_removed(house, beside, type_in):
    """Each edit counts without a restart; a mistake leaves the last good one at work, and says where it is."""
    path = beside()
    house.start(model=False)
    house.drop("a.md", "a")
    house.until(lambda: made(house, "a.txt") == "seen a.md")
    before = {recipe["name"]: recipe for recipe in house.status()["recipes"]}
    assert [str(house.folder / "out")] == before["beside"]["permissions"]["writes"]

    beside(word="read")
    assert ["beside"] == house.ask("POST", "/v1/reload")["changed"]
    house.drop("b.md", "b")
    house.until(lambda: made(house, "b.txt") == "read b.md")
    assert made(house, "a.txt") == "seen a.md", "editing a recipe does nothing again"

    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("actions:", "acts:"), encoding="utf-8")
    house.until(lambda: house.status()["problems"])
    status = house.status()
    assert any(
        problem.startswith("beside.yaml:") and "did you mean" in problem for problem in status["problems"]
    )
    assert "goes on as it was" in status["waiting"]["beside"]
    house.drop("c.md", "c")
    house.until(lambda: made(house, "c.txt") == "read c.md")
    assert '"line": 4' in house.home.log.read_text(encoding="utf-8")

    path.write_text(good.replace("read", "mended"), encoding="utf-8")
    house.until(lambda: not house.status()["problems"])
    house.drop("d.md", "d")
    house.until(lambda: made(house, "d.txt") == "mended d.md")

    path.rename(path.with_name("other.yaml"))
    assert not any(house.ask("POST", "/v1/reload").values())
    beside("renamed", "renamed", file="other")
    house.until(lambda: names(house) == ["renamed"])

    path.with_name("other.yaml").unlink()
    assert (0, "removed: renamed\n") == type_in("reload")
    path.write_text("name: x", encoding="utf-8")
    code, text = type_in("reload")
    assert code == 65
    assert text.startswith("problem: beside.yaml:1:1:")
    path.unlink()
    assert [] == names(house)
    house.drop("e.md", "e")
    beside("later", existing="skip")
    assert ["later"] == house.ask("POST", "/v1/reload")["new"]
    house.drop("f.md", "f")
    house.until(lambda: made(house, "f.txt") == "seen f.md")
    assert made(house, "e.txt") is None, "what was there before is left alone, as at a start"
    log = house.home.log.read_text(encoding="utf-8")
    assert "beside.yaml" not in log
    assert str(house.folder) not in log
    assert "stumbled" not in log


def test_what_the_seal_does_not_allow_waits_for_a_restart(house, beside, type_in):
    """The folder is named, the version before goes on, what lies within is taken up; after the restart all runs."""
    more = house.folder / "More"
    more.mkdir()
    beside()
    house.start(model=False)
    beside(word="new", out="elsewhere")
    beside("more", notes=more)
    beside("below", "below", out="out/deep/er")
    answer = house.ask("POST", "/v1/reload")
    assert (["below"], [], []) == (answer["new"], answer["changed"], answer["removed"])
    status = house.status()
    elsewhere = str(house.folder / "elsewhere")
    assert {
        "beside": {"reads": [], "writes": [elsewhere], "goes_on": True},
        "more": {"reads": [str(more)], "writes": [], "goes_on": False},
    } == status["waiting_for_restart"]
    words = status["waiting"]["beside"]
    assert words.startswith(f"waiting for restart: it would write in {elsewhere}")
    assert "`homebody restart`" in words
    assert "goes on" in words
    assert not Path(elsewhere).exists()
    for command in ("status", "reload", "history"):
        code, text = type_in(command)
        assert code == 0
        assert f"beside is {words}" in text
        assert f"more is waiting for restart: it would read {more}" in text
    assert f"reads {house.notes}; writes in {house.folder / 'out'}" in type_in("status")[1]
    house.drop("a.md", "a")
    (more / "m.md").write_text("m", encoding="utf-8")
    house.until(lambda: made(house, "a.txt", out="out/deep/er") == "below a.md")
    house.until(lambda: made(house, "a.txt") == "seen a.md")
    why = house.ask("GET", "/v1/why", {"path": str(more / "m.md")})
    assert {"more": "absent", "beside": "not watched", "below": "not watched"} == {
        one["recipe"]: one["verdict"] for one in why["recipes"]
    }
    assert any(one["words"].startswith("waiting for restart: it would read") for one in why["recipes"])
    assert any(note.startswith("beside is waiting for restart") for note in why["notes"])

    assert house.stop() == 0
    house.start(model=False)
    assert {} == house.status()["waiting_for_restart"]
    house.until(lambda: made(house, "m.txt") == "seen m.md")
    house.drop("b.md", "b")
    house.until(lambda: made(house, "b.txt", out="elsewhere") == "new b.md")


def test_rapid_saves_and_half_files_never_flicker(house, beside):
    """However an editor saves, a recipe that was right before and after is never gone and never wrong."""
    path = beside()
    house.start(model=False)
    good = path.read_text(encoding="utf-8")
    for number in range(30):
        text = good.replace("seen", f"seen{number}")
        with path.open("w", encoding="utf-8") as file:
            file.write(text[:60])
            file.flush()
            assert (names(house), house.status()["problems"]) == (["beside"], [])
            file.write(text[60:])
        (path.parent / ".beside.yaml.swp").write_bytes(b"b0VIM")
        helper = path.with_name("beside.yaml~")
        helper.write_text(text, encoding="utf-8")
        path.unlink()
        assert (names(house), house.status()["problems"]) == (["beside"], [])
        helper.rename(path)
    recipe_word = "seen29"
    house.ask("POST", "/v1/reload")
    house.drop("a.md", "a")
    house.until(lambda: made(house, "a.txt") == f"{recipe_word} a.md")
    assert "mistake" not in house.home.log.read_text(encoding="utf-8")


def test_a_hang_up_is_a_call_to_look_again_and_a_circle_is_refused(house, beside):
    """A daemon without a terminal goes on after SIGHUP; a recipe that could wake itself is not taken up."""
    beside()
    house.start(model=False)
    beside(word="turned")
    assert house.process is not None
    os.kill(house.process.pid, signal.SIGHUP)
    log = house.home.log
    house.until(lambda: '"changed": 1' in log.read_text(encoding="utf-8"))
    circle = BESIDE.replace("NAME", "round").replace("EXISTING", "skip").replace("NOTES", str(house.notes))
    circle = circle.replace("OUT/{{ file.stem }}.txt", f"{house.notes}/log.md")
    house.recipe("round", circle)
    assert "can wake the recipe again" in house.ask("POST", "/v1/reload")["waiting"]["round"]
    assert names(house) == ["beside"]
    house.drop("a.md", "a")
    house.until(lambda: made(house, "a.txt") == "turned a.md")
    assert house.stop() == 0


def test_recipes_that_are_links_are_read_again_in_the_seal(house, beside):
    """One that is edited in place counts; one that is another file now cannot be read, and goes on as it was."""
    aside = beside().rename(house.folder / "aside.yaml")
    (house.home.recipes / "beside.yaml").symlink_to(aside)
    house.start(model=False)
    good = aside.read_text(encoding="utf-8")
    aside.write_text(good.replace("seen", "again"), encoding="utf-8")
    assert ["beside"] == house.ask("POST", "/v1/reload")["changed"]
    aside.unlink()
    aside.write_text(good, encoding="utf-8")
    answer = house.ask("POST", "/v1/reload")
    assert "goes on as it was" in answer["waiting"]["beside"]
    assert any("cannot be read" in problem for problem in answer["problems"])
    house.drop("a.md", "a")
    house.until(lambda: made(house, "a.txt") == "again a.md")
