"""Has a file stopped changing?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.triggers.settle import Pending, Signature, is_temporary, observe, observe_all, settled

NOTE = Path("/watched/note.md")
ONE = Signature(10, 1_000, 7)
TWO = Signature(20, 2_000, 7)


def test_a_file_settles_when_it_has_been_unchanged_long_enough():
    """Five seconds of quiet, not less."""
    pending = observe({}, NOTE, ONE, 100.0)
    assert settled(pending, 104.9, 5.0) == (set(), pending)
    assert settled(pending, 105.0, 5.0) == ({NOTE}, {})


def test_a_change_starts_the_wait_anew():
    """A scanner that pauses between pages is waited for."""
    pending = observe(observe({}, NOTE, ONE, 100.0), NOTE, TWO, 104.0)
    assert settled(pending, 108.0, 5.0)[0] == set()
    assert settled(pending, 109.0, 5.0)[0] == {NOTE}


def test_looking_again_at_an_unchanged_file_does_not_start_the_wait_anew():
    """A burst of events about a finished file delays nothing."""
    pending: Pending = {}
    for now in (100.0, 101.0, 102.0, 103.0):
        pending = observe(pending, NOTE, ONE, now)
    assert settled(pending, 105.0, 5.0)[0] == {NOTE}


def test_a_file_replaced_by_another_of_the_same_size_and_time_waits_anew():
    """The inode tells them apart."""
    pending = observe(observe({}, NOTE, ONE, 100.0), NOTE, Signature(10, 1_000, 8), 104.0)
    assert settled(pending, 105.0, 5.0)[0] == set()


def test_a_file_that_is_gone_is_forgotten():
    """Also one that was never seen."""
    assert observe(observe({}, NOTE, ONE, 100.0), NOTE, None, 101.0) == {}
    assert observe({}, NOTE, None, 101.0) == {}


def test_each_file_can_have_its_own_pause():
    """Two recipes may want different patience in different folders."""
    scan = Path("/scans/scan.pdf")
    pending = observe_all({}, {NOTE: ONE, scan: TWO}, 100.0)
    assert settled(pending, 103.0, {NOTE: 2.0, scan: 30.0})[0] == {NOTE}


@pytest.mark.parametrize(
    "name",
    [
        "film.mkv.part", "setup.exe.crdownload", "Report.PDF.Download", "letter.tmp", "letter.docx~", ".note.md.swp",
        "~$letter.docx", ".~lock.table.ods#", ".homebody-x1.tmp", ".#note.org", "thesis.pdf.icloud",
    ],
)  # fmt: skip
def test_somebody_elses_unfinished_work_is_known_by_its_name(name: str):
    """Browsers, office programs, editors and homebody itself."""
    assert is_temporary(name)


@pytest.mark.parametrize("name", ["note.md", "tmp", "part one.txt", "a~b.txt", "download.pdf", "swp.md"])
def test_an_ordinary_name_is_not_taken_for_a_temporary_one(name: str):
    """A word in the middle of a name says nothing."""
    assert not is_temporary(name)


PATHS = st.sampled_from([Path(f"/watched/{letter}") for letter in "abc"])
SIGNATURES = st.none() | st.builds(Signature, st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))
STORY = st.lists(st.tuples(st.floats(0, 3), PATHS, SIGNATURES), max_size=30)


@given(STORY, st.floats(0.5, 5))
def test_a_file_settles_exactly_when_its_last_change_is_long_enough_ago(story: list, quiet: float):
    """Against a plain model: for each file, when its present signature was first seen without a break."""
    pending: Pending = {}
    since: dict[Path, tuple[Signature, float]] = {}
    now = 0.0
    for pause, path, signature in story:
        now += pause
        pending = observe(pending, path, signature, now)
        if signature is None:
            since.pop(path, None)
        elif path not in since or since[path][0] != signature:
            since[path] = (signature, now)
    ready, rest = settled(pending, now, quiet)
    assert {path for path, (_, began) in since.items() if now - began >= quiet} == ready
    assert set(since) - ready == set(rest)


@given(st.dictionaries(PATHS, SIGNATURES), st.dictionaries(PATHS, SIGNATURES))
def test_looking_at_all_is_looking_at_one_after_the_other(first: dict, second: dict):
    """`observe_all` is only faster."""
    alone: Pending = observe_all({}, first, 1.0)
    together = observe_all(alone, second, 2.0)
    for path, signature in second.items():
        alone = observe(alone, path, signature, 2.0)
    assert alone == together
