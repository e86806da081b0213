"""After a lost journal, what lies there says whether a recipe has acted on a file."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.house.rebuild import FOUND_DONE, FirstLook, Verdict, decide, judge
from homebody.journal.merge import REBUILT

ASK = "ask:\n  prompt: Summarise.\n  output: {summary: {type: text, max: 100}}\n"


verdicts = st.lists(st.sampled_from(Verdict), min_size=1, max_size=5)


@given(verdicts=verdicts)
def test_a_recipe_acts_again_only_when_nothing_speaks_against_it(verdicts: list[Verdict]):
    """It is queued when all that was looked at is not there, done when all is there, and else left alone."""
    looked = [verdict for verdict in verdicts if verdict is not Verdict.ELSEWHERE]
    found = decide(verdicts)
    assert (found is Verdict.NOT_DONE) == (bool(looked) and all(one is Verdict.NOT_DONE for one in looked))
    assert (found is Verdict.DONE) == (bool(looked) and all(one is Verdict.DONE for one in looked))


WRITE = "actions:\n  - write: {dest: 'OUT/{{ file.stem }}.txt', content: 'x'}\n"
BY_ANSWER = ASK + "actions:\n  - write: {dest: 'OUT/{{ ask.summary }}.txt', content: 'x'}\n"
BY_DATE = "actions:\n  - write: {dest: 'OUT/{{ run.date }}.txt', content: 'x'}\n"
SIZE = "actions:\n  - append: {dest: 'OUT/list.txt', content: '{{ file.size }}'}\n"
LINE = "actions:\n  - append: {dest: 'OUT/list.txt', content: '{{ file.name }}'}\n"
FRONT = "actions:\n  - front_matter: {set: {seen: 'yes'}, add: {tags: [note]}}\n"


@pytest.mark.parametrize(
    ("recipe", "note", "out", "verdict"),
    [
        (WRITE, "", {"a.txt": ""}, Verdict.DONE),
        (WRITE, "", {"b.txt": ""}, Verdict.NOT_DONE),
        (BY_ANSWER, "", {}, Verdict.UNKNOWN),
        (BY_DATE, "", {}, Verdict.UNKNOWN),
        (LINE, "", {}, Verdict.NOT_DONE),
        (LINE, "", {"list.txt": "aa.md\n"}, Verdict.NOT_DONE),
        (LINE, "", {"list.txt": "b.md\r\na.md\r\n"}, Verdict.DONE),
        (LINE, "", {"list.txt": "\udcff"}, Verdict.UNKNOWN),
        (SIZE, "", {}, Verdict.NOT_DONE),
        (SIZE, "", {"list.txt": "7\n"}, Verdict.UNKNOWN),
        (FRONT, "# A\n", {}, Verdict.NOT_DONE),
        (FRONT, "---\nseen: no\ntags: [x]\n---\n", {}, Verdict.DONE),
        (FRONT, "---\nseen: no\ntags: []\n---\n", {}, Verdict.UNKNOWN),
        (FRONT, "---\n- broken\n---\n", {}, Verdict.UNKNOWN),
        (FRONT, "---\nno end\n", {}, Verdict.UNKNOWN),
        (WRITE + LINE.removeprefix("actions:\n"), "", {"a.txt": ""}, Verdict.UNKNOWN),
        (BY_ANSWER + LINE.removeprefix("actions:\n"), "", {"list.txt": "a.md\n"}, Verdict.DONE),
    ],
)
def test_what_lies_there_is_the_witness(room, recipe: str, note: str, out: dict[str, str], verdict: Verdict):
    """Each kind of action is judged by what it makes, and only when that does not hang on an answer or a moment."""
    loaded = room.recipe("one", recipe)
    (room.notes / "a.md").write_text(note)
    for name, text in out.items():
        (room.folder / "out").mkdir(exist_ok=True)
        (room.folder / "out" / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    before = room.tree() if verdict is not Verdict.UNKNOWN else None
    assert judge(loaded, room.notes / "a.md") is verdict
    assert before is None or before == room.tree()


def test_a_file_that_came_after_the_rebuilding_is_new(room):
    """Whatever lies in its output folder: only what was there before is judged."""
    loaded = room.recipe("one", WRITE)
    path = room.notes / "a.md"
    path.write_text("x")
    (room.folder / "out").mkdir()
    (room.folder / "out" / "a.txt").write_text("of another a.md")
    changed = datetime.fromtimestamp(path.lstat().st_ctime, UTC)
    room.journal.set_meta(REBUILT, changed.isoformat())
    assert FirstLook(room.journal, ())(loaded, path) == FOUND_DONE
    room.journal.set_meta(REBUILT, (changed - timedelta(seconds=1)).isoformat())
    assert FirstLook(room.journal, ())(loaded, path) is None
    room.journal.set_meta(REBUILT, None)
    assert FirstLook(room.journal, ())(loaded, path) is None
