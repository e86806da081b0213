"""Models one after the other: the same conversation, the same recipe, real processes, and nothing done or kept."""

import json
from pathlib import Path

import pytest

from homebody.clock import SystemClock
from homebody.documents.pictures.tesseract import ABSENT
from homebody.documents.readers import readers
from homebody.errors import UsageError
from homebody.paths import Home, find_home, shipped, starter_model
from homebody.recipe.load import load_recipe
from homebody.service.comparing import Contest, each, talk
from homebody.service.contest import Score, agreement, documents_in, evidence_of, flat, score
from homebody.service.lock import Lock
from homebody.service.measuring import BesideError
from homebody.settings import load_settings
from homebody.slots import ChoiceSlot, DateSlot, ListSlot, TextSlot

NOTE = "The boiler was serviced on Tuesday by Mr Adams, who found a worn seal and changed it for a new one."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of a person without settings."""
    return find_home({}, tmp_path / "home")


def run(home: Home, models: list[str], work) -> list[dict]:
    """Let each model work."""
    return each(home, load_settings(home), models, SystemClock(), work, lambda *_: None)


def test_a_conversation(home: Home, random_model: Path) -> None:
    """Each model gets the same turns and its own answers; every figure is there, and the first word comes before the
    last."""
    contest = Contest(turns=("Hello!", "And then?"), tokens=20)
    asked: list[str] = []
    rows = run(home, ["starter", str(random_model)], lambda client: talk(client, contest, asked.append))

    assert ["starter", random_model.stem] == [row["name"] for row in rows]
    assert ["answers 1 of 2", "answers 2 of 2"] * 2 == asked
    for row in rows:
        first, second = row["work"]
        assert None is row["error"]
        assert ("Hello!", "And then?") == (first["asked"], second["asked"])
        assert 0 < first["first_token_seconds"] <= first["seconds"]
        assert 0 < first["answer_tokens"] <= 20
        assert first["written_per_second"] > 0
        assert second["prompt_tokens"] > first["prompt_tokens"] + first["answer_tokens"]
        assert row["peak_bytes"] > row["bytes"]
        assert row["load_seconds"] > 0
    json.dumps(rows)


def test_one_that_cannot_be_loaded_does_not_stop_the_others(home: Home) -> None:
    """Its row says why."""
    rows = run(home, ["starter", "starter"], lambda _client: fail())
    assert ["no luck", "no luck"] == [row["error"] for row in rows]
    assert all("work" not in row for row in rows)


def fail() -> None:
    """Fail as a model does."""
    raise UsageError("no luck")


def test_never_beside_a_model_at_work(home: Home) -> None:
    """A daemon that may be loading its model is not measured beside."""
    lock = Lock(home.lock)
    lock.take()
    with pytest.raises(BesideError):
        run(home, ["starter"], lambda _client: None)
    lock.release()


def test_at_a_recipe(home: Home, tmp_path: Path) -> None:
    """Every document is asked about by each; valid slots, values that stand in the document, and agreement are told."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "boiler.md").write_text(NOTE)
    (folder / "empty.md").write_text("")
    (folder / ".hidden.md").write_text(NOTE)
    recipe = load_recipe(shipped("recipes") / "summarize-notes.yaml")
    reads = readers(SystemClock(), ABSENT)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "link.md").symlink_to("boiler.md")
    found, left_out = documents_in(folder, reads)
    reads.stop()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    now = SystemClock().now().astimezone()
    rows = run(
        home,
        ["starter", str(starter_model())],
        lambda client: score(client, recipe, found, now, lambda _: None),
    )

    assert ["boiler.md"] == [document.path.name for document in found]
    assert {"broken.pdf", "empty.md", "link.md"} == left_out.keys()
    assert all(left_out.values())
    first, second = (row["work"] for row in rows)
    assert {"documents": 1, "valid": 1, "values": 1, "values_in_document": 1} == {
        name: first.told()[name] for name in ("documents", "valid", "values", "values_in_document")
    }
    assert 1.0 == agreement(first, second)
    assert before == {path: path.read_bytes() for path in folder.iterdir()}
    json.dumps(first.told())


def test_no_document_is_an_error_with_a_cure(tmp_path: Path) -> None:
    """A folder that is none, an empty one, and one with too many."""
    reads = readers(SystemClock(), ABSENT)
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(UsageError):
            documents_in(folder, reads)
    for number in range(51):
        (tmp_path / f"{number}.md").write_text("a")
    with pytest.raises(UsageError, match="51 documents"):
        documents_in(tmp_path, reads)
    reads.stop()


def test_what_stands_in_the_document() -> None:
    """Of kinds that could stand there: choices and what is empty do not count."""
    slots = {
        "who": TextSlot(), "when": DateSlot(optional=True), "tags": ListSlot(), "kind": ChoiceSlot(of=["note", "bill"]),
    }  # fmt: skip
    given = {"who": "Mr Adams", "when": "2026-03-02", "tags": [], "kind": "note"}
    assert (2, 1) == evidence_of(slots, given, NOTE)


def test_agreement_counts_slots_of_documents_that_both_answered() -> None:
    """Lists in any order, slots of several asks; a document without a valid answer counts for nothing."""
    one = Score(
        answers={"a": {"x": {"tags": ["b", "a"], "kind": "note"}}, "b": {"x": {"kind": "note"}}, "c": None}
    )
    other = Score(
        answers={"a": {"x": {"tags": ["a", "b"], "kind": "bill"}}, "b": None, "c": {"x": {"kind": "note"}}}
    )

    assert 0.5 == agreement(one, other)
    assert None is agreement(one, Score(answers={"a": None}))
    assert {"total": {"amount": "1.00", "currency": "EUR"}} == flat(
        {"total": {"amount": "1.00", "currency": "EUR"}}
    )
