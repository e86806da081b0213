"""Documents that a person has, part two: what office programs write, made by the libraries of others."""

import io
from datetime import date
from typing import Any

import docx
import openpyxl
from make_packages import epub
from odf import table, text
from odf.draw import Frame, Page, TextBox
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet, OpenDocumentText
from odf.style import MasterPage, PageLayout
from pptx import Presentation
from pptx.util import Inches
from shelves import Document


def saved(made: Any) -> bytes:
    """Return the bytes of what a library made."""
    out = io.BytesIO()
    (made.write if hasattr(made, "write") else made.save)(out)
    return out.getvalue()


def minutes() -> bytes:
    """Return minutes of a meeting: headings, a list, a table, a header."""
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "Hausverwaltung Sonnenhof"
    made.add_heading("Protokoll", 0)
    made.add_paragraph("Anwesend: Zoë, Jürgen, Łukasz")
    made.add_heading("Beschlüsse", 1)
    made.add_paragraph("Das Dach wird im Mai neu gedeckt.", style="List Bullet")
    made.add_paragraph("Zoë holt drei Angebote ein.", style="List Bullet")
    cells = made.add_table(rows=2, cols=3)
    for row, words in zip(cells.rows, (("Wer", "Was", "Bis"), ("Zoë", "Angebote", "15. April")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    made.add_paragraph("Nächstes Treffen: 4. Mai, 19 Uhr.")
    return saved(made)


def contract() -> bytes:
    """Return a letter in Arabic and Hebrew, with runs that begin and end in the middle of words."""
    made = docx.Document()
    first = made.add_paragraph()
    for part in ("عقد ", "إيجار", " الشقة"):
        first.add_run(part).bold = part == "إيجار"
    made.add_paragraph("חוזה שכירות לדירה")
    line = made.add_paragraph("Rent: ")
    for part in ("1", ".", "250", " €"):
        line.add_run(part)
    line.add_run().add_break()
    line.add_run("per month")
    return saved(made)


def ledger() -> bytes:
    """Return a workbook of two sheets: dates, sums in euros, a share, a formula that nobody has calculated."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Ausgaben"
    sheet.append(["Datum", "Posten", "Betrag", "Anteil"])
    sheet.append([date(2026, 3, 3), "Ziegel", 312.4, 0.25])
    sheet.append([date(2026, 3, 9), "Rinne, 6 m", 1234.5, 0.75])
    for row in sheet.iter_rows(min_row=2):
        row[0].number_format, row[2].number_format, row[3].number_format = "dd.mm.yyyy", '#,##0.00 "€"', "0%"
    sheet.append([None, "Summe", "=SUM(C2:C3)"])
    other = made.create_sheet("家計")
    other.append(["米", 3000])
    made.create_sheet("Notizen").sheet_state = "hidden"
    made["Notizen"].append(["geheim"])
    return saved(made)


def slides() -> bytes:
    """Return a presentation: a title, points, a table, and notes for the speaker."""
    made = Presentation()
    title = made.slides.add_slide(made.slide_layouts[0])
    title.shapes.title.text, title.placeholders[1].text = "Le toit", "Réunion du 3 mars"
    points = made.slides.add_slide(made.slide_layouts[1])
    points.shapes.title.text = "Décisions"
    points.placeholders[1].text = "Réparer avant l’été\nDemander trois devis"
    points.notes_slide.notes_text_frame.text = "Ne pas parler du prix."
    grid = (
        made.slides.add_slide(made.slide_layouts[6])
        .shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1))
        .table
    )
    for (row, column), words in {(0, 0): "Qui", (0, 1): "Prix", (1, 0): "Dupont", (1, 1): "1 200 €"}.items():
        grid.cell(row, column).text = words
    return saved(made)


def open_letter() -> bytes:
    """Return a text document: headings, a list, a table."""
    made = OpenDocumentText()
    made.text.addElement(text.H(outlinelevel=1, text="Szopa"))
    made.text.addElement(text.P(text="Dach szopy został naprawiony w poniedziałek."))
    points = text.List()
    for words in ("zapłacić 312 zł", "pomalować płot"):
        point = text.ListItem()
        point.addElement(text.P(text=words))
        points.addElement(point)
    made.text.addElement(points)
    made.text.addElement(rows(table.Table(), [["Kto", "Kiedy"], ["Łukasz", "do 3 marca"]]))
    return saved(made)


def open_sheet() -> bytes:
    """Return a spreadsheet: values as they are shown."""
    made = OpenDocumentSpreadsheet()
    made.spreadsheet.addElement(
        rows(table.Table(name="Ev"), [["Ay", "Kira"], ["Mart", "1.250 ₺"], ["", "Toplam"]])
    )
    return saved(made)


def rows(made: Any, lines: list[list[str]]) -> Any:
    """Return the table *made* with *lines* in it."""
    for line in lines:
        row = table.TableRow()
        for words in line:
            cell = table.TableCell()
            if words:
                cell.addElement(text.P(text=words))
            row.addElement(cell)
        made.addElement(row)
    return made


def open_slides() -> bytes:
    """Return a presentation of two pages."""
    made = OpenDocumentPresentation()
    layout = PageLayout(name="L")
    made.automaticstyles.addElement(layout)
    master = MasterPage(name="M", pagelayoutname=layout)
    made.masterstyles.addElement(master)
    for words in ("Ремонт крыши", "Бюджет: 3124 ₽"):
        page = Page(masterpagename=master)
        frame, box = Frame(width="10cm", height="3cm", x="1cm", y="1cm"), TextBox()
        box.addElement(text.P(text=words))
        frame.addElement(box)
        page.addElement(frame)
        made.presentation.addElement(page)
    return saved(made)


def book() -> bytes:
    """Return a book of two chapters in Korean."""
    chapter = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body><h1>{}</h1><p>{}</p></body></html>"
    return epub(
        {"a": chapter.format("첫째 장", "지붕이 샜다."), "b": chapter.format("둘째 장", "월요일에 고쳤다.")},
        title="집",
    )


OFFICE = (
    Document("minutes.docx", minutes(),
             "Hausverwaltung Sonnenhof\n\nProtokoll\n\nAnwesend: Zoë, Jürgen, Łukasz\n\nBeschlüsse\n\n"
             "- Das Dach wird im Mai neu gedeckt.\n- Zoë holt drei Angebote ein.\nWer | Was | Bis\n"
             "Zoë | Angebote | 15. April\nNächstes Treffen: 4. Mai, 19 Uhr."),
    Document("contract.docx", contract(), "عقد إيجار الشقة\nחוזה שכירות לדירה\nRent: 1.250 €\nper month"),
    Document("ledger.xlsx", ledger(),
             "Ausgaben\nDatum | Posten | Betrag | Anteil\n2026-03-03 | Ziegel | 312.40 € | 25%\n"
             "2026-03-09 | Rinne, 6 m | 1234.50 € | 75%\n| Summe\n\n家計\n米 | 3000",
             left_out="1 hidden part, 1 formula without a value", pages=3),
    Document("slides.pptx", slides(),
             "Le toit\nRéunion du 3 mars\n\nDécisions\nRéparer avant l’été\nDemander trois devis\n\n"
             "Qui | Prix\nDupont | 1 200 €", left_out="1 speaker note", pages=3),
    Document("szopa.odt", open_letter(), "Szopa\n\nDach szopy został naprawiony w poniedziałek.\n- zapłacić 312 zł\n"
             "- pomalować płot\nKto | Kiedy\nŁukasz | do 3 marca"),
    Document("ev.ods", open_sheet(), "Ay | Kira\nMart | 1.250 ₺\n| Toplam"),
    Document("krysha.odp", open_slides(), "Ремонт крыши\n\nБюджет: 3124 ₽"),
    Document("book.epub", book(), "집\n\n첫째 장\n\n지붕이 샜다.\n\n둘째 장\n\n월요일에 고쳤다.", pages=2),
)  # fmt: skip
