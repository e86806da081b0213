"""Every filter from a tree to a tree: files come in, a recipe is read, and what it made shows which it chose."""

import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homebody.errors import UsageError
from homebody.house.facts import as_written
from homebody.house.inquiry import House, inquire
from homebody.house.requests import backlog, file_of, request
from homebody.house.watched import wishes
from homebody.journal.run import RunState

OLD = timedelta(days=40)

LOG = "actions:\n  - write: {dest: 'OUT/{{ file.name }}', content: 'x'}\n"


def fill(notes: Path, now: float) -> None:
    """Put in one file of every sort."""
    (notes / "deep" / "er").mkdir(parents=True)
    (notes / "Bill Miller 2025.txt").write_text("Invoice no. 4711\nTotal: 12 EUR\n")
    (notes / "copy.txt").write_text("Invoice no. 4711\nTotal: 12 EUR\n")
    (notes / "brief.md").write_text(
        "---\nstatus: draft\ntags: [house, project/roof]\n---\nDas Dach ist nicht dicht, und das seit dem Montag.\n"
    )
    (notes / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (notes / "nothing.log").write_bytes(b"")
    (notes / "deep" / "a.md").write_text("The roof has been leaking, and this is what they said of it.\n")
    (notes / "deep" / "er" / "b.md").write_text(
        "---\nstatus: open\n---\nIt is all there was to be said of it.\n"
    )
    with zipfile.ZipFile(notes / "installer.zip", "w") as file:
        file.writestr("setup.exe", "MZ")
    for path in notes.rglob("*"):
        os.utime(path, (now, now))
    os.utime(notes / "installer.zip", (now - OLD.total_seconds(),) * 2)
    os.utime(notes / "copy.txt", (now + 1, now + 1))


ALL = {
    "Bill Miller 2025.txt", "copy.txt", "brief.md", "picture.txt", "nothing.log", "a.md", "b.md", "installer.zip",
}  # fmt: skip
CASES = [
    ("extension: md", {"brief.md", "a.md", "b.md"}),
    ("name: 'b*'", {"Bill Miller 2025.txt", "brief.md", "b.md"}),
    ("name: {regex: '\\d{4}'}", {"Bill Miller 2025.txt"}),
    ("size: '> 150 B'", {"picture.txt"}),
    ("modified: {older_than: 30d}", {"installer.zip"}),
    ("modified: {before: 2026-02-01}", {"installer.zip"}),
    ("created: {after: 2020-01-01}", ALL - {"nothing.log"}),
    ("depth: '>= 1'", {"a.md", "b.md"}),
    ("empty", {"nothing.log"}),
    ("mime: image/*", {"picture.txt"}),
    ("mime: [application/zip, application/x-empty]", {"installer.zip"}),
    ("tagged: project", {"brief.md"}),
    ("front_matter: status", {"brief.md", "b.md"}),
    ("front_matter: {status: [open, closed]}", {"b.md"}),
    ("contains: 'no. 4711'", {"Bill Miller 2025.txt", "copy.txt"}),
    ("contains: {regex: 'roof|dach'}", {"brief.md", "a.md"}),
    ("language: de", {"brief.md"}),
    ("language: [de, en]", {"brief.md", "a.md", "b.md"}),
    ("duplicate", {"copy.txt"}),
    ("any: [extension: zip, contains: leaking]", {"installer.zip", "a.md"}),
    ("all: [extension: md, not depth: 0]", {"a.md", "b.md"}),
    ("none: [extension: [md, txt], empty]", {"installer.zip"}),
    ("any: [empty, all: [extension: txt, not duplicate, not mime: image/*]]", {"nothing.log", "Bill Miller 2025.txt"}),
]  # fmt: skip


@pytest.mark.parametrize(("chosen", "expected"), CASES)
def test_tree_in_tree_out(room, chosen: str, expected: set[str]):
    """What comes out is what the filter chooses, and nothing else."""
    fill(room.notes, room.clock.now().timestamp())
    room.recipe("pick", body(room, chosen))
    room.settle()
    room.work()
    assert expected == made(room)


@pytest.mark.parametrize("chosen", ["extension: md", "mime: image/*", "contains: leaking", "duplicate"])
def test_tree_in_tree_out_turned_round(room, chosen: str):
    """With `not` it is the others; a file that cannot be read is never chosen for what is not in its text."""
    fill(room.notes, room.clock.now().timestamp())
    room.recipe("pick", body(room, f"not {chosen}"))
    room.settle()
    room.work()
    unread = {"installer.zip", "picture.txt"} if "contains" in chosen else set()
    assert ALL - dict(CASES).get(chosen, {"a.md"}) - {"nothing.log"} - unread == made(room)


def body(room, *filters: str) -> str:
    """Return a recipe that notes which files it took."""
    chosen = "".join(f"  - {one}\n" for one in filters)
    return f"triggers:\n  - watch: {room.notes}\n    recursive: true\n    existing: process\nfilters:\n{chosen}{LOG}"


def made(room) -> set[str]:
    """Return the names of what was written."""
    return {path.name for path in (room.folder / "out").glob("*")}


def test_a_file_that_grows_old_is_taken_though_nobody_touches_it(room):
    """`age` is asked again at every look at the folder: no sooner and no later, and once."""
    room.recipe("old", body(room, "age: '> 30 days'"))
    path = room.notes / "setup.zip"
    path.write_text("x")
    now = room.clock.now().timestamp()
    os.utime(path, (now, now))
    room.clock.set(
        room.clock.now() + (__import__("datetime").datetime.now(room.clock.now().tzinfo) - room.clock.now())
    )
    room.settle()
    assert [] == room.work()
    room.clock.advance(29 * 86_400)
    room.settle()
    assert [] == room.work()
    room.clock.advance(2 * 86_400)
    room.settle()
    assert [RunState.DONE] == [run.state for run, _ in room.work()]
    room.clock.advance(86_400)
    room.settle()
    assert [] == room.work()


def test_a_tag_that_is_set_later_lets_a_file_be_taken(room):
    """The desktop's tags change no content, and are seen at the next look all the same."""
    room.recipe("tagged", body(room, "tagged: inbox"))
    path = room.notes / "a.md"
    path.write_text("x")
    room.settle()
    assert [] == room.work()
    try:
        os.setxattr(path, "user.xdg.tags", b"later,Inbox")
    except OSError:
        pytest.skip("this file system keeps no tags")
    room.settle()
    assert [RunState.DONE] == [run.state for run, _ in room.work()]


def test_what_groups_catch_is_for_templates(room):
    """Named groups of the name and of the text stand in paths and contents; a slash in them leads nowhere."""
    name = "name: {regex: '^(?P<vendor>\\w+) (?P<year>\\d{4})'}"
    text = "contains: {regex: 'no\\. (?P<number>\\S+)'}"
    write = (
        "actions:\n  - write:\n      dest: 'OUT/{{ name.vendor }}/{{ contains.number }}.txt'\n"
        "      content: '{{ name.year }} {{ contains.number }}'\n"
    )
    room.recipe("file", body(room, name, text).split("actions:")[0] + write)
    (room.notes / "Müller 2026.txt").write_text("Rechnung no. ../4711 vom März")
    (room.notes / "Müller 26.txt").write_text("Rechnung no. 1")
    room.settle()
    ((run, _outcome),) = room.work()
    assert run.state is RunState.DONE
    out = {name: text for name, text in room.tree().items() if name.startswith("out")}
    assert {"out/Müller/4711.txt": "2026 ../4711\n"} == out


def test_a_run_that_a_filter_ends_says_why_and_counts_for_nothing(room):
    """It is told in the history; the recipe that is edited looks at the file again, a restart does not."""
    room.recipe("pick", body(room, "contains: roof"))
    (room.notes / "a.txt").write_text("The floor.")
    room.settle()
    ((run, _outcome),) = room.work()
    assert (RunState.SKIPPED, "filtered out by `contains: roof`") == (run.state, run.reason)
    room.recipe("pick", body(room, "contains: roof"))
    room.settle()
    assert [] == room.work()
    room.recipe("pick", body(room, "contains: floor"))
    room.settle()
    assert [RunState.DONE] == [run.state for run, _ in room.work()]


def test_a_group_of_text_and_age_waits_for_either(room):
    """What the text did not give, time may: the file is taken when it has grown old, and not asked meanwhile."""
    room.clock.set(datetime.now(UTC))
    room.recipe("pick", body(room, "any: [contains: roof, age: '> 30d']"))
    (room.notes / "a.txt").write_text("The floor.")
    room.settle()
    assert [RunState.SKIPPED] == [run.state for run, _ in room.work()]
    room.clock.advance(10 * 86_400)
    room.settle()
    assert [] == room.work()
    room.clock.advance(21 * 86_400)
    room.settle()
    assert [RunState.DONE] == [run.state for run, _ in room.work()]


def test_a_person_who_forces_it_is_not_left_out(room):
    """`run` without --force heeds the filters, those by text when the run's turn comes; with it none."""
    recipe = room.recipe("pick", body(room, "extension: txt", "contains: roof"))
    path = room.notes / "a.txt"
    path.write_text("The floor.")
    (room.notes / "b.md").write_text("x")
    with pytest.raises(UsageError, match="by its filter extension"):
        file_of(room.journal, recipe, room.notes / "b.md")
    request(room.journal, recipe, file_of(room.journal, recipe, path))
    assert [RunState.SKIPPED] == [run.state for run, _ in room.work()]
    request(room.journal, recipe, file_of(room.journal, recipe, path, force=True))
    assert [RunState.DONE] == [run.state for run, _ in room.work()]


def test_a_backlog_counts_what_filters_leave_out_at_a_look(room):
    """What only the text can tell is among what was never done."""
    fill(room.notes, room.clock.now().timestamp())
    recipe = room.recipe("pick", body(room, "mime: text/*", "contains: roof"))
    found = backlog(room.journal, recipe)
    assert (5, 3) == (len(found.never), found.filtered)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("not name: '*.summary.md'", "not name: '*.summary.md'"),
        ("extension: [md, txt]", "extension: [md, txt]"),
        ("empty", "empty"),
        ("any: [not duplicate, age: '> 30 days']", "any: [not duplicate, {age: '> 30d'}]"),
        ("none: {all: [mime: image/*, tagged: a]}", "none: [{all: [{mime: image/*}, {tagged: a}]}]"),
    ],
)
def test_a_filter_is_told_as_it_is_written(room, chosen: str, said: str):
    """On one line, in the words of the recipe."""
    (made_of,) = room.recipe("pick", body(room, chosen)).filters
    assert said == as_written(made_of)


def test_why_does_not_speak_of_what_an_older_version_left_out(room):
    """The recipe that is there now looks at the file again, and `why` says what it will do."""
    room.recipe("pick", body(room, "contains: roof"))
    path = room.notes / "a.txt"
    path.write_text("The floor.")
    room.settle()
    room.work()
    words = []
    for text in ("roof", "floor"):
        recipe = room.recipe("pick", body(room, f"contains: {text}"))
        asked = House(
            recipes=[recipe], watched=wishes([recipe], 5.0), journal=room.journal, now=room.clock.now(),
            serving=True, rescan=300,
        )  # fmt: skip
        words.append(inquire(path, asked).verdicts[0].words)
    assert words == [
        "filtered out by `contains: roof` when it was read, in run 1",
        "not noticed yet; every folder is looked at within 5m",
    ]
