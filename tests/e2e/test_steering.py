"""Can a person give runs up, pause the real daemon, and follow what it does?"""

import json
import re
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from homebody.cli.main import cli
from homebody.house.outcome import UNWANTED
from homebody.service.control import UnixConnection

LONG = """name: long
triggers: [{watch: NOTES, settle: 100ms, existing: process}]
filters: [{extension: md}]
ask:
  prompt: Write about this note.
  output:
    words: {type: text, max: 4000}
actions:
  - write: {dest: "OUT/{{ file.stem }}.txt", content: "{{ ask.words }}"}
"""

BESIDE = """name: beside
triggers: [{watch: NOTES, settle: 100ms, existing: process}]
filters: [{extension: txt}]
actions:
  - write: {dest: "OUT/{{ file.stem }}.seen", content: "seen"}
"""


@pytest.fixture
def type_in(house):
    """Return what types a command and returns its exit code and what it printed."""

    def typed(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["--home", str(house.home.config), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return typed


def written(house, text: str) -> str:
    """Return a recipe that is about the notes of *house*."""
    return text.replace("NOTES", str(house.notes)).replace("OUT", str(house.folder / "out"))


def test_runs_are_cancelled_in_hand_and_in_the_queue(house, type_in, random_model: Path):
    """While a real model writes, what is in hand and what waits is given up, changes nothing, and can be retried."""
    house.settings(f"settle: 0.1\nrescan: 2\nmodel: {random_model}\nthreads: 1\n")
    house.recipe("long", written(house, LONG))
    house.start()
    assert (0, "Nothing was queued or running.\n") == type_in("cancel", "--all")
    for number in range(20):
        house.drop(f"{number}.md", f"Note {number} about the roof. " * 20)
    house.until(lambda: any(run["requests"] for run in house.status()["in_hand"]))
    (running, *_) = (run["id"] for run in house.status()["in_hand"])
    code, words = type_in("cancel", str(running))
    assert (0, True) == (code, words.startswith(f"run {running}  cancelled  ")), words
    house.until(lambda: len(house.runs()) == 20)
    code, words = type_in("cancel", "--recipe", "long", "--json")
    said = json.loads(words)
    assert (code == 0) is not bool(said["too_late"]), said
    assert [] == said["refused"]
    over = {run["id"]: run for run in house.runs()}
    assert 20 == len(over)
    kept = {running, *(run["id"] for run in said["cancelled"])}
    assert {("skipped", UNWANTED)} == {(over[number]["state"], over[number]["reason"]) for number in kept}
    made = {path.stem for path in (house.folder / "out").glob("*")}
    assert made == {Path(run["path"]).stem for run in over.values() if run["id"] not in kept}
    code, words = type_in("cancel", str(running), "999")
    assert 75 == code
    assert f"Run {running} is skipped: only what is queued or running can be cancelled." in words
    assert "There is no run 999" in words
    assert 0 == type_in("retry", str(running))[0]
    house.until(lambda: house.runs()[running - 1]["state"] != "skipped")


def test_a_pause_holds_new_files_over_a_restart_until_it_is_ended(house, type_in):
    """`status` and `doctor` say so; what waits is done when it is over."""
    house.recipe("beside", written(house, BESIDE))
    house.start(model=False)
    assert (0, True) == (type_in("pause")[0], type_in("pause")[1].startswith("It is paused already, since "))
    assert 0 == house.stop()
    house.start(model=False)
    house.drop("a.txt", "a note")
    house.until(lambda: [run["state"] for run in house.runs()] == ["queued"])
    assert [1] == [run["id"] for run in house.ask("GET", "/v1/queue")["runs"]]
    assert "paused: you have paused it, since " in type_in("status")[1]
    assert "`homebody resume`" in type_in("status")[1]
    assert "homebody resume" in type_in("doctor")[1]
    assert 1 == type_in("run", "beside", str(house.notes / "a.txt"))[1].count("done")
    assert "queued" == house.runs()[0]["state"]
    assert (0, "It goes on.\n") == type_in("resume")
    house.until(lambda: {run["state"] for run in house.runs()} == {"done"})
    assert (0, "It was not paused.\n") == type_in("resume")


def told(house, until: str) -> tuple[threading.Thread, list[dict[str, Any]]]:
    """Follow the daemon's events in a thread until a step of that name; return it and what it was told."""
    found: list[dict[str, Any]] = []
    began = threading.Event()

    def follow() -> None:
        with closing(UnixConnection(house.home.socket, 60)) as connection:
            connection.request("GET", "/v1/events")
            for line in connection.getresponse():
                if line.startswith(b"data: "):
                    found.append(json.loads(line.removeprefix(b"data: ")))
                    began.set()
                    if found[-1].get("name") == until:
                        return

    thread = threading.Thread(target=follow)
    thread.start()
    assert began.wait(30)
    return thread, found


def test_events_are_told_as_they_come(house):
    """A client that only listens is told of each step with its run, in order; one that goes away is let go."""
    house.recipe("beside", written(house, BESIDE))
    house.start(model=False)
    thread, found = told(house, "finished")
    house.drop("a.txt", "a note with words")
    thread.join(60)
    assert not thread.is_alive()
    first, *steps = found
    assert {"after": 0} == first
    assert ["queued", "claimed"] == [step["name"] for step in steps[:2]]
    assert list(range(1, len(steps) + 1)) == [step["seq"] for step in steps]
    assert {("beside", 1)} == {(step["of"]["recipe"], step["of"]["id"]) for step in steps}
    assert "done" == steps[-1]["of"]["state"]
    assert "words" not in json.dumps(found)
    later = [told(house, "finished") for _ in range(3)]
    house.drop("b.txt", "another")
    for thread, found in later:
        thread.join(60)
        assert found[1]["seq"] == len(steps) + 1


def test_top_shows_the_running_daemon(house, type_in):
    """Once and as plain lines: what was done last, the model, the memory of each process; JSON has the same."""
    house.recipe("beside", written(house, BESIDE))
    house.start()
    house.drop("فاتورة.txt", "a bill")
    house.ended("فاتورة.txt")
    code, words = type_in("top", "--once")
    assert 0 == code
    assert re.search(r"^ +1  beside +\d\d:\d\d done +فاتورة\.txt$", words, re.MULTILINE)
    assert "memory: daemon " in words
    said = json.loads(type_in("top", "--json")[1])
    assert ([], [1]) == (said["queue"], [run["id"] for run in said["recent"]])
    assert {"daemon", "model"} <= set(said["resident"])


def test_every_question_of_the_readme_is_answered(house):
    """Each that stands there with its body is known to the daemon, and understood: answered, or refused in words."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    asked = re.findall(r"`(GET|POST) (/v1/[a-z/?=&0-9-]+)`(?: with `([^`]+)`)?", readme)
    assert 14 == len(asked)
    house.recipe("beside", written(house, BESIDE))
    house.start(model=False)
    house.drop("a.txt", "a note")
    house.ended("a.txt")
    for method, route, body in asked:
        with closing(UnixConnection(house.home.socket, 60)) as connection:
            connection.request(method, route, body or None)
            response = connection.getresponse()
            if "events" in route:
                assert response.readline().startswith(b"data: ")
                continue
            said = json.loads(response.read())
        assert response.status in (200, 409), (route, said)
        assert 200 == response.status or said["exit_code"] in (1, 64, 74, 75), (route, said)
