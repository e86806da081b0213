"""How fast is a loaded model at prompts of several lengths: cold, when nothing of it was read before, and warm?"""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from homebody.messages import Message, Part
from homebody.model.answer import Answer, Manner
from homebody.model.process import ModelProcess
from homebody.model.replies import last_of
from homebody.sampling import GREEDY

LENGTHS = (256, 1024, 4096, 16384)
WRITTEN = 24
DEADLINE = 600.0

LONGEST = 30.0
"""Seconds; after a prompt that took longer, no longer one is tried."""

UNIT = " the house by the lake"


def at_contexts(process: ModelProcess, context: int, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return, for each length of prompt that fits into *context*: seconds to the first token, cold and warm, and the
    tokens a second that are written behind it. Raises ModelError."""
    rows = []
    (per_hundred,) = _answered(process, {"do": "count", "texts": [UNIT * 100]})
    for length in LENGTHS:
        if length + WRITTEN + 64 > context:
            break
        tell(f"a prompt of {length} tokens is read, twice")
        text = f"{length}" + UNIT * max(1, (length - 32) * 100 // max(1, per_hundred))
        messages = (
            Message(role="system", parts=(Part(text=text),)),
            Message(role="user", parts=(Part(text="Go on.", data=True),)),
        )
        cold_seconds, cold = _timed(process, messages, 1)
        warm_seconds, warm = _timed(process, messages, 1)
        _, written = _timed(process, messages, WRITTEN)
        rows.append({
            "prompt_tokens": cold.prompt_tokens,
            "cold_seconds": round(cold_seconds, 3),
            "warm_seconds": round(warm_seconds, 3),
            "remembered": warm.cached_tokens,
            "written_per_second": round(written.tokens_per_second, 1),
        })  # fmt: skip
        if cold_seconds > LONGEST:
            break
    return rows


def _timed(process: ModelProcess, messages: tuple[Message, ...], tokens: int) -> tuple[float, Answer]:
    """Return the seconds that an answer of so many tokens took, and the answer."""
    request = {
        "do": "generate",
        "messages": [asdict(message) for message in messages],
        "grammar": None,
        "max_tokens": tokens,
        "deadline": DEADLINE,
        "sampling": GREEDY.to_dict(),
        **asdict(Manner(priority="interactive")),
    }
    began = time.perf_counter()
    found = _answered(process, request)
    return time.perf_counter() - began, Answer.read(found)


def _answered(process: ModelProcess, request: dict[str, Any]) -> Any:
    """Return what the process answers to a request. Raises ModelError."""
    exchange = process.ask(request, DEADLINE)
    try:
        return last_of(exchange)
    finally:
        exchange.close()
