"""Of which kind is a file, by its first bytes? Pure; the name plays no part.

The signatures are those of the formats' own specifications. What has none and reads as UTF-8 is text.
"""

import codecs

HEAD = 36 * 1024
"""How many bytes are looked at: the label of a CD image, the last of all, lies at 32 KiB."""

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
EMPTY = "application/x-empty"

_STARTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (0, b"\0\0\1\0", "image/vnd.microsoft.icon"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"MThd", "audio/midi"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (0, b"\0\0\1\xba", "video/mpeg"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"(\xb5/\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf'\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (32769, b"CD001", "application/x-iso9660-image"),
    (0, b"!<arch>\ndebian-binary", "application/vnd.debian.binary-package"),
    (0, b"\xed\xab\xee\xdb", "application/x-rpm"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (0, b"xar!", "application/x-xar"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"%!PS", "application/postscript"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"OTTO", "font/otf"),
)
"""Where, what, and what that means; the first that fits counts."""

_SHORTEST_BITMAP = 26
"""Two letters are too little to tell a picture by: its header has so many bytes, and tells its own length."""

_RIFF = {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"WEBP": "image/webp"}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"mif1", b"heim"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    b"qt  ": "video/quicktime",
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
}
_PACKED = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    b"META-INF/MANIFEST.MF": "application/java-archive",
    b"AndroidManifest.xml": "application/vnd.android.package-archive",
}
"""What a name at the beginning of a packed file says of the package."""

_MARKUP = ((b"<!doctype html", "text/html"), (b"<html", "text/html"), (b"<svg", "image/svg+xml"))


def kind_of(head: bytes) -> str:
    """Return the media type of the file that begins with *head*, in lower case."""
    if not head:
        return EMPTY
    for at, mark, kind in _STARTS:
        if head.startswith(mark, at) and (mark != b"BM" or _is_bitmap(head)):
            return kind
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _packed(head)
    return _text(head)


def _is_bitmap(head: bytes) -> bool:
    """Return whether the four bytes kept for other uses are empty, as they are in a bitmap and in no text."""
    return len(head) >= _SHORTEST_BITMAP and head[6:10] == bytes(4)


def _packed(head: bytes) -> str:
    """Return the kind of a zip by the names in it: OpenDocument and EPUB say their own first, stored plainly."""
    if head[30:38] == b"mimetype":
        length = int.from_bytes(head[22:26], "little")
        start = 38 + int.from_bytes(head[28:30], "little")
        said = head[start : start + min(length, 100)].decode("ascii", "replace").strip().lower()
        if said.startswith("application/"):
            return said
    place = 0
    while (place := head.find(b"PK\3\4", place)) >= 0:
        length = int.from_bytes(head[place + 26 : place + 28], "little")
        name = head[place + 30 : place + 30 + length]
        kind = next((kind for start, kind in _PACKED.items() if name.startswith(start)), None)
        if kind is not None:
            return kind
        place += 4
    return "application/zip"


def _text(head: bytes) -> str:
    """Return the kind of text that *head* is, or that it is none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return TEXT
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return UNKNOWN
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return UNKNOWN
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1000].lower()
    for mark, kind in _MARKUP:
        if start.startswith(mark):
            return kind
    if start.startswith(b"<?xml"):
        inner = start.partition(b"?>")[2]
        return next((kind for mark, kind in reversed(_MARKUP) if mark in inner), "text/xml")
    return TEXT
