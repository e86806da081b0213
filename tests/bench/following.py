"""What does following a grammar cost, beside asking the native matcher? Prints medians of one run.

Run it as ``python tests/bench/following.py [--json] [--rounds 20]``. A token is four characters here. "forced" asks
at each token what must come next; "native" checks one token and goes on, as the engine must do anyway; "everything"
is what it would have to ask instead of a follower: every token of the vocabulary. The starter's has 6,144; a usual
one has twenty times as many.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import homebody
from homebody.engine.following import Follower, Rules, parse
from homebody.slots import ChoiceSlot, ListSlot, TextSlot
from homebody.slots.grammar import grammar

sys.path.append(str(Path(__file__).parents[1] / "engine"))
from native_grammar import JSON, Vocabulary

WORDS = "Rechnung der Stadtwerke über Strom und Wasser im März 2026, zu zahlen bis Monatsende. "
SLOTS = grammar(
    {
        "title": TextSlot(max=60),
        "summary": TextSlot(max=2000),
        "kind": ChoiceSlot(of=["invoice", "receipt", "reminder", "contract", "letter", "other"]),
        "tags": ListSlot(of=[f"{word} {number}" for word in WORDS.split() for number in range(10)], max=5),
        "names": ListSlot(max=3, optional=True),
    }
)
ANSWER = {
    "title": WORDS[:50],
    "summary": (WORDS * 9)[:700],
    "kind": "reminder",
    "tags": ["Strom 3", "Wasser 4"],
    "names": ["Stadtwerke Musterstadt"],
}
GRAMMARS = {
    "slots": (SLOTS, json.dumps(ANSWER, ensure_ascii=False, separators=(",", ":"))),
    "recursive": (JSON, json.dumps({"all": [ANSWER, {"a": [[[[1.5, -2], True]]]}] * 2}, ensure_ascii=False)),
    "ambiguous": ('root ::= ([a-z]{1,9} " "?){1,20} "."', "abcdefgh ijklmnop " * 3),
}


def timed(deed: Callable[[], object]) -> float:
    """Return the microseconds that *deed* takes."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1e6


def tokens(text: str) -> list[str]:
    """Return *text* four characters at a time."""
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def walk(rules: Rules, text: str, *, ask: bool) -> tuple[list[float], bool]:
    """Return the microseconds of each token of *text*, and whether the follower came through."""
    follower = Follower(rules)

    def go(token: str) -> None:
        follower.advance(token)
        if ask:
            follower.forced()
            follower.complete()

    times = [timed(lambda token=token: go(token)) for token in tokens(text)]
    return times, not follower.lost


def native(vocabulary: Vocabulary, text: str, answer: str, *, everything: bool) -> list[float]:
    """Return the microseconds that the native matcher takes for each token of *answer*, byte by byte in fours."""
    byte_of = {piece: token for token, piece in vocabulary.pieces.items() if len(piece) == 1}
    with vocabulary.matcher(text) as matcher:
        assert matcher is not None

        def go(token: str) -> None:
            bytes_ = [byte_of[bytes([byte])] for byte in token.encode()]
            assert matcher.allowed(
                vocabulary.tokens if everything else np.array(bytes_[:1], dtype=np.int32)
            ).any()
            for one in bytes_:
                matcher.accept(one)

        return [timed(lambda token=token: go(token)) for token in tokens(answer)]


def measure(vocabulary: Vocabulary, text: str, answer: str, rounds: int) -> dict[str, Any]:
    """Return what one grammar costs."""
    found: dict[str, Any] = {"bytes": len(text), "tokens": len(tokens(answer))}
    found["parse_ms"] = round(median(timed(lambda: parse(text)) for _ in range(rounds)) / 1000, 2)
    rules = parse(text)
    assert rules is not None
    found["first_walk_ms"] = round(sum(walk(rules, answer, ask=True)[0]) / 1000, 2)
    for name, ask in (("advance", False), ("forced", True)):
        walks = [walk(rules, answer, ask=ask) for _ in range(rounds)]
        times = sorted(time for one, _ in walks for time in one)
        found[f"{name}_us"] = round(median(times), 1)
        found[f"{name}_p99_us"] = round(times[len(times) * 99 // 100], 1)
        found["came_through"] = all(through for _, through in walks)
    for name, everything in (("native", False), ("everything", True)):
        found[f"{name}_us"] = round(median(native(vocabulary, text, answer, everything=everything)), 1)
    return found


def main() -> None:
    """Print a line for each grammar, or one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is done")
    arguments = parser.parse_args()
    vocabulary = Vocabulary(Path(homebody.__file__).parent / "model" / "starter.gguf")
    found = {
        name: measure(vocabulary, text, answer, arguments.rounds) for name, (text, answer) in GRAMMARS.items()
    }
    if arguments.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
