"""Bad input gets a clear reason, nothing is lost, and the others go on."""

import contextlib
import os
import signal
import subprocess

import pytest

from homebody.cli.demo_documents import logbook

GOOD = "The train to Lisbon leaves on 3 October at 07:42 from platform 9.\n"

ASK_NOTHING = """
name: keep-a-list
triggers:
  - watch: {notes}
    settle: 100ms
actions:
  - append: {{dest: "{folder}/list/names.md", content: "{{{{ file.name }}}}"}}
"""


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("empty.md", lambda path: path.write_bytes(b""), "empty"),
        ("binary.txt", lambda path: path.write_bytes(bytes(range(256)) * 40), "binary"),
        ("huge.txt", lambda path: (path.touch(), os.truncate(path, 200_000_000)), "MB"),
        ("link.txt", lambda path: path.symlink_to("/etc/hostname"), "link"),
        ("pipe.txt", os.mkfifo, "pipe"),
        ("broken.pdf", lambda path: path.write_bytes(b"%PDF-1.7\nnot much more"), "PDF"),
        ("blank.md", lambda path: path.write_bytes(b" \n\n\t\n"), "no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_skipped_with_its_reason(house, name: str, make, reason: str):
    """The run says why, the file stays where it is, and a good file beside it is done."""
    house.shipped("summarize-notes")
    house.start()
    path = house.notes / name
    make(path)
    before = os.lstat(path)
    house.drop("good.txt", GOOD)
    assert house.ended("good.txt")[-1]["state"] == "done"
    (run,) = house.ended(name)
    assert (run["state"], reason in run["reason"]) == ("skipped", True), run
    after = os.lstat(path)
    assert (before.st_ino, before.st_size, before.st_mtime_ns) == (
        after.st_ino,
        after.st_size,
        after.st_mtime_ns,
    )


def test_a_file_that_may_not_be_read_says_so(house):
    """A file without permission ends in a state with that reason, after its retries, and stays as it is."""
    house.shipped("summarize-notes")
    recipe = house.home.recipes / "summarize-notes.yaml"
    text = recipe.read_text(encoding="utf-8")
    house.recipe(
        "summarize-notes",
        "".join(line for line in text.splitlines(True) if "on_error" not in line) + "on_error: {retry: 0}\n",
    )
    house.start()
    path = house.drop("secret.txt", GOOD)
    path.chmod(0)
    (run,) = house.ended("secret.txt")
    assert run["state"] == "quarantined"
    assert "may not read" in run["reason"]
    assert path.exists()


def test_a_missing_model_stops_no_recipe_that_needs_none(house):
    """Without its model file the daemon runs, says what is missing, and does what needs no model."""
    house.settings(f"settle: 0.1\nmodel: {house.folder}/models/not-there.gguf\n")
    house.recipe("keep-a-list", ASK_NOTHING.format(notes=house.notes, folder=house.folder))
    house.shipped("summarize-notes")
    house.start()
    house.drop("a.txt", GOOD)
    house.ended("a.txt")
    house.until(lambda: "waits for the model" in str([run["reason"] for run in house.runs("a.txt")]))
    assert {"keep-a-list": "done", "summarize-notes": "queued"} == {
        run["recipe"]: run["state"] for run in house.runs("a.txt")
    }
    assert (house.folder / "list" / "names.md").read_text(encoding="utf-8").strip() == "a.txt"
    model = house.status()["model"]
    assert model["state"] == "failed"
    assert "not-there.gguf" in model["problem"]


def test_a_truncated_model_is_refused_with_the_count(house):
    """Half a GGUF file is named as that, before llama.cpp ever sees it."""
    from homebody.paths import starter_model

    folder = house.folder / "models"
    folder.mkdir()
    whole = starter_model().read_bytes()
    (folder / "half.gguf").write_bytes(whole[: len(whole) // 2])
    house.settings(f"settle: 0.1\nmodel: {folder}/half.gguf\n")
    house.recipe("keep-a-list", ASK_NOTHING.format(notes=house.notes, folder=house.folder))
    house.start()
    assert (
        "missing" in house.status()["model"]["problem"] or "truncated" in house.status()["model"]["problem"]
    )


def test_a_broken_recipe_stops_no_other(house):
    """A recipe with a typo is named with its line; the one beside it works."""
    house.shipped("summarize-notes")
    house.recipe("typo", f"name: typo\ntriggers:\n  - watch: {house.notes}\nactoins:\n  - write: x\n")
    house.start()
    house.drop("a.txt", GOOD)
    assert house.ended("a.txt")[0]["state"] == "done"
    (problem,) = house.status()["problems"]
    assert "typo.yaml:4:1" in problem
    assert "actions" in problem


def test_a_watched_folder_that_is_not_there_makes_its_recipe_wait(house):
    """The recipe waits and says for what; the others work."""
    house.shipped("summarize-notes")
    house.recipe(
        "elsewhere",
        ASK_NOTHING.format(notes=house.folder / "Gone", folder=house.folder).replace(
            "keep-a-list", "elsewhere"
        ),
    )
    house.start()
    house.drop("a.txt", GOOD)
    assert house.ended("a.txt")[0]["state"] == "done"
    assert "Gone" in house.status()["waiting"]["elsewhere"]


def test_a_file_deleted_before_its_turn_is_skipped(house):
    """A file that goes away while another is worked on leaves a reason, not an error."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("long.txt", logbook("A long year"))
    house.until(lambda: any(step["name"] == "asked" for step in house.steps()))
    path = house.drop("short.txt", GOOD)
    house.until(lambda: bool(house.runs("short.txt")))
    path.unlink()
    (run,) = house.ended("short.txt")
    assert run["state"] == "skipped" or run["state"] == "done"
    assert house.ended("long.txt")[0]["state"] == "done"


def test_a_file_changed_while_it_is_asked_about_keeps_the_persons_text(house):
    """What a person writes while the model works is not overwritten; the new content gets a run of its own."""
    house.shipped("tag-files")
    house.start()
    path = house.drop("note.md", "# Year\n\n" + logbook("A long year"))
    house.until(lambda: any(step["name"] == "asked" for step in house.steps()))
    path.write_text("# Car\n\nThe brakes of the car were repaired in the garage.\n", encoding="utf-8")
    house.ended("note.md", 2)
    assert path.read_text(encoding="utf-8").endswith(
        "# Car\n\nThe brakes of the car were repaired in the garage.\n"
    )
    assert "done" in [run["state"] for run in house.runs("note.md")]


def test_a_second_daemon_on_the_same_state_is_refused(house):
    """The second one ends with 73 and says which process has the folder; the first goes on."""
    house.shipped("summarize-notes")
    house.start()
    second = subprocess.run(house.command(), capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 73
    assert str(house.status()["pid"]) in second.stderr
    house.drop("a.txt", GOOD)
    assert house.ended("a.txt")[0]["state"] == "done"


def test_a_model_killed_in_the_middle_is_started_again(house):
    """When the model process dies, the run is tried again with a fresh one, and is done once."""
    house.shipped("summarize-notes")
    house.start()
    first = house.status()["model"]["pid"]
    house.drop("long.txt", logbook("A long year"))
    house.until(lambda: any(step["name"] == "asked" for step in house.steps()))
    os.kill(first, signal.SIGKILL)
    (run,) = house.ended("long.txt")
    assert run["state"] == "done"
    assert house.status()["model"]["pid"] != first
    assert len(list(house.notes.glob("long*.summary.md"))) == 1


def test_a_person_who_writes_where_a_summary_would_go_loses_nothing(house):
    """An existing file under the summary's name keeps its text, or is in the vault."""
    house.shipped("summarize-notes")
    mine = house.drop("journey.summary.md", "My own words.\n")
    house.start()
    house.drop("journey.txt", GOOD)
    (run,) = house.ended("journey.txt")
    assert run["state"] == "done"
    if mine.read_text(encoding="utf-8") != "My own words.\n":
        house.ask("POST", "/v1/undo", {"run": run["id"]})
    assert mine.read_text(encoding="utf-8") == "My own words.\n"


def test_a_full_disk_pauses_and_goes_on_when_there_is_room(house):
    """The note waits with that reason, nothing half-written is left, and it is done once room is back."""
    house.notes.rmdir()
    house.notes.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "none", house.notes], check=False
        ).returncode
    ):
        pytest.skip("a small file system of its own needs root and mount")
    try:
        house.shipped("summarize-notes")
        house.start()
        note = house.drop("note.txt", GOOD)
        filler = house.notes / "filler.bin"
        with contextlib.suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        house.until(lambda: any("full" in (run["reason"] or "") for run in house.runs("note.txt")))
        assert [note.name] == [path.name for path in house.notes.iterdir() if path != filler]
        filler.unlink()
        (run,) = house.ended("note.txt")
        assert run["state"] == "done"
        assert (house.notes / "note.summary.md").read_text(encoding="utf-8").strip()
    finally:
        house.clean_up()
        subprocess.run(["umount", "-l", house.notes], check=True)


def test_a_recipe_that_would_write_into_homebody_itself_waits(house):
    """No recipe may write recipes or the journal, nor into a start-up place; the others work."""
    house.shipped("summarize-notes")
    mine = ASK_NOTHING.format(notes=house.notes, folder=house.home.config).replace("keep-a-list", "mine")
    house.recipe("mine", mine)
    house.start()
    house.drop("a.txt", GOOD)
    assert house.ended("a.txt")[0]["state"] == "done"
    assert "homebody's own" in house.status()["waiting"]["mine"]
