"""How is a picture of a text made, for tests? PDFium draws a page, and the bytes are put into each kind of file."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
from make_pdf import assembled, make_pdf, stream


@dataclass(frozen=True)
class Dots:
    """A picture with one byte a dot, black to white."""

    width: int
    height: int
    grey: bytes

    def row(self, y: int) -> bytes:
        """Return one row of it."""
        return self.grey[y * self.width : (y + 1) * self.width]


def drawn(lines: Sequence[str], resolution: int = 200) -> Dots:
    """Return a page with *lines* as a scanner with so many dots an inch sees it."""
    return page_of(make_pdf([lines]), resolution)


def page_of(pdf: bytes, resolution: int = 200) -> Dots:
    """Return the first page of a PDF as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    found = document[0].render(scale=resolution / 72, grayscale=True)
    data = bytes(found.buffer)
    rows = [data[y * found.stride : y * found.stride + found.width] for y in range(found.height)]
    dots = Dots(found.width, found.height, b"".join(rows))
    document.close()
    return dots


def turned(dots: Dots) -> Dots:
    """Return the picture turned right by 90 degrees."""
    grey = b"".join(dots.grey[x :: dots.width][::-1] for x in range(dots.width))
    return Dots(dots.height, dots.width, grey)


def png(dots: Dots, resolution: int = 200) -> bytes:
    """Return a PNG (W3C, third edition): header, resolution, dots."""
    rows = b"".join(b"\0" + dots.row(y) for y in range(dots.height))
    metre = round(resolution / 0.0254)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", dots.width, dots.height, 8, 0, 0, 0, 0)),
            (b"pHYs", struct.pack(">IIB", metre, metre, 1)),
            (b"IDAT", zlib.compress(rows, 1)),
            (b"IEND", b""),
        )
    )


def tiff(sheets: Sequence[Dots], resolution: int = 200) -> bytes:
    """Return a TIFF of several sheets, not packed (TIFF 6.0, section 4)."""
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for dots in sheets:
        begins = len(out)
        out += dots.grey + bytes(len(dots.grey) % 2)
        ratio = len(out)
        out += struct.pack("<II", resolution, 1)
        struct.pack_into("<I", out, link, len(out))
        entries = [
            (256, 4, dots.width), (257, 4, dots.height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, begins),
            (277, 3, 1), (278, 4, dots.height), (279, 4, len(dots.grey)), (282, 5, ratio), (283, 5, ratio), (296, 3, 2),
        ]  # fmt: skip
        out += struct.pack("<H", len(entries))
        out += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
        link = len(out)
        out += bytes(4)
    return bytes(out)


def bmp(dots: Dots, resolution: int = 200) -> bytes:
    """Return a BMP with 256 greys: rows from below, each filled up to four bytes."""
    gap = bytes(-dots.width % 4)
    rows = b"".join(dots.row(y) + gap for y in reversed(range(dots.height)))
    colours = b"".join(bytes((grey, grey, grey, 0)) for grey in range(256))
    metre = round(resolution / 0.0254)
    about = struct.pack("<IiiHHIIiiII", 40, dots.width, dots.height, 1, 8, 0, len(rows), metre, metre, 256, 0)
    begins = 14 + len(about) + len(colours)
    return b"BM" + struct.pack("<IHHI", begins + len(rows), 0, 0, begins) + about + colours + rows


def scanned(pages: Sequence[Dots | Sequence[str]]) -> bytes:
    """Return a PDF whose pages are pictures, as a scanner makes it; lists of lines are pages with text of their own."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = []
    for page in pages:
        at = len(objects) + 1
        kids.append(b"%d 0 R" % at)
        if isinstance(page, Dots):
            picture = (
                b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
                b" /Filter /FlateDecode " % (page.width, page.height)
            )
            thing, name = stream(zlib.compress(page.grey, 1), picture), b"/XObject << /I %d 0 R >>" % (at + 2)
            content = b"q 595 0 0 842 0 0 cm /I Do Q"
        else:
            lines = b"\n".join(b"(%s) Tj T*" % line.encode("cp1252") for line in page)
            thing, name = font, b"/Font << /F1 %d 0 R >>" % (at + 2)
            content = b"BT /F1 12 Tf 16 TL 60 780 Td\n%s\nET" % lines
        head = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << %s >> >>"
        objects += [head % (at + 1, name), stream(content), thing]
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return assembled(objects)


def jpeg_mark(orientation: int) -> bytes:
    """Return how a JPEG begins whose camera noted how it was held (Exif 2.3)."""
    tags = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 274, 3, 1, orientation, 0, 0)
    block = b"Exif\0\0" + tags
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 2) + block
