"""A model that obeys the document changes nothing that the recipe does not declare."""

import re
from html.parser import HTMLParser

import pytest
from guard import check_names, check_table, check_text, snapshot
from obedient import BROKEN, WORST

from homebody.journal.run import RunState

ASK = """ask:
  prompt: Say what this is.
  output:
    title: {type: text, max: 200, lines: many}
    folder: {type: text, max: 200, lines: many}
    words: {type: text, max: 400, lines: many}
    tags: {type: list, max: 4, of: [bill, letter]}
    kind: {type: choice, of: [bill, letter]}
on_error: {retry: 0}
"""
FREE = ASK.replace("tags: {type: list, max: 4, of: [bill, letter]}", "tags: {type: list, max: 2}")
RECIPES = {
    "summary": (ASK, """actions:
  - write: {dest: 'OUT/{{ file.stem }}.md', content: "{{ ask.words }}"}
"""),
    "place": (ASK, """actions:
  - write: {dest: 'OUT/{{ ask.folder }}/{{ ask.title }}', content: '{{ ask.words }}'}
"""),
    "matter": (ASK, """actions:
  - front_matter: {set: {about: '{{ ask.words }}'}, add: {tags: '{{ ask.tags }}'}}
"""),
    "file": (FREE, """actions:
  - rename: '{{ ask.title }}{{ file.suffix }}'
  - move: 'OUT/{{ ask.folder }}/'
  - tag: {add: '{{ ask.tags }}'}
"""),
    "table": (ASK, """actions:
  - append: {dest: 'OUT/log.csv', content: '{{ file.name }},{{ ask.title }},"{{ ask.words }}"'}
"""),
    "page": (ASK, """actions:
  - write: {dest: 'OUT/{{ file.stem }}.html', content: '<p title="{{ ask.title }}">{{ ask.words }}</p>'}
"""),
    "diary": (ASK, """actions:
  - append: {dest: 'OUT/diary.md', heading: '## {{ ask.kind }}', content: '- {{ ask.words }}'}
"""),
}  # fmt: skip
TEXT = "The gardener needs the key. #{number}\n"


def settled(room, name: str, answers: list[object]) -> tuple[dict[str, tuple[object, ...]], list[object]]:
    """Drop a note for each answer, let recipe *name* do them all, and return what lay there before and the runs."""
    ask, actions = RECIPES[name]
    room.recipe(name, ask + actions)
    (room.folder / "out").mkdir(exist_ok=True)
    for number in range(len(answers)):
        (room.notes / f"n{number:03}.md").write_text(TEXT.format(number=number))
    before = snapshot(room.folder, "state", "out")
    room.model.answers = list(answers)
    room.settle()
    return before, [run for run, _outcome in room.work()]


def filled(worst: str) -> dict[str, object]:
    """Return an answer with the worst words wherever words are free."""
    tags = ["bill", "letter"]
    return {"title": worst[:200], "folder": worst[:200], "words": worst[:400], "tags": tags, "kind": "letter"}


def everywhere(room, name: str) -> None:
    """Check what holds of every effect in the journal and of every name."""
    roots = (room.folder / "out", room.notes)
    for run in room.journal.runs():
        effects = room.journal.effects(run.id)
        assert len(effects) <= 3
        for effect in effects:
            assert f"- {effect.kind}: " in RECIPES[name][1]
            assert any(effect.path.resolve().is_relative_to(root) for root in roots)
            assert effect.source is None or effect.source.parent == room.notes
    check_names(room.folder / "out")


@pytest.mark.parametrize("name", list(RECIPES))
def test_the_worst_answer_is_only_words(room, name: str) -> None:
    """The tree beside the recipe's own is as it was, and each name and text is harmless: for some of the answers."""
    only_words(room, name, WORST[list(RECIPES).index(name) % 6 :: 6])


@pytest.mark.long
@pytest.mark.parametrize("name", list(RECIPES))
def test_every_worst_answer_is_only_words(room, name: str) -> None:
    """The same for every answer and every recipe."""
    only_words(room, name, WORST)


def only_words(room, name: str, worst: list[str]) -> None:
    """Let the recipe *name* be answered with each of *worst*, and check everything that it left."""
    before, runs = settled(room, name, [filled(one) for one in worst])
    assert len(runs) == len(worst)
    assert {run.state for run in runs} <= {RunState.DONE, RunState.QUARANTINED}
    assert all(run.reason for run in runs if run.state is RunState.QUARANTINED)
    assert sum(run.state is RunState.DONE for run in runs) >= len(worst) - 3
    everywhere(room, name)
    after = snapshot(room.folder, "state", "out")
    out = [path for path in sorted((room.folder / "out").rglob("*")) if path.is_file()]
    if name == "matter":
        assert before.keys() == after.keys()
        for path in room.notes.iterdir():
            text = path.read_text()
            assert text.endswith(TEXT.format(number=int(path.stem[1:])))
            assert before[f"Notes/{path.name}"][0] == after[f"Notes/{path.name}"][0]
            check_text(text.split("\n---\n", 1)[0], "")
    elif name == "file":
        assert sorted(TEXT.format(number=n) for n in range(len(worst))) == sorted(
            path.read_text() for path in (*out, *room.notes.iterdir())
        )
        assert all(path.suffix == ".md" for path in out)
    else:
        assert before == after
    for path in out:
        if path.suffix == ".csv":
            check_table(path.read_text(), 3)
        elif path.suffix == ".html":
            check_page(path.read_text())
        elif name != "file":
            check_text(path.read_text(), "")
    others = {key: value for key, value in after.items() if not key.startswith("Notes")}
    assert others == {key: value for key, value in before.items() if not key.startswith("Notes")}


def check_page(text: str) -> None:
    """The page has the recipe's one tag and its one attribute."""
    tags: list[tuple[str, list[str]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append((tag, [name for name, _value in attrs]))  # type: ignore[method-assign]
    parser.feed(text)
    assert [("p", ["title"])] == tags
    assert not re.search(r"[\x80-\x9f\u202a-\u202e]", text)


@pytest.mark.parametrize("name", ["table"])
def test_an_answer_beyond_the_grammar_changes_nothing(room, name: str) -> None:
    """Another slot, a word outside the list, a path of its own, no JSON: the run fails with a reason."""
    before, runs = settled(room, name, [])
    assert not runs
    for number, broken in enumerate(BROKEN):
        (room.notes / f"b{number:03}.md").write_text(TEXT.format(number=number))
        room.model.answers = [broken]
        room.settle()
        ((run, _outcome),) = room.work()
        assert (RunState.QUARANTINED, True) == (run.state, bool(run.reason)), broken
        assert not room.journal.effects(run.id)
    after = {key: value for key, value in snapshot(room.folder, "state").items() if "/b" not in key}
    assert {key for key in after if not key.startswith("out")} == set(before)
    assert [] == list((room.folder / "out").iterdir())
