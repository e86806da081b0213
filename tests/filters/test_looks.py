"""What the single filters say of a file, by its times, its place, its first bytes, its marks and its text."""

import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from homebody.filters import ALL, Closer, FileFacts, Filter
from homebody.filters.magic import kind_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KINDS = {kind.kind: kind for kind in ALL}


@dataclass
class Told(Closer):
    """A closer look whose findings are told."""

    made: datetime | None = None
    start: bytes = b""
    keys: Mapping[str, Any] = field(default_factory=dict)
    marks: Collection[str] = ()
    words: str = ""

    def born(self) -> datetime | None:
        """Return when it was made."""
        return self.made

    def head(self) -> bytes:
        """Return the first bytes."""
        return self.start

    def matter(self) -> Mapping[str, Any]:
        """Return the front matter."""
        return self.keys

    def tags(self) -> Collection[str]:
        """Return the tags."""
        return self.marks

    def text(self) -> str:
        """Return the text."""
        return self.words


def facts(
    *, modified: timedelta = timedelta(), size: int = 10, depth: int = 0, name: str = "a.md", **told: Any
):
    """Return what is known of a file; *modified* is how long ago that was."""
    closer = Told(**told)
    return FileFacts(
        path=Path("/notes") / name, size=size, modified=NOW - modified, now=NOW, depth=depth, closer=closer
    )


def made(word: str, value: Any) -> Filter:
    """Return the filter that a recipe's value stands for."""
    kind = KINDS[word]
    return kind.model_validate(kind.expand(value))


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "modified", "born", "chosen"),
    [
        ("> 30d", 31 * DAY, None, True),
        ("> 30 days", 30 * DAY, None, False),
        ("> 1 month", 31 * DAY, None, True),
        ("> 30d", 31 * DAY, 2 * DAY, False),
        ("> 30d", 31 * DAY, 40 * DAY, True),
        ("< 2h", HOUR, None, True),
        (">= 1h", HOUR, None, True),
        (["> 1h", "< 1d"], 3 * HOUR, None, True),
        ("> 1h, < 1d", 3 * DAY, None, False),
        ({"older_than": "1d", "newer_than": "1w"}, 3 * DAY, None, True),
        ("< 1d", -5 * DAY, None, True),
    ],
)
def test_age(value: Any, modified: timedelta, born: timedelta | None, chosen: bool) -> None:
    """The age is counted from the last change or from the birth here, whichever is later; never below nothing."""
    file = facts(modified=modified, made=None if born is None else NOW - born)
    assert chosen is made("age", value).matches(file)


@pytest.mark.parametrize(
    ("value", "ago", "chosen"),
    [
        ({"older_than": "1d"}, 2 * DAY, True),
        ({"older_than": "1d"}, HOUR, False),
        ({"newer_than": "1d"}, HOUR, True),
        ({"after": "2026-03-01"}, HOUR, True),
        ({"after": "2026-03-02"}, 20 * DAY, False),
        ({"before": "2026-03-02"}, 20 * DAY, True),
        ({"before": "2026-03-02"}, HOUR, False),
        ({"after": "2026-01-01", "older_than": "1d"}, 3 * DAY, True),
    ],
)
@pytest.mark.parametrize("word", ["created", "modified"])
def test_moments(word: str, value: Any, ago: timedelta, chosen: bool) -> None:
    """Ages and days of the calendar, of the last change and of the birth; all that is said must hold."""
    file = facts(modified=ago) if word == "modified" else facts(modified=-DAY, made=NOW - ago)
    assert chosen is made(word, value).matches(file)


def test_a_file_whose_birth_nobody_knows_is_not_chosen_by_it() -> None:
    """And a person who asks why is told so."""
    chosen = made("created", {"newer_than": "1d"})
    assert not chosen.matches(facts())
    assert chosen.seen(facts()) == "its file system does not say when it was made"


