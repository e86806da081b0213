"""Does every mutated document end as text or as a reason, with the house alive?"""

import pytest
from corpus import CORPUS
from hostile_pdf import bomb, locked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_pdf import make_pdf

from homebody.documents.file import Unreadable
from homebody.documents.reader import Reader

SEEDS = (
    make_pdf([["Invoice 17", "The total is 312.40 €"], ["Second page"]]),
    make_pdf([[f"page {number}"] for number in range(30)]),
    locked(),
    bomb(1),
    "---\ntitle: Größe\ntags: [a, b]\n---\n# Überschrift\n\nEin Satz. Noch einer!\n".encode(),
    "Größe".encode("utf-16"),
    b"Gr\xf6\xdfe, an old text\r\n" * 20,
    *(found[0] for found in CORPUS.values()),
)
WORDS = (
    b"/Kids",
    b"/Length",
    b"/Encrypt",
    b"endobj",
    b"stream",
    b"<<",
    b">>",
    b"[",
    b"(",
    b"0 R",
    b"99999999999",
    b"-1",
    b"---\n",
)
SUFFIXES = st.sampled_from([*CORPUS, ".bin"])


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A seed with pieces changed, cut out, doubled or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(data)))
        until = min(len(data), at + draw(st.integers(0, 40)))
        way = draw(st.sampled_from(["bytes", "word", "cut", "double", "number"]))
        if way == "bytes":
            data[at:until] = draw(st.binary(max_size=40))
        elif way == "word":
            data[at:until] = draw(st.sampled_from(WORDS))
        elif way == "cut":
            del data[at:until]
        elif way == "double":
            data[at:at] = data[at:until] * draw(st.integers(1, 50))
        else:
            data[at:until] = str(draw(st.integers(-(2**40), 2**40))).encode()
    return bytes(data)


def judge(reader: Reader, data: bytes, suffix: str) -> None:
    """Read *data*; anything but text or a reason in words is a failure."""
    try:
        said = reader.read(data, suffix).text
    except Unreadable as error:
        said = str(error)
        words = said.isprintable() and bool(said)
    else:
        words = "\0" not in said
    assert words
    said.encode("utf-8")


@given(documents(), SUFFIXES)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_document_is_text_or_a_reason(reader: Reader, data: bytes, suffix: str):
    """And nothing else, whatever the format makes of it."""
    judge(reader, data, suffix)


@pytest.mark.long
@given(documents(), SUFFIXES)
@settings(max_examples=5_000, suppress_health_check=[HealthCheck.too_slow])
def test_thousands_of_mutated_documents_are_text_or_a_reason(reader: Reader, data: bytes, suffix: str):
    """The same, for longer."""
    judge(reader, data, suffix)
