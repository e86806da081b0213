"""Mutated documents through the real sealed reader, and mutated models through the real inspector.

    python tests/fuzz/readers.py --inputs 20000 --seed 1

The last line is JSON: inputs, by format, outcomes by reason, readers replaced, deaths by signal, seconds. It ends
with 1 when anything but text or a reason that a person can read came back; ``--keep FOLDER`` keeps what did it.
"""

import argparse
import json
import random
import re
import struct
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path.extend([str(HERE), str(HERE.parent / "documents")])

from corpus import CORPUS  # noqa: E402 - found by the line above
from guide import PACKAGE, Guide  # noqa: E402
from mutation import mutate  # noqa: E402

from homebody.clock import SystemClock  # noqa: E402
from homebody.documents.extract import MOST_CHARACTERS  # noqa: E402
from homebody.documents.file import Unreadable  # noqa: E402
from homebody.documents.reader import Reader  # noqa: E402
from homebody.errors import ModelFileError  # noqa: E402
from homebody.model.gguf import inspect  # noqa: E402

DEADLINE = 10.0
"""Seconds that a reader may take for one document here."""

FOLLOWED = 4
"""One input of so many is followed line by line, to find those that lead further."""

MOST_KEPT = 300


@dataclass
class Tally:
    """What came of it all."""

    inputs: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    replaced: int = 0
    late: int = 0
    slowest: float = 0.0
    peak_mb: int = 0
    guided: int = 0
    lines: int = 0
    wrong: list[str] = field(default_factory=list)


def gguf_seed() -> bytes:
    """Return a small model file: header, a few values of every kind, one tensor."""

    def text(value: bytes) -> bytes:
        return struct.pack("<Q", len(value)) + value

    values = [
        text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama"),
        text(b"general.name") + struct.pack("<I", 8) + text(b"Roof"),
        text(b"llama.context_length") + struct.pack("<II", 4, 512),
        text(b"llama.block_count") + struct.pack("<II", 4, 1),
        text(b"general.alignment") + struct.pack("<II", 4, 32),
        text(b"tokens") + struct.pack("<IIQ", 9, 8, 2) + text(b"a") + text(b"b"),
        text(b"nested") + struct.pack("<IIQIQI", 9, 9, 1, 4, 1, 7),
        text(b"flag") + struct.pack("<I?", 7, True),
        text(b"real") + struct.pack("<Id", 12, 0.5),
    ]
    tensor = text(b"output.weight") + struct.pack("<IQQIQ", 2, 4, 4, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(values)) + b"".join(values) + tensor
    return head + bytes(-len(head) % 32) + bytes(64)


def complaint(words: str, *, ours: bool) -> str | None:
    """Return what is wrong with a reason, None when a person can read it."""
    if not words or not words.isprintable():
        return "not one printable line"
    if "cannot be read (" in words:
        return "no reason of ours"
    if "Traceback" in words or (ours and (PACKAGE in words or ".py" in words)):
        return "names our own code"
    return None


