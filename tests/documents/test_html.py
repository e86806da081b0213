"""What text would a person call right in a saved page?"""

import pytest

from homebody.documents.extract import FormatError
from homebody.documents.formats import html


def shown(body: str) -> str:
    """Return the text of a page with that body."""
    return html.extract(f"<!DOCTYPE html><html><body>{body}</body></html>".encode()).text


def test_a_page_reads_as_a_browser_shows_it():
    """Title first, blocks on lines, lists with marks, tables in rows; words of links without their addresses."""
    found = html.extract(
        b"""<!DOCTYPE html>
        <html lang=en><head><meta charset=utf-8><title> Roof  prices </title>
        <style>p {color: red}</style><script>var SECRET = 1</script></head>
        <body><h1>Roof   prices
        2026</h1><p>Ask <a href="https://roofs.example/?q=SECRET">Meier &amp; Sons</a>,
        <em>not</em> others.<br>Soon.<p>Second<ul><li>tiles<li><p>gutters</ul>
        <table><tr><th>Item<th>Price<tr><td>Roof<td>312&nbsp;&euro;</table>
        <pre>  kept   as
it is</pre><img src=a.png alt=SECRET><div>End</div></body></html>"""
    )
    assert found.text == (
        "Roof prices 2026\n\nAsk Meier & Sons, not others.\nSoon.\n\nSecond\n\n- tiles\n- gutters\n\n"
        "Item | Price\nRoof | 312 €\n\n  kept   as\nit is\n\nEnd"
    )
    assert found.left_out_words() == "1 image, 1 address of a link"


def test_a_title_that_the_text_does_not_begin_with_comes_first():
    """A person sees it above the page."""
    assert html.extract(b"<title>Roofs</title><p>Prices").text == "Roofs\n\nPrices"


@pytest.mark.parametrize(
    "secret",
    [
        "<!-- SECRET -->",
        "<style>.a, #b {color: red; display: none !important}</style><p class='c a'>SECRET</p><p id=b>SECRET</p>",
        "<script>SECRET</script>",
        "<style>SECRET</style>",
        "<template>SECRET</template>",
        "<noscript>SECRET</noscript>",
        "<p hidden>SECRET</p>",
        "<div style='color: red; DISPLAY : none'><p>SECRET</p></div>",
        "<span style='visibility:hidden'>SECRET</span>",
        "<span style='opacity:0'>SECRET</span>",
        "<span style='mso-hide:all'>SECRET</span>",
        "<div style='max-height:0;overflow:hidden'>SECRET</div>",
        "<iframe srcdoc='SECRET'>SECRET</iframe>",
        "<svg><text>SECRET</text></svg>",
        "<dialog>SECRET</dialog>",
        "<select><option>SECRET</select>",
        "<textarea>SECRET</textarea>",
        "<input type=hidden value=SECRET>",
        "<img alt=SECRET title=SECRET>",
        "<p title=SECRET data-x=SECRET aria-label=SECRET></p>",
        "<![CDATA[ SECRET ]]>",
        "<?SECRET?>",
        "<!--> --!> <!-- SECRET --!>",
        "\U000e0053\U000e0045",
    ],
)
def test_what_a_browser_does_not_show_is_not_in_the_text(secret: str):
    """Comments, code, hidden elements and attributes; what stands around them is."""
    found = "".join(c for c in shown(f"<p>before</p>{secret}<p>after</p>") if c not in "->!")
    assert found.split() == ["before", "after"]


def test_what_only_looks_hidden_is_shown():
    """A font of no size wraps real columns in mails; half seen is seen."""
    assert shown("<div style='font-size:0'><b style='font-size:9px'>a</b></div>") == "a"
    assert shown("<div style='opacity:0.5'>a</div><div style='max-height:0.5em'>b</div>") == "a\nb"


@pytest.mark.parametrize(
    "style",
    [
        "@media print {.a {display: none}}",
        ".a {display: none} .b .a {display: block}",
        ".a {display: none} @media screen {.a {display: flex}}",
        ".b .a {display: none}",
        "p.a:hover {display: none}",
        "/* .a {display: none} */",
        ".a {display: none; display: block}",
        ".a {color: none} .ab {display: none}",
        "@import url(x); .b {display: none} }}} {{{",
        ".a {visibility: visible} .a {display: none",
    ],
)
def test_a_rule_that_may_not_hold_hides_nothing(style: str):
    """Text that a person may see is not lost."""
    assert shown(f"<style>{style}</style><p class=a>Seen</p>") == "Seen"


def test_hidden_parts_are_counted():
    """Once each, whatever is in them."""
    found = html.extract(b"<p>a<p hidden>b<b>c</b><div style='display:none'><p hidden>d</p></div>")
    assert found.left_out_words() == "2 hidden parts"


def test_a_layout_made_of_tables_keeps_its_paragraphs():
    """As mails are made: a table in a table around everything."""
    inner = "<table><tr><td><p>Dear Ms Öztürk,</p><p>the roof is done.</p></td></tr></table>"
    assert shown(f"<table><tr><td>{inner}</td></tr></table>") == "Dear Ms Öztürk,\n\nthe roof is done."


@pytest.mark.parametrize(
    "data",
    [
        "<meta charset='windows-1252'><p>Größe 5 €".encode("cp1252"),
        "<p>Größe 5 €".encode("utf-16"),
        "<p>Größe 5 €".encode("cp1252"),
        "<p>Größe 5 €".encode(),
        "<meta charset=latin1><p>Größe 5 €".encode("cp1252"),
        b"<meta charset=no-such-thing><p>" + "Größe 5 €".encode(),
        b"<meta charset=utf-8><p>" + "Größe 5 €".encode("cp1252"),
    ],
)
def test_the_encoding_is_the_one_that_the_page_names_or_has(data: bytes):
    """A label that is wrong or unknown does not turn letters into gibberish."""
    assert html.extract(data).text == "Größe 5 €"


def test_a_japanese_page_is_read():
    """Under its old label."""
    data = "<meta http-equiv=content-type content='text/html; charset=x-sjis'><p>屋根の修理".encode("cp932")
    assert html.extract(data).text == "屋根の修理"


def test_a_page_nested_beyond_measure_is_refused():
    """The time to read it would grow with the square of its depth."""
    with pytest.raises(FormatError, match="nested too deeply"):
        html.extract(b"<div>" * 200_000 + b"x")
    assert shown("<p>a" * 20_000).count("a") == 20_000
    assert shown("<div>" * 1_000 + "x") == "x"


@pytest.mark.parametrize(("data", "reason"), [(b"\x89PNG\r\n\0\0", "binary"), (b"<p>" * 7_000_000, "20 MB")])
def test_what_is_no_page_is_refused(data: bytes, reason: str):
    """In words."""
    with pytest.raises(FormatError, match=reason):
        html.extract(data)


def test_items_of_a_list_that_counts_keep_their_numbers():
    """Wherever it begins, whatever stands inside it, and a bullet where a browser shows one."""
    body = (
        "<ol start=3><li>three<ul><li>dot<li>dot</ul><li>four<li value=9>nine<li>ten</ol>"
        "<ol reversed><li>back</ol><ol start=x><li>one</ol><li>lone"
    )
    assert (
        shown(body).replace("\n\n", "\n")
        == "3. three\n- dot\n- dot\n4. four\n9. nine\n10. ten\n- back\n1. one\n- lone"
    )
