"""A person asks why: with the real daemon, without it, and several at once on one state folder."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from homebody.cli.demo_documents import MARKDOWN
from homebody.journal.copying import copy_of
from homebody.service.explain import old_copies

LINE = re.compile(r"^.{0,80}$", re.MULTILINE)


def command(house, *words: str) -> list[str]:
    """Return a command line on the house's home."""
    return [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]


def homebody(house, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command."""
    return subprocess.run(command(house, *words), capture_output=True, text=True, timeout=120, check=False)


def told(house, *words: str) -> Any:
    """Type a command that must succeed and return its JSON."""
    shown = homebody(house, *words, "--json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def verdict(house, path: Path, recipe: str = "summarize-notes") -> dict[str, Any]:
    """Return what a recipe has to say of a file."""
    (found,) = [one for one in told(house, "why", str(path))["recipes"] if one["recipe"] == recipe]
    return found


def every_byte(house) -> bytes:
    """Return the whole state folder."""
    return b"\n".join(path.read_bytes() for path in house.home.state.rglob("*") if path.is_file())


def test_a_person_asks_why_and_is_told(house):
    """Done, ours, filtered, not watched and gone; the same after an undo; in lines that fit a terminal."""
    house.shipped("summarize-notes")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    (run,) = house.ended("roof.md")
    assert ("done", run["id"]) == ((found := verdict(house, path))["verdict"], found["run"])
    assert ("ours", run["id"]) == (
        (found := verdict(house, house.notes / "roof.summary.md"))["verdict"],
        found["run"],
    )
    assert "filtered" == verdict(house, house.drop("photo.jpg", b"x"))["verdict"]
    assert "hidden" == verdict(house, house.drop(".x.md", b"x"))["verdict"]
    assert "not watched" == verdict(house, Path("/etc/passwd"))["verdict"]
    assert "gone" == verdict(house, house.notes / "nope.md")["verdict"]
    shown = homebody(house, "why", str(path))
    assert "`homebody undo" in shown.stdout
    assert homebody(house, "undo", str(run["id"])).returncode == 0
    assert "undone" == verdict(house, path)["verdict"]


def test_a_file_that_may_not_be_read(house):
    """The sealed daemon may not read it, even when root asks, and says so with the cure."""
    house.shipped("summarize-notes")
    house.start()
    path = house.drop("locked.md", MARKDOWN)
    path.chmod(0)
    if os.getuid() == 0:
        os.chown(path, 12345, 12345)
    house.until(lambda: any(run["path"] == str(path) for run in house.runs()))
    found = verdict(house, path)
    assert "unreadable" == found["verdict"]
    assert "chmod" in found["hint"]


def test_a_recipe_that_came_after_the_start_says_so(house):
    """One that was added and needs another folder waits for a restart, one that was changed counts; each is told."""
    house.shipped("summarize-notes")
    house.start()
    other = house.folder / "Other"
    other.mkdir()
    text = (house.home.recipes / "summarize-notes.yaml").read_text(encoding="utf-8")
    late = text.replace("name: summarize-notes", "name: late").replace(str(house.notes), str(other))
    house.recipe("late", late)
    house.recipe("summarize-notes", text.replace("max: 400", "max: 300"))
    house.ask("POST", "/v1/reload")
    answer = told(house, "why", str(house.notes / "a.md"))
    verdicts = {one["recipe"]: one["verdict"] for one in answer["recipes"]}
    assert {"late": "absent", "summarize-notes": "gone"} == verdicts
    (words,) = [one["words"] for one in answer["recipes"] if one["recipe"] == "late"]
    assert f"waiting for restart: it would read {other} and write in {other}" in words
    assert [] == answer["notes"]
    house.recipe("late", late.replace(str(other), str(house.notes)))
    house.recipe("summarize-notes", text.replace("actions:", "acts:"))
    house.ask("POST", "/v1/reload")
    answer = told(house, "why", str(house.notes / "a.md"))
    assert {"gone"} == {one["verdict"] for one in answer["recipes"]}
    assert any("goes on as it was" in note for note in answer["notes"])
    assert any(note.startswith("summarize-notes.yaml:") for note in answer["notes"])


def test_everything_about_a_run(house):
    """Steps with tokens and times, the change with both hashes, the prompt and the answer; a recipe as before."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("roof.md", MARKDOWN)
    (run,) = house.ended("roof.md")
    found = told(house, "show", str(run["id"]))
    (call,) = found["calls"]
    assert MARKDOWN.split("---\n", 2)[2].strip() in call["prompt"][1]["text"]
    summary = (house.notes / "roof.summary.md").read_text(encoding="utf-8")
    assert json.loads(call["answer"])["summary"] in summary
    (effect,) = found["effects"]
    assert (None, "applied") == (effect["before"], effect["state"])
    (answered,) = [step["detail"] for step in found["steps"] if step["name"] == "answered"]
    assert answered["tokens_read"] > 0
    assert answered["seconds"] > 0
    shown = homebody(house, "show", str(run["id"])).stdout
    assert all(word in shown for word in ("steps", "changes", "call 1", "answered:", effect["after"]))
    assert "triggers:" in homebody(house, "show", "summarize-notes").stdout
    assert 74 == homebody(house, "show", "99").returncode
    words = house.words.read_text(encoding="utf-8") + house.home.log.read_text(encoding="utf-8")
    assert "roof" not in words


def test_without_a_daemon_the_journal_is_read(house):
    """After an end and after kill -9, `history`, `why` and `show` tell the same, and that homebody is not running."""
    house.shipped("summarize-notes")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    (run,) = house.ended("roof.md")
    for end in (house.kill, house.stop):
        end()
        history = told(house, "history", "--path", str(path))
        assert (False, [run["id"]]) == (history["serving"], [one["id"] for one in history["runs"]])
        assert ("done", run["id"]) == ((found := verdict(house, path))["verdict"], found["run"])
        shown = told(house, "show", str(run["id"]))
        assert (None, 1) == (shown["calls"], shown["kept"])
        assert "homebody serve" in homebody(house, "show", str(run["id"])).stdout
        if end == house.kill:
            house.start()
    assert "not running" in homebody(house, "history").stderr
    for words in (("retry", "1"), ("forget", str(path)), ("undo", "1")):
        refused = homebody(house, *words)
        assert (69, True) == (refused.returncode, "homebody serve" in refused.stderr)


def test_history_is_filtered(house):
    """By recipe, state, path and time; two that exclude each other are refused."""
    house.shipped("summarize-notes", "tag-files")
    house.start()
    house.drop("empty.md", b"")
    house.ended("empty.md", 2)
    house.drop("roof.md", MARKDOWN)
    house.ended("roof.md", 2)

    def names(*words: str) -> list[str]:
        return sorted(
            f"{Path(run['path']).name} {run['recipe']}" for run in told(house, "history", *words)["runs"]
        )

    assert ["empty.md tag-files", "roof.md tag-files"] == names("--recipe", "tag-files")
    assert ["empty.md summarize-notes", "empty.md tag-files"] == names("--state", "skipped")
    assert ["empty.md tag-files"] == names("--state", "skipped", "--recipe", "tag-files")
    assert ["roof.md summarize-notes"] == names("--path", str(house.notes / "roof.summary.md"))
    assert 4 == len(names("--path", str(house.notes), "--since", "1h"))
    assert [] == names("--failed")
    assert [] == names("--since", "2040-01-01")
    assert "No run is like that." in homebody(house, "history", "--failed").stdout
    assert 64 == homebody(house, "history", "--failed", "--state", "done").returncode
    assert 64 == homebody(house, "history", "--since", "yesteryear").returncode


def test_a_run_is_tried_again(house):
    """What was skipped is queued again and comes to its end; what is done is refused with 75 and the reason."""
    house.shipped("summarize-notes")
    house.start()
    path = house.drop("late.md", b"")
    (run,) = house.ended("late.md")
    done = house.drop("roof.md", MARKDOWN)
    house.ended("roof.md")
    assert run["id"] == told(house, "retry", str(run["id"]))["queued"][0]["id"]
    house.until(
        lambda: sum(step["name"] == "finished" for step in house.steps() if step["run"] == run["id"]) == 2
    )
    refused = homebody(house, "retry", str(verdict(house, done)["run"]))
    assert (75, True) == (refused.returncode, "is done" in refused.stderr)
    assert 64 == homebody(house, "retry").returncode
    assert 64 == homebody(house, "retry", "1", "--failed").returncode
    assert {"queued": [], "refused": []} == told(house, "retry", "--failed")
    assert "skipped" == verdict(house, path)["verdict"]


def test_all_that_has_failed_is_tried_again(house):
    """--failed queues every quarantined run, whose tries count from the beginning."""
    house.shipped("tag-files")
    text = (house.home.recipes / "tag-files.yaml").read_text(encoding="utf-8")
    house.recipe("tag-files", re.sub(r"retry: \d+", "retry: 0", text))
    house.start()
    house.drop("odd.md", b"\xff\xfe\x00\x01odd")
    house.drop("odder.md", b"\xff\xfe\x00\x02odd")
    for name in ("odd.md", "odder.md"):
        assert "quarantined" == house.ended(name)[0]["state"]
    queued = told(house, "retry", "--failed")["queued"]
    assert {"odd.md", "odder.md"} == {Path(run["path"]).name for run in queued}
    assert {0} == {run["attempt"] for run in queued}


def test_a_forgotten_file_leaves_no_trace(house):
    """Neither its name nor its text is in any byte of the state folder, the journal's copy among it.

    The daemon goes on, and finds its journal whole after a kill -9.
    """
    house.shipped("summarize-notes")
    house.start()
    path = house.drop("zebra-diagnosis.md", MARKDOWN)
    (run,) = house.ended(path.name)
    house.stop()
    assert path.name.encode() in copy_of(house.home.journal).read_bytes()
    house.start()
    assert b"zebra-diagnosis.md" in every_byte(house)
    path.unlink()
    house.ask("GET", "/v1/status")
    gone = told(house, "forget", str(path))
    assert (1, ["summarize-notes"]) == (gone["runs"], gone["watched_by"])
    assert gone["images"] >= 3
    assert [] == gone["copies"] == old_copies(house.home)
    assert b"zebra-diagnosis.md" not in every_byte(house)
    assert "forgotten" in homebody(house, "history").stdout
    assert 75 == homebody(house, "undo", str(run["id"])).returncode
    assert house.status()["counts"] == {"done": 1}
    house.kill()
    house.start()
    assert ({"done": 1}, []) == (house.status()["counts"], house.status()["problems"])
    assert b"zebra-diagnosis.md" not in every_byte(house)


def test_a_command_reads_while_the_daemon_starts_and_stops(house):
    """`history` on a state folder whose daemon is just coming up or going answers, or says what to do."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("roof.md", MARKDOWN)
    house.ended("roof.md")
    assert house.process is not None
    for _ in range(2):
        house.process.terminate()
        while house.process.poll() is None:
            assert homebody(house, "history").returncode == 0
        with house.words.open("ab") as out:
            house.process = subprocess.Popen(house.command(), stdout=out, stderr=out)
        assert homebody(house, "history").returncode == 0
        house.until(house.answering)


def test_it_can_be_read_at_eighty_columns(house):
    """No line is longer than 80 columns, but for one that is a path."""
    house.shipped("summarize-notes", "tag-files")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    house.ended("roof.md", 2)
    house.drop("empty.md", b"")
    house.ended("empty.md", 2)
    for words in (("history", "-n", "50"), ("show", "1"), ("why", str(path)), ("forget", str(path))):
        shown = homebody(house, *words)
        assert shown.returncode == 0
        long = [line for line in shown.stdout.splitlines() if not LINE.match(line)]
        assert [] == [line for line in long if max(map(len, line.split())) <= 40], words
