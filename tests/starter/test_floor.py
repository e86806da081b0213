"""How good the shipped model is, on documents that no training saw: a report, and a floor under each figure."""

from collections.abc import Iterator

import pytest

from homebody.paths import starter_model
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
    report = generated(pipeline, 40)
    print(f"\n## Invented, unseen\n{report.table()}")
    return report


@pytest.fixture(scope="module")
def written_report(pipeline: Pipeline, documents) -> Report:
    """What was measured on the documents written by hand."""
    report = written(pipeline, documents)
    print(f"\n## Written by hand\n{report.table()}")
    return report


HELD = {
    "invented": {"stops": 0.99, "verbatim": 0.9, "key": 0.7, "kind": 0.85},
    "written": {"stops": 0.99, "verbatim": 0.9, "key": 0.78, "kind": 0.65, "values": 0.45, "letters": 0.8},
}
"""What the shipped model must not fall below: a little under what was measured when it was made."""


@pytest.mark.parametrize("what", HELD["invented"])
def test_invented_documents_stay_above_what_was_reached(invented_report: Report, what: str):
    """On unseen invented documents, no measure falls below what the shipped model had."""
    assert invented_report.share(what) >= HELD["invented"][what], "\n".join(invented_report.misses[:20])


@pytest.mark.parametrize("what", HELD["written"])
def test_written_documents_stay_above_what_was_reached(written_report: Report, what: str):
    """On the documents written by hand, no measure falls below what the shipped model had."""
    assert written_report.share(what) >= HELD["written"][what], "\n".join(written_report.misses[:20])


NOT_YET = frozenset({"tags", "values", "letters"})
"""Floors of issue 8 that the shipped model does not reach; taking one out of here is the proof that it does."""


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=False)) if name in NOT_YET else name
        for name in FLOORS
    ],
)
def test_the_floors_of_issue_8_hold_on_invented_documents(invented_report: Report, what: str):
    """Each measure reaches the floor that issue 8 sets, but for those that are named as not yet reached."""
    assert invented_report.share(what) >= FLOORS[what][1]
