"""How does a value stand in a page (HTML, SVG, XML), so that it is words there and nothing else?"""

import html
import re
from collections.abc import Sequence

from homebody.errors import EffectError
from homebody.templates import Piece

_RAW = ("script", "style", "iframe", "object", "textarea", "title", "xmp", "noscript", "template")
_TOKEN = re.compile(
    r"(?P<comment><!--)|(?P<end>-->)|(?P<open><(?P<name>[/!?a-zA-Z][^\s/>]*))|(?P<close>>)|(?P<quote>[\"'])|(?P<attr>[^\s\"'<>/=]+)(?=\s*=)"
)
_LEADS = frozenset(
    {"href", "src", "srcset", "action", "formaction", "data", "poster", "xlink:href", "cite", "ping"}
)
_SCHEME = re.compile(r"\s*(?!https?:|mailto:)[a-z][a-z0-9+.-]*\s*:", re.IGNORECASE)


def as_page(pieces: Sequence[Piece]) -> str:
    """Return *pieces* as one text in which each value is escaped.

    Raises EffectError where escaping is not enough: in a script or style, in a tag outside quotes, in an
    attribute that is run, and where a value would begin an address with a scheme of its own.
    """
    place, found = _Place(), []
    for piece in pieces:
        if piece.value:
            place.check(piece.text)
            found.append(html.escape(piece.text))
        else:
            place.read(piece.text)
            found.append(piece.text)
    return "".join(found)


class _Place:
    """Where in the recipe's own page the reading stands."""

    def __init__(self) -> None:
        self._raw = ""
        self._tag = False
        self._quote = ""
        self._attribute = ""
        self._begun = False
        self._comment = False

    def read(self, text: str) -> None:
        """Go on over the recipe's own *text*."""
        position = 0
        while (match := _TOKEN.search(text, position)) is not None:
            position = match.end()
            self._step(match)
        self._begun = self._begun or not text.endswith(("=" + self._quote, self._quote or "="))

    def _step(self, match: re.Match[str]) -> None:
        if self._comment:
            self._comment = not match["end"]
        elif match["comment"] and not self._tag and not self._raw:
            self._comment = True
        elif self._quote:
            if match["quote"] == self._quote:
                self._quote = ""
        elif self._tag:
            if match["close"]:
                self._tag = False
            elif match["quote"]:
                self._quote, self._begun = match["quote"], False
            elif match["attr"]:
                self._attribute = match["attr"].casefold()
        elif match["open"]:
            name = match["name"].casefold()
            if not self._raw or name == f"/{self._raw}":
                self._raw = name if name in _RAW else ""
                self._tag = True

    def check(self, value: str) -> None:
        """Raise EffectError when *value* must not stand here."""
        if self._raw and not self._tag and self._raw not in ("title", "textarea"):
            raise EffectError(f"A value has no place inside <{self._raw}>: nothing was written.")
        if not self._tag:
            return
        if not self._quote:
            raise EffectError("A value inside a tag must stand in quotes: nothing was written.")
        if self._attribute.startswith("on") or self._attribute in ("style", "srcdoc"):
            raise EffectError(f"A value has no place in {self._attribute}=: nothing was written.")
        if self._attribute in _LEADS and not self._begun and _SCHEME.match(value):
            raise EffectError(f"A value may not begin {self._attribute}= with a scheme of its own.")
        self._begun = True
