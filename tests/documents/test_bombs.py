"""Which documents are made to fill the memory, the disk or the day? Each ends in a reason, in the real reader."""

import io
import struct
import time
import zipfile
import zlib

import pytest
from make_packages import docx_parts, epub_parts, odt, pack, paragraph, relations, xlsx, xlsx_parts

from homebody.clock import SystemClock
from homebody.documents.extract import FormatError
from homebody.documents.file import Unreadable
from homebody.documents.formats import docx
from homebody.documents.formats import xlsx as tables
from homebody.documents.formats.package import MOST_PARTS, Package
from homebody.documents.reader import Reader

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ']><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>'
)
QUADRATIC = f'<!DOCTYPE a [<!ENTITY a "{"x" * 100_000}">]><a>{"&a;" * 10_000}</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><a>&a;</a>'


def with_document(content: str | bytes) -> bytes:
    """Return a Word file with that as its document."""
    return pack(docx_parts("") | {"word/document.xml": content})


def many_parts() -> bytes:
    """Return a ZIP file with more parts than any document has."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for number in range(MOST_PARTS + 1):
            file.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return out.getvalue()


def together() -> bytes:
    """Return a Word file of sixty parts, each of which alone may be as large as it is."""
    parts = dict(docx_parts("", header=""))
    blob = bytes(1_900_000)
    parts["word/_rels/document.xml.rels"] = relations(*[(f"r{n}", "header", f"h{n}.xml") for n in range(60)])
    for number in range(60):
        parts[f"word/h{number}.xml"] = b"<a>" + blob.replace(b"\0", b" ") + b"</a>"
    return pack(parts)


def cells(row: int) -> str:
    """Return a thousand cells, no two of a sheet alike."""
    return "".join(f"<c><v>{row * 1_000 + number}</v></c>" for number in range(1_000))


BOMBS = {
    "laughs": (lambda: with_document(LAUGHS), ".docx", "defines entities"),
    "quadratic": (lambda: with_document(QUADRATIC), ".docx", "defines entities"),
    "entity from a file": (lambda: with_document(OUTSIDE), ".docx", "defines entities"),
    "entities in relations": (lambda: pack({"_rels/.rels": LAUGHS}), ".docx", "defines entities"),
    "zeros": (lambda: with_document(bytes(30_000_000)), ".docx", "bomb|broken"),
    "blanks": (lambda: with_document(b"<a>" + b" " * 30_000_000), ".docx", "bomb"),
    "all parts together": (together, ".docx", "bomb"),
    "many parts": (many_parts, ".xlsx", "more than 10,000 parts"),
    "deep": (lambda: with_document("<w:p>" * 5_000_000), ".docx", "nested too deeply|broken|bomb"),
    "deep odt": (lambda: odt("<text:list>" * 3_000 + "</text:list>" * 3_000), ".odt", "nested too deeply"),
    "cells": (
        lambda: xlsx({"A": "".join(f"<row>{cells(row)}</row>" for row in range(300))}),
        ".xlsx",
        "more than 250,000 cells",
    ),
    "far cells": (
        lambda: xlsx({"A": "<row><c r='XFD1'><v>1</v></c></row>" * 1_000}),
        ".xlsx",
        "more than 250,000 cells",
    ),
    "one text a million times": (
        lambda: xlsx(
            {"A": "<row><c t='s'><v>0</v></c></row>" * 100_000}, strings=f"<si><t>{'word ' * 2_000}</t></si>"
        ),
        ".xlsx",
        "more than 5,000,000 characters",
    ),
    "repeated cells": (
        lambda: odt(
            "<table:table><table:table-row table:number-rows-repeated='1048576'><table:table-cell"
            " table:number-columns-repeated='16384'><text:p>word</text:p></table:table-cell></table:table-row>"
            "</table:table>",
            kind="spreadsheet",
        ),
        ".ods",
        "more than 5,000,000 characters",
    ),
    "one long word": (lambda: with_document(b"<a>" + b"x" * 30_000_000), ".docx", "bomb|broken"),
    "chapters": (
        lambda: pack(
            epub_parts({})
            | {"OEBPS/book.opf": "<package><spine>" + "<itemref idref='a'/>" * 6_000 + "</spine></package>"}
        ),
        ".epub",
        "6,000 chapters",
    ),
    "deep page": (lambda: b"<div>" * 1_000_000, ".html", "nested too deeply"),
    "deep rtf": (lambda: b"{\\rtf1" + b"{" * 1_000_000, ".rtf", "nested too deeply"),
}


SLOW = ("cells", "all parts together")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long if name in SLOW else ()) for name in BOMBS]
)
def test_a_bomb_is_refused_with_its_reason_and_the_reader_lives_on(reader: Reader, name: str):
    """In seconds, in the real reader's memory, and the next document is read by the same process."""
    make, suffix, reason = BOMBS[name]
    data = make()
    reader.read(b"before", ".txt")
    process = reader.pid
    began = time.monotonic()
    with pytest.raises(Unreadable, match=reason) as caught:
        reader.read(data, suffix)
    assert caught.value.lasting
    assert time.monotonic() - began < 20
    assert reader.read(b"after", ".txt").text == "after"
    assert process == reader.pid


