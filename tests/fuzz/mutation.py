"""How does a valid document become a hostile one? By changes that keep so much of its form that it is looked into."""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Sequence

from words import WORDS

PIECES = {
    "markup": re.compile(rb"(<[^<>]*>)"),
    "rtf": re.compile(rb"(\\[a-z]+-?\d* ?|[{}])"),
    "lines": re.compile(rb"(\r?\n)"),
}
"""Where a document of that kind is taken apart."""

WHOLE = (
    b"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>a</w:t></w:r></w:p>",
    b"<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    b"<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>",
    b"<w:p><w:pPr><w:numPr><w:numId w:val='9'/></w:numPr></w:pPr></w:p>",
    b"<w:del><w:r><w:t>a</w:t></w:r></w:del>",
    b"<c r='XFD9' s='999999'><v>1e400</v></c>",
    b"<c t='s'><v>4294967296</v></c>",
    b"<c t='inlineStr'><is><t>a</t></is></c>",
    b"<row hidden='1'><c><v>-5</v></c></row>",
    b"<row><c s='1'><v>2958465.99999</v></c></row>",
    b"<col min='1' max='99999' hidden='1'/>",
    b"<numFmt numFmtId='164' formatCode='[h]:mm'/>",
    b"<a:tbl><a:tr><a:tc><a:p/></a:tc></a:tr></a:tbl>",
    b"<p:sp><p:cNvPr hidden='1'/></p:sp>",
    b"<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>n</text:p></text:note-body></text:note>",
    b"<table:table-row table:number-rows-repeated='9'><table:table-cell/></table:table-row>",
    b"<table:table-cell><table:table table:name='b'/></table:table-cell>",
    b"<office:annotation><text:p>a</text:p></office:annotation>",
    b"<item id='a' href='%2e%2e/a'/>",
    b"<itemref idref='a'/>",
    b"<p hidden><table><tr><td>a</td></tr></table></p>",
    b"<svg><style>a</style></svg>",
    b"<math><mi>a</mi></math>",
)
"""Whole elements that the readers' rules are about; a document stays well-formed with them."""

LEAF = re.compile(rb"<([\w:]+)[^<>]*>[^<>]*</\1>|<[^<>!?/]*/>|>[^<>]*<")

NUMBERS = (
    0,
    1,
    2,
    8,
    9,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**53,
    2**63,
    2**64 - 1,
)

Pick = random.Random


def kind_of(suffix: str) -> str:
    """Return how a document with that suffix is taken apart."""
    if suffix == ".rtf":
        return "rtf"
    return "lines" if suffix in (".eml", ".mbox", ".md", ".txt", ".pdf") else "markup"


def mutate(data: bytes, suffix: str, pick: Pick, others: Sequence[bytes]) -> bytes:
    """Return *data* changed in one to four ways; *others* lend pieces."""
    for _ in range(pick.choice((1, 1, 2, 4))):
        if data.startswith(b"PK") and pick.random() < 0.8:
            data = repacked(data, pick)
        elif data.startswith(b"GGUF") and pick.random() < 0.7:
            data = renumbered(data, pick)
        elif kind_of(suffix) == "markup" and pick.random() < 0.4:
            data = grown(data, pick)
        elif pick.random() < 0.6 and not data.startswith((b"PK", b"GGUF")):
            data = rearranged(data, kind_of(suffix), pick)
        else:
            data = bitten(data, pick, pick.choice(others))
    return data[:2_000_000]


