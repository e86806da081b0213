"""Documents that a person has, part three: PDFs that a library of others writes, and what scanners and cameras make."""

import io

from make_pdf import make_pdf
from make_pictures import bmp, drawn, png, scanned, turned
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Image as Picture
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle
from shelves import Document

INVOICE = (
    "Invoice 2026-117",
    "Meier & Sons, Roofing",
    "40 roof tiles: 312.40 EUR",
    "Please pay within 14 days.",
)

BRIEF = (
    "Sehr geehrte Frau Müller,",
    "die Dachrinne über dem Schuppen ist undicht.",
    "Bitte überweisen Sie die Gebühr bis zum 3. März.",
    "Mit freundlichen Grüßen, Jürgen Weiß",
)


def invoice() -> bytes:
    """Return an invoice: paragraphs and a table with lines."""
    out = io.BytesIO()
    style = getSampleStyleSheet()
    grid = Table([["Posten", "Menge", "Preis"], ["Ziegel", "40", "312,40 €"], ["Rinne", "6 m", "98,00 €"]])
    grid.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    parts = [
        Paragraph("Rechnung Nr. 2026-117", style["Title"]),
        Paragraph("Fällig bis 3. März 2026.", style["Normal"]),
        grid,
    ]
    SimpleDocTemplate(out, pagesize=A4, title="SECRET").build(
        [*parts, PageBreak(), Paragraph("Vielen Dank!", style["Normal"])]
    )
    return out.getvalue()


def columns() -> bytes:
    """Return a page in two columns, each written line by line."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for x, lines in ((60, ("The roof leaked", "for a year.")), (320, ("Then it was", "mended."))):
        words = canvas.beginText(x, 780)
        for line in lines:
            words.textLine(line)
        canvas.drawText(words)
    canvas.save()
    return out.getvalue()


def east_asian() -> bytes:
    """Return pages in Japanese, Chinese and Korean, the fonts not in the file."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for font, words in (
        ("HeiseiMin-W3", "屋根の修理"),
        ("STSong-Light", "屋顶修理"),
        ("HYSMyeongJo-Medium", "지붕 수리"),
    ):
        pdfmetrics.registerFont(UnicodeCIDFont(font))
        canvas.setFont(font, 14)
        canvas.drawString(60, 780, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def locked_for_printing() -> bytes:
    """Return a PDF that everybody may open, and that is encrypted all the same, as banks send them."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt="")
    canvas.drawString(60, 780, "Account 17: 1,250.00 EUR")
    canvas.save()
    return out.getvalue()


def with_picture() -> bytes:
    """Return a letter whose second page is a photographed receipt."""
    out = io.BytesIO()
    style = getSampleStyleSheet()
    picture = io.BytesIO(png(drawn(INVOICE, 200)))
    SimpleDocTemplate(out, pagesize=A4, leftMargin=10, rightMargin=10, topMargin=10, bottomMargin=10).build(
        [
            Paragraph("See the receipt on the next page.", style["Normal"]),
            PageBreak(),
            Picture(picture, 560, 792),
        ]
    )
    return out.getvalue()


def photograph() -> bytes:
    """Return a JPEG as a telephone makes it that was held sideways: grey, uneven, and turned by its own note."""
    dots = turned(drawn(INVOICE, 200))
    made = Image.frombytes("L", (dots.width, dots.height), dots.grey).point(lambda dot: 40 + dot * 3 // 4)
    about = Image.Exif()
    about[274] = 8
    out = io.BytesIO()
    made.convert("RGB").save(out, "JPEG", quality=70, exif=about, dpi=(200, 200))
    return out.getvalue()


def fax() -> bytes:
    """Return a TIFF of two sheets in black and white, packed as faxes are."""
    sheets = [drawn(INVOICE, 200), drawn(("Page two: call Anna.",), 200)]
    made = [Image.frombytes("L", (one.width, one.height), one.grey).convert("1") for one in sheets]
    out = io.BytesIO()
    made[0].save(out, "TIFF", compression="group4", save_all=True, append_images=made[1:], dpi=(200, 200))
    return out.getvalue()


def screenshot() -> bytes:
    """Return a picture of a dark window with small letters, partly transparent."""
    dots = drawn(("Error 17: the disk is full.", "Free 2 GB and try again."), 96)
    grey = Image.frombytes("L", (dots.width, dots.height), dots.grey)
    made = Image.merge(
        "RGBA", [grey.point(lambda dot: 255 - dot)] * 3 + [Image.new("L", grey.size, 255)]
    ).crop((0, 0, 500, 200))
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


SEEN = "\n".join(INVOICE)

PAGES = (
    Document("invoice.pdf", invoice(),
             "Rechnung Nr. 2026-117\nFällig bis 3. März 2026.\nPosten Menge Preis\nZiegel 40 312,40 €\n"
             "Rinne 6 m 98,00 €\n\nVielen Dank!", pages=2),
    Document("columns.pdf", columns(), "The roof leaked\nfor a year.\nThen it was\nmended.", pages=1),
    Document("three tongues.pdf", east_asian(), "屋根の修理\n\n屋顶修理\n\n지붕 수리", pages=3),
    Document("bank.pdf", locked_for_printing(), "Account 17: 1,250.00 EUR", pages=1),
    Document("typewriter.pdf", make_pdf([["Größe: 5 m²", "(neu)"]]), "Größe: 5 m²\n(neu)", pages=1),
    Document("receipt.pdf", with_picture(), f"See the receipt on the next page.\n{SEEN}", pages=2, seen=True),
    Document("scan.pdf", scanned([drawn(INVOICE), drawn(("Page two: call Anna.",))]), f"{SEEN}\nPage two: call Anna.",
             pages=2, seen=True),
    Document("brief.png", png(drawn(BRIEF)), "\n".join(BRIEF), pages=1, seen=True, language="deu"),
    Document("photo.jpg", photograph(), SEEN, pages=1, seen=True),
    Document("fax.tif", fax(), f"{SEEN}\nPage two: call Anna.", pages=2, seen=True),
    Document("screen.png", screenshot(), "Error 17: the disk is full.\nFree 2 GB and try again.", pages=1, seen=True),
    Document("drawing.bmp", bmp(drawn(INVOICE)), SEEN, pages=1, seen=True),
)  # fmt: skip
