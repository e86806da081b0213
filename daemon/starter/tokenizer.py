"""How does text become pieces, in the same way here and in llama.cpp?

Byte-pair encoding with byte fallback. A piece never joins letters with white space, digits or punctuation, so a
word has the same pieces wherever it stands, and copying it is copying its pieces exactly. llama.cpp's "llama"
tokenizer merges by score over the whole text; since no piece crosses a border between kinds of characters,
merging inside each run of letters gives the same.
"""

import heapq
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

SPACE = "▁"
"""How the vocabulary writes a space (SentencePiece's mark)."""
START, END = "<|im_start|>", "<|im_end|>"
UNKNOWN, BEGIN = "<unk>", "<s>"
SPECIAL = (UNKNOWN, BEGIN, START, END)
FIRST_BYTE = len(SPECIAL)
FIRST_TEXT = FIRST_BYTE + 256
UNUSED = "<unused{}>"
"""The name of a piece that would join letters with a hyphen: no text can reach it."""
RUN = re.compile(r"[^\W\d_]+|.", re.DOTALL)
"""A run of letters, or one other character."""


class Tokenizer:
    """The pieces, and the encoding made of them."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces
        self.ids = {piece: i for i, piece in enumerate(pieces)}
        self._run = lru_cache(maxsize=200_000)(self._encode_run)

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        return cls(json.loads(path.read_text("utf-8")))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.pieces, ensure_ascii=False), "utf-8")

    def __len__(self) -> int:
        return len(self.pieces)

    def encode(self, text: str) -> list[int]:
        """Return the ids of *text*, in which nothing is special."""
        out: list[int] = []
        for run in RUN.findall(text.replace(" ", SPACE)):
            out.extend(self._run(run))
        return out

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of *ids*, special ones left out, broken bytes replaced."""
        out = bytearray()
        for i in ids:
            if FIRST_BYTE <= i < FIRST_TEXT:
                out.append(i - FIRST_BYTE)
            elif i >= FIRST_TEXT:
                out += self.pieces[i].replace(SPACE, " ").encode()
        return out.decode("utf-8", "replace")

    def _encode_run(self, run: str) -> tuple[int, ...]:
        parts, ids = list(run), self.ids
        while len(parts) > 1:
            found = [(ids.get(a + b, 1 << 30), at) for at, (a, b) in enumerate(pairwise(parts))]
            rank, at = min(found)
            if rank == 1 << 30:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        out: list[int] = []
        for part in parts:
            if part in ids:
                out.append(ids[part])
            else:
                out.extend(FIRST_BYTE + byte for byte in part.encode())
        return tuple(out)


def learn(counts: Mapping[str, int], letters: Iterable[str], size: int) -> Tokenizer:
    """Return a tokenizer of *size* pieces learned from words and how often each is met.

    Sennrich et al. 2016: join the most frequent pair, again and again. *letters* are single characters that get a
    piece of their own whether or not the words have them; every other character goes by its bytes.
    """
    alphabet = dict.fromkeys([SPACE, "\n", *letters])
    pieces = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *alphabet]
    words = [(list(word), count) for word, count in counts.items() if all(c in alphabet for c in word)]
    pairs: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], set[int]] = defaultdict(set)
    for at, (parts, count) in enumerate(words):
        for pair in pairwise(parts):
            pairs[pair] += count
            where[pair].add(at)
    known = set(pieces)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    while len(pieces) < size and heap:
        count, pair = heapq.heappop(heap)
        if pairs[pair] != -count:
            if pairs[pair] > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        joined = pair[0] + pair[1]
        if joined not in known:
            known.add(joined)
            pieces.append(joined if joined.isalpha() else UNUSED.format(len(pieces)))
        for changed in _join(pair, joined, words, pairs, where):
            heapq.heappush(heap, (-pairs[changed], changed))
    return Tokenizer(pieces)


def _join(
    pair: tuple[str, str],
    joined: str,
    words: list[tuple[list[str], int]],
    pairs: Counter[tuple[str, str]],
    where: dict[tuple[str, str], set[int]],
) -> set[tuple[str, str]]:
    changed: set[tuple[str, str]] = set()
    for at in sorted(where.pop(pair, ())):
        parts, count = words[at]
        for old in pairwise(parts):
            pairs[old] -= count
            if old != pair:
                where[old].discard(at)
        fresh: list[str] = []
        for part in parts:
            if fresh and fresh[-1] == pair[0] and part == pair[1]:
                fresh[-1] = joined
            else:
                fresh.append(part)
        parts[:] = fresh
        for new in pairwise(parts):
            pairs[new] += count
            where[new].add(at)
            changed.add(new)
    pairs[pair] = 0
    return changed
