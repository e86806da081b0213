"""How do models compare, one after the other: the same conversation, how fast and in how much memory?

Each is loaded in a sealed process of its own, never beside one that is at work: that would falsify what both show.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import HomebodyError
from homebody.messages import Message, Part
from homebody.model.choice import Choice
from homebody.model.client import Manner, ModelClient, Progress
from homebody.model.computer import peak_of
from homebody.paths import Home
from homebody.service.measuring import AT_WORK, BesideError, state_of_daemon
from homebody.service.shelving import named
from homebody.settings import Settings

TURNS = (
    "Hello! Who are you, and what can you do for me?",
    "Write a Python script that prints the numbers from 1 to 100.",
    "Change it so that it counts down, in steps of five.",
)
"""What a person tries on a new model: a greeting, a small task, and a change to it."""

MOST_TOKENS = 400
DEADLINE = 1800.0

ENERGY = Path("/sys/class/powercap/intel-rapl:0/energy_uj")
"""What the processor's package has used, in millionths of a joule (Linux, powercap); most systems keep it for root."""

Tell = Callable[[str, str], None]
"""Hears which model is at work, and at what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A conversation: its *turns*, and the most *tokens* of each answer."""

    turns: Sequence[str] = TURNS
    tokens: int = MOST_TOKENS


Work = Callable[[ModelClient], Any]


def each(
    home: Home, settings: Settings, models: Sequence[str], clock: Clock, work: Work, tell: Tell
) -> list[dict[str, Any]]:
    """Return, for each of *models*, what it is, what it took, and under ``work`` what *work* found out with it.

    A model that cannot be loaded has an ``error``, and the others go on. Raises BesideError while a daemon has a model
    loaded, UsageError for a name that nobody knows.
    """
    if state_of_daemon(home) in AT_WORK:
        raise BesideError
    found = [named(settings, name) for name in models]
    rows = []
    for one in found:
        tell(one.name, "is loaded")
        choice = Choice(
            context=settings.context,
            threads=settings.threads,
            kv=settings.kv,
            gpu_layers=settings.gpu_layers,
        )
        client = ModelClient(one.path, clock=clock, choice=choice)
        row: dict[str, Any] = {"name": one.name, "path": str(one.path), "bytes": one.size}
        if one.info is not None:
            row |= {"parameters": one.info.parameters, "quantization": one.info.quantization}
        before = joules()
        try:
            ready = client.start()
            row |= {"load_seconds": round(ready.load_seconds, 2), "context": ready.context}
            row["work"] = work(client)
            row["peak_bytes"] = peak_of(ready.pid) or ready.memory_bytes
            row["error"] = None
        except HomebodyError as error:
            row["error"] = str(error)
        finally:
            client.stop()
        after = joules()
        row["joules"] = (
            None if before is None or after is None or after < before else round(after - before, 1)
        )
        rows.append(row)
    return rows


def talk(client: ModelClient, contest: Contest, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return what the model answered in each turn of the conversation, and how fast. Raises ModelError."""
    said: list[Message] = []
    rows = []
    for number, words in enumerate(contest.turns, start=1):
        tell(f"answers {number} of {len(contest.turns)}")
        said.append(Message(role="user", parts=(Part(text=words, data=True),)))
        first = FirstWord()
        began = time.perf_counter()
        answer = client.generate(
            said,
            grammar=None,
            max_tokens=contest.tokens,
            on_progress=first,
            deadline_seconds=DEADLINE,
            manner=Manner(stream=True, priority="interactive"),
        )
        took = time.perf_counter() - began
        anew = answer.prompt_tokens - answer.cached_tokens
        rows.append({
            "asked": words,
            "answer": answer.text,
            "stop": answer.stop,
            "first_token_seconds": round((first.at or time.perf_counter()) - began, 3),
            "seconds": round(took, 3),
            "prompt_tokens": answer.prompt_tokens,
            "cached_tokens": answer.cached_tokens,
            "answer_tokens": answer.answer_tokens,
            "read_per_second": round(anew / answer.prefill_seconds, 1) if answer.prefill_seconds else None,
            "written_per_second": round(answer.tokens_per_second, 1),
        })  # fmt: skip
        said.append(Message(role="assistant", parts=(Part(text=answer.text, data=True),)))
    return rows


class FirstWord:
    """Notes when the first word of an answer came."""

    def __init__(self) -> None:
        self.at: float | None = None

    def __call__(self, progress: Progress) -> None:
        """Hear how far the answer is."""
        if self.at is None and progress.phase == "decode" and progress.done:
            self.at = time.perf_counter()


def joules() -> float | None:
    """Return what the processor has used so far, or None where the system does not tell us."""
    try:
        return int(ENERGY.read_text(encoding="ascii")) / 1e6
    except (OSError, ValueError):
        return None
