"""What text would a person call right in a mail?"""

import base64

import pytest

from homebody.documents.extract import FormatError
from homebody.documents.formats import mail

HEAD = (
    b"Received: from SECRET\nX-Mailer: SECRET\nMessage-ID: <SECRET>\n"
    b"From: =?utf-8?q?Jos=C3=A9_Meier?= <jose@roofs.example>\n"
    b"To: ida@home.example,\n\tmax@home.example\nBcc: SECRET@x.example\nDate: Tue, 24 Nov 2026 17:30:00 +0100\n"
    b"Subject: =?iso-8859-1?Q?Angebot_f=FCr?= =?utf-8?B?w4Jkcw==?=\nMIME-Version: 1.0\n"
)
SHOWN = (
    "From: José Meier <jose@roofs.example>\nTo: ida@home.example, max@home.example\n"
    "Date: 2026-11-24 17:30 +0100\nSubject: Angebot fürÂds\n\n"
)


def part(kind: str, body: bytes, *more: str) -> bytes:
    """Return one part of a mail."""
    return "\n".join([f"Content-Type: {kind}", *more, "", ""]).encode() + body + b"\n"


def multi(kind: str, *parts: bytes, edge: str = "edge") -> bytes:
    """Return a part that holds others."""
    line = f"--{edge}\n".encode()
    body = line + line.join(parts) + f"--{edge}--\n".encode()
    return f'Content-Type: multipart/{kind}; boundary="{edge}"\n\n'.encode() + body


def test_a_plain_mail_has_its_headers_in_words():
    """Those that a mail program shows, decoded; the others are left out."""
    body = "Grüße\r\nJosé".encode("latin-1")
    found = mail.extract(
        HEAD + part("text/plain; charset=iso-8859-1", body, "Content-Transfer-Encoding: 8bit")
    )
    assert found.text == SHOWN + "Grüße\nJosé"


def test_of_alternatives_the_best_is_read_and_attachments_are_named():
    """HTML as a browser shows it; what is attached is counted and not read."""
    plain = part("text/plain", b"See the SECRET page")
    page = part("text/html; charset=utf-8", b"<p>The <b>roof</b> is done.<p hidden>SECRET")
    bill = part(
        'application/pdf; name="old"', base64.b64encode(b"%PDF-SECRET"), "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename*=utf-8''Rechnung%20f%C3%BCr%20Dach.pdf",
    )  # fmt: skip
    notes = part("text/plain", b"SECRET", 'Content-Disposition: attachment; filename="notes.txt"')
    inner = part("message/rfc822", b"Subject: the first offer\n\nSECRET")
    found = mail.extract(
        HEAD + multi("mixed", multi("alternative", plain, page, edge="inner"), bill, notes, inner)
    )
    assert (
        found.text
        == SHOWN + "The roof is done.\n\nAttachments: Rechnung für Dach.pdf, notes.txt, the first offer"
    )
    assert found.left_out_words() == "3 attachments, 1 hidden part"


def test_pictures_of_a_page_are_counted_and_not_named():
    """They are part of what the page shows."""
    picture = part("image/png", b"x", "Content-ID: <a>")
    found = mail.extract(HEAD + multi("related", part("text/html", b"<p>Hello<img src=cid:a>"), picture))
    assert found.text == SHOWN + "Hello"
    assert found.left_out["images"] == 2


def test_raw_bytes_in_headers_are_letters():
    """Old programs wrote them so."""
    found = mail.extract("From: José\nSubject: Größe\nDate: some day\n\nHi".encode("latin-1"))
    assert found.text == "From: José\nDate: some day\nSubject: Größe\n\nHi"
    assert mail.extract("Subject: Größe\n\nHi".encode()).text == "Subject: Größe\n\nHi"


@pytest.mark.parametrize(
    "subject",
    [
        b"=?utf-8?b?!!!!?=",
        b"=?utf-8?b?a?=",
        b"=?no-such?q?x?=",
        b"=?utf-7?q?+AGEAYg-?=",
        b"=?idna?q?x?=",
        b"\xff\xfe",
        b"a\x1b[31m",
    ],
)
def test_a_broken_header_is_still_words(subject: bytes):
    """Whatever its encoding claims."""
    found = mail.extract(b"From: a\nSubject: " + subject + b"\n\nHi").text
    assert found.endswith("\n\nHi")
    assert all(line.isprintable() for line in found.splitlines())


def test_an_encoding_that_is_none_for_texts_is_not_tried():
    """A label names what a stranger likes, and Python knows many things under names."""
    for label in ("idna", "punycode", "zlib", "rot13", "unicode_escape", "no-such"):
        body = part(f"text/plain; charset={label}", "Größe".encode(), "Content-Transfer-Encoding: 8bit")
        assert mail.extract(HEAD + body).text == SHOWN + "Größe"


def test_a_mailbox_is_its_mails():
    """A rule between them; one that cannot be read has its reason in its place."""
    locked = b"Subject: c\n" + multi("encrypted", part("text/plain", b"SECRET"))
    data = b"From a@b Tue Nov 24 2026\nSubject: a\n\nHi\n>From here on\n\nFrom me\n\nFrom c Tue\nSubject: b\n\nHo\n\n"
    found = mail.extract(data.replace(b"\n\nFrom me\n", b"\nFrom me\n") + b"From d Tue\n" + locked)
    assert found.text == (
        "Subject: a\n\nHi\nFrom here on\nFrom me\n\n----\n\nSubject: b\n\nHo\n\n----\n\n[the mail is encrypted]"
    )


def test_a_page_saved_with_its_pictures_is_read():
    """As browsers write .mhtml."""
    page = part(
        "text/html; charset=utf-8", b"<p>The roof=20is done", "Content-Transfer-Encoding: quoted-printable"
    )
    data = b"From: <Saved by Blink>\nSubject: Roofs\nMIME-Version: 1.0\n" + multi(
        "related", page, part("image/png", b"x")
    )
    assert mail.extract(data).text.endswith("The roof is done")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"just some text", "is none"),
        (b"", "is none"),
        (HEAD + multi("encrypted", part("application/octet-stream", b"x")), "the mail is encrypted"),
        (HEAD + part("application/pkcs7-mime; smime-type=enveloped-data", b"x"), "the mail is encrypted"),
        (b"From x\nSubject: a\n\n" * 2_001, "2,001 mails, and at most 2,000"),
        (HEAD + multi("mixed", *[part("text/plain", b"a")] * 2_100), "more than 2,000 parts"),
        (HEAD + part("text/plain", b"\0\1\2binary"), "binary"),
        (b"Subject: " + b"=?utf-8?q?a?= " * 10_000 + b"\n\nHi", "more than 100,000 characters"),
    ],
)
def test_what_is_no_mail_for_us_says_why(data: bytes, reason: str):
    """In words."""
    with pytest.raises(FormatError, match=reason):
        mail.extract(data)


def test_parts_in_parts_without_end_are_refused():
    """And end no call stack."""
    nested = part("text/plain", b"a")
    for number in range(400):
        nested = multi("mixed", nested, edge=f"edge{number}")
    with pytest.raises(FormatError, match="nested too deeply"):
        mail.extract(HEAD + nested)
