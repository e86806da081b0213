"""Do `run`, `backfill`, `review` and `undo` do what they say, against the real daemon in its seal?"""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from homebody.cli.main import cli

FILE_IT = """name: file-it
vars: {out: OUT}
triggers: [{watch: NOTES, settle: 100ms, existing: skip}]
filters: [{extension: txt}]
actions:
  - rename: "{{ file.stem | upper }}{{ file.suffix }}"
  - move: "{{ vars.out }}/{{ file.stem | slug }}/"
  - tag: filed
"""


@pytest.fixture
def type_in(house):
    """Return what types a command and returns its exit code and what it printed."""

    def typed(*words: str, stdin: str | None = None) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["--home", str(house.home.config), *words], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return typed


@pytest.fixture
def started(house):
    """The daemon with one recipe, and a file that was there before."""
    house.drop("old.txt", "an old bill")
    house.recipe(
        "file-it", FILE_IT.replace("NOTES", str(house.notes)).replace("OUT", str(house.folder / "out"))
    )
    return house.start(model=False)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below *folder*, and its tags."""
    return {
        str(path.relative_to(folder)): os.getxattr(path, "user.xdg.tags")
        if "user.xdg.tags" in os.listxattr(path)
        else b""
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_dry_run_is_shown_applied_and_undone(started, type_in):
    """A person sees the plan, lets just that be done, and takes it back by the file's name."""
    started.until(lambda: started.status()["counts"] is not None)
    code, text = type_in("run", "file-it", str(started.notes / "old.txt"), "--dry-run")
    assert (0, True, True) == (code, "OLD.txt" in text, "Nothing was changed" in text), text
    assert {"old.txt"} == set(files(started.notes))
    code, text = type_in("run", "--apply-last")
    assert (0, {"old/OLD.txt": b"filed"}) == (code, files(started.folder / "out")), text
    code, text = type_in("undo", str(started.folder / "out" / "old" / "OLD.txt"))
    assert (0, {"old.txt": b""}) == (code, files(started.notes)), text
    assert {} == files(started.folder / "out")


def test_the_past_is_counted_and_then_done(started, type_in):
    """And taken back as a whole, by recipe and time."""
    code, text = type_in("backfill", "file-it", "--dry-run", "--json")
    assert (0, 1, []) == (code, *(json.loads(text)[key] for key in ("never", "runs"))), text
    type_in("backfill", "file-it")
    started.ended("old.txt")
    assert {"old/OLD.txt": b"filed"} == files(started.folder / "out")
    code, text = type_in("undo", "--recipe", "file-it", "--since", "1h", "--dry-run")
    assert (0, True) == (code, "would take back run" in text), text
    code, text = type_in("undo", "--recipe", "file-it", "--since", "1h")
    assert (0, {"old.txt": b""}) == (code, files(started.notes)), text


def test_an_undo_that_is_refused_ends_with_its_code_and_can_be_forced(started, type_in):
    """The message says what differs; by force the newer version goes back to where the file was."""
    type_in("run", "file-it")
    moved = started.folder / "out" / "old" / "OLD.txt"
    moved.write_text("a person's")
    number = str(started.runs("old.txt")[-1]["id"])
    code, text = type_in("undo", number)
    assert (75, True, True) == (code, "was changed since" in text, "--force" in text), text
    code, text = type_in("undo", number, "--force")
    assert (0, "a person's") == (code, (started.notes / "old.txt").read_text()), text


def test_plans_wait_and_are_reviewed_one_by_one(house, type_in):
    """One is edited and agreed to, one is turned down; the list in a pipe names both before."""
    recipe = (
        FILE_IT.replace("existing: skip", "existing: process")
        .replace("NOTES", str(house.notes))
        .replace("OUT", str(house.folder / "out"))
    )
    house.recipe("file-it", recipe + "approve: true\n")
    house.start(model=False)
    house.drop("a.txt", "a")
    house.drop("b.txt", "b")
    house.until(lambda: sum(run["state"] == "waiting" for run in house.runs()) == 2)
    _, text = type_in("review")
    assert ("A.txt" in text, "B.txt" in text) == (True, True)
    waiting: list[dict[str, Any]] = json.loads(type_in("review", "--json")[1])["waiting"]
    first, second = (one["run"] for one in waiting)
    code, text = type_in("review", "accept", str(first), "--json")
    assert (0, [(first, "done")]) == (code, [(one["id"], one["state"]) for one in json.loads(text)["runs"]])
    code, text = type_in("review", "reject", str(second), "--json")
    assert (0, [second]) == (code, json.loads(text)["rejected"])
    assert {"a/A.txt": b"filed"} == files(house.folder / "out")
    assert {"b.txt": b""} == files(house.notes)
    assert "Nothing waits for you." in type_in("review")[1]


REFUSED = (
    (["run", "nothing"], "no recipe 'nothing'"),
    (["run"], "Say which recipe"),
    (["run", "file-it", "/etc/hostname"], "in none of the folders"),
    (["run", "--apply-last"], "no dry run"),
    (["review", "accept", "99"], "no run 99"),
    (["review", "edit", "1", "vendor"], "vendor=Miller"),
    (["undo", "--recipe", "file-it"], "Say what to take back"),
    (["undo", "--recipe", "file-it", "--since", "whenever"], "is not a time"),
    (["undo", "0"], "1 or more"),
    (["backfill", "nothing"], "no recipe 'nothing'"),
)


def test_what_makes_no_sense_is_refused_with_the_cure(started, type_in):
    """Two lines and a code, never a traceback."""
    for words, said in REFUSED:
        code, text = type_in(*words)
        assert (True, True) == (code != 0, said in text), (words, text)


def test_status_says_what_a_schedule_missed_while_homebody_was_off(house, type_in):
    """How often, when last, and what became of it."""
    for name, catch_up in (("made-up", "once"), ("left-out", "skip")):
        house.recipe(name, f"name: {name}\ntriggers: [{{schedule: {{every: 1s}}, catch_up: {catch_up}}}]\n"
                     f"actions:\n  - write: {{dest: {house.folder}/out/{name}.txt, content: x}}\n")  # fmt: skip
    house.start(model=False)
    house.until(lambda: len({run["recipe"] for run in house.runs()}) == 2)
    house.stop()
    threading.Event().wait(1.1)  # so that a moment passes while it is off
    house.start(model=False)
    status = house.status()
    assert {"made-up": True, "left-out": False} == {
        name: gap["made_up"] for name, gap in status["missed"].items()
    }
    text = " ".join(type_in("status")[1].split())
    assert ("it was made up for" in text, "left out, as its `catch_up: skip` says" in text) == (True, True)
