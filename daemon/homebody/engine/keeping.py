"""Which beginning of a prompt is worth keeping on the disk, and when is it given to the parent?

Only what is the same for every document and has one behind it: what a recipe says and what its template adds. Nothing
that a person types while a model is talked to; and never a token of a document, for what is given is what a
sequence holds right after the step that ends before the document.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from homebody.engine.job import Job
from homebody.engine.llama import KvCache
from homebody.model.wire import MOST_STATE, key_of

LEAST_TOKENS = 128
"""A shorter beginning is read about as fast as it is fetched."""

MOST_GIVEN = 4
"""Beginnings that one process gives: each holds up the others' answers for as long as it takes to hand over."""

Give = Callable[[str, dict[str, Any]], None]


def name_of(kind: str, key: str) -> str:
    """Return what names a kept beginning: the memory that it was read into, and its tokens."""
    return f"{kind}:{key}"


def pays(job: Job, worth_seconds: float) -> bool:
    """Return whether reading the durable beginning of *job* from nothing takes so long, by how long its rest took."""
    read = job.prompt.durable - job.cached
    return read > 0 and job.spent / read * job.prompt.durable >= worth_seconds


class Keeper:
    """Knows which beginnings are kept, and gives the parent those that should be."""

    def __init__(self, give: Give, *, worth_seconds: float) -> None:
        """Begin; *give* tells the parent.

        What is read in less than *worth_seconds* is not worth its room on the disk.
        """
        self._give = give
        self._known: frozenset[str] = frozenset()
        self._worth = worth_seconds
        self._done: set[str] = set()
        self._given = 0

    @classmethod
    def wished(cls, wish: Mapping[str, Any] | None, give: Give) -> "Keeper | None":
        """Return the keeper that a request to load wishes for, None where nothing is to be kept."""
        if not wish:
            return None
        return cls(give, worth_seconds=wish["worth_seconds"])

    def know(self, names: Iterable[str]) -> None:
        """Take note of those that are kept already."""
        self._known = frozenset(names)

    def read(self, cache: KvCache, job: Job) -> None:
        """Take note that *job* has read its durable beginning, and nothing more yet: the parent is given it, once."""
        name = self._name(cache, job)
        if name is None or self._tell_used(cache, job, name):
            return
        if self._given >= MOST_GIVEN or not pays(job, self._worth):
            return
        self._done.add(name)
        try:
            state = cache.state(job.sequence)
            if 0 < len(state) <= MOST_STATE:
                self._given += 1
                self._give(
                    "keep",
                    {
                        "kind": cache.kind,
                        "tokens": list(job.prompt.tokens[: job.prompt.durable]),
                        "state": base64.b64encode(state).decode("ascii"),
                    },
                )
        except MemoryError:
            return  # a run needs its memory more than this

    def remembered(self, cache: KvCache, job: Job) -> None:
        """Take note that the durable beginning of *job* need not be read: of use, if it is a kept one."""
        name = self._name(cache, job)
        if name is not None:
            self._tell_used(cache, job, name)

    def _tell_used(self, cache: KvCache, job: Job, name: str) -> bool:
        """Tell the parent, once, that a kept beginning was of use; return whether it is a kept one."""
        if name not in self._known:
            return False
        self._done.add(name)
        self._give("used", {"kind": cache.kind, "key": _key(job)})
        return True

    def _name(self, cache: KvCache, job: Job) -> str | None:
        """Return the name of the beginning, None where there is nothing to be done about it."""
        if job.interactive or job.prompt.durable < LEAST_TOKENS:
            return None
        name = name_of(cache.kind, _key(job))
        return None if name in self._done else name


def _key(job: Job) -> str:
    return key_of(job.prompt.tokens[: job.prompt.durable])
