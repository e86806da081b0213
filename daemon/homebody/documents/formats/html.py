"""HTML: the words that a browser would show, by the HTML standard's own rules (lexbor)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homebody.documents.extract import TOO_DEEP, Extract, FormatError
from homebody.documents.formats import charsets, text
from homebody.documents.formats.flow import Flow, tidy
from homebody.documents.formats.stylesheet import hidden_names

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

SUFFIXES = (".html", ".htm", ".xhtml", ".xht")

MOST_BYTES = 20_000_000
"""A page with its pictures inside has some; a page of text never has as many."""

MOST_DEPTH = 5_000
"""Elements inside one another; the parser's time grows with the square of it."""

SHOWS_NOTHING = frozenset({
    "script", "style", "template", "noscript", "head", "iframe", "object", "embed", "audio", "video", "canvas",
    "datalist", "select", "textarea", "meter", "progress", "param", "area", "map", "frameset", "noframes",
})  # fmt: skip
"""Elements without words of the page: code, other pages, things that move, and fields to fill in."""

LINES = frozenset({
    "address", "article", "aside", "body", "center", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
    "figcaption", "footer", "form", "header", "hgroup", "html", "legend", "li", "main", "menu", "nav", "section",
    "summary", "caption", "tr", "optgroup", "option", "thead", "tbody", "tfoot",
})  # fmt: skip
PARAGRAPHS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "pre", "figure", "hr",
})  # fmt: skip

UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0+(?:\.0*)?\s*(?:[;!]|$)"
    r"|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:[;!]|$)",
    re.IGNORECASE,
)
"""What hides an element in its own style."""

NAMED_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]{1,40})""", re.IGNORECASE
)

NESTING = re.compile(
    r"<(/?)(?!(?:p|li|td|th|tr|dt|dd|option|br|hr|img|input|meta|link|col|wbr|area|source)\b)[a-z]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser shows of a page, its title apart."""

    title: str
    text: str
    left_out: Counter[str]


def preload() -> None:
    """Load the parser now: inside the seal no file can be opened."""
    charsets.preload()
    text.preload()
    page("<p>loaded")


def extract(data: bytes) -> Extract:
    """Return the title and the words of the page. Raises FormatError for what is no text, or too large."""
    found = page(decoded(data))
    parts = [found.title, found.text]
    if found.text.startswith(found.title):
        del parts[0]
    return Extract(text="\n\n".join(part for part in parts if part), left_out=found.left_out)


def decoded(data: bytes, label: str | None = None) -> str:
    """Return the source of a page: by its mark, by *label*, by what it says itself, or as any text.

    Raises FormatError.
    """
    if len(data) > MOST_BYTES:
        raise FormatError(f"the page has more than {MOST_BYTES / 1e6:.0f} MB, and no more are read")
    if not any(data.startswith(mark) for mark, _ in text.MARKS):
        named = NAMED_CHARSET.search(data[:2048])
        label = label or (named.group(1).decode("ascii", "replace") if named else None)
        if label is not None and not label.lower().startswith("utf"):  # what says UTF-8 is checked
            source = charsets.decode(data, label)
            if source is not None:
                return source
    return text.decoded(data)[0]


