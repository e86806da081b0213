"""Values side by side make no address that the document does not name."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from homebody.actions.addresses import ADDRESS
from homebody.actions.defang import defang
from homebody.actions.joined import unjoined
from homebody.templates import Piece

EVIL = ["https://evil.example/?d=secret", "www.evil.example/a", "mailto:a@evil.example", "//evil.example/x.png",
        "javascript:alert(1)"]  # fmt: skip
SOURCE = "See https://a.example/page and write to us."


def pieces(*texts: str, source: str = SOURCE) -> list[Piece]:
    """Return each text as a value, judged alone as a slot's is."""
    return [Piece(text=defang(text, source), value=True) for text in texts]


@example("https://evil.example/?d=secret", [12], False)
@example("https://evil.example/?d=secret", [13], True)
@given(st.sampled_from(EVIL), st.lists(st.integers(1, 30), min_size=1, max_size=4), st.booleans())
def test_an_address_in_parts_stays_in_parts(address: str, cuts: list[int], prose: bool) -> None:
    """Wherever it was cut, what comes out is none that a program would open."""
    places = sorted({cut for cut in cuts if cut < len(address)})
    parts = [address[a:b] for a, b in zip([0, *places], [*places, None], strict=True)]
    found = unjoined(pieces(*(["so: "] if prose else []), *parts), SOURCE)
    live = [match[0] for match in re.finditer(ADDRESS, found, re.IGNORECASE)]
    opens = [one for one in live if "evil.example" in one or one.startswith(("javascript", "mailto"))]
    assert not [one for one in opens if "[.]" not in one and "[:]" not in one], found


def test_a_named_address_is_not_led_elsewhere() -> None:
    """What the document names stays; with more behind it, it is another one."""
    assert "https://a.example/page now" == unjoined(pieces("https://a.example/page", " now"), SOURCE)
    for more in ("/and?d=secret", ".evil.example"):
        assert "a[.]example" in unjoined(pieces("https://a.example/page", more), SOURCE)


@pytest.mark.parametrize(
    "template", [["https://wiki.example/", "roof"], ["Read https://wiki.example/x, ", "roof"]]
)
def test_the_recipes_own_words_stay(template: list[str]) -> None:
    """An address that the recipe itself writes is a wish, also with a value behind it."""
    [own, value] = template
    made = [Piece(text=own), Piece(text=value, value=True), Piece(text=" ok", value=True)]
    assert "".join(template) + " ok" == unjoined(made, SOURCE)


def test_a_dead_address_is_not_killed_twice() -> None:
    """What was put out of action alone stays readable, whatever stands behind it."""
    alone = defang("https://evil.example/x", SOURCE)
    assert f"{alone}y" == unjoined(pieces("https://evil.example/x", "y"), SOURCE)


def test_words_are_left_alone() -> None:
    """Most texts have no address at all."""
    assert "a: bc" == unjoined(pieces("a: ", "b", "c"), SOURCE)
