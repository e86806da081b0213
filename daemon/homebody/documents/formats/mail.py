"""Mail: who wrote to whom, when and about what, and the words that a mail program would show."""

import re
from collections import Counter
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from homebody.documents.extract import TOO_DEEP, Extract, FormatError
from homebody.documents.formats import charsets, html, text
from homebody.documents.formats.flow import Flow, tidy

SUFFIXES = (".eml", ".mbox", ".mht", ".mhtml")

HEADERS = ("From", "To", "Cc", "Date", "Subject")
"""What a mail program shows above a mail."""

MOST_MAILS = 2_000
MOST_PARTS = 2_000
MOST_DEPTH = 100
MOST_HEADER = 100_000
"""Characters of a header, as it is written; a thousand receivers have half of it."""
MOST_NAME = 200
"""Characters of an attachment's name that are shown."""

BROKEN = (MessageError, ValueError, LookupError, TypeError)
"""What the standard library raises for headers that are broken in one way or another."""

MAILBOX = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]*\r?\n")
"""The line before each mail of a mailbox (RFC 4155)."""

SAMPLE = (
    b"From: =?utf-8?q?a?= <a@b>\nSubject: =?utf-8?b?YQ==?=\nDate: Tue, 24 Nov 2026 10:00:00 +0100\n"
    b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
    b"Content-Transfer-Encoding: quoted-printable\n\na=3D\n--x\nContent-Transfer-Encoding: base64\n"
    b"Content-Disposition: attachment; filename*=utf-8''a%20b\n\nYQ==\n--x\nContent-Type: text/html\n\n<p>a\n"
    b"--x\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#0V%T\n`\nend\n--x--\n"
)


def preload() -> None:
    """Load the parser and what it loads late; inside the seal no file can be opened."""
    html.preload()
    extract(SAMPLE)


def extract(data: bytes) -> Extract:
    """Return a mail, or all mails of a mailbox. Raises FormatError for what is none, locked, or too long."""
    if MAILBOX.match(data):
        return mailbox(data)
    left_out: Counter[str] = Counter()
    return Extract(text=one_mail(data, left_out), left_out=left_out)


def mailbox(data: bytes) -> Extract:
    """Return all mails of a mailbox, a rule between them; one that cannot be read has its reason in its place."""
    starts = [found.span() for found in MAILBOX.finditer(data)]
    if len(starts) > MOST_MAILS:
        raise FormatError(f"the mailbox has {len(starts):,} mails, and at most {MOST_MAILS:,} are read")
    ends = [begin for begin, _ in starts[1:]] + [len(data)]
    left_out: Counter[str] = Counter()
    whole = Flow()
    for (_, begin), end in zip(starts, ends, strict=True):
        mail = re.sub(rb"^>(>*From )", rb"\1", data[begin:end], flags=re.MULTILINE)
        try:
            found = one_mail(mail, left_out)
        except FormatError as error:
            found = f"[{error}]"
        if begin != starts[0][1]:
            whole.end(2)
            whole.words("----")
            whole.end(2)
        whole.words(found)
    return Extract(text=whole.text(), left_out=left_out)


def one_mail(data: bytes, left_out: Counter[str]) -> str:
    """Return one mail: its headers in words, its text, and the names of what is attached. Raises FormatError."""
    try:
        message = BytesParser().parsebytes(data)
    except RecursionError as error:
        raise FormatError(TOO_DEEP) from error
    head = [f"{name}: {value}" for name in HEADERS if (value := header(message, name))]
    if not head and not message.get_content_type().startswith("multipart/"):
        raise FormatError("the file is named as a mail and is none")
    letter = Letter()
    letter.open(message)
    left_out += letter.left_out
    whole = Flow()
    whole.words("\n".join(head))
    for part in letter.texts:
        whole.end(2)
        whole.words(part)
    if letter.attached:
        whole.end(2)
        whole.words("Attachments: " + ", ".join(letter.attached))
    return whole.text()


def header(message: Message, name: str) -> str:
    """Return a header in plain words; a date as its writer's clock had it. Empty when it is not there."""
    try:
        value = message.get(name)
        if value is None:
            return ""
        if len(str(value)) > MOST_HEADER:
            raise FormatError(f"a header of the mail has more than {MOST_HEADER:,} characters")
        words = " ".join("".join(unfolded(piece, label) for piece, label in decode_header(value)).split())
    except BROKEN:
        words = " ".join(str(message.get(name, "")).split())
    words = readable(words)
    return moment(words) if name == "Date" else words


