"""Does the house get text out of documents, whatever the reader process meets or does?"""

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from corpus import CORPUS
from hostile_pdf import bomb, slow
from make_pdf import make_pdf

from homebody import seal
from homebody.clock import SystemClock
from homebody.documents.child import Child, GoneError, how_it_died
from homebody.documents.file import Unreadable
from homebody.documents.formats import charsets, suffixes
from homebody.documents.reader import COMMAND, Reader


def refused(reader: Reader, data: bytes = b"text", suffix: str = ".txt") -> Unreadable:
    """Return why *reader* gives no text."""
    with pytest.raises(Unreadable) as caught:
        reader.read(data, suffix)
    return caught.value


def gone(pid: int) -> bool:
    """Return whether no process has this number any more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_text_markdown_and_pdf_are_read_in_the_child(reader: Reader):
    """Each suffix by its own format, upper case or lower."""
    assert reader.read("Größe".encode(), ".TXT").text == "Größe"
    note = reader.read(b"---\ntags: [roof]\n---\n# Roof\n", ".md")
    assert ("tags: [roof]\n", "# Roof\n") == (note.front, note.text)
    pdf = reader.read(make_pdf([["Invoice 17", "312.40 €"], ["Second page"]]), ".pdf")
    assert ("Invoice 17\n312.40 €\n\nSecond page", 2) == (pdf.text, pdf.pages)


def test_every_format_reads_the_same_inside_the_seal():
    """In a fresh process: nothing is loaded late that the seal would refuse."""
    reader = Reader(clock=SystemClock())
    try:
        for suffix, found in CORPUS.items():
            for data in found:
                assert reader.read(data, suffix) == suffixes()[suffix].extract(data)
    finally:
        reader.stop()


@pytest.mark.parametrize("name", charsets.KNOWN)
def test_every_encoding_is_there_inside_the_seal(reader: Reader, name: str):
    """A page and a mail may name any of them."""
    words = "Roof 17"
    page = f"<p>{words}".encode(name)
    if not name.startswith("utf_16"):
        page = f"<meta charset={name}><p>{words}".encode(name)
        assert reader.read(page, ".html").text == words
    mail = f"Subject: a\nContent-Type: text/plain; charset={name}\n\n".encode() + words.encode(name)
    assert reader.read(mail, ".eml").text == f"Subject: a\n\n{words}"


def test_an_empty_document_is_empty_text(reader: Reader):
    """What to make of it is for the run to say."""
    assert reader.read(b"", ".md").text == ""


def test_an_unknown_suffix_is_read_as_text(reader: Reader):
    """And refused when it is none."""
    assert reader.read(b"# a config", ".conf").text == "# a config"
    assert "binary" in str(refused(reader, b"\x7fELF\x02\x01\x01\0\0\0", ".bin"))


def test_the_reader_says_that_it_is_sealed_and_so_does_the_kernel(reader: Reader):
    """One thread, a filter, no powers."""
    reader.read(b"text", ".txt")
    assert reader.seal is not None
    assert reader.pid is not None
    assert reader.seal["tier"] == "reader"
    assert all(thread.sealed for thread in seal.seal_status(reader.pid))


def test_no_probe_gets_out_of_the_reader(reader: Reader, tmp_path: Path):
    """Aimed at things that an unsealed process reaches."""
    with seal.Targets() as targets:
        results = reader.probe(None, targets.targets)
    assert len(results) == len(seal.PROBES)
    assert [result.name for result in results if result.reached and result.name not in seal.LIMITS] == []
    assert {result.name for result in results if result.refused} >= {
        "tcp",
        "udp",
        "unix",
        "child",
        "write_outside",
    }


def test_documents_are_read_after_the_probes(reader: Reader):
    """Trying to get out leaves the reader as it was."""
    reader.probe(["tcp"], seal.ProbeTargets())
    assert reader.read(make_pdf([["still here"]]), ".pdf").text == "still here"


def test_a_reason_of_the_document_leaves_the_reader_running(reader: Reader):
    """Nothing is wrong with the process."""
    reader.read(b"text", ".txt")
    before = reader.pid
    assert refused(reader, b"\0\0\0").lasting
    assert before == reader.pid


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read():
    """The process is killed at the deadline and replaced."""
    reader = Reader(clock=SystemClock(), seconds=0.6)
    try:
        reader.read(b"text", ".txt")
        before = reader.pid
        found = refused(reader, slow(), ".pdf")
        assert ("reading the document took longer than 1 s", True) == (str(found), found.lasting)
        assert before is not None
        assert gone(before)
        assert reader.read(b"the next", ".txt").text == "the next"
    finally:
        reader.stop()


def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_is_read():
    """The kernel's limit on address space, met by a text of many million letters."""
    reader = Reader(clock=SystemClock(), memory_bytes=160 << 20)
    try:
        reader.read(b"text", ".txt")
        found = refused(reader, "ä".encode() * 30_000_000)
        assert "memory" in str(found) or "died" in str(found)
        assert reader.read(b"the next", ".txt").text == "the next"
    finally:
        reader.stop()


