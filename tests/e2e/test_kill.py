"""kill -9 at any moment loses no run, does nothing twice, and leaves no half-written file."""

import os
import signal
import time
from pathlib import Path

import pytest

from homebody.cli.demo_documents import MARKDOWN, logbook
from homebody.clock import SystemClock
from homebody.journal.run import RunState
from homebody.journal.store import Journal


def gone(pid: int) -> bool:
    """Return whether a process has ended, a zombie counted as ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 - read in one go, or gone
            return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except FileNotFoundError:
        return True


MOMENTS = ("queued", "claimed", "read", "asked", "answered", "planned", "applied")
EVERY_DAY = ("asked", "planned", "applied")


@pytest.mark.parametrize(
    "moment", [name if name in EVERY_DAY else pytest.param(name, marks=pytest.mark.long) for name in MOMENTS]
)
def test_a_run_that_was_broken_off_is_done_once(house, moment: str):
    """Whatever step the daemon is killed after, one run ends in done, with one summary and no temporary file."""
    house.shipped("summarize-notes", "tag-files")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    house.until(lambda: any(step["name"] == moment for step in house.steps()))
    house.kill()
    house.start()
    assert ["done", "done"] == [run["state"] for run in house.ended("roof.md", 2)]
    assert {"summarize-notes", "tag-files"} == {run["recipe"] for run in house.runs()}
    assert len(house.runs()) == 2
    assert ["roof.md", "roof.summary.md"] == sorted(entry.name for entry in house.notes.iterdir())
    assert path.read_text(encoding="utf-8").endswith(MARKDOWN.split("---\n", 2)[2])


def test_the_children_go_with_the_daemon(house, child_of):
    """When the daemon is killed, its model and its reader do not live on."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("roof.md", MARKDOWN)
    house.ended("roof.md")
    children = child_of(house.status()["pid"])
    assert len(children) == 2
    house.kill()
    house.until(lambda: all(gone(pid) for pid in children))


READS = """
name: reads
triggers: [{{watch: "{notes}", settle: 100ms}}]
filters: [{{extension: md}}, {{contains: roof}}]
actions: [{{write: {{dest: "{notes}/{{{{ file.stem }}}}.seen", content: "seen"}}}}]
"""


def test_a_reader_that_was_killed_is_told_as_gone_and_replaced(house):
    """`status` names no process that is not there any more, and the next document has a reader of its own."""
    house.recipe("reads", READS.format(notes=house.notes))
    house.start(model=False)
    house.drop("roof.md", MARKDOWN)
    house.ended("roof.md")
    first = house.status()["reader"]["pid"]
    os.kill(first, signal.SIGKILL)
    house.until(lambda: house.status()["reader"]["pid"] is None)
    house.drop("shed.md", MARKDOWN.replace("roof", "roof of the shed"))
    assert "done" == house.ended("shed.md")[-1]["state"]
    assert house.status()["reader"]["pid"] not in (None, first)


@pytest.mark.parametrize("asked", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_model_that_was_killed_while_nobody_asked_is_told_as_gone_and_comes_back(house, asked: bool):
    """`status` says at once of what it died; the next note has another, and without one it is there within seconds."""
    house.shipped("summarize-notes")
    house.start()
    first = house.status()["model"]["pid"]
    os.kill(first, signal.SIGKILL)
    told: list[dict] = []
    house.until(lambda: told.append(house.status()["model"]) or told[-1].get("pid") != first)
    if not asked:
        house.until(lambda: house.status()["model"]["state"] == "ready")
        return
    assert "backing off" == told[-1]["process"]["state"]
    assert "it was killed by SIGKILL, as the kernel does" in told[-1]["process"]["reason"]
    house.drop("roof.md", MARKDOWN)
    assert "done" == house.ended("roof.md")[-1]["state"]


def test_sigterm_ends_it_in_order_and_hands_the_run_back(house):
    """SIGTERM in the middle of a document ends the daemon soon, with 0, and the run is done after the next start."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("year.txt", logbook("A garden"))
    house.until(lambda: any(step["name"] == "asked" for step in house.steps()))
    assert house.stop() == 0
    house.start()
    assert ["done"] == [run["state"] for run in house.ended("year.txt")]


def test_eight_notes_at_once_are_done_each_once(house):
    """However many of them are in hand at a time: each has its one summary and its one line of front matter."""
    house.shipped("summarize-notes", "tag-files")
    house.start()
    names = [f"note-{number}" for number in range(8)]
    for name in names:
        house.drop(f"{name}.md", MARKDOWN.replace("# ", f"# {name} ", 1))
    house.until(lambda: house.status()["counts"] == {"done": 16})
    assert {(f"{name}.md", recipe) for name in names for recipe in ("summarize-notes", "tag-files")} == {
        (Path(run["path"]).name, run["recipe"]) for run in house.runs()
    }
    assert {1} == {run["attempt"] for run in house.runs()}
    assert sorted([f"{name}.md" for name in names] + [f"{name}.summary.md" for name in names]) == sorted(
        entry.name for entry in house.notes.iterdir()
    )


def test_sigterm_hands_every_run_back(house):
    """Stopped in the middle of four documents, homebody is gone within five seconds, and has none of them in hand."""
    house.shipped("summarize-notes")
    house.start()
    names = [f"year-{number}.txt" for number in range(4)]
    for name in names:
        house.drop(name, logbook(f"A garden of {name}"))
    house.until(lambda: any(step["name"] == "asked" for step in house.steps()))
    began = time.monotonic()
    assert house.stop() == 0
    assert time.monotonic() - began < 5
    journal = Journal.open(house.home.journal, SystemClock(), read_only=True)
    left = {run.path.name: (run.state, run.attempt) for run in journal.runs()}
    journal.close()
    assert set(left.values()) <= {(RunState.QUEUED, 0), (RunState.DONE, 1)}
    assert (RunState.QUEUED, 0) in left.values()
    house.start()
    for name in names:
        assert [("done", 1)] == [(run["state"], run["attempt"]) for run in house.ended(name)]


def test_an_undo_that_was_broken_off_is_finished(house):
    """A daemon killed right after an undo leaves the note as it was dropped."""
    house.shipped("tag-files")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    (run,) = house.ended("roof.md")
    house.ask("POST", "/v1/undo", {"run": run["id"]})
    house.kill()
    house.start()
    assert ["undone"] == [again["state"] for again in house.runs("roof.md")]
    assert path.read_bytes() == MARKDOWN.encode()
    assert os.listdir(house.notes) == ["roof.md"]  # noqa: PTH208 - names alone