def page(source: str) -> Page:
    """Return what a browser shows of *source*. Raises FormatError when it is nested beyond measure."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    refuse_depth(source)
    try:
        tree = LexborHTMLParser(source.replace("\0", ""))
    except SelectolaxError as error:  # the only thing that goes wrong with any text: no more memory
        raise MemoryError from error
    head = tree.head
    title = head.css_first("title") if head is not None else None
    shown = _Shown(hidden_names("\n".join(style.text() or "" for style in tree.css("style"))))
    if tree.root is not None:
        for node, leaving in shown.walk(tree.root):
            shown.leave(node) if leaving else shown.enter(node)
    named = tidy(" ".join((title.text() or "").split())) if title is not None else ""
    return Page(named, shown.flow.text(), shown.left_out)


def refuse_depth(source: str) -> None:
    """Raise FormatError when many more elements are opened than closed."""
    depth = 0
    for found in NESTING.finditer(source):
        depth += -1 if found.group(1) else 1
        if depth > MOST_DEPTH:
            raise FormatError(TOO_DEEP)
        depth = max(depth, 0)


class _Shown:
    """Walks a tree and keeps what is shown."""

    def __init__(self, hidden: frozenset[str]) -> None:
        self.flow = Flow()
        self._hidden = hidden
        self.left_out: Counter[str] = Counter()
        self._kept_lines = 0
        self._lists: list[int | None] = []
        """The number of the next item in each list that is open; None where items have none."""

    def walk(self, root: "LexborNode") -> Iterator[tuple["LexborNode", bool]]:
        """Yield each shown node on the way in, and again, with True, on the way out; no recursion."""
        node: LexborNode | None = root
        while node is not None:
            yield node, False
            below = node.child if node.tag != "-text" and self.shows(node) else None
            while below is None and node is not None:
                yield node, True
                if node.mem_id == root.mem_id:
                    return
                below = node.next
                if below is None:
                    node = node.parent
            node = below

    def shows(self, node: "LexborNode") -> bool:
        """Return whether what is inside *node* is shown."""
        tag = node.tag or ""
        if tag in SHOWS_NOTHING or tag == "svg" or not node.is_element_node:
            return False
        return not self.hidden(node, tag)

    def hidden(self, node: "LexborNode", tag: str) -> bool:
        """Return whether the page itself hides *node*."""
        attributes = node.attrs
        if "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
            return True
        if self._hidden:
            names = {f".{name}" for name in (attributes.get("class") or "").split()}
            if not self._hidden.isdisjoint(names | {f"#{attributes.get('id')}"}):
                return True
        style = attributes.get("style")
        return bool(style and UNSEEN_STYLE.search(style))

    def enter(self, node: "LexborNode") -> None:
        """Take up a node."""
        tag = node.tag or ""
        if tag == "-text":
            found = node.text_content or ""
            self.flow.words(found) if self._kept_lines else self.flow.loose(found)
            return
        if not node.is_element_node:
            return
        if tag in ("img", "svg"):
            self.left_out["images"] += 1
        elif tag == "a" and "href" in node.attrs:
            self.left_out["addresses of links"] += 1
        if tag not in SHOWS_NOTHING and self.hidden(node, tag):
            self.left_out["hidden parts"] += 1
            return
        if tag in ("ol", "ul"):
            counted = tag == "ol" and "reversed" not in node.attrs
            self._lists.append(number(node.attrs.get("start"), 1) if counted else None)
        self._begin(tag, node)

    def _begin(self, tag: str, node: "LexborNode") -> None:
        if tag == "br":
            self.flow.end()
        elif tag in PARAGRAPHS:
            self.flow.end(2)
        elif tag in LINES:
            self.flow.end()
        if tag == "li":
            self.flow.mark(self._item(node))
        elif tag == "pre":
            self._kept_lines += 1
        elif tag == "tr":
            self.flow.start_row()
        elif tag in ("td", "th"):
            self.flow.start_cell()

    def _item(self, node: "LexborNode") -> str:
        """Return the mark of an item: its number in a list that counts."""
        following = self._lists[-1] if self._lists else None
        if following is None:
            return "- "
        here = number(node.attrs.get("value"), following)
        self._lists[-1] = here + 1
        return f"{here}. "

    def leave(self, node: "LexborNode") -> None:
        """Close a node, as far as it was opened."""
        tag = node.tag or ""
        if not node.is_element_node or (tag not in SHOWS_NOTHING and self.hidden(node, tag)):
            return
        if tag == "tr":
            self.flow.end_row()
        elif tag in ("td", "th"):
            self.flow.end_cell()
        elif tag == "pre":
            self._kept_lines -= 1
        elif tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        if tag in PARAGRAPHS:
            self.flow.end(2)
        elif tag in LINES:
            self.flow.end()


def number(said: str | None, otherwise: int) -> int:
    """Return the whole number that an attribute says, *otherwise* where it says none that a list could begin with."""
    return int(said) if said and re.fullmatch(r"-?[0-9]{1,6}", said) else otherwise
