"""What does a recipe tell a person, how often, and what does it never tell?"""

import pytest

from homebody.errors import RecipeError
from homebody.house.forget import forget
from homebody.house.notices import NO_LONGER, notices
from homebody.house.undo import undo
from homebody.journal.run import RunState
from homebody.recipe.load import read_recipe
from homebody.recipe.permitted import permitted_in_words
from homebody.testing import FakeModel

FILE = "actions:\n  - move: OUT/\n  - notify: 'Filed {{ file.name }} in {{ file.folder }}'\n"


def told(room, **asked) -> list[str]:
    """Return the words of the notices, oldest first."""
    return [one["words"] for one in notices(room.journal.notices(limit=100, **asked), room.vault)]


def put(room, name: str, text: str | None = None) -> None:
    """Let a file come, and everything be done."""
    (room.notes / name).write_text(name if text is None else text)
    room.settle()
    room.work()


def test_a_notice_is_told_when_the_run_is_done(room):
    """The actions before it count: the file has its new place. It is no file, and is kept encrypted."""
    room.recipe("file", FILE)
    put(room, "bill.txt")
    assert [f"Filed bill.txt in {room.folder / 'out'}"] == told(room)
    assert {"out/bill.txt": "bill.txt"} == room.tree()
    (one,) = notices(room.journal.notices(limit=1), None)
    assert ("file", False) == (one["recipe"], one["failure"])
    assert "bill.txt" not in one["words"], "the journal alone does not know the words"
    put(room, "letter.txt")
    assert 2 == room.journal.newest_notice()
    assert [f"Filed letter.txt in {room.folder / 'out'}"] == told(room, after=1)


def test_a_recipe_may_do_nothing_but_tell(room):
    """Then there is nothing to undo, and it tells once for each file."""
    room.recipe("tell", "actions:\n  - notify: '{{ file.name }} came'\n")
    put(room, "a.txt")
    room.settle()
    room.work()
    assert ["a.txt came"] == told(room)


def test_an_undo_takes_the_notice_back(room):
    """What was not shown yet never is."""
    room.recipe("file", FILE)
    put(room, "bill.txt")
    (run,) = room.journal.in_state(RunState.DONE)
    undo(room.journal, room.vault, run.id)
    assert [] == told(room)
    assert 1 == room.journal.newest_notice(), "its number does not come again"


def test_a_run_that_fails_tells_nothing_of_its_own(room):
    """The move cannot be made: nothing was filed, and the first failure is told instead."""
    (room.folder / "out").write_text("a file in the way")
    room.recipe("file", FILE + "on_error: {retry: 0}\n")
    put(room, "bill.txt")
    (words,) = told(room)
    assert words.startswith("file failed on bill.txt: `homebody show 1` says why.")


def test_only_the_first_of_many_failures_is_told(room):
    """Until the recipe has worked again; of each recipe for itself."""
    out = room.folder / "out"
    out.write_text("a file in the way")
    room.recipe("file", "actions:\n  - move: OUT/\non_error: {retry: 0}\n")
    for name in ("a.txt", "b.txt", "c.txt"):
        put(room, name)
    assert ["file failed on a.txt"] == [words.split(":")[0] for words in told(room)]
    out.unlink()
    put(room, "d.txt")
    out.rename(room.folder / "moved")
    out.write_text("a file in the way")
    put(room, "e.txt")
    put(room, "f.txt")
    assert ["file failed on a.txt", "file failed on e.txt"] == [words.split(":")[0] for words in told(room)]


def test_a_try_that_is_repeated_tells_once(room):
    """The second try says what it finds then."""
    (room.folder / "out").write_text("a file in the way")
    room.recipe("file", FILE)
    put(room, "bill.txt")
    assert [] == told(room)
    (room.folder / "out").unlink()
    room.clock.advance(10)
    room.work()
    assert [f"Filed bill.txt in {room.folder / 'out'}"] == told(room)


def test_a_plan_that_waits_tells_nothing_before_it_is_agreed_to(room):
    """It shows what it would tell."""
    room.recipe("file", FILE + "approve: true\n")
    put(room, "bill.txt")
    assert [] == told(room)
    (run,) = room.journal.in_state(RunState.WAITING)
    room.journal.approve(run.id)
    room.work()
    assert 1 == len(told(room))


@pytest.mark.parametrize(
    "message",
    ["{{ ask.title }}", "{% for t in ask.tags %}{{ t }}{% endfor %}", "{{ file }}", "{{ ask | tojson }}"],
)
def test_nothing_of_a_document_can_be_told(message):
    """Neither an answer nor a text: a notice leaves the seal."""
    text = (
        "name: r\ntriggers: [{watch: ~/In}]\nask: {prompt: x, output: {title: text, tags: list}}\nactions:\n"
        f'  - notify: "{message}"\n'
    )
    with pytest.raises(RecipeError, match="may not be in a notice"):
        read_recipe(text)


def test_documents_of_a_schedule_are_not_told_either():
    """Their texts are one loop away."""
    text = (
        "name: r\ntriggers: [{schedule: {every: 1h}}]\nselect: {folder: ~/In}\nactions:\n"
        '  - notify: "{% for d in documents %}{{ d.text }}{% endfor %}"\n'
    )
    with pytest.raises(RecipeError, match="may not be in a notice"):
        read_recipe(text)


def test_an_answer_that_names_the_file_is_told_by_the_name_alone(room):
    """A rename by an answer shows in the name: names are told, as they are in the history."""
    room.model = FakeModel(answers=['{"title":"Roof"}'])
    room.recipe(
        "name",
        "ask: {prompt: x, output: {title: text}}\nactions:\n  - rename: '{{ ask.title }}{{ file.suffix }}'\n"
        "  - notify: 'Now called {{ file.name }}'\n",
    )
    put(room, "a.txt", "about the roof")
    assert ["Now called Roof.txt"] == told(room)


def test_a_notice_is_one_line_without_what_drives_a_terminal(room):
    """Names can hold anything, and a notice is never longer than a desktop shows."""
    room.recipe("tell", "actions:\n  - notify: '{{ file.name }}'\n")
    put(room, "a\n\x1b[2J\u202eb.txt")
    assert ["a [2Jb.txt"] == told(room)


def test_what_is_forgotten_is_told_no_more(room):
    """Neither the words nor that there was a notice; a purge leaves that there was one."""
    room.recipe("tell", "actions:\n  - notify: '{{ file.name }} came'\n")
    put(room, "a.txt")
    put(room, "b.txt")
    forget(room.journal, room.vault, room.notes / "a.txt")
    assert ["b.txt came"] == told(room)
    room.vault.purge(bytes_at_most=0)
    assert [NO_LONGER] == told(room)


def test_show_says_that_a_recipe_tells_something():
    """And what it may write does not grow by it."""
    recipe = read_recipe("name: r\ntriggers: [{watch: ~/In}]\nactions: [{notify: hello}]\n")
    assert () == recipe.permissions().writes
    assert any("tells you something" in line for line in permitted_in_words(recipe))
