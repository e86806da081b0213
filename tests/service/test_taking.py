"""When does a running daemon take up what a person does to the recipes' files?"""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desk import EVERY, Desk

from homebody.errors import DiskFullError, HomebodyError
from homebody.house.taking import NOTHING, InForce, Standing, Wait, without
from homebody.journal.store import Journal
from homebody.recipe.load import load_folder
from homebody.service.taking import BAD_NEWS_SECONDS, QUIET_SECONDS, Taker
from homebody.service.timetable import Timetable
from homebody.testing import FakeClock


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk with no recipe on it."""
    return Desk(tmp_path)


def test_good_news_waits_a_moment_and_bad_news_longer(desk: Desk):
    """A file that is written is read when it has lain still; one that is cut off only when it stays so."""
    path = desk.write("p")
    assert QUIET_SECONDS == desk.taker.look()
    assert {} == desk.recipes
    assert EVERY == desk.pass_by(QUIET_SECONDS)
    assert {"p": "one"} == desk.words()
    path.write_text("name: p\ntrig", encoding="utf-8")
    desk.taker.look()
    left = desk.pass_by(QUIET_SECONDS)
    assert 0 < left <= BAD_NEWS_SECONDS - QUIET_SECONDS
    assert () == desk.recipes.standing.problems
    desk.write("p", "two")
    desk.taker.look()
    desk.pass_by(QUIET_SECONDS)
    assert {"p": "two"} == desk.words()
    path.write_text("name: p\ntrig", encoding="utf-8")
    desk.taker.look()
    assert EVERY == desk.pass_by(BAD_NEWS_SECONDS)
    assert ["p.yaml"] == sorted({problem.file for problem in desk.recipes.standing.problems})
    assert {"p": "two"} == desk.words()
    path.unlink()
    desk.taker.look()
    desk.pass_by(QUIET_SECONDS)
    assert {"p": "two"} == desk.words()
    desk.pass_by(BAD_NEWS_SECONDS)
    assert {} == desk.words()


def test_another_verdict_counts_at_once_and_looks_at_no_file(desk: Desk):
    """A recipe that the model cannot answer waits as soon as it says so; a file that is half saved stays unread."""
    path = desk.write("p")
    desk.write("q")
    desk.taker.reload()
    path.write_text("name: p\ntrig", encoding="utf-8")
    desk.taker.take_up(lambda before: replace(without(before, {"q"}), waits={"q": Wait(why="it cannot")}))
    assert ({"p": "one"}, ()) == (desk.words(), desk.recipes.standing.problems)
    assert ["q"] == list(desk.recipes.standing.waits)


def test_a_list_of_words_that_is_edited_counts_as_its_recipe(desk: Desk):
    """The recipe names the list, and what it may answer changes with it."""
    words = desk.home.recipes / "tags.yaml"
    words.write_text("[one, two]\n", encoding="utf-8")
    text = desk.write("p").read_text(encoding="utf-8")
    asks = "ask: {prompt: x, output: {tags: {type: list, of: tags.yaml}}}\n"
    (desk.home.recipes / "p.yaml").write_text(text + asks, encoding="utf-8")
    desk.taker.reload()
    before = desk.recipes["p"].hash
    words.write_text("[one, three]\n", encoding="utf-8")
    assert ("p",) == desk.taker.reload().changed
    assert before != desk.recipes["p"].hash


def test_a_folder_that_is_made_later_is_found_at_the_next_look(desk: Desk):
    """It is below one that the seal lets it read, so that no restart is needed."""
    desk.write("p", watch="notes/later")
    desk.taker.reload()
    assert "is not there: make it" in desk.recipes.standing.waits["p"].why
    assert not desk.recipes.standing.waits["p"].restart
    (desk.notes / "later").mkdir()
    desk.pass_by(EVERY)
    assert {"p": "one"} == desk.words()


@pytest.mark.parametrize(("out", "watch"), [("out", "notes/loop"), ("out/loop/x", "notes")])
def test_links_that_go_round_in_a_circle_stop_no_other_recipe(desk: Desk, out: str, watch: str):
    """The recipe that names them waits with that folder; the others are taken up."""
    for folder in (desk.notes, desk.out):
        (folder / "loop").symlink_to(folder / "loop")
    desk.write("p", out=out, watch=watch)
    desk.write("q")
    assert ("q",) == desk.taker.reload().new
    assert "loop" in desk.recipes.standing.waits["p"].why


def test_a_folder_of_recipes_that_cannot_be_looked_into_takes_nothing_away(desk: Desk):
    """The recipes in force go on, and the problem is told until it is over."""
    desk.write("p")
    desk.taker.reload()
    aside = desk.home.recipes.rename(desk.home.config / "aside")
    desk.home.recipes.write_text("a file in its place", encoding="utf-8")
    assert EVERY == desk.taker.look()
    assert "cannot be looked into" in str(desk.taker.problem)
    with pytest.raises(HomebodyError, match="Nothing was changed"):
        desk.taker.reload()
    assert {"p": "one"} == desk.words()
    desk.home.recipes.unlink()
    aside.rename(desk.home.recipes)
    desk.pass_by(BAD_NEWS_SECONDS)
    assert desk.taker.problem is None
    assert {"p": "one"} == desk.words()


def test_what_a_full_disk_broke_off_is_done_at_the_next_look(desk: Desk):
    """The taker's thread goes on, and comes back to it."""
    tries: list[Callable[[], None]] = []

    def take(found: Standing) -> None:
        desk.recipes.standing = found
        tries.append(lambda: None)
        if len(tries) == 1:
            raise DiskFullError
        stop.set()
        taker.touched()

    stop = threading.Event()
    desk.write("p")
    taker = Taker(folder=desk.home.recipes, clock=desk.clock, recipes=desk.recipes, evaluate=desk.evaluate,
                  take=take, every=0.01)  # fmt: skip
    with pytest.raises(DiskFullError):
        taker.reload()
    desk.clock.advance(BAD_NEWS_SECONDS)
    thread = threading.Thread(target=taker.run, args=(stop,))
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert 2 == len(tries)


