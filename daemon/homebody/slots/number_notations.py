"""In which ways can a number or an amount of money be written, and where does one of them stand in a text?"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from homebody.money import DECIMALS, MARKS, Money
from homebody.slots.span import Span

_NEVER_BROKEN = "\u00a0\u202f\u2009\u2007"
"""Blanks that hold a number together: no-break, narrow, thin and figure space."""

_GROUPS = rf"[.,'’٬ {_NEVER_BROKEN}]"
_POINT = "[.,٫]"
_MINUS = "\\-\u2212\u2013\ufe63\uff0d"

_BEFORE = rf"(?<!\d)(?<!\d[.,'’٬٫:{_NEVER_BROKEN}])(?<!\s[.,])(?<!\A[.,])"
_AFTER = rf"(?!\d)(?![.,'’٬٫:]\d)(?![{_NEVER_BROKEN}]\d{{3}}(?!\d))"

MOST_PLACES = 2_000
"""Places at which a number is looked at: a text that is full of one number must not hold up the house."""

NEAR = 14
"""Characters on each side of an amount in which its currency and its sign may stand."""


def find_number(value: Decimal | int, source: str) -> Span | None:
    """Return where *value* first stands in *source*, None when it does not.

    Thousands may be parted by a point, a comma, an apostrophe or a blank, and decimals by a point or a comma. What can
    be read in two ways (1.234) stands for both; a plain blank may part thousands or two numbers.
    """
    return next(_numbers(Decimal(value), source), None)


def find_money(value: Money, source: str) -> Span | None:
    """Return where *value* first stands in *source*, its currency's sign or code beside it, None when it does not.

    An amount that has no currency beside it counts where the right one stands elsewhere, as at the head of a table.
    """
    if not _anywhere(value.currency).search(source):
        return None
    bare = None
    for number in _numbers(value.amount, source):
        before = source[max(0, number.start - NEAR) : number.start]
        after = source[number.end : number.end + NEAR]
        if found := _before(value.currency).search(before):
            return Span(number.start - len(before) + found.start(), number.end)
        if found := _behind(value.currency).match(after):
            return Span(number.start, number.end + found.end())
        if bare is None and not _before(None).search(before) and not _behind(None).match(after):
            bare = number
    return bare


def _numbers(value: Decimal, source: str) -> Iterator[Span]:
    """Yield the places where *value* stands."""
    for found in islice(_pattern(abs(value)).finditer(source), MOST_PLACES):
        before = source[max(0, found.start() - NEAR) : found.start()]
        after = source[found.end() : found.end() + NEAR]
        if _part_of_word(before) or (re.search(r"\d-\Z", before) and re.match(r"-\d", after)):
            continue
        if _may_be(found[0], before, after, negative=value < 0):
            yield Span(found.start(), found.end())


def _part_of_word(before: str) -> bool:
    """Return whether Latin letters stand right before a number, as in A4 or INV-12, that are no currency."""
    word = re.search(rf"[A-Za-z\u00c0-\u024f]+[{_MINUS}]?\Z", before)
    return word is not None and not _before(None).search(before)


def _may_be(number: str, before: str, after: str, *, negative: bool) -> bool:
    """Return whether a number between *before* and *after* can be negative, or positive."""
    marked = re.sub(rf"(?:{_marks(None)})\s?\Z", "", before)
    attached = re.search(rf"(?:\A|[^\w{_MINUS}])[{_MINUS}]\Z", marked) is not None
    trailing = (
        re.match(rf"[{_MINUS}](?!\w)", after) is not None and re.search(rf"{_POINT}\d", number) is not None
    )
    if negative:
        apart = re.search(rf"(?:\A|[\s(])[{_MINUS}]\s\Z", marked) is not None
        bracketed = marked.endswith("(") and re.match(rf"\s?(?:{_marks(None)})?\)", after) is not None
        return attached or trailing or apart or bracketed
    return not attached and not trailing


@lru_cache(maxsize=64)
def _pattern(value: Decimal) -> re.Pattern[str]:
    """Return a pattern of every notation of *value*, which is not negative."""
    whole, _, decimals = f"{value:f}".partition(".")
    decimals = decimals.rstrip("0")
    ending = f"{decimals}0*" if decimals else rf"(?:0+|[{_MINUS}\u2014]{{1,2}})"
    point = f"{_POINT}{ending}" if decimals else f"(?:{_POINT}{ending})?"
    plain = "0?" if whole == "0" and decimals else whole
    ways = [plain + point]
    if len(whole) > 3:
        first, *others = re.findall(r"\d{1,3}(?=(?:\d{3})*\Z)", whole)
        own = point.replace(_POINT, f"(?!(?P=mark)){_POINT}", 1)
        ways.insert(0, f"{first}(?P<mark>{_GROUPS}){'(?P=mark)'.join(others)}{own}")
    if len(whole) > 5:
        lakhs = re.findall(r"\d{1,2}(?=(?:\d{2})*\d{3}\Z)", whole)
        ways.insert(0, f"{','.join(lakhs)},{whole[-3:]}{point}")
    return re.compile(f"{_BEFORE}(?:{'|'.join(ways)}){_AFTER}")


@lru_cache(maxsize=512)
def _marks(currency: str | None) -> str:
    """Return a pattern of what stands for *currency*, or for any currency at all, the longest first."""
    codes = [currency] if currency else list(DECIMALS)
    words = {mark for code in codes for mark in (code, *MARKS.get(code, ()))}
    return "|".join(map(_mark, sorted(words, key=lambda word: (-len(word), word))))


def _mark(word: str) -> str:
    """Return a pattern of one sign or word; a longer word is also one with a capital letter, or all in capitals."""
    start = r"(?<![^\W\d_])" if word[0].isalpha() and word[0].isascii() else ""
    end = r"(?![^\W\d_])" if word[-1].isalpha() and word[-1].isascii() else ""
    same = f"(?i:{re.escape(word)})" if len(word) > 3 else re.escape(word)
    return f"{start}{same}{end}"


@lru_cache(maxsize=512)
def _before(currency: str | None) -> re.Pattern[str]:
    """Return a pattern of a currency that ends right before a number."""
    return re.compile(rf"(?:{_marks(currency)})[\s:.]{{0,2}}[{_MINUS}(]?\s?\Z")


@lru_cache(maxsize=512)
def _behind(currency: str | None) -> re.Pattern[str]:
    """Return a pattern of a currency right behind a number."""
    return re.compile(rf"[{_MINUS})]?\s?(?:{_marks(currency)})")


@lru_cache(maxsize=64)
def _anywhere(currency: str) -> re.Pattern[str]:
    return re.compile(_marks(currency))
