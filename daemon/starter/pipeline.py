"""How does a GGUF answer through homebody's own model process, as a recipe would have it?"""

from collections.abc import Mapping
from pathlib import Path

from homebody.clock import SystemClock
from homebody.documents.shown import shown
from homebody.house.asker import answer_tokens
from homebody.model.client import ModelClient
from homebody.slots import Slot
from homebody.slots.grammar import grammar
from homebody.slots.prompt import build
from starter.runner import Reply


class Pipeline:
    """A model process that is asked as the house asks it; stands in for ``Runner`` when tasks are judged."""

    def __init__(self, path: Path) -> None:
        self.client = ModelClient(path, clock=SystemClock())
        self.client.start()

    def ask(self, task: str, slots: Mapping[str, Slot], document: str) -> Reply:
        """Return the answer to homebody's own prompt."""
        messages = build(task, slots, shown(document).text)
        answer = self.client.generate(messages, grammar=grammar(slots), max_tokens=answer_tokens(slots))
        return Reply(
            text=answer.text,
            stopped=answer.stop == "end",
            prompt_tokens=answer.prompt_tokens,
            answer_tokens=answer.answer_tokens,
            first_ms=answer.prefill_seconds * 1000,
            seconds=answer.prefill_seconds + answer.decode_seconds,
        )

    def close(self) -> None:
        """End the model process."""
        self.client.stop()