class Campaign:
    """One run over mutated inputs; everything random comes from its seed."""

    def __init__(self, seed: int, folder: Path, keep: Path | None = None) -> None:
        self.tally = Tally()
        self._pick = random.Random(seed)
        self._keep = keep
        self._model = folder / "mutated.gguf"
        self._corpus = {suffix: list(found) for suffix, found in CORPUS.items()} | {".gguf": [gguf_seed()]}
        self._seeds = {suffix: len(found) for suffix, found in self._corpus.items()}
        self._guide = Guide()
        self._reader = Reader(clock=SystemClock(), seconds=DEADLINE)
        self._good = {suffix: self._reader.read(found[0], suffix) for suffix, found in CORPUS.items()}
        for suffix, found in self._corpus.items():
            for data in found:
                self._guide.novel(data, suffix)

    def run(self, inputs: int) -> Tally:
        """Send *inputs* through, and return what came of them."""
        try:
            for number in range(inputs):
                self._one(number)
            self._check_good(".docx")
        finally:
            self._reader.stop()
        self.tally.guided = sum(len(found) - self._seeds[suffix] for suffix, found in self._corpus.items())
        self.tally.lines = len(self._guide.lines)
        return self.tally

    def _one(self, number: int) -> None:
        suffix = self._pick.choice(list(self._corpus))
        kept = self._corpus[suffix]
        data = mutate(
            self._pick.choice(kept), suffix, self._pick, self._pick.choice(list(self._corpus.values()))
        )
        read_as = (
            suffix if self._pick.random() < 0.95 or suffix == ".gguf" else self._pick.choice(list(CORPUS))
        )
        self.tally.inputs += 1
        self.tally.formats[read_as] += 1
        began = time.monotonic()
        if suffix == ".gguf":
            self._inspect(data)
        else:
            self._read(data, read_as)
        took = time.monotonic() - began
        self.tally.slowest = max(self.tally.slowest, took)
        if took > DEADLINE + 5:
            self._wrong(f"took {took:.0f} s", data, read_as)
        if number % FOLLOWED == 0 and len(kept) < MOST_KEPT and self._guide.novel(data, suffix):
            kept.append(data)
        if number % 50 == 49:
            self._check_good(self._pick.choice(list(CORPUS)))

    def _read(self, data: bytes, suffix: str) -> None:
        """Send a document through the sealed reader."""
        process = self._reader.pid
        try:
            found = self._reader.read(data, suffix)
        except Unreadable as error:
            words = str(error)
            if (wrong := complaint(words, ours=True)) is not None:
                self._wrong(f"{wrong}: {words!r}", data, suffix)
            self._count(words)
            died = re.search(r"SIG[A-Z]+|exit code -?\d+|killed while|too much work", words)
            if died:
                self.tally.deaths[died.group()] += 1
                self._check_good(suffix)
            elif "longer than" in words:
                self.tally.late += 1
                self._check_good(suffix)
        except Exception as error:  # noqa: BLE001 - that nothing else comes is what is shown here
            self._wrong(f"{type(error).__name__}: {error}", data, suffix)
        else:
            self._count("text")
            said = found.text + (found.front or "")
            if (
                "\0" in said
                or len(said) > MOST_CHARACTERS
                or said.encode("utf-8", "replace").decode() != said
            ):
                self._wrong("text that is none", data, suffix)
        if process is not None and self._reader.pid != process:
            self.tally.replaced += 1
        elif self._reader.pid is not None:
            self._weigh(self._reader.pid)

    def _inspect(self, data: bytes) -> None:
        """Look into a model file."""
        self._model.write_bytes(data)
        try:
            inspect(self._model)
        except ModelFileError as error:
            words = str(error)
            if (wrong := complaint(words, ours=False)) is not None:
                self._wrong(f"{wrong}: {words!r}", data, ".gguf")
            self._count(words.replace(str(self._model), "X"))
        except Exception as error:  # noqa: BLE001 - as above
            self._wrong(f"{type(error).__name__}: {error}", data, ".gguf")
        else:
            self._count("described")

    def _check_good(self, suffix: str) -> None:
        """Read a good document; it reads as it always did."""
        if self._reader.read(CORPUS[suffix][0], suffix) != self._good[suffix]:
            self._wrong("a good document read differently after", b"", suffix)

    def _weigh(self, pid: int) -> None:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        peak = re.search(r"VmHWM:\s+(\d+)", status)
        self.tally.peak_mb = max(self.tally.peak_mb, int(peak.group(1)) // 1024 if peak else 0)

    def _count(self, words: str) -> None:
        self.tally.outcomes[re.sub(r"[\d,.]*\d", "N", words)[:100]] += 1

    def _wrong(self, how: str, data: bytes, suffix: str) -> None:
        self.tally.wrong.append(f"{suffix}: {how}")
        if self._keep is not None:
            self._keep.mkdir(parents=True, exist_ok=True)
            (self._keep / f"{len(self.tally.wrong):03}{suffix}").write_bytes(data)


def main() -> None:
    """Run it from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path)
    options.add_argument("--json", action="store_true", help="only the last line")
    given = options.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = Campaign(given.seed, Path(folder), given.keep).run(given.inputs)
    if not given.json:
        for words, number in tally.outcomes.most_common():
            print(f"{number:7,}  {words}")
    told = {
        "inputs": tally.inputs, "seed": given.seed, "formats": dict(tally.formats.most_common()),
        "outcomes": dict(tally.outcomes.most_common()), "deaths": dict(tally.deaths), "late": tally.late,
        "readers_replaced": tally.replaced, "slowest_seconds": round(tally.slowest, 2), "peak_mb": tally.peak_mb,
        "kept_for_new_lines": tally.guided, "lines_reached": tally.lines, "wrong": tally.wrong,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    print(json.dumps(told, ensure_ascii=False))
    raise SystemExit(1 if tally.wrong else 0)


if __name__ == "__main__":
    main()
