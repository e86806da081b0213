"""How do beginnings of prompts outlive the model process: who writes them, and who gives them back to the next one?"""

import base64
import queue
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import ModelError
from homebody.logs import get_log
from homebody.model.prefixes import Entry, Prefix, PrefixFolder, entry_of, to_send
from homebody.model.process import Event, ModelProcess, ProcessEndedError
from homebody.model.replies import last_of

WORTH_SECONDS = 0.5
"""What the model reads in less is not worth its room on the disk."""

RESTORE_SECONDS = 60.0
"""For how long a process may say nothing while it takes one back."""

SETTLE_SECONDS = 10.0

MOST_HEARD = 64
"""What one process may say of beginnings: ours says less, and what somebody has taken over says no more than that."""


MOST_WAITING = 4
"""How many wait to be written at once, in the daemon's memory: ours gives no more in its whole life."""


class DiedOfPrefixError(ProcessEndedError):
    """The model process ended while it took back a beginning."""


class Prefixes:
    """The beginnings of prompts that are kept: written by a thread of its own, so that no answer waits for the disk."""

    def __init__(self, folder: Path, *, clock: Clock, worth_seconds: float = WORTH_SECONDS) -> None:
        """Prepare; nothing is written before there is something to keep. What is read in less than
        *worth_seconds* is not worth its room.
        """
        self._folder = PrefixFolder(folder)
        self._clock = clock
        self._worth_seconds = worth_seconds
        self._heard: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._waiting = threading.Semaphore(MOST_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._given_up = False

    def wish(self) -> dict[str, Any]:
        """Return what a process is told when it loads: that there is something to be kept, and what is worth it."""
        return {"worth_seconds": self._worth_seconds}

    def listener(self, family: str) -> Callable[[Event], None]:
        """Return who takes what one process says unasked: it is written or noted later, and never raises."""
        heard = 0

        def hear(event: Event) -> None:
            nonlocal heard
            heard += 1
            if heard <= MOST_HEARD and self._waiting.acquire(blocking=False):
                self._soon(lambda: self._take(family, event))

        return hear

    def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until all that was heard is written, but not longer than that."""
        if self._thread is not None:
            done = threading.Event()
            self._heard.put(done.set)
            done.wait(seconds)

    def give_back(self, process: ModelProcess, family: str, kinds: Collection[str]) -> int:
        """Give *process* what is kept for such a model, and say what else is; return how many it holds again.

        Raises DiedOfPrefixError when it ends over one: then all that it was given are removed, and none is given to any
        process from now on. Raises ProcessEndedError when it was ended.
        """
        given: list[Entry] = []
        held = 0
        for entry in [] if self._given_up else to_send(self._folder.entries(), family, kinds):
            prefix = self._folder.read(entry)
            if prefix is None:
                continue
            given.append(entry)
            try:
                said = _restored(process, prefix)
            except ProcessEndedError as error:
                if error.asked:
                    raise
                self._given_up = True
                for one in given:
                    self._folder.remove(one)
                raise DiedOfPrefixError(str(error), signal_name=error.signal, asked=False) from error
            except ModelError:
                said = "refused"
            held += said == "held"
            if said == "refused":
                self._folder.remove(entry)
        known = [f"{entry.kind}:{entry.key}" for entry in self._folder.entries() if entry.family == family]
        _asked(process, {"do": "kept", "known": known})
        return held

    def _soon(self, work: Callable[[], None]) -> None:
        """Let the thread do *work*, after what came before."""
        self._heard.put(work)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="prefixes", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        """Do what comes, one after the other."""
        while True:
            self._heard.get()()

    def _take(self, family: str, event: Event) -> None:
        """Write or note what a process said."""
        try:
            if "keep" in event:
                self._keep(family, event["keep"])
            elif "used" in event:
                self._note_use(family, event["used"])
        except Exception:  # noqa: BLE001 - whatever it was, what comes after it must be heard
            get_log().warning("the model process said of a beginning what makes no sense")
        finally:
            self._waiting.release()

    def _keep(self, family: str, found: Any) -> None:
        """Keep what is found to be a beginning. Raises ValueError and the like for anything else."""
        state = base64.b64decode(found["state"], validate=True)
        prefix = Prefix(kind=str(found["kind"]), tokens=tuple(map(int, found["tokens"])), state=state)
        if not prefix.sound:
            raise ValueError
        if self._folder.keep(family, prefix, self._clock.now()):
            get_log().info("a beginning is kept", tokens=len(prefix.tokens), memory_bytes=len(state))

    def _note_use(self, family: str, found: Any) -> None:
        """Note that a kept beginning was of use. Raises ValueError and the like for what names none."""
        entry = entry_of(Entry(family=family, kind=str(found["kind"]), key=str(found["key"])).name)
        if entry is None:
            raise ValueError
        self._folder.note_use(entry, self._clock.now())


def kept_in(folder: Path) -> tuple[int, int]:
    """Return how many beginnings are kept in *folder*, and their bytes."""
    entries = PrefixFolder(folder).entries()
    return len(entries), sum(entry.size for entry in entries)


def _restored(process: ModelProcess, prefix: Prefix) -> str:
    """Return what the process makes of a beginning that it is given. Raises what `last_of` raises."""
    state = base64.b64encode(prefix.state).decode("ascii")
    return str(
        _asked(process, {"do": "restore", "kind": prefix.kind, "tokens": prefix.tokens, "state": state})
    )


def _asked(process: ModelProcess, request: Event) -> Any:
    """Return the answer to *request*. Raises what `last_of` raises."""
    exchange = process.ask(request, RESTORE_SECONDS)
    try:
        return last_of(exchange)
    finally:
        exchange.close()
