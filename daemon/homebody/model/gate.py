"""Whose turn is it to ask the model process? The threads' side of `model.suspects`."""

import hashlib
import itertools
import json
import threading
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from homebody.errors import CancelledError, ModelKilledByPromptError
from homebody.model.cancellation import Cancellation
from homebody.model.suspects import Call, Docket

ASKED = ("do", "texts", "messages", "grammar", "max_tokens", "sampling")
"""What makes a request the one that it is; how long it may take and who goes first does not."""


def key_of(request: Mapping[str, Any]) -> str:
    """Return what *request* is known by: a hash, so that nothing of the document is kept."""
    told = json.dumps({name: request.get(name) for name in ASKED}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


class Gate:
    """Lets calls into the model process: any number at once, and a suspect alone."""

    def __init__(self, docket: Docket) -> None:
        self._changed = threading.Condition()
        self._docket = docket
        self._numbers = itertools.count(1)

    @property
    def docket(self) -> Docket:
        """Return who waits, who is in, who is suspected and who is guilty."""
        return self._docket

    @property
    def idle(self) -> bool:
        """Return whether nobody waits and nobody is in."""
        return not self._docket.waiting and not self._docket.inside

    @contextmanager
    def arrival(self, request: Mapping[str, Any], cancellation: Cancellation) -> Iterator["Turn"]:
        """Give *request* a place in the line for as long as the block lasts."""
        key = key_of(request)
        with self._changed:
            turn = Turn(self, Call(next(self._numbers), key), cancellation)
            self._docket = self._docket.arrive(turn.call)
        try:
            with cancellation.listening(self._wake):
                yield turn
        finally:
            with self._changed:
                self._docket = self._docket.leave(turn.call, answered=turn.answered)
                self._changed.notify_all()

    def enter(self, call: Call, cancellation: Cancellation) -> None:
        """Wait until *call* may go in. Raises CancelledError, and ModelKilledByPromptError for one that is guilty."""
        with self._changed:
            while True:
                if cancellation.cancelled:
                    raise CancelledError
                if (words := self._docket.guilty.get(call.key)) is not None:
                    raise ModelKilledByPromptError(
                        f"The model process ended twice over this text, so it is set aside. {words}"
                    )
                if self._docket.may_enter(call):
                    self._docket = self._docket.enter(call)
                    return
                self._changed.wait()

    def inside(self, call: Call, process: Hashable) -> None:
        """Note in which *process* the call is."""
        with self._changed:
            self._docket = self._docket.enter(call, process)

    def died(self, process: Hashable, words: str, *, telling: bool) -> bool:
        """Note the end of *process*, as often as anybody tells of it; return whether it found somebody guilty."""
        with self._changed:
            before, self._docket = self._docket, self._docket.died(process, words, telling=telling)
            self._changed.notify_all()
            return len(self._docket.guilty) > len(before.guilty)

    def _wake(self) -> None:
        """Let everybody who waits look again."""
        with self._changed:
            self._changed.notify_all()


class Turn:
    """One call's way through the gate, as often as it has to be tried."""

    def __init__(self, gate: Gate, call: Call, cancellation: Cancellation) -> None:
        self._gate = gate
        self._cancellation = cancellation
        self.call = call
        self.answered = False
        """Set when the process answered, with an error or without, and lived."""

    def wait(self) -> None:
        """Return when the call may go in. Raises what `Gate.enter` raises."""
        self._gate.enter(self.call, self._cancellation)

    def goes_to(self, process: Hashable) -> None:
        """Note in which *process* the call is from now on."""
        self._gate.inside(self.call, process)
