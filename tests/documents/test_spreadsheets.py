"""What text would a person call right in a spreadsheet?"""

import pytest
from make_packages import (
    cell,
    odt,
    pack,
    xlsx,
    xlsx_parts,
)

from homebody.documents.formats import odf
from homebody.documents.formats import xlsx as tables
from homebody.documents.formats.cells import shown

DATES = (
    '<numFmts><numFmt numFmtId="164" formatCode="[$-407]dd/mm/yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="0.00&quot; days&quot;"/>'
    "</numFmts><cellXfs>"
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 164, 10, 4, 20, 165, 22))
    + "</cellXfs>"
)


def test_a_spreadsheet_is_what_its_cells_show():
    """Dates as dates, money with its cents, formulas as their values; gaps stay gaps."""
    rows = (
        f"<row>{cell('A1', '0', 's')}{cell('B1', '1', 's')}</row>"
        f"<row>{cell('A2', '46350', style=1)}{cell('B2', '312.4', style=4)}{cell('D2', '0.125', style=3)}</row>"
        f"<row>{cell('A3', '46350.5', style=2)}<c r='B3'><f>SUM(B2:B2)</f><v>0.30000000000000004</v></c>"
        f"{cell('C3', '1', 'b')}{cell('D3', '#N/A', 'e')}</row>"
        f"<row>{cell('A4', '0.5', style=5)}{cell('B4', '2.5', style=6)}{cell('C4', '46350.25', style=7)}"
        "<c r='D4' t='inlineStr'><is><t>own</t></is></c><c r='E4'><f>NOW()</f></c></row>"
    )
    strings = "<si><t>Da</t><r><t>y</t></r><rPh><t>SECRET</t></rPh></si><si><t>Sum</t></si>"
    found = tables.extract(xlsx({"Bills": rows}, strings=strings, styles=DATES))
    assert found.text == (
        "Bills\nDay | Sum\n2026-11-24 | 312.40 | | 12.50%\n2026-11-24 | 0.3 | TRUE | #N/A\n"
        "12:00 | 2.50 days | 2026-11-24 06:00 | own"
    )
    assert found.left_out_words() == "1 formula without a value"


def test_days_are_counted_from_1904_where_the_file_says_so():
    """As old Macs did."""
    parts = xlsx_parts({"A": f"<row>{cell('A1', '0', style=1)}</row>"}, styles=DATES)
    book = str(parts["xl/workbook.xml"]).replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert tables.extract(pack(parts | {"xl/workbook.xml": book})).text == "A\n1904-01-01"


def test_hidden_sheets_rows_and_columns_are_left_out_and_counted():
    """A person who opens the file does not see them."""
    rows = (
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>'
        f"<row>{cell('A1', '1')}{cell('B1', '666')}{cell('C1', '3')}</row>"
        f'<row hidden="1">{cell("A2", "666")}</row></sheetData>'
    )
    found = tables.extract(
        xlsx({"Seen": rows, "Unseen": f"<row>{cell('A1', '666')}</row>"}, states={"Unseen": "veryHidden"})
    )
    assert found.text == "Seen\n1 | | 3"
    assert found.left_out_words() == "3 hidden parts"


@pytest.mark.parametrize(
    ("code", "value", "shows"),
    [
        ("General", "5", "5"),
        (";;;", "5", ""),
        (";;;", "-5", ""),
        (";;;", "0", ""),
        ("0.00;", "-5", ""),
        ("0.00;", "5", "5.00"),
        ("0;0;", "0", ""),
        ('0.0";"', "-5", "-5.0;"),
        ("#,##0.00 [$€-407]", "1234.5", "1234.50 €"),
        ("[$$-409]#,##0.00", "-1234.5", "-$1234.50"),
        ('_-* #,##0.00\\ "€"_-;\\-* #,##0.00', "3", "3.00 €"),
        ('_("$"* #,##0.00_)', "3", "$3.00"),
        ('"CHF" #,##0', "3", "CHF 3"),
        ('#,##0.0,, "Mio €"', "3500000", "3.5 Mio €"),
        ('"Q"0', "3", "Q3"),
        ('0" kg";[Red]-0" kg"', "3", "3 kg"),
        ('00"-"00', "1234", "1234"),
        ("0.0%", "0.125", "12.5%"),
        ("0.00E+00", "1234.5", "1234.5"),
        ("[h]:mm", "1.5", "36:00:00"),
        ("yyyy", "-1", "-1"),
        ("yyyy", "99999999999", "99999999999"),
        ("0", "nan", "nan"),
        ("0", "no number", "no number"),
        ("d/m/yy", "59", "1900-02-28"),
        ("d/m/yy", "61", "1900-03-01"),
        ("mmm", "46350", "2026-11-24"),
    ],
)
def test_a_number_is_shown_as_its_format_says(code: str, value: str, shows: str):
    """And one that its format hides is not shown."""
    assert shown(value, code, from_1904=False) == shows


def test_a_text_that_its_format_hides_is_left_out_and_counted():
    """The old trick of three semicolons."""
    styles = '<numFmts><numFmt numFmtId="164" formatCode=";;;"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs>'
    rows = f"<row>{cell('A1', '0', 's')}{cell('B1', '0', 's', 1)}{cell('C1', '7', style=1)}</row>"
    found = tables.extract(xlsx({"A": rows}, strings="<si><t>seen</t></si>", styles=styles))
    assert (found.text, found.left_out_words()) == ("A\nseen", "2 hidden parts")


def test_rows_and_cells_that_a_spreadsheet_repeats_stand_there_as_often():
    """OpenDocument writes equal neighbours once."""
    row = (
        "<table:table table:name='T'><table:table-row table:number-rows-repeated='2'>"
        "<table:table-cell table:number-columns-repeated='2'><text:p>7</text:p></table:table-cell></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row></table:table>"
    )
    assert odf.extract(odt(row, kind="spreadsheet")).text == "7 | 7\n7 | 7"
