"""A note dropped in a folder is summarised and tagged by the loaded model, with the network closed."""

import json
import os
from pathlib import Path

from homebody.cli.demo_documents import GERMAN, INVOICE, MARKDOWN, logbook, pdf

TAGS = {
    "work", "meeting", "invoice", "travel", "house", "health", "family", "school", "recipe", "garden", "music",
    "code", "car", "book", "idea",
}  # fmt: skip


def words(text: str) -> set[str]:
    """Return the words of a text."""
    return {word.strip(".,;:!?()\"'").casefold() for word in text.split()}


def test_a_note_gets_a_summary_of_its_own_words_and_tags_from_the_list(house):
    """The summary is made of the note; the tags are in its front matter, and the rest is as it was."""
    house.shipped("summarize-notes", "tag-files")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    assert ["done", "done"] == [run["state"] for run in house.ended("roof.md", 2)]
    heading, summary = (house.notes / "roof.summary.md").read_text(encoding="utf-8").split("\n", 1)
    assert heading == "# roof"
    found = words(summary)
    assert found
    assert len(found & words(MARKDOWN)) >= 0.9 * len(found)
    head, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert head == ""
    assert body == MARKDOWN.split("---\n", 2)[2]
    assert "created: 2026-03-02   # a comment that must survive" in front
    tags = (
        front.split("tags:")[1]
        .replace("[", " ")
        .replace("]", " ")
        .replace(",", " ")
        .replace("- ", " ")
        .split()
    )
    assert set(tags) <= TAGS


def test_a_long_text_is_read_whole_in_parts(house):
    """A text that does not fit the context is summarised in parts, and the run records that all of it was read."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("garden.txt", logbook("The logbook of the garden"))
    assert house.ended("garden.txt")[0]["state"] == "done"
    (answered,) = [step["detail"] for step in house.steps() if step["name"] == "answered"]
    assert answered["overflow"] == "summarize"
    assert answered["calls"] >= 3
    assert answered["tokens_total"] == answered["tokens_read"] > house.status()["model"]["context"]


def test_a_note_that_is_not_english_keeps_its_letters(house):
    """Umlauts and other letters come through reading, asking and writing whole."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("elternabend.md", GERMAN)
    assert house.ended("elternabend.md")[0]["state"] == "done"
    summary = (house.notes / "elternabend.summary.md").read_text(encoding="utf-8").split("\n", 1)[1]
    assert "\ufffd" not in summary
    assert len(words(summary) & words(GERMAN)) >= 0.9 * len(words(summary))


def test_a_pdf_is_parsed_in_a_process_of_its_own(house, child_of):
    """The PDF's text reaches the summary, and the daemon has two children: model and reader."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("invoice.pdf", pdf(INVOICE))
    assert house.ended("invoice.pdf")[0]["state"] == "done"
    status = house.status()
    assert {status["model"]["pid"], status["reader"]["pid"]} <= set(child_of(status["pid"]))


def test_a_schedule_writes_a_digest_of_the_summaries(house):
    """The scheduled recipe takes up the summaries, and its digest names what was summarised."""
    house.shipped("summarize-notes")
    text = (Path(__file__).parents[2] / "recipes" / "daily-digest.yaml").read_text(encoding="utf-8")
    lines = [
        "  - schedule: {every: 1s}" if line.strip().startswith("- schedule:") else line
        for line in text.replace("~/Notes", str(house.notes)).splitlines()
    ]
    house.recipe("daily-digest", "\n".join(lines) + "\n")
    house.start()
    house.drop("journey.txt", "The train to Lisbon leaves on 3 October at 07:42 from platform 9.\n")
    house.until(lambda: any(run["state"] == "done" for run in house.runs() if run["event"] == "schedule"))
    (digest,) = list(house.folder.rglob("digest/*.md"))
    assert "journey" in digest.read_text(encoding="utf-8")


def test_a_run_is_undone_byte_for_byte(house):
    """After ``undo`` the note is exactly what was dropped, and its tags do not come back by themselves."""
    house.shipped("tag-files")
    house.start()
    path = house.drop("roof.md", MARKDOWN)
    (run,) = house.ended("roof.md")
    assert run["state"] == "done"
    assert path.read_text(encoding="utf-8") != MARKDOWN
    house.ask("POST", "/v1/undo", {"run": run["id"]})
    assert path.read_bytes() == MARKDOWN.encode()
    house.drop("other.md", "# Garden\n\nThe beans were planted and the compost was turned.\n")
    house.ended("other.md")
    assert ["undone"] == [again["state"] for again in house.runs("roof.md")]
    assert path.read_bytes() == MARKDOWN.encode()


def test_what_homebody_writes_wakes_nothing(house):
    """Summaries and tagged notes are no new notes: after two more rescans there are no more runs."""
    house.shipped("summarize-notes", "tag-files")
    house.recipe(
        "copy-everything",
        f"name: copy-everything\ntriggers:\n  - watch: {house.notes}\n    settle: 100ms\n    existing: process\n"
        'actions:\n  - append: {dest: "'
        + str(house.folder / "copies" / "log.md")
        + '", content: "{{ file.name }}"}\n',
    )
    house.start()
    house.drop("roof.md", MARKDOWN)
    house.ended("roof.md", 3)
    house.drop("second.md", "# Car\n\nThe brakes and the tyres of the car were checked in the garage.\n")
    house.ended("second.md", 3)
    house.stop()
    house.start()
    house.drop("third.md", "# Music\n\nThe choir rehearses for the concert in the church on Friday.\n")
    house.ended("third.md", 3)
    assert {"roof.md", "second.md", "third.md"} == {Path(run["path"]).name for run in house.runs()}
    assert len(house.runs()) == 9


def test_no_log_holds_a_name_or_a_word_of_a_person(house):
    """Names of files and words of documents are in no log at any level, and not on the daemon's terminal."""
    house.shipped("summarize-notes", "tag-files")
    house.start()
    house.drop(
        "quarzkristall.md", "# Zirkonia\n\nThe Labradorit was sold to Frau Tausendschön for 90 euros.\n"
    )
    house.drop("broken-quarz.pdf", b"%PDF-1.4 Zirkonia")
    house.ended("quarzkristall.md", 2)
    house.ended("broken-quarz.pdf")
    house.kill()
    house.start()
    house.stop()
    told = house.home.log.read_text(encoding="utf-8") + house.words.read_text(encoding="utf-8")
    for secret in ("quarz", "Zirkonia", "Labradorit", "Tausendschön", str(house.notes)):
        assert secret not in told
    for line in house.home.log.read_text(encoding="utf-8").splitlines():
        assert "event" in json.loads(line)


def test_everything_of_ours_is_for_us_alone(house):
    """State folder, journal, vault, key and log cannot be read by others."""
    house.shipped("summarize-notes")
    house.start()
    house.drop("a.txt", "The car was washed on Monday.\n")
    house.ended("a.txt")
    for path in [house.home.state, *house.home.state.rglob("*")]:
        assert os.lstat(path).st_mode & 0o077 == 0, path.name