def unfolded(piece: bytes | str, label: str | None) -> str:
    """Return one piece of a header in the encoding that it names."""
    if isinstance(piece, str):
        return piece
    return charsets.decode(piece, label) or text.without_utf8(piece)[0]


def readable(words: str) -> str:
    """Return *words* with bytes that came through raw as the letters that they most likely are."""
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        raw = words.encode("utf-8", "surrogateescape" if words.isascii() else "replace")
        words = text.without_utf8(raw)[0]
    return "".join(character if character.isprintable() else " " for character in words)


def moment(words: str) -> str:
    """Return a mail's date as ``2026-11-24 17:30 +0100``, or as it stands when it cannot be understood."""
    try:
        found: datetime = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return words
    return f"{found:%Y-%m-%d %H:%M}" + (f" {found:%z}" if found.tzinfo else "")


class Letter:
    """The parts of one mail: what is shown, and what is attached."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.attached: list[str] = []
        self.left_out: Counter[str] = Counter()
        self._parts = 0

    def open(self, part: Message, depth: int = 0) -> None:
        """Take up a part and what is in it. Raises FormatError for an encrypted one, and for too many."""
        if depth > MOST_DEPTH:
            raise FormatError(TOO_DEEP)
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise FormatError(f"the mail has more than {MOST_PARTS:,} parts")
        kind = part.get_content_type()
        if kind == "multipart/encrypted" or (
            kind in ("application/pkcs7-mime", "application/x-pkcs7-mime")
            and "signed" not in str(part.get_param("smime-type", ""))
        ):
            raise FormatError("the mail is encrypted")
        if kind.startswith("multipart/") and part.is_multipart():
            for child in self._shown(kind, children(part)):
                self.open(child, depth + 1)
        elif kind in ("text/plain", "text/html") and not self._is_attached(part):
            self._show(part, kind)
        else:
            self._attach(part, kind)

    def _shown(self, kind: str, parts: list[Message]) -> list[Message]:
        """Return those of the parts that a mail program shows: of alternatives the last that it knows.

        (RFC 2046, 5.1.4: the best comes last; RFC 2387: the first of related parts is the document.)
        """
        if kind == "multipart/alternative":
            known = [child for child in parts if readable_kind(child)]
            return known[-1:] or parts[:1]
        if kind == "multipart/related":
            for child in parts[1:]:
                self.left_out["images"] += child.get_content_maintype() == "image"
            return parts[:1]
        return parts

    def _is_attached(self, part: Message) -> bool:
        return part.get_content_disposition() == "attachment" or bool(name_of(part))

    def _show(self, part: Message, kind: str) -> None:
        """Add the words of a part."""
        found = part.get_payload(decode=True)
        data = found if isinstance(found, bytes) else b""
        label = part.get_param("charset")
        label = label if isinstance(label, str) else None
        if kind == "text/html":
            page = html.page(html.decoded(data, label))
            self.left_out += page.left_out
            words = page.text
        else:
            words = tidy(charsets.decode(data, label) or text.decoded(data)[0])
        if words:
            self.texts.append(words)

    def _attach(self, part: Message, kind: str) -> None:
        """Name what is attached; it is not read."""
        self.left_out["attachments"] += 1
        name = name_of(part)
        if not name and part.is_multipart():
            name = next((header(child, "Subject")[:MOST_NAME] for child in children(part)), "")
        self.attached.append(name or kind)


def children(part: Message) -> list[Message]:
    """Return the parts within a part that has some; its own text is never asked for in an encoding that it names."""
    inside = part.get_payload()
    return [child for child in inside if isinstance(child, Message)] if isinstance(inside, list) else []


def readable_kind(part: Message) -> bool:
    """Return whether a part is, or holds, text that is shown."""
    return part.get_content_type() in ("text/plain", "text/html") or part.is_multipart()


def name_of(part: Message) -> str:
    """Return the file name of a part, as one short line; empty when it has none."""
    try:
        found = part.get_filename() or ""
        words = "".join(unfolded(piece, label) for piece, label in decode_header(found))
    except BROKEN:
        return "?"
    return " ".join(readable(words).split())[:MOST_NAME]
