"""What stands in a page is words."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.actions import WriteAction
from homebody.actions.markup import as_page
from homebody.errors import EffectError
from homebody.templates import compile_template

PAGE = (
    '<!doctype html><title>{{ ask.v }}</title><p class="a {{ ask.v }}">{{ ask.v }}</p><!-- {{ ask.v }} -->'
    '<a href="x/{{ ask.v }}">y</a>'
)


def filled(template: str, value: str) -> str:
    """Return *template* filled in as a page."""
    return as_page(compile_template(template).pieces({"ask": {"v": value}}))


class Tags(HTMLParser):
    """Lists the tags of a page with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag, attrs):
        """Note a tag."""
        self.found.append((tag, [name for name, _value in attrs]))


def tags(text: str) -> list[object]:
    """Return the tags of *text*."""
    parser = Tags()
    parser.feed(text)
    parser.close()
    return parser.found


@given(
    st.one_of(
        st.text(),
        st.sampled_from(["<script>x</script>", '" onload="x', "--><img src=x>", "</title><b>", "' x='"]),
    )
)
def test_no_value_makes_a_tag_or_an_attribute(value: str) -> None:
    """The page has the recipe's tags and no other, whatever stands in the text, a title, a comment or quotes."""
    assert tags(filled(PAGE, "x")) == tags(filled(PAGE, value))


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<script>x = '{{ ask.v }}'</script>", "inside <script>"),
        ("<style>p { color: {{ ask.v }} }</style>", "inside <style>"),
        ("<p title={{ ask.v }}>", "must stand in quotes"),
        ("<p {{ ask.v }}>", "must stand in quotes"),
        ("<{{ ask.v }}>", None),
        ('<p onclick="x({{ ask.v }})">', "onclick="),
        ('<p style="{{ ask.v }}">', "style="),
        ('<a href="{{ ask.v }}">', "a scheme of its own"),
        ("<a href='{{ ask.v }}'>", "a scheme of its own"),
    ],
)
def test_where_escaping_is_not_enough_nothing_is_written(template: str, words: str | None) -> None:
    """The run fails in words instead."""
    if words is None:
        assert "<javascript:alert(1)&quot;&gt;>" == filled(template, 'javascript:alert(1)">')
        return
    with pytest.raises(EffectError, match=words):
        filled(template, "javascript:alert(1)")


def test_an_address_that_the_recipe_begins_may_go_on() -> None:
    """A value after the recipe's own beginning cannot change where it leads."""
    assert '<a href="notes/javascript:x">' == filled('<a href="notes/{{ ask.v }}">', "javascript:x")
    assert '<a href="https://a.example/x">' == filled('<a href="{{ ask.v }}">', "https://a.example/x")


def test_write_knows_a_page_by_its_name(stage) -> None:
    """HTML, SVG and the like; a note stays plain."""
    for name in ("a.html", "b.SVG", "c.md"):
        stage.run(WriteAction(dest=f"{stage.folder}/{name}", content="{{ ask.v }}"), {"v": 'R&D "x"'})
    escaped = "R&amp;D &quot;x&quot;\n"
    assert {"a.html": escaped, "b.SVG": escaped, "c.md": 'R&D "x"\n'} == stage.tree()
