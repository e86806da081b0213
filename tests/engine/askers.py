"""Somebody who asks a loop for runs, hears how they end, and looks at the books."""

from dataclasses import dataclass, field

import pytest
from fake_cache import FakeCache, FakeWeights

from homebody.engine.job import Job, Replies
from homebody.engine.loop import Loop
from homebody.engine.prompts import Prompt
from homebody.engine.room import Room
from homebody.engine.vocabulary import Vocabulary
from homebody.engine.writing import Draw, Writing
from homebody.errors import CancelledError, HomebodyError

VOCABULARY = Vocabulary(FakeWeights())


@dataclass
class Person:
    """Somebody who asked: may cancel, and hears how it ended."""

    cancelled: bool = False
    heard: list[object] = field(default_factory=list)

    def over(self) -> bool:
        """Return whether it was cancelled."""
        return self.cancelled

    def check(self) -> None:
        """Raise when it was cancelled."""
        if self.cancelled:
            raise CancelledError


class Asker:
    """Submits runs to a loop, and keeps everybody who asked."""

    def __init__(
        self, caches: list[FakeCache], slots: int, *, whole: bool = False, together: bool = False
    ) -> None:
        self.caches = caches
        self.rooms = [Room(cache, slots=min(slots, cache.sequences), whole=whole) for cache in caches]
        self.loop = Loop(VOCABULARY, self.rooms, chunk=128, clock=lambda: 0.0, together=together)
        self.people: list[Person] = []

    def ask(self, prompt: list[int], *, limit: int, static: int = 0, interactive: bool = False) -> Person:
        """Submit one run."""
        person = Person()
        replies = Replies(report=lambda *_, **__: None, done=person.heard.append, failed=person.heard.append)
        job = Job(
            number=len(self.people),
            prompt=Prompt(prompt, static),
            limit=limit,
            writing=Writing(Draw(vocabulary=VOCABULARY, prompt=prompt, constraint=None, limit=limit)),
            watch=person,
            replies=replies,
            interactive=interactive,
        )
        self.people.append(person)
        try:
            self.loop.submit(job)
        except HomebodyError as error:
            person.heard.append(error)
        return person

    def finish(self) -> None:
        """Let the loop go on until nobody waits."""
        for _ in range(20_000):
            if not self.loop.busy:
                return
            self.loop.advance()
        pytest.fail("it never ends")

    def check(self) -> None:
        """See that the books of every room agree with its cache."""
        for room, cache in zip(self.rooms, self.caches, strict=True):
            assert room.index.used >= cache.used
            for job in room.jobs:
                if job.watch.over():
                    continue  # an aborted step may have cost it everything: it is let go next
                held = [cache.tokens[cell] for cell in cache.holds[job.sequence]]
                assert [*job.prompt.tokens, *job.writing.tokens][: job.cursor] == held
            for number in set(range(cache.sequences)) - set(room.index.busy):
                assert room.index.held(number) == len(cache.holds[number])
