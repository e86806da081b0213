"""What if the reader process was taken over by a document, or does not come up at all?"""

import sys
import threading
from pathlib import Path

import pytest

from homebody import seal
from homebody.clock import SystemClock
from homebody.documents.file import Unreadable
from homebody.documents.reader import Reader
from homebody.errors import DocumentError
from homebody.testing import FakeClock

ROGUE = Path(__file__).with_name("rogue.py")


def rogue(way: str, seconds: float = 20.0) -> Reader:
    """Return a reader whose process was taken over."""
    return Reader(clock=SystemClock(), seconds=seconds, command=[sys.executable, "-I", str(ROGUE), way])


def refused(reader: Reader, data: bytes = b"text", suffix: str = ".txt") -> Unreadable:
    """Return why *reader* gives no text."""
    with pytest.raises(Unreadable) as caught:
        reader.read(data, suffix)
    return caught.value


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("garbage", "makes no sense"),
        ("huge", "makes no sense"),
        ("list", "makes no sense"),
        ("deep", "makes no sense"),
        ("lies", "makes no sense"),
        ("front", "makes no sense"),
        ("surrogates", "makes no sense"),
        ("uncounted", "makes no sense"),
        ("countless", "makes no sense"),
        ("unheard", "makes no sense"),
        ("cut", "died of the document (exit code 5)"),
        ("exit", "died of the document (exit code 5)"),
        ("crash", "died of the document (SIGABRT)"),
        ("flood", "makes no sense"),
    ],
)
def test_a_reader_that_was_taken_over_is_ended(way: str, reason: str):
    """Whatever it answers is an error in words, and no process is left behind."""
    reader = rogue(way)
    assert reason in str(refused(reader))
    assert reader.pid is None


def test_a_reader_that_says_nothing_is_ended_at_the_deadline():
    """Hanging is an answer, too."""
    reader = rogue("hang", seconds=0.5)
    assert "longer than" in str(refused(reader))
    assert reader.pid is None


def test_a_reader_that_does_not_listen_is_ended_at_the_deadline():
    """A document larger than the pipe is not waited for."""
    reader = rogue("hang", seconds=0.5)
    assert "longer than" in str(refused(reader, bytes(5_000_000)))


def test_a_reason_from_the_reader_cannot_drive_a_terminal():
    """Control characters become spaces, and it is short."""
    reader = rogue("escapes")
    reason = str(refused(reader))
    reader.stop()
    assert reason.isprintable()
    assert len(reason) <= 300


@pytest.mark.parametrize("way", ["busy", "evasive"])
def test_a_reader_that_has_worked_much_is_replaced(way: str):
    """Its answer still counts."""
    reader = rogue(way)
    assert reader.read(b"text", ".txt").text == "text"
    assert reader.pid is None


def test_results_of_probes_that_make_no_sense_are_an_error():
    """And not a crash."""
    reader = rogue("results")
    with pytest.raises(DocumentError):
        reader.probe(["tcp"], seal.ProbeTargets())
    reader.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of it from outside")
def test_a_reader_that_says_it_is_sealed_and_is_not_gets_nothing_to_read():
    """The kernel is asked, not the reader: it is ended before it sees a byte."""
    found = refused(rogue("liar"))
    assert "the reader process gets nothing to read: The kernel says that process" in str(found)


def test_a_reader_without_a_seal_gets_nothing_to_read():
    """The reason of the seal is passed on."""
    found = refused(rogue("unsealed"))
    assert (
        str(found)
        == "the reader process is not sealed, so it gets nothing to read: the kernel has no [31mLandlock"
    )


def test_a_reader_that_does_not_start_says_its_last_words():
    """So that a broken installation can be understood."""
    found = refused(rogue("silent"))
    assert str(found) == "the reader process did not start (exit code 3: ImportError: something is missing)"
    assert not found.lasting


def test_a_program_that_is_not_there_is_an_error_in_words():
    """The system's own words."""
    reader = Reader(clock=FakeClock(), command=["/nowhere/python"])
    assert "cannot be started" in str(refused(reader))


def test_stop_ends_the_reader_in_the_middle_of_a_document():
    """A daemon that stops does not wait for a slow document."""
    reader = rogue("hang", seconds=60)
    reasons: list[str] = []
    thread = threading.Thread(target=lambda: reasons.append(str(refused(reader))))
    thread.start()
    while reader.seal is None and thread.is_alive():
        thread.join(0.01)
    reader.stop()
    thread.join(10)
    assert reasons == ["the reader process was stopped"]
