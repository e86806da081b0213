"""Has a file stopped changing?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.triggers.settle import Settling, Signature, is_temporary

NOTE = "/watched/note.md"
ONE = Signature(10, 1_000, 7)
TWO = Signature(20, 2_000, 7)


def test_a_file_settles_when_it_has_been_unchanged_long_enough():
    """Five seconds of quiet, not less."""
    settling = Settling()
    assert not settling.look(NOTE, ONE, 100.0, 5.0)
    assert not settling.look(NOTE, ONE, 104.9, 5.0)
    assert settling.look(NOTE, ONE, 105.0, 5.0)
    assert NOTE not in settling


def test_a_change_starts_the_wait_anew():
    """A scanner that pauses between pages is waited for."""
    settling = Settling()
    settling.look(NOTE, ONE, 100.0, 5.0)
    settling.look(NOTE, TWO, 104.0, 5.0)
    assert not settling.look(NOTE, TWO, 108.0, 5.0)
    assert settling.look(NOTE, TWO, 109.0, 5.0)


def test_looking_again_at_an_unchanged_file_does_not_start_the_wait_anew():
    """A burst of events about a finished file delays nothing."""
    settling = Settling()
    assert [False] * 4 == [settling.look(NOTE, ONE, now, 5.0) for now in (100.0, 101.0, 102.0, 103.0)]
    assert 105.0 == settling.next_deadline()


def test_a_file_replaced_by_another_of_the_same_size_and_time_waits_anew():
    """The inode tells them apart."""
    settling = Settling()
    settling.look(NOTE, ONE, 100.0, 5.0)
    assert not settling.look(NOTE, Signature(10, 1_000, 8), 105.0, 5.0)
    assert 110.0 == settling.next_deadline()


def test_a_file_that_is_gone_is_forgotten():
    """Also one that was never seen; nothing is left to be waited for."""
    settling = Settling()
    settling.look(NOTE, ONE, 100.0, 5.0)
    settling.look(NOTE, None, 101.0, 5.0)
    settling.look("/watched/never.md", None, 101.0, 5.0)
    assert 0 == len(settling)
    assert settling.next_deadline() is None
    assert [] == settling.due(200.0, 10)


def test_each_file_can_have_its_own_pause():
    """Two recipes may want different patience in different folders."""
    settling = Settling()
    settling.look("/scans/scan.pdf", TWO, 100.0, 30.0)
    settling.look(NOTE, ONE, 100.0, 2.0)
    assert [NOTE] == settling.due(103.0, 10)


def test_no_more_are_due_at_once_than_asked_for_and_the_longest_waiting_come_first():
    """The rest comes with the next question."""
    settling = Settling()
    for number in range(5):
        settling.look(f"/watched/{number}", ONE, 100.0 - number, 5.0)
    assert ["/watched/4", "/watched/3", "/watched/2"] == settling.due(200.0, 3)
    assert ["/watched/1", "/watched/0"] == settling.due(200.0, 3)


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


PATHS = st.sampled_from([f"/watched/{letter}" for letter in "abc"])
SIGNATURES = st.none() | st.builds(Signature, st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))
STORY = st.lists(st.tuples(st.floats(0, 3), PATHS, SIGNATURES), max_size=30)


@given(STORY, st.floats(0.5, 5))
def test_a_file_settles_exactly_when_its_last_change_is_long_enough_ago(story: list, quiet: float):
    """Against a plain model: for each file, when its present signature was first seen without a break."""
    settling = Settling()
    since: dict[str, tuple[Signature, float]] = {}
    now = 0.0
    for pause, path, signature in story:
        now += pause
        if signature is None:
            since.pop(path, None)
        elif path not in since or since[path][0] != signature:
            since[path] = (signature, now)
        ready = path in since and now >= since[path][1] + quiet
        assert ready == settling.look(path, signature, now, quiet)
        if ready:
            del since[path]
    assert len(since) == len(settling)
    assert min((began + quiet for _, began in since.values()), default=None) == settling.next_deadline()
    over = {path for path, (_, began) in since.items() if now >= began + quiet}
    due = settling.due(now, 100)
    assert sorted(over) == sorted(due)
    assert all(settling.look(path, since[path][0], now, quiet) for path in due)
    assert set(since) - over == {path for path in since if path in settling}