def test_schedules_follow_the_recipes(tmp_path: Path):
    """New times count from now on, other edits leave them alone, and what is removed is due no more."""
    clock = FakeClock()
    journal = Journal.open(tmp_path / "journal.db", clock)
    recipes = InForce()

    def edit(body: str | None) -> None:
        folder = tmp_path / "recipes"
        folder.mkdir(exist_ok=True)
        (folder / "digest.yaml").write_text(
            f"name: digest\n{body}"
            if body
            else "name: digest\nenabled: false\n"
            f"triggers: [{{schedule: 1h}}]\nactions: [{{write: {{dest: {tmp_path}/out/x.md, content: x}}}}]\n",
            encoding="utf-8",
        )
        found = load_folder(folder)
        assert () == found.problems
        recipes.standing = Standing(recipes={one.name: one for one in found.recipes})
        timetable.follow()

    def body(times: str, word: str = "x") -> str:
        write = f"{{write: {{dest: {tmp_path}/out/x.md, content: {word}}}}}"
        return f"triggers: [{{schedule: {times}}}]\nactions: [{write}]\n"

    timetable = Timetable(journal, clock, recipes, lambda: None)
    edit(body("1h"))
    clock.advance(3 * 3600)
    edit(body("1h", "other words"))
    assert [] == journal.runs(), "while it runs the schedule itself is on time, and nothing was missed"
    edit(body('"08:00"'))
    assert ([], {}) == (journal.runs(), timetable.missed), "at the new time today it was not due yet"
    edit(None)
    clock.advance(3 * 3600)
    edit(body("1h"))
    assert ["digest"] == [run.recipe for run in journal.runs()], "one that comes again goes on where it was"
    recipes.standing = NOTHING
    timetable.follow()
    assert {} == timetable.missed
    journal.close()
