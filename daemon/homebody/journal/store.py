"""What has been queued, done and changed, and what follows from it? The journal itself, query by query.

The rules it keeps: one run for each key, ever; a state only after one that it may follow; a plan whole or not
at all; every turn of events with its step, so that a screen can follow along.
"""

import json
import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.errors import JournalError
from homebody.events import Asked, Event, FileSettled
from homebody.journal.again import FORCED, Again
from homebody.journal.database import Database, open_to_read
from homebody.journal.forget import Forgetting
from homebody.journal.history import History
from homebody.journal.memory import Origin, Signature
from homebody.journal.plans import Plans
from homebody.journal.rebuilding import Rebuilt, open_whole
from homebody.journal.rows import detail_text, name_bytes, run_of, stored, words
from homebody.journal.run import BACKFILL, Run, RunState, Step, may_follow

__all__ = ["Journal", "Origin", "Signature", "Step"]


class Journal(History, Again, Forgetting, Plans):
    """Every run, step and effect, in one SQLite file. Its methods may be called from any thread.

    All raise JournalError when the file cannot be read or written, and DiskFullError when the disk is full.
    """

    def __init__(self, database: Database, clock: Clock, rebuilt: Rebuilt | None = None) -> None:
        super().__init__(database, clock)
        self.damaged = rebuilt.damaged if rebuilt is not None else None
        self.rebuilt = rebuilt
        """Where a journal that was found damaged has been set aside, and what was saved of it, if so."""

    @classmethod
    def open(cls, path: Path, clock: Clock, *, read_only: bool = False, lived: bool = False) -> "Journal":
        """Return the journal at *path*, made, migrated or replaced as needed.

        A damaged one is set aside under a name with the time in it, and made anew of what can be read of it and
        of its copy. *lived*: homebody has worked here, so that a missing one was lost. With *read_only* nothing is
        made or changed; a command may read so while the daemon writes. Raises JournalError or DiskFullError when
        it cannot be opened.
        """
        if read_only:
            return cls(open_to_read(path), clock)
        database, rebuilt = open_whole(path, clock.now(), lived=lived)
        return cls(database, clock, rebuilt)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._database.close()

    # the queue

    def enqueue(  # noqa: PLR0913 - the columns of a run, each by its name
        self,
        *,
        recipe: str,
        recipe_hash: str,
        event: Event,
        key: str,
        path: Path | None,
        content: str | None,
        origin: str | None,
        due: datetime | None,
        lane: Path | None = None,
        not_before: datetime | None = None,
        reason: str | None = None,
        dry: bool = False,
        skip: str | None = None,
        forced: bool = False,
    ) -> int | None:
        """Queue a run in one transaction and return its number, or None when *key* had its run already.

        Runs of one *lane* (a watched folder) follow each other; lanes take turns. *dry*: nothing is to be changed.
        A run that has to wait says in *reason* why. *skip*: it is over at once, for that reason. *forced*: no
        filter may leave its file out.
        """
        if self._database.ask("had", key=os.fsencode(key)):
            return None  # without a write: a rescan offers every file again
        kind = (
            "file" if isinstance(event, FileSettled) else "asked" if isinstance(event, Asked) else "schedule"
        )
        with self._database.writing():
            made = self._database.do(
                "enqueue",
                key=os.fsencode(key),
                recipe=recipe,
                recipe_hash=recipe_hash,
                event=kind,
                path=name_bytes(path),
                content=words(content),
                origin=words(origin),
                due=stored(due) if due is not None else None,
                reason=words(reason),
                place=self._place(),
                now=self._now(),
                not_before=stored(not_before) if not_before is not None else None,
                lane=name_bytes(lane) or b"",
                dry=int(dry),
            )
            if made.rowcount == 0 or made.lastrowid is None:
                return None
            self._database.do("know_recipe", recipe=recipe, lane=name_bytes(lane) or b"")
            self._tell(made.lastrowid, "queued")
            if forced:
                self._tell(made.lastrowid, FORCED)
            if skip is not None:
                state = RunState.SKIPPED.value
                self._database.do(
                    "finish", id=made.lastrowid, state=state, reason=words(skip), now=self._now()
                )
            return made.lastrowid

    def claim(
        self, *, only: Collection[str] | None = None, but: Collection[str] = (), asked: bool = False
    ) -> Run | None:
        """Return the next run, now running, or None when nothing is due; recipes and their folders take turns.

        A run on a file that another run is at just now waits for that. *only* and *but* are names of recipes. With
        *asked* only what a person waits for is due: requests (a backfill is none), plans that were agreed to or edited,
        and what is to be tried again because a person wants it.
        """
        now = self._now()
        which = {
            "only": None if only is None else json.dumps(sorted(only)),
            "but": json.dumps(sorted(but)),
            "asked": asked,
            "backfill": name_bytes(BACKFILL),
        }
        if not self._database.ask("next_run", **self._due(), **which):
            return None
        # Relaxed: a claim that a power cut loses is a run still queued, and the plan that it leads to is a full commit.
        with self._database.writing(relaxed=True):
            found = self._database.ask("next_run", **self._due(), **which)
            if not found:
                return None
            self._database.do("claim", id=found[0]["next"], now=now)
            self._database.do("take_turn", recipe=found[0]["recipe"], lane=found[0]["lane"])
            run = self.run(found[0]["next"])
            self._tell(run.id, "claimed", attempt=run.attempt)
            return run

    def retry(self, run: int, reason: str, at: datetime) -> None:
        """Queue a running *run* again, behind the others and not before *at*."""
        with self._database.writing():
            self._move(run, RunState.QUEUED)
            self._requeue(run, reason, not_before=stored(at))
            self._tell(run, "retried")

    def hand_back(
        self, run: int, reason: str, *, counted: bool = False, not_before: datetime | None = None
    ) -> None:
        """Queue a running *run* again, at once or *not_before*: homebody broke it off, or cannot do it yet.

        Its start is forgotten, or, *counted*, kept as an interruption: one that brings homebody down again
        and again must be noticed. Neither counts as a failure.
        """
        with self._database.writing():
            self._move(run, RunState.QUEUED)
            later = stored(not_before) if not_before is not None else None
            self._requeue(run, reason, not_before=later, counted=counted)
            self._tell(run, "handed back")

    def finish(self, run: int, state: RunState, reason: str | None, *, release: bool = False) -> None:
        """Bring *run* to its end. With *release* its key is given back: the run never got to its content, so
        that the same content may be queued again when it comes again.

        Raises JournalError when *state* may not follow the state that the run has.
        """
        with self._database.writing():
            self._move(run, state)
            self._database.do("finish", id=run, state=state.value, reason=words(reason), now=self._now())
            if release:
                self._database.do("release_key", id=run)
            self._tell_notices(run, state)
            self._tell(run, "finished", state=state.value)

    def set_state(self, run: int, state: RunState) -> None:
        """Set the state of *run* without ending it: an undo begins. Raises as ``finish`` does."""
        with self._database.writing():
            self._move(run, state)
            self._database.do("set_state", id=run, state=state.value)
            self._tell(run, state.value)

    def approve(self, run: int) -> None:
        """Queue a waiting *run* again, to make the changes that were shown. Raises as ``finish`` does."""
        with self._database.writing():
            self._move(run, RunState.QUEUED)
            self._database.do("approve", id=run)
            self._requeue(run, "a person has agreed", not_before=None, counted=False)
            self._tell(run, "approved")

    def plan_again(self, run: int, reason: str) -> None:
        """Queue a waiting *run* again, to show its plan anew. Raises as ``finish`` does."""
        with self._database.writing():
            self._move(run, RunState.QUEUED)
            self._requeue(run, reason, not_before=None, counted=False)
            self._tell(run, "planned anew")

    def step(self, run: int, name: str, /, **detail: int | float | str | bool | None) -> None:
        """Note that something happened to *run*; *detail* holds counts and timings, never contents."""
        self._database.note("step", run=run, word=name, detail=detail_text(detail), now=self._now())

    def _tell(self, run: int, name: str, /, **detail: Any) -> None:
        self._database.do("step", run=run, word=name, detail=detail_text(detail), now=self._now())

    def _place(self) -> int:
        return int(self._database.ask("next_place")[0]["place"])

    def _move(self, run: int, new: RunState) -> None:
        """Raise JournalError unless *run* may go over to *new*."""
        old = self.run(run).state
        if not may_follow(old, new):
            raise JournalError(f"Run {run} is {old.value}, and cannot become {new.value}.")

    def _requeue(self, run: int, reason: str, *, not_before: str | None, counted: bool | None = None) -> None:
        self._database.do(
            "requeue",
            id=run,
            reason=words(reason),
            not_before=not_before,
            place=self._place(),
            uncounted=int(counted is False),
            interrupted=int(counted is True),
        )

    # what is known of runs

    def in_state(self, state: RunState) -> list[Run]:
        """Return every run in *state*, oldest first."""
        return [run_of(row) for row in self._database.ask("in_state", state=state.value)]

    def run(self, number: int) -> Run:
        """Return one run; raises JournalError when there is none of that number."""
        rows = self._database.ask("run", id=number)
        if not rows:
            raise JournalError(f"There is no run {number}.", hint="`homebody history` lists them.")
        return run_of(rows[0])

    def runs(
        self,
        *,
        limit: int = 100,
        after: int | None = None,
        recipe: str | None = None,
        path: Path | None = None,
        state: RunState | None = None,
    ) -> list[Run]:
        """Return at most *limit* runs, newest first; *after* is the number that all of theirs are above."""
        values = {"limit": limit, "after": after, "recipe": recipe, "state": state.value if state else None}
        if path is None:
            rows = self._database.ask("runs", **values)
        else:
            rows = self._database.ask("runs_of_path", path=name_bytes(path), **values)
        return [run_of(row) for row in rows]

    def approvals(self, recipe: str) -> int:
        """Return how many plans of *recipe* a person has agreed to that were carried out."""
        return int(self._database.ask("approvals", recipe=recipe)[0]["number"])

    def last_of(self, recipe: str, origin: str) -> Run | None:
        """Return the newest run of *recipe* on the person's content *origin* that was not skipped."""
        rows = self._database.ask("last_of_origin", recipe=recipe, origin=origin)
        return run_of(rows[0]) if rows else None

    def changed(self, path: Path) -> list[Run]:
        """Return the runs that changed, made, moved or were about *path* and can be undone, newest first."""
        return [run_of(row) for row in self._database.ask("changed_path", path=name_bytes(path))]

    def changed_since(self, recipe: str, since: datetime) -> list[Run]:
        """Return the runs of *recipe* since a time that changed something, the last one to do so first."""
        return [
            run_of(row) for row in self._database.ask("changed_since", recipe=recipe, since=stored(since))
        ]

    def counts(self) -> dict[RunState, int]:
        """Return how many runs are in each state."""
        return {RunState(row["state"]): int(row["number"]) for row in self._database.ask("counts")}
