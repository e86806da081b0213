"""What do the checks, the copy and the rebuilding of a large journal cost? Prints medians of five.

Run it as ``python tests/bench/journal_health.py [RUNS]``; each run has eight steps and one effect.
"""

import hashlib
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from homebody.clock import SystemClock
from homebody.journal.copying import copy_journal
from homebody.journal.store import Journal


def build(path: Path, runs: int) -> None:
    """Make a journal of *runs* runs that are done."""
    Journal.open(path, SystemClock()).close()
    now = "2026-03-02T09:00:00.000000+00:00"
    with closing(sqlite3.connect(path)) as db:
        for number in range(1, runs + 1):
            content = hashlib.sha256(str(number).encode()).hexdigest()
            name = f"/home/somebody/Notes/2026/03/note number {number}.md".encode()
            db.execute(
                "INSERT INTO runs (id, key, recipe, recipe_hash, event, path, content, origin, state, place,"
                " queued_at, started_at, finished_at) VALUES (?, ?, 'summarize-notes', ?, 'file', ?, ?, ?, 'done', ?,"
                " ?, ?, ?)",
                (number, f"summarize-notes\n{content}\n".encode() + name, content, name, content, content, number,
                 now, now, now),
            )  # fmt: skip
            db.executemany(
                "INSERT INTO steps (run, at, name, detail) VALUES (?, ?, 'answered', '{\"tokens_total\":1234}')",
                [(number, now)] * 8,
            )
            db.execute(
                "INSERT INTO effects (run, ordinal, deed, kind, path, after, after_image, state)"
                " VALUES (?, 0, 'put', 'write', ?, ?, ?, 'applied')",
                (number, name + b".summary.md", content, content[:40]),
            )
        db.commit()


def measured(name: str, deed: Callable[[], object]) -> None:
    """Print how long *deed* takes."""
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        deed()
        seconds.append(time.perf_counter() - began)
    print(f"{name:<40} {statistics.median(seconds) * 1000:8.1f} ms")


def damaged(whole: bytes, pages: int) -> bytes:
    """Return a journal with so many *pages*, spread over it, zeroed."""
    data = bytearray(whole)
    for number in range(pages):
        start = (len(data) // 4096) * (2 * number + 1) // (2 * pages) * 4096
        data[start : start + 4096] = bytes(4096)
    return bytes(data)


def measured_once(name: str, path: Path, data: bytes) -> None:
    """Print how long a start with a damaged journal takes, and how many runs it saves."""
    path.write_bytes(data)
    began = time.perf_counter()
    journal = Journal.open(path, SystemClock())
    seconds = time.perf_counter() - began
    runs = sum(journal.counts().values())
    journal.close()
    print(f"{name:<40} {seconds * 1000:8.1f} ms, {runs:,} runs saved")


def check(path: Path, pragma: str) -> None:
    """Check the journal as a start does."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute(f"PRAGMA {pragma}(1)").fetchone() == ("ok",)


def main(runs: int) -> None:
    """Build a journal, and print what everything costs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        build(path, runs)
        print(f"{runs:,} runs, {path.stat().st_size / 1e6:.1f} MB")
        measured("quick_check", lambda: check(path, "quick_check"))
        measured("integrity_check", lambda: check(path, "integrity_check"))
        measured("open (checked), close", lambda: Journal.open(path, SystemClock()).close())
        whole = path.read_bytes()
        for name, pages in (("one page", 1), ("a tenth of the pages", len(whole) // 40_960)):
            measured_once(f"rebuild, {name} zeroed, no copy", path, damaged(whole, pages))
        path.write_bytes(whole)
        measured("copy, checked and on the disk", lambda: copy_journal(path))
        measured_once("rebuild, half cut off, with a copy", path, whole[: len(whole) // 2])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
