"""A reader process that was taken over: sealed like ours, and then it misbehaves as the first argument says."""

import os
import signal
import sys

from homebody import seal
from homebody.documents.frames import LENGTHS, pack


def main() -> None:
    """Say hello as the real one does, wait for a document, and misbehave."""
    way = sys.argv[1]
    if way == "unsealed":
        os.write(1, pack({"failed": "the kernel\nhas no \x1b[31mLandlock"}))
        return
    if way == "liar":
        os.write(1, pack({"seal": {"tier": "reader"}}))
        os.read(0, 1 << 16)
        return
    if way == "silent":
        sys.stderr.write("Traceback\nImportError: something is missing\n")
        raise SystemExit(3)
    report = seal.enter(seal.reader_policy())
    os.write(1, pack({"seal": report.to_dict()}))
    os.read(0, 1 << 16)
    answers = {
        "garbage": b"this is no frame at all, and it is long enough to be taken for one",
        "huge": LENGTHS.pack(10, 0xFFFFFFFF),
        "list": LENGTHS.pack(2, 0) + b"[]",
        "deep": LENGTHS.pack(50_000, 0) + b"[" * 50_000,
        "cut": pack({"pages": None}, b"text")[:-2],
        "lies": pack({"pages": "many", "encoding": 5}, b"text"),
        "front": pack({"front": -3}, b"text"),
        "surrogates": pack({"pages": None}, b"\xed\xa0\x80"),
        "countless": pack({"left_out": {"images": 10**4000}}, b"text"),
        "uncounted": pack({"left_out": {"images": -1}}, b"text"),
        "unheard": pack({"left_out": {"\x1b[31mthings": 1}}, b"text"),
        "escapes": pack({"error": "\x1b]0;owned\x07 bad\n" + "x" * 5_000}),
        "results": pack({"results": [{"name": 1}]}),
        "busy": pack({"pages": 1, "encoding": None, "work": 1e9}, b"text"),
        "evasive": pack({"pages": 1, "encoding": None, "work": "none"}, b"text"),
    }
    if way in answers:
        os.write(1, answers[way])
    if way not in ("cut", "crash", "flood", "exit"):
        signal.pause()
    if way == "crash":
        os.abort()
    while way == "flood":
        os.write(1, bytes(1 << 16))
    raise SystemExit(5)


main()
