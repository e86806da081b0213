"""Presentations: the words of each slide that is shown."""

from collections import Counter
from collections.abc import Mapping

from homebody.documents.extract import Extract, FormatError
from homebody.documents.formats import ooxml, package
from homebody.documents.formats.flow import Flow
from homebody.documents.formats.markup import Sink, get, on, parse
from homebody.documents.formats.package import Package

SUFFIXES = (".pptx", ".pptm", ".ppsx", ".ppt")

MOST_SLIDES = 2_000

SHAPES = frozenset({"sp", "pic", "graphicFrame", "grpSp", "cxnSp"})


def preload() -> None:
    """Load what unpacking needs now: inside the seal no file can be opened."""
    package.preload()


def extract(data: bytes) -> Extract:
    """Return the text of the slides in order, a blank line between them.

    Raises FormatError for what is damaged, locked, old, too long, or has no text in it.
    """
    file = Package(data, "PowerPoint")
    main = ooxml.main_part(file, "ppt")
    relations = ooxml.Relations(file, main)
    order = Order()
    parse(file.blocks(main), order, file.damaged("its list of slides is broken"))
    if len(order.slides) > MOST_SLIDES:
        raise FormatError(
            f"the presentation has {len(order.slides):,} slides, and at most {MOST_SLIDES:,} are read"
        )
    left_out: Counter[str] = Counter()
    texts = []
    for identity in order.slides:
        relation = relations.all.get(identity)
        if relation is None or relation.target not in file.names:
            raise FormatError(file.damaged("one of its slides is missing"))
        slide = Slide()
        parse(file.blocks(relation.target), slide, file.damaged("one of its slides is broken"))
        if slide.hidden:
            left_out["hidden parts"] += 1
            continue
        beside = ooxml.Relations(file, relation.target)
        left_out += slide.left_out
        left_out["speaker notes"] += len(beside.of("notesSlide"))
        left_out["comments"] += len(beside.of("comments"))
        texts.append(slide.flow.text())
    whole = Flow()
    for text in texts:
        whole.end(2)
        whole.words(text)
    found = whole.text()
    if not found:
        raise FormatError("the presentation has no text in it (only pictures?)")
    return Extract(text=found, pages=len(order.slides), left_out=+left_out)


class Order(Sink):
    """The slides of a presentation, by the number of their relationship."""

    def __init__(self) -> None:
        self.slides: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up a slide."""
        if tag == "sldId":
            self.slides.append(get(attributes, "id", "relationships") or "")


class Slide(Sink):
    """One slide, shape by shape."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.hidden = False
        self.left_out: Counter[str] = Counter()
        self._shapes: list[bool] = []
        self._fallback = 0
        self._shown = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take up an element."""
        if self._fallback or tag == "Fallback":
            self._fallback += 1
        elif tag == "sld":
            self.hidden = get(attributes, "show") is not None and not on(attributes, "show")
        elif tag in SHAPES:
            self._shapes.append(False)
        elif tag == "cNvPr" and self._shapes and get(attributes, "hidden") is not None:
            self._shapes[-1] = on(attributes, "hidden")
        elif tag in ("p", "br"):
            self.flow.end()
        elif tag == "t":
            self._shown = not any(self._shapes)
        elif tag == "tr":
            self.flow.start_row()
        elif tag == "tc":
            self.flow.start_cell()
        elif tag == "blip":
            self.left_out["images"] += 1
        elif tag in ("chart", "relIds"):
            self.left_out["drawings"] += 1

    def end(self, tag: str) -> None:
        """Close an element."""
        if self._fallback:
            self._fallback -= 1
        elif tag in SHAPES and self._shapes:
            self.left_out["hidden parts"] += self._shapes.pop()
            self.flow.end()
        elif tag == "t":
            self._shown = False
        elif tag == "p":
            self.flow.end()
        elif tag == "tc":
            self.flow.end_cell()
        elif tag == "tr":
            self.flow.end_row()

    def words(self, text: str) -> None:
        """Take up words."""
        if self._shown and not self._fallback:
            self.flow.words(text)
