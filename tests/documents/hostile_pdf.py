"""Which PDFs does nobody wish to meet?"""

import hashlib
import zlib

from make_pdf import FONT, PAGE, assembled, make_pdf, stream

PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def locked() -> bytes:
    """Return a PDF that opens with a password only (ISO 32000-1, 7.6.3: 40 bits of RC4)."""
    password = (b"roof" + PADDING)[:32]
    owner = rc4(hashlib.md5(password).digest()[:5], password)
    identity = b"0123456789abcdef"
    key = hashlib.md5(password + owner + b"\xfc\xff\xff\xff" + identity).digest()[:5]
    user = rc4(key, PADDING)
    lock = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (
        owner.hex().encode(),
        user.hex().encode(),
    )
    trailer = b"/Encrypt 4 0 R /ID [<%s> <%s>] " % (identity.hex().encode(), identity.hex().encode())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE % 6,
        lock,
        FONT,
    ]
    return assembled([*objects, stream(b"BT ET")], trailer)


def rc4(key: bytes, data: bytes) -> bytes:
    """Return *data* under the old cipher that old PDFs have."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def bomb(megabytes: int, pages: int = 1) -> bytes:
    """Return a small PDF, each of whose pages unfolds to that many million bytes of the same drawing."""
    packer = zlib.compressobj(9)
    block = b"(" + b"x" * 99_000 + b") Tj\n"
    packed = b"".join(packer.compress(block) for _ in range(megabytes * 10))
    content = packer.compress(b"BT /F1 1 Tf\n") + packed + packer.compress(b"ET") + packer.flush()
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + pages))
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages)
    drawing = stream(content, b"/Filter /FlateDecode ")
    return assembled([b"<< /Type /Catalog /Pages 2 0 R >>", tree, FONT, drawing, *[PAGE % 4] * pages])


def slow() -> bytes:
    """Return a small PDF that keeps any computer of today busy for many seconds."""
    return bomb(20, pages=400)


def scan() -> bytes:
    """Return a PDF with a page and no text on it."""
    return make_pdf([[]])
