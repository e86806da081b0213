"""One cache and the runs in it: who holds which sequence, and what a step does.

Where sequences have cells of their own, all tokens of a step must be in as many steps of the device as it has unequal
sequences (llama-batch.cpp, split_equal): there every run writes one token a step, and small gaps between the
sequences at work are filled with tokens that are forgotten at once.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto
from itertools import pairwise

from homebody.engine.blocks import BLOCK, keys, steps
from homebody.engine.job import Job
from homebody.engine.llama import STEP, Fed, KvCache
from homebody.engine.lookout import Lookout
from homebody.engine.prefix import PrefixIndex

WIDEST_GAP = 2
"""Idle sequences between two at work that are cheaper to fill than to go round (measured: a token in a wide step costs
a third of a step of its own)."""

FILLER = 0


class Admission(Enum):
    """Whether a run got a place."""

    ADMITTED = auto()
    NO_ROOM = auto()
    SOON = auto()
    """Another run is reading what this one begins with: it is cheaper to wait for it."""


class Restored(Enum):
    """What came of a beginning that was to be held again."""

    HELD = "held"
    NO_ROOM = "no room"
    REFUSED = "refused"
    """The cache could make nothing of it, or not what it should be."""


class Room:
    """A cache, and the runs that are in it."""

    def __init__(
        self, cache: KvCache, *, slots: int, whole: bool, share: bool = True, tidy: bool = False
    ) -> None:
        """Begin empty; at most *slots* runs at a time. *whole*: the memory cannot forget in part.

        Without *share* nothing that was read serves another run; *tidy*: see `PrefixIndex`.
        """
        self._share = share
        self.cache = cache
        self.slots = slots
        self._whole = whole
        self.index = PrefixIndex(cache.sequences, cache.cells, unified=cache.unified, whole=whole, tidy=tidy)
        self.lookout = Lookout()
        self._jobs: dict[int, Job] = {}

    @property
    def jobs(self) -> list[Job]:
        """Return the runs in the room, by their sequences."""
        return [self._jobs[sequence] for sequence in sorted(self._jobs)]

    def fits(self, need: int) -> bool:
        """Return whether a run of *need* cells could ever be in here."""
        return need <= self.cache.cells

    def admit(self, job: Job) -> Admission:
        """Give *job* a sequence, and what is remembered of its prompt, if there is room for all that it may need."""
        if len(self._jobs) >= self.slots:
            return Admission.NO_ROOM
        if not self._share:
            job.plan = []
        path = self.index.match(job.plan)
        if self.index.awaited(job.plan) > len(path):
            return Admission.SOON
        found = self.index.place(path, job.need)
        if found is None:
            return Admission.NO_ROOM
        target, forget = found
        source = self.index.source(path)
        for number in forget:
            self.index.forget(number, keep=path)
            self.cache.trim(number, 0)
        count = path[-1].end if path else 0
        if self._begin(source, target, count) < count:
            self._lose(source, target)
            return self.admit(job)
        self.index.take(target, path, job.plan, job.need, static=job.prompt.static)
        job.sequence, job.cursor, job.cached = target, self.index.held(target), self.index.held(target)
        self._jobs[target] = job
        return Admission.ADMITTED

    def read(self, job: Job, most: int, along: Sequence[Job] = ()) -> bool:
        """Let *job* read on; return whether its prompt is read, its first token chosen then.

        In a common pool the writers *along* go on in the same step, behind what is read: its blocks begin where they
        always do. Raises AbortedError, ModelError and DeviceError.
        """
        prompt = job.prompt
        most = min(most, STEP - BLOCK) if along else most
        start, end = next(steps(len(prompt.tokens), prompt.static, job.cursor, most))
        last = end == len(prompt.tokens)
        feed = [Fed(job.sequence, start, prompt.tokens[start:end], int(last))]
        feed += [_next_of(other, BLOCK // len(along)) for other in along]
        place, *places = self._step(feed, [job, *along])
        job.cursor = end
        self.index.read(job.sequence, end, static=prompt.static)
        if self._whole and end == prompt.static:
            self._keep_copy(job)
        if last:
            job.writing.choose(self.cache.logits(place))
        for other, fed, at in zip(along, feed[1:], places, strict=True):
            self._judge(other, fed, [], at)
        return last

    def write(self, jobs: Sequence[Job]) -> None:
        """Let all *jobs* write on by one step. Raises AbortedError, ModelError and DeviceError."""
        jump = self.cache.unified or len(jobs) == 1
        most = STEP // len(jobs) if jump else 1
        feed, bets = [], []
        for job in jobs:
            fed = _next_of(job, most)
            bet = job.writing.bet()[: self.cache.outputs - 1] if len(jobs) == 1 and fed.outputs else []
            feed.append(replace(fed, tokens=[*fed.tokens, *bet], outputs=fed.outputs + len(bet)))
            bets.append(bet)
        fillers = [] if self.cache.unified or self._whole else self._fillers([job.sequence for job in jobs])
        everything = sorted([*feed, *fillers], key=lambda fed: fed.sequence)
        place_of = dict(zip((fed.sequence for fed in everything), self._step(everything, jobs), strict=True))
        for filler in fillers:
            self.cache.trim(filler.sequence, filler.position)
        for job, fed, bet in zip(jobs, feed, bets, strict=True):
            self._judge(job, fed, bet, place_of[job.sequence])

    def _judge(self, job: Job, fed: Fed, bet: Sequence[int], place: int) -> None:
        """Let *job* take up what a step brought: what it was fed, and how much of its bet held."""
        job.cursor += len(fed.tokens) - len(bet)
        for _ in range(len(fed.tokens) - len(bet)):
            job.writing.unfed.popleft()
        if not fed.outputs:
            return
        held = job.writing.judge(bet, lambda count: self.cache.logits(place + count))
        job.cursor += held
        if held < len(bet):
            self.cache.trim(job.sequence, job.cursor)

    def leave(self, job: Job) -> None:
        """Take *job* out; what it read of use to others is kept."""
        del self._jobs[job.sequence]
        keep = self.index.finish(job.sequence)
        if self.cache.trim(job.sequence, keep) < keep:
            self.index.forget(job.sequence)
        job.sequence = -1

    def restore(self, tokens: Sequence[int], state: bytes) -> Restored:
        """Let an idle sequence hold the static beginning *tokens*, as *state* has it, for prompts that begin so."""
        plan = keys([*tokens, FILLER], len(tokens))  # the last token of a prompt is in no block
        path = self.index.match(plan)
        if path and len(path) == len(plan):
            return Restored.HELD
        number = self.index.vacant(len(tokens)) if self._share else None
        if number is None:
            return Restored.NO_ROOM
        if not self.cache.restore(number, state) or self.cache.held(number) != len(tokens):
            self.cache.trim(number, 0)
            return Restored.REFUSED
        source, shared = self.index.source(path), 0
        if source is not None and self.cache.unified and not self._whole:
            shared = path[-1].end
            self.cache.join(source, number, shared)
        self.index.hold(number, plan, shared=shared)
        return Restored.HELD

    def clear(self) -> None:
        """Forget everything; nobody may be in the room."""
        self.cache.clear()
        for number in range(self.cache.sequences):
            self.index.forget(number)

    def _begin(self, source: int | None, target: int, count: int) -> int:
        """Let *target* hold the first *count* tokens of *source*; return how many it holds."""
        if source is None or source == target:
            return self.cache.trim(target, count)
        return self.cache.fork(source, target, count)

    def _lose(self, source: int | None, target: int) -> None:
        """Note that *source* could not give what it was thought to hold, and that *target* holds nothing now."""
        for number in (target, source):
            if number is not None and not self.index.lose(number):
                self.cache.trim(number, 0)

    def _step(self, feed: Sequence[Fed], jobs: Sequence[Job]) -> list[int]:
        """Feed the model; after a step that was aborted or failed everybody holds what they held before it.

        A step is given up when one of the runs in it is over; where a memory cannot forget in part, when all are.
        """
        tokens = sum(len(fed.tokens) for fed in feed)
        enough = all if self._whole else any
        if self.lookout.watches(tokens):
            self.cache.abort_when(self.lookout.over(lambda: (job.watch.over() for job in jobs), enough))
        began = time.monotonic()
        try:
            places = self.cache.step(feed)
        except Exception:
            for fed in feed:
                self.cache.trim(fed.sequence, fed.position)
            raise
        else:
            self.lookout.timed(tokens, time.monotonic() - began)
            return places
        finally:
            self.cache.abort_when(None)

    def _fillers(self, working: Sequence[int]) -> list[Fed]:
        """Return tokens that fill small gaps between the sequences *working*."""
        found = []
        for low, high in pairwise(sorted(working)):
            gap = range(low + 1, high)
            held = {number: self._held(number) for number in gap}
            if len(gap) <= WIDEST_GAP and all(count < self.cache.cells for count in held.values()):
                found += [Fed(number, count, [FILLER]) for number, count in held.items()]
        return found

    def _held(self, number: int) -> int:
        """Return how many tokens a sequence holds."""
        job = self._jobs.get(number)
        return job.cursor if job is not None else self.index.held(number)

    def _keep_copy(self, job: Job) -> None:
        """Keep a whole copy of what *job* has read, for memories that cannot forget in part."""
        target = self.index.keep_copy(job.sequence)
        if target is not None:
            self.cache.fork(job.sequence, target, job.cursor)


def _next_of(job: Job, most: int) -> Fed:
    """Return what a run that writes is to be fed next, at most *most* tokens; the last one of all gives logits."""
    unfed = list(job.writing.unfed)
    return Fed(job.sequence, job.cursor, unfed[:most], int(len(unfed) <= most))
