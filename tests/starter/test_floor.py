"""How good the shipped model is, on documents that no training saw: a report, and a floor under each figure."""

from collections.abc import Iterator

import pytest

from homebody.paths import starter_model
from starter.elsewhere import elsewhere
from starter.evaluate import FLOORS, Report, generated, written
from starter.pipeline import Pipeline


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """The shipped model in homebody's own model process."""
    made = Pipeline(starter_model())
    yield made
    made.close()


@pytest.fixture(scope="module")
def invented_report(pipeline: Pipeline) -> Report:
    """What was measured on invented documents of a seed that no training uses."""
    report = generated(pipeline, 200)
    print(f"\n## Invented, unseen\n{report.table()}")
    return report


@pytest.fixture(scope="module")
def real_report(pipeline: Pipeline, documents) -> Report:
    """What was measured on the documents written by hand, and on the documentation of Python and the libraries."""
    report = written(pipeline, documents)
    report.add(elsewhere(pipeline))
    print(f"\n## Real text\n{report.table()}")
    return report


@pytest.mark.parametrize("what", sorted(FLOORS.keys() - {"elsewhere"}))
def test_the_floors_of_issue_8_hold_on_invented_documents(invented_report: Report, what: str):
    """Each measure reaches the floor that issue 8 sets."""
    assert invented_report.share(what) >= FLOORS[what][1], misses(invented_report, what)


@pytest.mark.parametrize("what", sorted(FLOORS))
def test_the_floors_of_issue_8_hold_on_real_text(real_report: Report, what: str):
    """So they do on text that no generator made."""
    assert real_report.share(what) >= FLOORS[what][1], misses(real_report, what)


HELD = {
    "invented": {"verbatim": 0.98, "key": 0.95, "kind": 0.97, "values": 0.9},
    "real": {
        "verbatim": 0.97,
        "key": 0.9,
        "tags": 0.82,
        "kind": 0.95,
        "values": 0.89,
        "letters": 1.0,
        "stops": 1.0,
    },
}
"""What the shipped model must not fall below where it was better than its floor: a little under what was measured."""

LOST = {
    ("invented", "key"): "93.5 %; on these documents, with READMEs among them, the model before has 91.5 %",
    ("real", "kind"): "18 of 20, where the model before has 20",
}
"""What is below that, and is to be won back: as soon as it is, its test says so."""


def held(where: str) -> list[object]:
    """Return the measures of *where*, those that were lost as expected to fail."""
    return [
        pytest.param(what, marks=pytest.mark.xfail(reason=LOST[where, what]))
        if (where, what) in LOST
        else what
        for what in HELD[where]
    ]


def test_what_was_lost_is_not_lost_further(invented_report: Report, real_report: Report):
    """Where the shipped model is below what is held, it stays at least where it is."""
    assert invented_report.share("key") >= 0.93, misses(invented_report, "key")
    assert real_report.share("kind") >= 0.9, misses(real_report, "kind")


@pytest.mark.parametrize("what", held("invented"))
def test_invented_documents_stay_above_what_was_reached(invented_report: Report, what: str):
    """On unseen invented documents, no measure falls below what the shipped model had."""
    assert invented_report.share(what) >= HELD["invented"][what], misses(invented_report, what)


@pytest.mark.parametrize("what", held("real"))
def test_real_text_stays_above_what_was_reached(real_report: Report, what: str):
    """On real text, no measure falls below what the shipped model had."""
    assert real_report.share(what) >= HELD["real"][what], misses(real_report, what)


def misses(report: Report, what: str) -> str:
    """Return what was wrong, line by line."""
    return "\n".join(line for line in report.misses if line.startswith(what))
