"""What a schedule takes up: by folder, name, age and tags, and by the filters of its recipe."""

import os
from typing import Any

import pytest

from homebody.house import requests
from homebody.house.inquiry import House, inquire
from homebody.recipe.problem import RecipeProblemsError

DAY = 86_400
LIST = (
    "actions:\n  - write:\n      dest: OUT/list.md\n      on_conflict: overwrite\n"
    "      content: \"{{ documents | map(attribute='name') | join(' ') }}\"\n"
)


def fill(room: Any) -> None:
    """Put documents in, each a day older than the one before."""
    texts = {
        "a.md": "---\ntags: [house]\n---\nThe roof has been leaking, and that is all there is to it.\n",
        "b.md": "Das Dach ist nicht dicht, und es ist seit dem Montag so.\n",
        "c.txt": "It was a fine day, and that is what there is to say of it.\n",
        "deep/d.md": "---\nstatus: done\n---\nThe roof is good now, and so it will be.\n",
    }
    now = room.clock.now().timestamp()
    for number, (name, text) in enumerate(texts.items()):
        path = room.notes / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        os.utime(path, (now - number * DAY - 60,) * 2)


def taken(room: Any, select: str, filters: str = "") -> tuple[list[str], dict[str, Any]]:
    """Return which documents are taken up, oldest first, and what the history counts."""
    head = "triggers: [{schedule: 1h}]\n"
    recipe = room.recipe("list", f"{head}select: {{folder: NOTES{select}}}\n{filters}{LIST}")
    requests.request(room.journal, recipe, None)
    ((run, _outcome),) = room.work()
    (counted,) = [dict(step.detail) for step in room.journal.steps(run.id) if step.name == "selected"]
    return room.tree().get("out/list.md", "").split(), counted


@pytest.mark.parametrize(
    ("select", "filters", "expected"),
    [
        ("", "", ["c.txt", "b.md", "a.md"]),
        (", recursive: true", "", ["d.md", "c.txt", "b.md", "a.md"]),
        (", name: '*.md'", "", ["b.md", "a.md"]),
        (", newer_than: 36h", "", ["b.md", "a.md"]),
        (", older_than: 12h", "", ["c.txt", "b.md"]),
        (", older_than: 12h, newer_than: 36h", "", ["b.md"]),
        (", tagged: house", "", ["a.md"]),
        (", tagged: [garden, '#house']", "", ["a.md"]),
        (", limit: 2", "", ["b.md", "a.md"]),
        ("", "filters: [extension: md, not tagged: house]\n", ["b.md"]),
        (", recursive: true", "filters: [depth: 1]\n", ["d.md"]),
        (", recursive: true", "filters: [front_matter: {status: done}]\n", ["d.md"]),
        (", recursive: true", "filters: [contains: roof]\n", ["d.md", "a.md"]),
        (", recursive: true, limit: 1", "filters: [contains: roof]\n", ["a.md"]),
        ("", "filters: [language: en, extension: txt]\n", ["c.txt"]),
        ("", "filters: [any: [language: de, tagged: house]]\n", ["b.md", "a.md"]),
        ("", "filters: [age: '< 2h']\n", ["c.txt", "b.md", "a.md"]),
    ],
)
def test_tree_in_list_out(room: Any, select: str, filters: str, expected: list[str]) -> None:
    """The documents stand in the list, the oldest first."""
    fill(room)
    assert expected == taken(room, select, filters)[0]


def test_the_history_counts_what_was_left_out(room: Any) -> None:
    """For its text, for its age among too many, and because it could not be read."""
    fill(room)
    (room.notes / "e.docx").write_bytes(b"PK\3\4 broken")
    names, counted = taken(room, "", "filters: [contains: montag, contains: roof]\n")
    assert ([], {"count": 0, "unreadable": 1, "filtered": 3}) == (names, counted)
    names, counted = taken(room, ", name: '*.md', limit: 1")
    assert (["a.md"], {"count": 1, "beyond_limit": 1}) == (names, counted)


def test_what_is_larger_than_the_recipe_reads_is_left_out(room: Any) -> None:
    """`limit` of `read` holds for what a schedule takes up as for what comes in."""
    fill(room)
    (room.notes / "b.md").write_text("long " * 300)
    names, counted = taken(room, "", "read: {limit: 1 KB}\n")
    assert (["c.txt", "a.md"], {"count": 2, "unreadable": 1}) == (names, counted)


def test_the_long_form_says_ages_and_tags_once(room: Any) -> None:
    """And only where they are asked for, so that older recipes stay what they are."""
    recipe = room.recipe(
        "a", "triggers: [{schedule: 1h}]\nselect: {folder: NOTES, older_than: 2d, tagged: a}\n" + LIST
    )
    select = recipe.long()["select"]
    assert ("2d", ["a"]) == (select["older_than"], select["tagged"])
    plain = room.recipe("b", "triggers: [{schedule: 1h}]\nselect: {folder: NOTES}\n" + LIST).long()
    assert not {"older_than", "tagged"} & plain["select"].keys()
    assert "filters" not in plain


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("filters: [extension: md]\n", "add `select`, with a folder"),
        ("select: {folder: NOTES}\nfilters: [duplicate]\n", "`duplicate` is for a watch"),
        ("select: {folder: NOTES, tagged: []}\n", "at least one"),
        ("select: {folder: NOTES, older_than: 0s}\n", "more than nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(room: Any, body: str, what: str) -> None:
    """When the recipe is loaded."""
    head, do = "triggers: [{schedule: 1h}]\n", "actions:\n  - append: {dest: OUT/log.md, content: x}\n"
    with pytest.raises(RecipeProblemsError, match=what):
        room.recipe("x", f"{head}{body}{do}")


def test_why_says_what_leaves_a_document_out(room: Any) -> None:
    """By the schedule's own words or by a filter, with what was seen."""
    fill(room)
    recipe = room.recipe(
        "list", "triggers: [{schedule: 1h}]\nselect: {folder: NOTES, tagged: house}\n" + LIST
    )
    house = House(recipes=[recipe], watched=[], journal=room.journal, now=room.clock.now(), serving=True)
    words = [inquire(room.notes / name, house).verdicts[0].words for name in ("a.md", "b.md")]
    assert words[0].endswith("this one is among them")
    assert words[1].endswith("this one is left out by `tagged: house` (it has no tags)")
