"""One run, from claimed to finished: read, ask, plan, write down, apply.

Every way out is an outcome with a reason that a person can read; only a bug raises.
"""

import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homebody.actions.effect import Effect
from homebody.clock import Clock
from homebody.documents.file import Snapshot, glance, take
from homebody.documents.reader import Reader
from homebody.errors import (
    ChangedSinceError,
    DiskFullError,
    DocumentError,
    HomebodyError,
    ModelGoneError,
    ModelNotReadyError,
    PartlyTakenBackError,
    ReaderNotReadyError,
    SlotError,
)
from homebody.house.applying import apply
from homebody.house.asker import Asked, Model, ask_about
from homebody.house.calls import keeping
from homebody.house.carried import carried_off
from homebody.house.planner import file_values, merged, plan, unchanged, wanted
from homebody.house.progress import Progresses, Watched
from homebody.house.proposal import Proposal, keep, kept, proposed, shown, why_wait
from homebody.house.recover import BY_OTHERS, Settled, settle
from homebody.house.selection import selected
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.recipe.schema import ANY_SIZE, Recipe
from homebody.slots.check import check


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended: its state, the reason in words, and whether another try may help."""

    state: RunState
    reason: str | None = None
    again: bool = False
    pause: bool = False
    """The disk is full: nothing can be done for anybody just now."""
    patient: bool = False
    """What is missing will be there some day: the run stays queued, and no try is counted against it."""
    release: bool = False
    """The file may come back just as it was, and is then to be taken up."""


CHANGED = "the file changed before its turn came; what is there now gets a run of its own"


class Skip(Exception):  # noqa: N818 - a way out, not an error
    """The run has nothing to do, and this is why; with *release*, only because of how things are just now."""

    def __init__(self, reason: str, *, release: bool = False) -> None:
        super().__init__(reason)
        self.release = release


class Runner:
    """Carries out runs, one at a time."""

    def __init__(
        self,
        *,
        journal: Journal,
        vault: Vault,
        model: Callable[[], Model],
        reader: Reader,
        clock: Clock,
        recipes: Mapping[str, Recipe],
    ) -> None:
        self._journal = journal
        self._vault = vault
        self._model = model
        self._reader = reader
        self._clock = clock
        self._recipes = recipes
        self.progresses = Progresses()
        """How far each run is with what it asks the model."""
        self.changing = threading.Lock()
        """Held while files are changed, so that an undo and a run never write at the same time."""

    def run(self, run: Run) -> Outcome:
        """Carry out *run* and return how it ended; the journal is told of every step, not of the end."""
        try:
            return self._run(run)
        except Skip as skip:
            return Outcome(state=RunState.SKIPPED, reason=str(skip), release=skip.release)
        except DiskFullError as error:
            return Outcome(state=RunState.FAILED, reason=str(error), again=True, pause=True)
        except (ModelNotReadyError, ReaderNotReadyError) as error:
            return Outcome(state=RunState.FAILED, reason=str(error), again=True, patient=True)
        except (SlotError, ModelGoneError, DocumentError, HomebodyError, OSError) as error:
            again = not isinstance(error, PartlyTakenBackError)
            return Outcome(state=RunState.FAILED, reason=str(error), again=again)
        except Exception as error:  # noqa: BLE001 - a bug met by one file must not stop the others
            reason = f"a fault in homebody itself ({type(error).__name__}); please report it"
            return Outcome(state=RunState.FAILED, reason=reason, again=True)

    def _run(self, run: Run) -> Outcome:
        with self.changing:
            settled = settle(self._journal, self._vault, run.id)
        if settled is Settled.FINISHED:
            return Outcome(state=RunState.DONE, reason="finished after an interruption")
        if settled is Settled.PARTLY:
            return Outcome(state=RunState.FAILED, reason=BY_OTHERS)
        recipe = self._recipes.get(run.recipe)
        if recipe is None:
            # It may be back: its folder unplugged, a mistake just made in it. Then the file is taken up again.
            raise Skip("the recipe is no longer there, or waits for something itself", release=True)
        proposal = kept(self._journal, self._vault, run.id)
        if proposal is not None and proposal.recipe_hash != recipe.hash:
            proposal = None  # the answers may be to another question
        file = self._take(run, recipe)
        source, documents = self._read(run, recipe, file)
        now = self._clock.now() if proposal is None else proposal.now
        values = self._values(run, recipe, file, documents, now)
        asked = self._answers(run, recipe, source, proposal)
        if asked is not None:
            values["ask"] = dict(asked.values)
            values["run"] |= {"tokens_read": asked.tokens_read, "tokens_total": asked.tokens_total}
        if not wanted(recipe, values):
            raise Skip("`when` does not hold")
        writes = recipe.permissions().writes
        effects = merged(plan(recipe, values, file, source, writes))
        if (why := carried_off(recipe, effects, writes)) is not None:
            raise Skip(why)
        if not effects:
            return Outcome(state=RunState.DONE, reason="nothing to change: everything is there already")
        if file is not None and not unchanged(file):
            raise Skip(CHANGED, release=True)
        self._journal.step(run.id, "planned", effects=len(effects))
        changes = shown(effects)
        if (reason := why_wait(run, recipe, proposal, changes, self._journal.approvals)) is not None:
            keep(self._journal, self._vault, run.id, proposed(recipe, proposal, asked, now, changes))
            return Outcome(state=RunState.WAITING, reason=reason)
        self._apply(run, effects, file)
        return Outcome(state=RunState.DONE)

    def _answers(self, run: Run, recipe: Recipe, source: str, proposal: Proposal | None) -> Asked | None:
        """Return the filled slots: those that a person was shown, or the model's; None for a recipe without."""
        if recipe.ask is None:
            return None
        if proposal is None or proposal.answer is None:
            return self._ask(run, recipe, source)
        text = json.dumps(proposal.answer, ensure_ascii=False)
        values = check(text, recipe.ask.output, f"{source}\n{proposal.evidence()}")
        read, total = proposal.tokens
        return Asked(values=values, tokens_total=total, tokens_read=read, overflow=recipe.read.overflow)

    def _take(self, run: Run, recipe: Recipe) -> Snapshot | None:
        """Return the run's file as it is now, or None for a run without one.

        Another recipe may have moved it while this one waited, and another file may have its old name.
        """
        if run.path is None:
            return None
        try:
            return self._taken(run, recipe, run.path)
        except Skip:
            moved = None if run.origin is None else self._journal.moved_to(run.path, run.origin)
            if moved is None:
                raise
            return self._taken(run, recipe, moved)

    def _taken(self, run: Run, recipe: Recipe, path: Path) -> Snapshot:
        """Return the file at *path*; raise Skip when it is not the one that the run is about."""
        try:
            file = glance(path) if recipe.limit == ANY_SIZE else take(path, limit=recipe.limit)
        except DocumentError as error:
            if getattr(error, "lasting", True):
                # What is gone may come back; a link stays a link, and one run has said what becomes of it.
                raise Skip(str(error), release=not os.path.lexists(path)) from error
            raise
        if file.sha256 != run.content and self._journal.origin(path, file.sha256) != run.origin:
            raise Skip(CHANGED, release=True)
        if not file.size:
            raise Skip("the file is empty")
        return file

    def _read(
        self, run: Run, recipe: Recipe, file: Snapshot | None
    ) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Return the text to ask about and, for a recipe that selects, the documents it selected."""
        if file is None:
            if recipe.select is None:
                return "", ()
            documents = selected(recipe.select, self._reader, now=self._clock.now())
            self._journal.step(run.id, "selected", count=len(documents))
            if not documents:
                raise Skip("there is nothing new to take up")
            return "\n\n".join(document["text"] for document in documents), documents
        if recipe.ask is None and not recipe.needs_text():
            return "", ()
        began = self._clock.monotonic()
        try:
            extract = self._reader.read(file.data, file.path.suffix)
        except DocumentError as error:
            if getattr(error, "lasting", False):
                raise Skip(str(error)) from error
            raise
        not_read = {"left_out": words} if (words := extract.left_out_words()) else {}
        self._journal.step(
            run.id,
            "read",
            size=file.size,
            pages=extract.pages,
            seconds=round(self._clock.monotonic() - began, 3),
            **not_read,
        )
        if not extract.text.strip():
            raise Skip("the file has no text")
        return extract.text, ()

    def _values(
        self,
        run: Run,
        recipe: Recipe,
        file: Snapshot | None,
        documents: Sequence[Mapping[str, Any]],
        moment: datetime,
    ) -> dict[str, Any]:
        """Return what the recipe's templates know at *moment*."""
        now = moment.astimezone()
        values: dict[str, Any] = {
            "vars": dict(recipe.vars),
            "recipe": {"name": recipe.name, "description": recipe.description},
            "run": {"id": run.id, "time": now.strftime("%H:%M"), "date": now.date()},
        }
        values["run"] |= {"tokens_read": 0, "tokens_total": 0}
        if file is not None:
            modified = datetime.fromtimestamp(file.mtime_ns / 1e9, UTC).astimezone()
            values["file"] = file_values(file.path, file.size, modified)
        if recipe.select is not None:
            values["documents"] = list(documents)
        return values

    def _ask(self, run: Run, recipe: Recipe, text: str) -> Asked:
        """Return the filled slots, the steps told to the journal."""
        assert recipe.ask is not None
        asked = ask_about(
            Watched(self._model(), self.progresses, run.id),
            recipe.ask,
            text,
            overflow=recipe.read.overflow,
            tell=lambda name, **detail: self._journal.step(run.id, name, **detail),
            keep=keeping(self._journal, self._vault, run.id),
        )
        self._journal.step(
            run.id,
            "answered",
            tokens_total=asked.tokens_total,
            tokens_read=asked.tokens_read,
            overflow=asked.overflow,
            calls=len(asked.calls),
            answer_tokens=asked.answer_tokens,
            seconds=round(asked.seconds, 3),
        )
        return asked

    def _apply(self, run: Run, effects: Sequence[Effect], file: Snapshot | None) -> None:
        """Make the planned changes; a file that changed meanwhile is left to its next run."""
        with self.changing:
            try:
                apply(self._journal, self._vault, run, effects)
            except ChangedSinceError as error:
                if file is not None and not unchanged(file):
                    raise Skip(CHANGED, release=True) from error
                raise
