"""What of a text does the model see? What a person sees, and so no addresses of pictures that are kept elsewhere.

A note that was clipped from the web, a README or a Markdown file that a word processor exported holds pictures as long
addresses, or as their very bytes in letters (``data:``, RFC 2397): nothing of that says anything, and it can be more
than the rest. Markdown's pictures (CommonMark 0.31, 6.4), those of HTML within it, and those of reStructuredText are
known. Only the model's view is without them: what recipes write, and what an answer is proved by, is the whole text.
"""

import re
from dataclasses import dataclass

ADDRESS = r"(?:(?:https?:)?//|data:)[^\s()<>]*+(?:\([^\s()<>]*+\)[^\s()<>]*+)*+"
"""Where a picture is that is not in a folder of its own: one of the web, or its bytes."""
TITLE = r"""(?:\s+(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'))?\s*"""
WORDS = r"[^\[\]]{0,500}"
LABEL = r"[^\[\]\n]{1,100}"

_ANY = rf"!\[{WORDS}\](?:\(\s*<?{ADDRESS}>?{TITLE}\)|\[(?P<of>{LABEL})?\])"
_LINK = rf"(?:\([^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+{TITLE}\)|\[(?P<to>{LABEL})?\])"

BADGE = re.compile(rf"\[\s*{_ANY}\s*\]{_LINK}")
"""A picture that is a link; where it is, or the label that is defined as that, is the first of both."""
PICTURE = re.compile(rf"!\[{WORDS}\]\(\s*<?{ADDRESS}>?{TITLE}\)")
REFERRED = re.compile(rf"!\[(?P<words>{WORDS})\](?:\[(?P<of>{LABEL})?\])?(?!\()")
DEFINED = re.compile(rf"^ {{0,3}}\[(?P<label>{LABEL})\]:[ \t]*<?(?:{ADDRESS})>?{TITLE}$\n?", re.MULTILINE)

TAG = re.compile(r"<img\b[^<>]*+>", re.IGNORECASE)
LINKED_TAG = re.compile(r"<a\b[^<>]*+>\s*(?:<img\b[^<>]*+>\s*)+</a\s*>", re.IGNORECASE)
EMPTY = re.compile(
    r"<(p|div|center|picture|span|h[1-6]|td|tr|table)\b[^<>]*+>[\s\0]*+</\1\s*>", re.IGNORECASE
)
SOURCE = re.compile(rf"""\bsrc\s*=\s*["']?\s*{ADDRESS}""", re.IGNORECASE)
DEPTH = 3
"""So many elements around a picture are taken with it, when nothing else is in them."""

DIRECTIVE = re.compile(
    r"^(?P<indent>[ \t]*)\.\.[ \t]+(?:\|(?P<name>[^|\n]{1,100})\|[ \t]+)?(?:image|figure)::[ \t]*"
    rf"{ADDRESS}[ \t]*(?:\n|\Z)(?:(?P=indent)[ \t]+:[\w-]{{1,40}}:[^\n]*(?:\n|\Z))*",
    re.MULTILINE,
)
SUBSTITUTED = re.compile(r"\|(?P<name>[^|\n]{1,100})\|_{0,2}")

GONE = "\0"
"""Stands where something was, until its line is tidied; no text has one."""
BARE = re.compile(rf"^[ \t]*{GONE}[ \t{GONE}]*(?:\n|\Z)", re.MULTILINE)
GAP = re.compile(rf"(?:^|(?<=\s))(?:{GONE}[ \t])+", re.MULTILINE)
BLANKS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the model sees of a text, and how many pictures it does not."""

    text: str
    pictures: int


def shown(text: str) -> Shown:
    """Return *text* without pictures that are kept elsewhere; one that has nothing but such is shown as it is."""
    if GONE in text or not re.search(r"!\[|<img\b|(?:image|figure)::", text, re.IGNORECASE):
        return Shown(text, 0)
    seen = _Seen()
    without = seen.directives(seen.markdown(seen.html(text)))
    if not seen.pictures:
        return Shown(text, 0)
    left = BLANKS.sub("\n\n", GAP.sub("", BARE.sub("", without)).replace(GONE, "")).strip("\n")
    return Shown(left, seen.pictures) if left.strip() else Shown(text, 0)


class _Seen:
    """Takes pictures out of a text, one kind of markup after the other, and counts them."""

    def __init__(self) -> None:
        self.pictures = 0

    def html(self, text: str) -> str:
        """Return *text* without HTML's pictures, and without the elements that held nothing else."""
        before = self.pictures
        text = TAG.sub(self._tag, LINKED_TAG.sub(self._linked_tag, text))
        for _ in range(DEPTH if self.pictures > before else 0):
            text = EMPTY.sub(lambda found: GONE if GONE in found[0] else found[0], text)
        return text

    def _linked_tag(self, found: re.Match[str]) -> str:
        tags = TAG.findall(found[0])
        return self._gone(len(tags)) if all(map(SOURCE.search, tags)) else found[0]

    def _tag(self, found: re.Match[str]) -> str:
        return self._gone(1) if SOURCE.search(found[0]) else found[0]

    def markdown(self, text: str) -> str:
        """Return *text* without Markdown's pictures, and without the definitions of their addresses."""
        defined = {_plain(found["label"]) for found in DEFINED.finditer(text)}
        used: set[str] = set()

        def badge(found: re.Match[str]) -> str:
            if found["of"] and _plain(found["of"]) not in defined:
                return found[0]
            used.update(_plain(label) for label in (found["of"], found["to"]) if label)
            return self._gone(1)

        def referred(found: re.Match[str]) -> str:
            label = _plain(found["of"] or found["words"])
            if label not in defined:
                return found[0]
            used.add(label)
            return self._gone(1)

        text = BADGE.sub(badge, text)
        text = PICTURE.sub(lambda _: self._gone(1), text)
        text = REFERRED.sub(referred, text)
        return DEFINED.sub(lambda found: GONE if _plain(found["label"]) in used else found[0], text)

    def directives(self, text: str) -> str:
        """Return *text* without reStructuredText's pictures, and without the names that stand for them."""
        names: set[str] = set()

        def directive(found: re.Match[str]) -> str:
            if found["name"]:
                names.add(found["name"])
            return self._gone(1) + "\n"

        text = DIRECTIVE.sub(directive, text)
        if not names:
            return text
        return SUBSTITUTED.sub(lambda found: GONE if found["name"] in names else found[0], text)

    def _gone(self, number: int) -> str:
        self.pictures += number
        return GONE


def _plain(label: str) -> str:
    """Return what labels are compared by: capitals and white space do not count."""
    return " ".join(label.split()).casefold()