@pytest.mark.parametrize(
    ("value", "depth", "chosen"), [(0, 0, True), (0, 1, False), ("<= 2", 2, True), ("> 0, < 2", 2, False)]
)
def test_depth(value: Any, depth: int, chosen: bool) -> None:
    """The folders between the watched one and the file are counted."""
    assert chosen is made("depth", value).matches(facts(depth=depth))


@pytest.mark.parametrize(("size", "chosen"), [(0, True), (1, False)])
def test_empty(size: int, chosen: bool) -> None:
    """A file without a byte is empty, and one with a blank is not."""
    assert chosen is made("empty", None).matches(facts(size=size))


def packed(*names: str) -> bytes:
    """Return a zip with files of these names; what stands behind a colon is what they hold."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(*name.split(":", 1)) if ":" in name else file.writestr(name, "x" * 50)
    return stream.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
HEADS = [
    (b"", "application/x-empty"),
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n....", "image/png"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    (b"\0\0\0\x18ftypheic", "image/heic"),
    (b"\0\0\0\x18ftypisom", "video/mp4"),
    (b"BM" + bytes(30), "image/bmp"),
    (b"BMW is a make of cars, and no picture.", "text/plain"),
    (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
    (b"!<arch>\ndebian-binary   1", "application/vnd.debian.binary-package"),
    (bytes(257) + b"ustar\0", "application/x-tar"),
    (bytes(32769) + b"CD001", "application/x-iso9660-image"),
    (packed("[Content_Types].xml", "_rels/.rels", "word/document.xml"), OFFICE + "wordprocessingml.document"),
    (packed("[Content_Types].xml", "xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
    (
        packed("mimetype:application/vnd.oasis.opendocument.text", "content.xml"),
        "application/vnd.oasis.opendocument.text",
    ),
    (packed("mimetype:application/epub+zip", "a"), "application/epub+zip"),
    (packed("notes/a.txt"), "application/zip"),
    (b"<!DOCTYPE html><p>x", "text/html"),
    (b"<?xml version='1.0'?><svg>", "image/svg+xml"),
    (b"<?xml version='1.0'?><a>", "text/xml"),
    ("Zoë\n".encode(), "text/plain"),
    ("Zoë".encode("utf-16"), "text/plain"),
    ("Zoë".encode()[:3], "text/plain"),
    (b"\x01\x02\x03", "application/octet-stream"),
    (b"Zo\xeb\n", "application/octet-stream"),
]


@pytest.mark.parametrize(("head", "kind"), HEADS)
def test_mime(head: bytes, kind: str) -> None:
    """The first bytes tell what a file is, whatever it is called."""
    assert kind == kind_of(head)
    file = facts(start=head, name="holiday.jpg")
    assert made("mime", kind).matches(file)
    assert made("mime", kind.split("/", maxsplit=1)[0] + "/*").matches(file)
    assert not made("mime", "font/woff").matches(file)


@pytest.mark.parametrize(
    ("value", "tags", "chosen"),
    [
        ("inbox", ["Inbox"], True),
        ("#inbox", ["inbox"], True),
        (["a", "b"], ["b"], True),
        ("project", ["project/roof"], True),
        ("project/roof", ["project"], False),
        ("pro", ["project"], False),
        ("inbox", [], False),
    ],
)
def test_tagged(value: Any, tags: list[str], chosen: bool) -> None:
    """One tag is enough, whatever its case; a tag also stands for those below it."""
    assert chosen is made("tagged", value).matches(facts(marks=tags))


@pytest.mark.parametrize(
    ("value", "keys", "chosen"),
    [
        ("status", {"status": ""}, True),
        (["status", "due"], {"status": "x"}, False),
        ({"status": "draft"}, {"status": "Draft"}, True),
        ({"status": ["draft", "open"]}, {"status": "open"}, True),
        ({"status": "draft"}, {}, False),
        ({"done": True, "year": 2026}, {"done": "true", "year": "2026"}, True),
        ({"done": True, "year": 2026}, {"done": "true", "year": "2025"}, False),
        ({"people": "Zoë"}, {"people": ["Ann", "Zoe\u0308"]}, True),
    ],
)
def test_front_matter(value: Any, keys: Mapping[str, Any], chosen: bool) -> None:
    """A key that is there, or one of the values that it may hold; all keys must be so."""
    assert chosen is made("front_matter", value).matches(facts(keys=keys))


@pytest.mark.parametrize(
    ("value", "chosen"),
    [
        ("total amount", True),
        (["offer", "INVOICE"], True),
        ("invoices", False),
        ("Zoë", True),
        ({"regex": r"no\. (?P<number>\d+)$"}, True),
        ({"regex": r"^total"}, True),
        ({"regex": r"\bno\. \d{9}"}, False),
    ],
)
def test_contains(value: Any, chosen: bool) -> None:
    """Words stand there whatever their case and their line breaks; an expression is found at any line."""
    text = "Invoice no. 4711\nTotal\n  amount: 12 €, for Zoe\u0308"
    assert chosen is made("contains", value).matches(facts(words=text))


def test_what_groups_catch() -> None:
    """Named groups hold what they found, and nothing where nothing was found."""
    chosen = made("contains", {"regex": r"no\. (?P<number>\d+)(?P<letter>[a-z])?"})
    assert chosen.groups() == ("number", "letter")
    assert chosen.caught(facts(words="Invoice no. 4711")) == {"number": "4711", "letter": None}
    assert chosen.caught(facts(words="Offer")) == {"number": None, "letter": None}
    name = made("name", {"regex": r"^(?P<vendor>\w+)[ _-](?P<year>\d{4})"})
    assert name.caught(facts(name="Müller 2026.pdf")) == {"vendor": "Müller", "year": "2026"}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("age", "30d"), ("age", "> 3 apples"), ("age", "> 0s"), ("age", "> 200 years"),
        ("created", {}), ("created", "30d"), ("created", {"older_than": "x"}), ("modified", {"after": "2026-13-01"}),
        ("depth", "deep"), ("depth", -1), ("depth", True), ("empty", False), ("empty", "yes"), ("duplicate", 1),
        ("mime", "pdf"), ("mime", "*.pdf"), ("mime", []), ("tagged", "#"), ("tagged", "a,b"),
        ("front_matter", {}), ("front_matter", []), ("front_matter", {"a": []}), ("front_matter", {"a": {"b": 1}}),
        ("contains", ""), ("contains", " "), ("contains", {"regex": "("}), ("contains", {}),
        ("name", {"regex": ""}), ("name", {"regex": "(?=a)"}), ("language", "xx"), ("language", []),
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused(word: str, value: Any) -> None:
    """When the recipe is loaded, not when a file comes."""
    with pytest.raises(ValidationError):
        made(word, value)


@pytest.mark.parametrize(
    ("word", "value", "told", "seen"),
    [
        ("age", "> 30d", {"modified": 3 * DAY}, "it is 3 days old"),
        ("age", "> 30d", {"modified": 50 * timedelta(minutes=1)}, "it is 50 minutes old"),
        ("size", "< 1 KB", {"size": 31_000_000}, "it has 31.0 MB"),
        ("depth", 0, {"depth": 2}, "its depth is 2"),
        ("mime", "image/*", {"start": b"%PDF-"}, "it is application/pdf"),
        ("tagged", "a", {"marks": ["c", "b"]}, "its tags: b, c"),
        ("tagged", "a", {}, "it has no tags"),
        ("front_matter", {"status": "x"}, {"keys": {"a": "b"}}, "its front matter has no status"),
        ("language", "de", {"words": "The roof of the house leaks, and it has to be seen to."}, "its language is en"),
        ("modified", {"older_than": "1w"}, {"modified": 3 * DAY}, "it was modified on 2026-02-27, 3 days ago"),
    ],
)  # fmt: skip
def test_what_was_seen_is_said(word: str, value: Any, told: dict[str, Any], seen: str) -> None:
    """A person who asks why reads what the filter saw of the file."""
    assert seen == made(word, value).seen(facts(**told))
