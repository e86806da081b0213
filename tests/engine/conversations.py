"""What the engine's tests ask, and the plain loop that its answers are held against.

The native kernels round a token in a step of eight otherwise than one alone, so two tokens that are all but equally
likely may change places. Where an answer differs from the plain one, both tokens' logits at that place must be within
TOLERANCE of each other in the plain loop.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from homebody.engine.engine import Engine
from homebody.engine.job import Generated, Replies, Wanted
from homebody.engine.llama import Fed, KvCache, Layout, Library, Weights
from homebody.messages import Message, Part

SETTINGS = {"extra_buffers": True, "gpu_layers": 0, "mmap": True}

TOLERANCE = 0.05
"""Of logits that spread over about ten."""

JSON = r"""
root ::= "{\"title\":" text ",\"tags\":[" tag ("," tag){0,2} "],\"done\":" ("true" | "false") "}"
text ::= "\"" [a-z ]{4,40} "\""
tag ::= "\"work\"" | "\"house\"" | "\"a longer one\""
"""


@dataclass
class Person:
    """Who asked, and what was heard."""

    heard: list[object] = field(default_factory=list)

    def over(self) -> bool:
        """Return that nobody cancels."""
        return False

    def check(self) -> None:
        """Go on."""


def conversation(number: int, *, long: bool = False) -> tuple[Message, ...]:
    """Return one of many conversations: some begin alike, some are about one document."""
    document = f"document {number % 3} " + "some words of it, " * (40 if long else 4 + number % 4)
    return (
        Message(role="system", parts=(Part(text="You do chores for people, and you do them well. " * 2),)),
        Message(role="user", parts=(Part(text=document, data=True), Part(text=f" Task {number}."))),
    )


def answers(engine: Engine, wanted: list[Wanted], *, together: bool) -> list[Generated]:
    """Return the answers, asked for at the same time or one after the other."""
    people = []
    for one in wanted:
        person = Person()
        people.append(person)
        replies = Replies(report=lambda *_, **__: None, done=person.heard.append, failed=person.heard.append)
        engine.submit(one, person, replies)
        while engine.busy and not together:
            engine.advance()
    while engine.busy:
        engine.advance()
    found = [person.heard[0] for person in people]
    assert all(isinstance(one, Generated) for one in found), found
    return found


class Plain:
    """One sequence, one token after the other, no grammar, nothing remembered: what the logits really are."""

    def __init__(self, path: Path) -> None:
        library = Library()
        self.weights = Weights(library, path, settings=SETTINGS, on_load=lambda _: None)
        layout = Layout(sequences=1, cells=2048, unified=True, outputs=1)
        self.cache = KvCache(library, self.weights, layout, threads=1, gpu=False)

    def logits(self, tokens: list[int]) -> np.ndarray:
        """Return the logits after *tokens*, read one by one."""
        self.cache.clear()
        self.cache.abort_when(None)
        for position, token in enumerate(tokens):
            (place,) = self.cache.step([Fed(0, position, [token], 1)])
        return self.cache.logits(place).copy()


def same_but_for_ties(plain: Plain, prompt: list[int], one: list[int], other: list[int]) -> bool:
    """Return whether both answers are equal, or part where two tokens were all but equally likely."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            logits = plain.logits([*prompt, *one[:place]])
            return abs(float(logits[left] - logits[right])) <= TOLERANCE
    return len(one) == len(other)
