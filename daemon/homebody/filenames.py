"""Which name may a file have, so that every disk that people carry notes to takes it?"""

import re
import unicodedata

LONGEST_BYTES = 255
"""The longest name of one file or folder, in bytes of UTF-8 (NAME_MAX of Linux and macOS)."""

LONGEST_SUFFIX = 32
"""How many bytes of endings like ``.summary.md`` are kept when a name must be made shorter."""

UNTITLED = "untitled"

RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)
"""Names that Windows gives to devices, with any ending (Microsoft, "Naming Files, Paths, and Namespaces")."""

INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that have no place in a name: controls, direction marks, surrogates, line separators."""

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Characters that look like nothing and are letters or symbols to Unicode: a long row of them hides an ending."""

_FOREIGN = re.compile(r'[<>:"/\\|?*]+')


def safe_component(name: str, limit: int = LONGEST_BYTES) -> str:
    """Return *name* as one component of a path: never empty, ``.``, ``..`` or reserved, and short enough.

    A name of which nothing can be kept becomes "untitled"; a slash becomes a dash. *limit* counts bytes.
    """
    name = unicodedata.normalize("NFC", name.replace("/", "-"))
    name = "".join(" " if c in _BLANK else c for c in name if not _unseen(c))
    name = name.rstrip(". ")
    if not name.strip(". "):
        return UNTITLED
    if name.split(".", 1)[0].strip().casefold() in RESERVED:
        name = f"_{name}"
    return shorten(name, limit)


def _unseen(c: str) -> bool:
    """Return whether *c* leaves no trace: a control, or a mark that only chooses among the forms of a letter."""
    code = ord(c)
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or c in "\u034f\u180b\u180c\u180d"
    return selector or unicodedata.category(c) in INVISIBLE


def safe_words(text: str) -> str:
    """Return *text* from outside as a part of a name: no separators, nothing that is hidden or refused."""
    text = "".join(" " if c in _BLANK else c for c in text)
    return safe_component(" ".join(_FOREIGN.sub("-", text).split()).strip(" .-") or UNTITLED)


def shorten(name: str, limit: int = LONGEST_BYTES) -> str:
    """Return *name* cut to *limit* bytes of UTF-8 between characters, its endings kept."""
    data = name.encode("utf-8", "ignore")
    if len(data) <= limit:
        return name
    stem, ending = split_ending(name)
    room = limit - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + ending


def split_ending(name: str) -> tuple[str, str]:
    """Return *name* as stem and endings: up to two of them, as in ``notes.summary.md``."""
    match = re.search(r"(?<=.)((?:\.[^.\s/]{1,14}){1,2})$", name)
    if match is None or len(match[1].encode()) > LONGEST_SUFFIX:
        return name, ""
    return name[: match.start()], match[1]


def numbered(name: str, number: int) -> str:
    """Return *name* with " *number*" before its endings, as people count copies: ``notes 2.md``."""
    stem, ending = split_ending(name)
    mark = f" {number}"
    return shorten(stem, LONGEST_BYTES - len(ending.encode()) - len(mark)) + mark + ending


def slug(text: str) -> str:
    """Return *text* as lower-case letters and digits joined by dashes, accents dropped where they can be."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    kept = plain if plain.strip() else unicodedata.normalize("NFC", text)
    return re.sub(r"[^\w]+|_+", "-", kept.casefold()).strip("-")
