"""Which encoding does a stranger's label mean? Only those that were loaded before the seal."""

import codecs
import re
from functools import cache

KNOWN = (
    "utf_8", "utf_16", "utf_16_le", "utf_16_be", "ascii", "latin_1", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp1258", "cp437", "cp850", "cp852", "cp866", "cp874", "iso8859_2", "iso8859_3",
    "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_9", "iso8859_10", "iso8859_13",
    "iso8859_14", "iso8859_15", "iso8859_16", "koi8_r", "koi8_u", "mac_roman", "gb18030", "big5", "euc_jp",
    "iso2022_jp", "cp932", "cp949",
)  # fmt: skip
"""Python's names of the encodings that documents are in (those of the WHATWG's standard, and of old PCs)."""

WIDER = {
    "latin_1": "cp1252", "ascii": "cp1252", "gbk": "gb18030", "gb2312": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "iso8859_11": "cp874", "tis_620": "cp874",
}  # fmt: skip
"""What programs write under a narrower name (WHATWG's Encoding standard, section 4.2)."""

OTHERS = {"x_sjis": "cp932", "x_gbk": "gb18030", "x_mac_roman": "mac_roman", "unicode": "utf_16"}


def preload() -> None:
    """Load the codecs now: each is a module, and inside the seal no file can be opened."""
    for name in KNOWN:
        codecs.lookup(name)
    labels()


@cache
def labels() -> dict[str, str]:
    """Return each label that is known, in Python's spelling, with the codec that it means."""
    from encodings.aliases import aliases

    named = dict(aliases) | {name: name for name in (*KNOWN, *WIDER)}
    meant = {label: WIDER.get(name, name) for label, name in named.items()} | OTHERS
    return {label: name for label, name in meant.items() if name in KNOWN}


def codec(label: str) -> str | None:
    """Return the codec that *label* means, None when it is not known here."""
    return labels().get(re.sub(r"[^a-z0-9]+", "_", label[:40].lower()).strip("_"))


def decode(data: bytes, label: str | None) -> str | None:
    """Return *data* as its label says, damage marked with U+FFFD; None when the label says nothing."""
    name = codec(label) if label else None
    return data.decode(name, "replace") if name else None
