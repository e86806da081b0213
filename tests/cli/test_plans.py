"""Is a plan shown so that a person knows what they agree to?"""

import pytest

from homebody.cli.plans import plan_lines

WRITE = {
    "deed": "put", "kind": "write", "path": "/n/a.md", "source": None, "before": None, "after": "x", "size": 9,
    "old": None, "new": "# A\nline\n",
}  # fmt: skip


def lines(*changes: dict[str, object], **more: object) -> list[str]:
    """Return the lines of a plan."""
    plan = {
        "run": 3,
        "recipe": "tidy",
        "path": "/n/a.txt",
        "overtaken": False,
        "answer": None,
        "changes": list(changes),
    }
    return plan_lines({**plan, **more})


def test_a_new_file_is_shown_with_its_text():
    """Each line is one that comes."""
    assert [
        "run 3: tidy on /n/a.txt", "  write /n/a.md (new, 9 bytes)", "    + # A", "    + line",
    ] == lines(WRITE)  # fmt: skip


def test_of_a_changed_file_only_the_difference_is_shown():
    """What goes and what comes; the rest of a long note is not in the way."""
    old = "\n".join(f"line {number}" for number in range(100))
    found = lines({**WRITE, "before": "y", "old": old, "new": old.replace("line 50\n", "line fifty\n")})
    assert ["  write /n/a.md", "    - line 50", "    + line fifty"] == found[1:]


def test_a_long_text_is_shown_by_its_beginning_and_says_how_much_is_left():
    """A dozen lines, cut where a screen ends."""
    found = lines({**WRITE, "new": "\n".join(["x" * 500] * 30)})
    assert "    ... and 18 lines more" == found[-1]
    assert all(len(line) <= 116 for line in found)


@pytest.mark.parametrize("change", [{**WRITE, "new": None}, {**WRITE, "before": "y", "old": None}])
def test_what_is_no_text_says_so(change: dict[str, object]):
    """Bytes are not spilled over a terminal."""
    assert "    (not text)" == lines(change)[-1]


def test_what_could_drive_a_terminal_is_left_out():
    """An escape sequence in a note, an answer or a name stays powerless."""
    write = {**WRITE, "new": "a\x1b[2Jb", "path": "/n/\x1b[2J.md"}
    found = lines(write, answer={"title": "c\x1b]0;dd"}, path="/n/\x1b[2J.txt")
    assert not any("\x1b" in line for line in found)


def test_moves_and_tags_are_said_in_words():
    """From where to where, over what, and which tags become which."""
    move = {**WRITE, "deed": "move", "kind": "move", "source": "/n/a.txt", "path": "/o/a.txt", "before": "y"}
    copy = {**move, "deed": "copy", "kind": "copy", "before": None}
    assert ["  copy /n/a.txt", "    to /o/a.txt"] == lines(copy)[1:]
    tags = {**WRITE, "deed": "tags", "kind": "tag", "path": "/o/a.txt", "old": "", "new": "bill, house"}
    assert [
        "  move /n/a.txt", "    to /o/a.txt, over the file that is there", "  tag /o/a.txt",
        "    no tags becomes bill, house",
    ] == lines(move, tags)[1:]  # fmt: skip


def test_what_is_thrown_away_is_said_in_words():
    """The note for the desktop, and where the file lies then."""
    note = {**WRITE, "kind": "trash", "path": "/t/info/a.md.trashinfo"}
    move = {**WRITE, "deed": "move", "kind": "trash", "source": "/n/a.md", "path": "/t/files/a.md"}
    assert [
        "  note for the desktop, with which it can bring the file back: /t/info/a.md.trashinfo",
        "  trash /n/a.md", "    to /t/files/a.md",
    ] == lines(note, move)[1:]  # fmt: skip


def test_a_plan_that_is_out_of_date_says_so():
    """The file has changed since, or the vault no longer has the plan."""
    assert "agreeing would change nothing" in lines(WRITE, overtaken=True)[1]
    assert "makes it anew" in lines(changes=None)[1]
