"""What the reader has to be able to do inside its seal, and that it has nothing else."""

import ctypes
import io
from collections.abc import Callable
from typing import Any

import pytest

SETUP = """
import resource
import pypdfium2 as pdfium
import codecs
codecs.lookup("utf-16-le")
data = bytes.fromhex(given["pdf"])
nothing = pdfium.PdfDocument(data)
nothing.close()
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 25))
report = seal.enter(seal.reader_policy())
"""


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Return a PDF of one page with words on it, made by PDFium itself."""
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    document = pdfium.PdfDocument.new()
    page = document.new_page(300, 300)
    font = raw.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
    text = raw.FPDFPageObj_CreateTextObj(document.raw, font, ctypes.c_float(18.0))
    words = ctypes.create_string_buffer("A note about boats".encode("utf-16-le") + b"\0\0")
    raw.FPDFText_SetText(text, ctypes.cast(words, ctypes.POINTER(ctypes.c_ushort)))
    raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 40, 150)
    raw.FPDFPage_InsertObject(page.raw, text)
    raw.FPDFPage_GenerateContent(page.raw)
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


def test_pdf_is_read_from_bytes(child: Callable[..., Any], pdf: bytes) -> None:
    """A PDF that comes as bytes gives its text, although no file can be opened any more."""
    code = f"""{SETUP}
document = pdfium.PdfDocument(data)
page = document[0]
text = page.get_textpage()
told([text.get_text_range(), len(document), report.tier])
"""
    assert child(code, pdf=pdf.hex()) == ["A note about boats", 1, "reader"]


def test_damaged_pdf_is_an_error_and_no_more(child: Callable[..., Any], pdf: bytes) -> None:
    """A PDF that is cut off raises the library's error, and the process goes on."""
    code = f"""{SETUP}
problems = []
for length in (0, 10, len(data) // 2):
    try:
        document = pdfium.PdfDocument(data[:length])
        problems.append(len(document))
    except pdfium.PdfiumError as error:
        problems.append("error")
told(problems)
"""
    assert set(child(code, pdf=pdf.hex())) <= {"error", 0, 1}


def test_no_call_with_a_path_is_left(child: Callable[..., Any], pdf: bytes) -> None:
    """Opening, asking about, listing and making are all refused, for what exists and what does not."""
    code = f"""{SETUP}
told(sorted(set(map(name_of_refusal, (
    lambda: open("/dev/null"), lambda: open("/no/such"), lambda: os.stat("/"), lambda: os.stat("/no/such"),
    lambda: os.listdir("/"), lambda: os.mkdir("/tmp/x"), lambda: os.readlink("/proc/self"), os.getcwd,
    lambda: os.access("/", os.R_OK) or (_ for _ in ()).throw(OSError(1, "refused")), os.pipe, os.fork)))))
"""
    assert child(code, pdf=pdf.hex()) == ["EPERM"]


def test_too_much_memory_is_an_error_of_python(child: Callable[..., Any], pdf: bytes) -> None:
    """The limit on memory that was set before holds inside, as a MemoryError."""
    code = f"""{SETUP}
try:
    bytearray(2 << 30)
except MemoryError:
    told("limited")
"""
    assert child(code, pdf=pdf.hex()) == "limited"


def test_limits_cannot_be_changed_inside(child: Callable[..., Any], pdf: bytes) -> None:
    """The limits are the caller's: inside they can be read and not changed."""
    code = f"""{SETUP}
def lower():
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (1, 25))
    except ValueError as error:  # what Python makes of the kernel's EPERM
        raise PermissionError(1, "refused") from error
told([resource.getrlimit(resource.RLIMIT_CPU), name_of_refusal(lower)])
"""
    assert child(code, pdf=pdf.hex()) == [[20, 25], "EPERM"]


def test_frames_go_on_over_the_pipes(child: Callable[..., Any], pdf: bytes) -> None:
    """What the reader lives on works: its two pipes, memory, compression, JSON and decoding text."""
    code = f"""
import json, zlib, codecs
for name in ("cp1252", "utf-16", "latin-1"):
    codecs.lookup(name)
reading, writing = os.pipe()
{SETUP}
os.write(writing, zlib.compress("ünïcödé".encode() * 1000))
text = zlib.decompress(os.read(reading, 65536)).decode()
told([len(text), b"\\xe9".decode("cp1252"), json.loads(json.dumps({{"a": 1}}))])
"""
    assert child(code, pdf=pdf.hex()) == [7000, "é", {"a": 1}]
