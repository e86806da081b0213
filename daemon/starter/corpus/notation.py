"""What do the slots for dates and money make of an invented date or amount?"""

import re

from starter.corpus.invent import MONTHS, MONTHS_DE

SIGNS = {"€": "EUR", "euros": "EUR", "$": "USD", "£": "GBP"}


def iso(text: str) -> str | None:
    """Return the date in *text* as ISO 8601 writes it; None without a year, or when day and month could be swapped."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    months = {name: 1 + index % 12 for index, name in enumerate([*MONTHS, *MONTHS_DE])}
    if found := re.fullmatch(r"(\d+)\.? (\w+) (\d{4})", text):
        day, month, year = int(found[1]), months[found[2]], found[3]
    elif found := re.fullmatch(r"(\w+) (\d+), (\d{4})", text):
        day, month, year = int(found[2]), months[found[1]], found[3]
    elif found := re.fullmatch(r"(\d+)([./])(\d+)[./](\d{4})", text):
        day, month, year = int(found[1]), int(found[3]), found[4]
        if found[2] == "/" and day <= 12:
            return None
    else:
        return None
    return f"{year}-{month:02}-{day:02}"


def money(text: str) -> tuple[str, str]:
    """Return the code of the currency of *text*, and the amount with a point where the decimals begin."""
    code = next((code for sign, code in SIGNS.items() if sign in text), "") or re.findall("[A-Z]{3}", text)[0]
    digits = re.sub(r"[^\d.,]", "", text)
    if re.search(r",\d\d$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    return code, digits.replace(",", "")