@pytest.mark.long
@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"<p>" * 6_000_000, ".html"),
        (b"<p " + b" ".join(b"a%d=1" % number for number in range(200_000)) + b">x", ".html"),
        (b"{\\rtf1 " + b"\\b" * 15_000_000 + b"}", ".rtf"),
        (b"Subject: a\n" + b"X: y\n" * 6_000_000 + b"\nHi", ".eml"),
        (b"Content-Type: multipart/mixed; boundary=e\n\n" + b"--e\n\na\n" * 3_000_000, ".eml"),
    ],
    ids=["elements", "attributes", "words of RTF", "headers", "parts of a mail"],
)
def test_what_is_slow_or_large_ends_with_a_reason(data: bytes, suffix: str):
    """By the limits of memory and time, and the next document is read."""
    reader = Reader(clock=SystemClock(), seconds=15)
    try:
        with pytest.raises(
            Unreadable, match=r"longer than 15 s|more memory|killed|died|no text|more than 2,000 parts"
        ):
            reader.read(data, suffix)
        assert reader.read(b"after", ".txt").text == "after"
    finally:
        reader.stop()


def test_a_bomb_leaves_no_file_behind(reader: Reader, descriptors_of):
    """Nothing is unpacked to a disk: the reader has none."""
    with pytest.raises(Unreadable):
        reader.read(BOMBS["blanks"][0](), ".docx")
    assert reader.pid is not None
    held = set(descriptors_of(reader.pid).values())
    assert all(name.startswith(("pipe:", "/dev/null")) for name in held), held


def test_a_locked_part_and_a_strange_way_of_packing_are_named():
    """A ZIP file may be locked itself; documents are packed in two ways only."""
    whole = bytearray(with_document(paragraph("a")))
    locked = bytearray(whole)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = -1
        while (at := locked.find(mark, at + 1)) >= 0:
            locked[at + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    with pytest.raises(FormatError, match="locked with a password"):
        docx.extract(bytes(locked))
    with pytest.raises(FormatError, match="packed in a way"):
        docx.extract(pack(docx_parts(paragraph("a")), zipfile.ZIP_LZMA))


def test_relations_that_go_round_in_a_circle_end():
    """A sheet that is its own workbook, and a document that is its own header."""
    parts = docx_parts(paragraph("a")) | {
        "word/_rels/document.xml.rels": relations(
            ("r1", "header", "document.xml"), ("r2", "footer", "document.xml")
        )
    }
    assert docx.extract(pack(parts)).text == "a"
    book = xlsx_parts({"A": ""}) | {
        "xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "workbook.xml"))
    }
    with pytest.raises(FormatError, match="nothing in its cells"):
        tables.extract(pack(book))


def test_relations_to_other_files_and_addresses_are_left_alone():
    """Neither a path out of the package nor an address leads anywhere."""
    for target in ("../../../etc/hostname", "file:///etc/hostname", "https://x.example/a.xml"):
        parts = docx_parts(paragraph("a")) | {
            "word/_rels/document.xml.rels": relations(("r1", "header", target))
        }
        assert docx.extract(pack(parts)).text == "a"
        outside = relations(("r1", "header", target), mode=' TargetMode="External"')
        assert docx.extract(pack(parts | {"word/_rels/document.xml.rels": outside})).text == "a"


def test_a_part_with_a_false_size_is_damage():
    """What the list says of a part is not believed."""
    whole = bytearray(with_document(paragraph("a" * 1_000)))
    at = whole.rfind(b"PK\x01\x02", 0, whole.rfind(b"word/document.xml"))
    whole[at + 24 : at + 28] = struct.pack("<I", 10)
    with pytest.raises(FormatError, match=r"cannot be unpacked|damaged"):
        docx.extract(bytes(whole))


def test_a_package_says_what_is_wrong_with_its_bytes():
    """A broken stream, and one that ends too early."""
    data = pack({"a": b"word " * 1_000})
    broken = data.replace(zlib.compress(b"word " * 1_000)[2:10], bytes(8))
    with pytest.raises(FormatError, match="cannot be unpacked"):
        Package(broken, "Word").read("a")