def test_a_pdf_that_unfolds_beyond_the_memory_is_given_up_and_the_next_is_read():
    """PDFium ends the process when it gets no memory; the house goes on."""
    reader = Reader(clock=SystemClock(), memory_bytes=160 << 20)
    try:
        assert str(refused(reader, bomb(150), ".pdf"))
        assert reader.read(b"the next", ".txt").text == "the next"
    finally:
        reader.stop()


def test_the_kernel_ends_a_reader_that_works_too_much():
    """Even one that answers every question in time."""
    child = Child([*COMMAND, str(512 << 20), "1"], dict(os.environ))
    child.hello(60)
    with pytest.raises(GoneError) as caught:
        child.ask({"suffix": ".pdf"}, slow(), 60)
    assert caught.value.signal == "SIGXCPU"
    assert how_it_died(caught.value) == "reading the document took too much work"


def test_the_reader_is_replaced_after_some_documents():
    """What a library leaks goes with the process."""
    reader = Reader(clock=SystemClock(), documents=2)
    try:
        pids = []
        for _ in range(4):
            reader.read(b"text", ".txt")
            pids.append(reader.pid)
        assert pids[1] is None
        assert pids[3] is None
        assert pids[0] != pids[2]
    finally:
        reader.stop()


def test_a_reader_that_was_killed_from_outside_is_started_again():
    """Between two documents nothing is lost."""
    reader = Reader(clock=SystemClock())
    try:
        reader.read(b"text", ".txt")
        assert reader.pid is not None
        os.kill(reader.pid, signal.SIGKILL)
        os.waitid(os.P_PID, reader.pid, os.WEXITED | os.WNOWAIT)
        assert reader.read(b"text", ".txt").text == "text"
    finally:
        reader.stop()


def test_a_reader_killed_in_the_middle_of_a_document_is_replaced(reader: Reader):
    """The document may be tried again, and the next one of any format is read by the new process."""
    reader.read(b"text", ".txt")
    process = reader.pid
    assert process is not None
    reasons: list[Unreadable] = []
    busy = b"{\\rtf1 " + b"\\b" * 10_000_000 + b"}"
    thread = threading.Thread(target=lambda: reasons.append(refused(reader, busy, ".rtf")))
    worked = Path(f"/proc/{process}/stat")
    before = worked.read_text().rpartition(")")[2].split()[11]
    thread.start()
    while worked.read_text().rpartition(")")[2].split()[11] == before:  # its time in user mode (proc(5))
        thread.join(0.01)
    os.kill(process, signal.SIGKILL)
    thread.join(10)
    assert "was killed while it read the document" in str(reasons[0])
    assert not reasons[0].lasting
    for suffix, found in CORPUS.items():
        assert "Roof" in reader.read(found[0], suffix).text
    assert reader.pid != process


def test_two_threads_read_one_after_the_other(reader: Reader):
    """Each gets its own document."""
    found: dict[int, str] = {}

    def read(number: int) -> None:
        found[number] = reader.read(f"text {number}".encode() * 1_000, ".txt").text

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: f"text {number}" * 1_000 for number in range(8)} == found


def test_the_reader_ends_when_its_parent_is_gone():
    """Its input closes, and it goes."""
    code = (
        "import os; from homebody.clock import SystemClock; from homebody.documents.reader import Reader\n"
        "r = Reader(clock=SystemClock()); r.read(b'text', '.txt'); print(r.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    try:
        orphan = os.pidfd_open(int(done.stdout))
    except ProcessLookupError:
        return
    waiting = select.poll()
    waiting.register(orphan, select.POLLIN)
    assert waiting.poll(10_000)
    os.close(orphan)