def repacked(data: bytes, pick: Pick) -> bytes:
    """Return the ZIP file with one of its parts changed, gone, doubled or swapped; bitten when it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            parts = {name: file.read(name) for name in file.namelist()}
    except Exception:  # noqa: BLE001 - an earlier change has broken it
        return bitten(data, pick, data)
    if not parts:
        return data
    name = pick.choice(list(parts))
    way = pick.random()
    if way < 0.75:
        kind = pick.random()
        if kind < 0.7:
            parts[name] = grown(parts[name], pick)
        elif kind < 0.9:
            parts[name] = rearranged(parts[name], "markup", pick)
        else:
            parts[name] = bitten(parts[name], pick, parts[name])
    elif way < 0.83:
        del parts[name]
    elif way < 0.91:
        other = pick.choice(list(parts))
        parts[name], parts[other] = parts[other], parts[name]
    else:
        parts[pick.choice(("META-INF/encryption.xml", "word/header.xml", "styles.xml", f"{name}x"))] = parts[
            name
        ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pick.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def grown(data: bytes, pick: Pick) -> bytes:
    """Return markup with one of its innermost elements or texts gone, repeated, renumbered, or followed by another."""
    places = [found.span() for found in LEAF.finditer(data)]
    if not places:
        return data
    begin, end = pick.choice(places)
    if data[begin : begin + 1] == b">":
        begin, end = begin + 1, end - 1
    found = data[begin:end]
    way = pick.randrange(5)
    if way == 0:
        found = b""
    elif way == 1:
        found *= pick.choice((2, 3, 40, 2_000))
    elif way == 2:
        found = re.sub(rb"\d+", lambda _: str(pick.choice(NUMBERS)).encode(), found)
    elif way == 3:
        found = re.sub(
            rb"(['\"])[^'\"]*(['\"])",
            rb"\g<1>" + pick.choice((b"", b"0", b"true", b"none", b"s", b"../x")) + rb"\2",
            found,
            count=1,
        )
    else:
        found += pick.choice(WHOLE) * pick.choice((1, 1, 30))
    return data[:begin] + found + data[end:]


def rearranged(data: bytes, kind: str, pick: Pick) -> bytes:
    """Return *data* with its tags, words or lines deleted, repeated, moved, renumbered or replaced."""
    pieces = PIECES[kind].split(data)
    at = pick.randrange(len(pieces))
    way = pick.randrange(6)
    if way == 0:
        del pieces[at : at + pick.randint(1, 4)]
    elif way == 1:
        until = at + pick.randint(1, 6)
        pieces[at:until] = pieces[at:until] * pick.choice((2, 3, 20, 600))
    elif way == 2:
        other = pick.randrange(len(pieces))
        pieces[at], pieces[other] = pieces[other], pieces[at]
    elif way == 3:
        pieces[at] = re.sub(rb"\d+", lambda _: str(pick.choice(NUMBERS)).encode(), pieces[at])
    elif way == 4:
        pieces[at] = pick.choice(WORDS[kind])
    else:
        pieces.insert(at, pick.choice(WORDS[kind]) * pick.choice((1, 1, 2, 50)))
    return b"".join(pieces)


def renumbered(data: bytes, pick: Pick) -> bytes:
    """Return *data* with a number in its first bytes replaced by one of those that programs trip over."""
    form = pick.choice(("<I", "<Q"))
    at = pick.randrange(4, max(5, min(len(data) - 8, 4_000)))
    value = pick.choice(NUMBERS) & (2 ** (8 * struct.calcsize(form)) - 1)
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def bitten(data: bytes, pick: Pick, other: bytes) -> bytes:
    """Return *data* with bytes changed, cut out, repeated, put in or taken from *other*."""
    at = pick.randrange(len(data) + 1)
    until = min(len(data), at + pick.choice((1, 4, 40, 400)))
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: data[:at] + pick.randbytes(pick.randint(1, 16)) + data[until:],
        lambda: data[:at] + data[until:],
        lambda: data[:at] + data[at:until] * pick.randint(2, 30) + data[until:],
        lambda: data[:at],
        lambda: data[:at] + other[pick.randrange(len(other) + 1) :],
        lambda: data[:at] + bytes(byte ^ (1 << pick.randrange(8)) for byte in data[at:until]) + data[until:],
    )
    return pick.choice(ways)()
