"""What was the model asked, and what did it answer?

Kept for `homebody show`: encrypted, and as long as the vault keeps its images.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homebody.errors import HomebodyError
from homebody.house.asker import Keep
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.messages import Message

PROMPT, ANSWER = "prompt", "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the model: its messages, each with ``role`` and ``text``, and the answer.

    None says that it is no longer kept, or could not be kept then. ``ask`` names the ask, where the recipe has several.
    """

    number: int
    ask: str | None = None
    prompt: Sequence[Mapping[str, str]] | None
    answer: str | None


def keeping(journal: Journal, vault: Vault, run: int, ask: str = "") -> Keep:
    """Return what keeps the calls of *run* for the ask of that name, numbered on from those of an earlier try.

    A call that cannot be kept (a full disk, a vault that cannot be written) is left out: the run goes on.
    """

    def keep(messages: tuple[Message, ...], answer: str) -> None:
        with contextlib.suppress(HomebodyError, OSError):
            earlier = [ordinal for name, ordinal in journal.kept(run) if name == PROMPT]
            number = max(earlier, default=-1) + 1
            journal.keep(run, PROMPT, vault.put(as_bytes(messages, ask)), ordinal=number)
            journal.keep(run, ANSWER, vault.put(answer.encode("utf-8", "surrogateescape")), ordinal=number)

    return keep


def calls(journal: Journal, vault: Vault, run: int) -> list[Call]:
    """Return what is kept of the calls of *run*, in their order; what is no longer there is None."""
    kept = {place: image for place, image in journal.kept(run).items() if place[0] in (PROMPT, ANSWER)}
    found = []
    for number in sorted({ordinal for _name, ordinal in kept}):
        prompt = image(vault, kept.get((PROMPT, number)))
        answer = image(vault, kept.get((ANSWER, number)))
        said = None if prompt is None else json.loads(prompt)
        found.append(
            Call(
                number=number,
                ask=said["ask"] if isinstance(said, dict) else None,
                prompt=said["messages"] if isinstance(said, dict) else said,
                answer=None if answer is None else answer.decode("utf-8", "replace"),
            )
        )
    return found


def as_bytes(messages: Sequence[Message], ask: str = "") -> bytes:
    """Return *messages* as they are kept: JSON, the parts of each joined; with the name of their *ask* if any."""
    said = [
        {"role": message.role, "text": "".join(part.text for part in message.parts)} for message in messages
    ]
    return json.dumps({"ask": ask, "messages": said} if ask else said).encode()


def image(vault: Vault, name: str | None) -> bytes | None:
    """Return an image of the vault, or None when it is no longer there or cannot be read."""
    if name is None:
        return None
    try:
        return vault.get(name)
    except HomebodyError:
        return None
