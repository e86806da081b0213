"""What is a person told when a recipe begins to run?"""

from pathlib import Path

import pytest

from homebody.errors import DiskFullError
from homebody.house.taking import Standing, Wait
from homebody.journal.store import Journal
from homebody.logs import configure
from homebody.recipe.load import read_recipe
from homebody.recipe.schema import Recipe
from homebody.service.newcomers import announce, introduce
from homebody.testing import FakeClock


def recipe(top: Path, *, out: str = "out", word: str = "x", more: str = "") -> Recipe:
    """Return a recipe that writes into a folder."""
    return read_recipe(
        f"name: beside\ntriggers: [{{watch: {top}/Notes}}]\n{more}"
        f"actions:\n  - write: {{dest: '{top}/{out}/{{{{ file.stem }}}}.txt', content: {word}}}\n"
    )


def test_it_is_said_once_and_again_when_it_may_do_something_else(tmp_path: Path):
    """Across starts, by the journal; the log has numbers and no folder."""
    lines: list[str] = []
    log = tmp_path / "log"
    tee = configure(log)
    for one in (recipe(tmp_path), recipe(tmp_path), recipe(tmp_path, word="y")):
        journal = Journal.open(tmp_path / "journal.db", FakeClock())
        introduce(journal, [one], lines.append)
        journal.close()
    first = [
        "beside runs from now on.",
        f"  It reads {tmp_path}/Notes, with all that lies below.",
        f"  It writes in {tmp_path}/out, with all that lies below.",
    ]
    assert first == lines[:3]
    assert 5 == len(lines)
    assert 1 == len(log.read_text(encoding="utf-8").splitlines())
    journal = Journal.open(tmp_path / "journal.db", FakeClock())
    introduce(journal, [recipe(tmp_path, out="more", more="enabled: false\n")], lines.append)
    assert 5 == len(lines), "one that is switched off does not begin"
    introduce(journal, [recipe(tmp_path, out="more")], lines.append)
    assert f"  It writes in {tmp_path}/more, with all that lies below." == lines[7]
    journal.close()
    tee.close()
    assert str(tmp_path) not in log.read_text(encoding="utf-8")


def test_a_full_disk_keeps_nobody_from_being_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It is said, and once more at the next start."""
    lines: list[str] = []
    journal = Journal.open(tmp_path / "journal.db", FakeClock())

    def full(name: str, value: str | None) -> None:
        raise DiskFullError

    with monkeypatch.context() as patch:
        patch.setattr(journal, "set_meta", full)
        introduce(journal, [recipe(tmp_path)], lines.append)
    introduce(journal, [recipe(tmp_path)], lines.append)
    introduce(journal, [recipe(tmp_path)], lines.append)
    assert 10 == len(lines)
    journal.close()


def test_what_waits_and_what_went_is_said_when_it_comes_up(tmp_path: Path):
    """Each once; what was so before is not repeated."""
    lines: list[str] = []
    before = Standing(recipes={"beside": recipe(tmp_path)}, files={"beside": "beside.yaml"})
    now = Standing(waits={"more": Wait(why="waiting for restart: it would read /x", restart=True),
                          "odd": Wait(why="the folder /y is not there")})  # fmt: skip
    announce(before, now, lines.append)
    announce(now, now, lines.append)
    assert [
        "more is waiting for restart: it would read /x",
        "odd waits: the folder /y is not there",
        "beside runs no longer.",
    ] == lines
