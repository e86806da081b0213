"""One run, from claimed to finished: read, ask, plan, write down, apply.

Every way out is an outcome with a reason that a person can read; only a bug raises.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from homebody.actions.apply import content_sha
from homebody.actions.effect import Notice
from homebody.clock import Clock
from homebody.documents.file import Snapshot, glance, take
from homebody.documents.readers import Readers
from homebody.errors import ChangedSinceError, DocumentError, EffectError
from homebody.filters import FileFacts, Stage
from homebody.house.answers import Answers, answer_all
from homebody.house.applying import apply
from homebody.house.carried import carried_off
from homebody.house.desk import RunDesk
from homebody.house.in_hand import InHand
from homebody.house.model import InTurn, Model, Turns
from homebody.house.outcome import CHANGED, Outcome, Overtaken, Skip, outcome_of
from homebody.house.planner import merged, plan, unchanged, values_of, wanted
from homebody.house.progress import Progresses
from homebody.house.proposal import Proposal, keep, kept, proposed, shown, why_wait
from homebody.house.reading import Heeding, Opened
from homebody.house.recover import BY_OTHERS, Settled, mend, settle
from homebody.house.selection import selected
from homebody.house.sifting import caught, facts_for, sift
from homebody.journal.run import Run, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.model.cancellation import Cancellation
from homebody.recipe.schema import ANY_SIZE, Recipe


@dataclass(frozen=True, slots=True)
class Known:
    """What a run has found out before it plans: its file, the text, what its templates know, and the answers.

    ``proposal`` is what a person was shown of it before, ``now`` the moment that its templates see.
    """

    file: Snapshot | None
    source: str
    values: Mapping[str, Any]
    answers: Answers | None
    proposal: Proposal | None
    now: datetime


class Runner:
    """Carries out runs, in as many threads as call it.

    Reading and asking go on side by side. From the moment at which a run looks at the files that it is to change until
    it has changed them, no other does either: so every plan holds when it is made, as if the runs came one by one.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        vault: Vault,
        model: Callable[[], Model],
        reader: Readers,
        clock: Clock,
        recipes: Mapping[str, Recipe],
        slots: Callable[[], int] = lambda: 1,
    ) -> None:
        """Prepare; *slots* says how many requests the model answers side by side."""
        self._journal = journal
        self._vault = vault
        self._model = model
        self._reader = reader
        self._clock = clock
        self._recipes = recipes
        self.progresses = Progresses()
        """How far each run is with what it asks the model."""
        self._turns = Turns(slots)
        self.changing = threading.Lock()
        """Held while changes are planned and made, so that no two runs, and no undo beside one, write at once."""

    def run(self, run: Run, cancellation: Cancellation | None = None) -> Outcome:
        """Carry out *run* and return how it ended; the journal is told of every step, not of the end.

        It is given up when *cancellation* is told, unless it makes its changes already.
        """
        cancellation = cancellation or Cancellation()
        try:
            return self._run(run, cancellation)
        except Exception as error:  # noqa: BLE001 - a bug met by one file must not stop the others
            return outcome_of(error, given_up=cancellation.cancelled)

    def mend(self, in_hand: InHand) -> None:
        """Bring what a fault of ours broke off to its end, what is *in_hand* left alone. Raises JournalError."""
        with self.changing:
            mend(self._journal, self._vault, in_hand.strays())

    def _run(self, run: Run, cancellation: Cancellation) -> Outcome:
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
        reader = Heeding(self._reader, cancellation, recipe.read.pages)
        facts = None if file is None else self._sifted(run, recipe, file, reader)
        source, documents = self._read(run, recipe, facts, reader)
        now = self._clock.now() if proposal is None else proposal.now
        values = values_of(run, recipe, file, documents, now)
        values |= {} if facts is None else caught(recipe, facts)
        answers = None
        if recipe.ask:
            asks = [ask.on(values["run"]["date"]) for ask in recipe.ask]
            desk = RunDesk(journal=self._journal, vault=self._vault, run=run,
                           load=lambda: self._in_turn(run, cancellation))  # fmt: skip
            answers = answer_all(desk, asks, source, values, overflow=recipe.read.overflow, proposal=proposal)
            values["ask"] = answers.values
            values["run"] |= {"tokens_read": answers.tokens[0], "tokens_total": answers.tokens[1]}
        if not wanted(recipe, values):
            raise Skip("`when` does not hold")
        with self.changing:
            cancellation.heed()
            if facts is not None and recipe.sifts and not self._journal.forced(run.id):
                sift(recipe, facts, least=Stage.OTHERS)  # nobody else changes anything just now
            return self._act(run, recipe, Known(file, source, values, answers, proposal, now))

    def _in_turn(self, run: Run, cancellation: Cancellation) -> InTurn:
        """Return the model as *run* has it."""
        return InTurn(self._model(), self._turns, cancellation, partial(self.progresses.request, run.id))

    def _sifted(self, run: Run, recipe: Recipe, file: Snapshot, reader: Heeding) -> FileFacts:
        """Return what filters know of the run's file; raise Skip when one of them leaves it out."""
        opened = Opened(run, recipe, file, journal=self._journal, clock=self._clock, reader=reader)
        facts = facts_for(recipe, file, opened, self._clock.now())
        if recipe.sifts and not self._journal.forced(run.id):
            sift(recipe, facts)
        return facts

    def _act(self, run: Run, recipe: Recipe, known: Known) -> Outcome:
        """Plan the changes and make them, or let the plan wait for a person; ``changing`` is held."""
        file, proposal = known.file, known.proposal
        writes = recipe.permissions().writes
        try:
            effects = merged(plan(recipe, known.values, file, known.source, writes))
        except (EffectError, DocumentError):
            self._give_way(run, file)
            raise
        if (why := carried_off(recipe, effects, writes)) is not None:
            raise Skip(why)
        if not effects:
            if run.attempt > 1:
                self._journal.plan(
                    run.id, []
                )  # what an earlier try wanted, and wanted to say, is no longer so
            return Outcome(state=RunState.DONE, reason="nothing to change: everything is there already")
        self._give_way(run, file)
        changed = [effect for effect in effects if not isinstance(effect, Notice)]
        self._journal.step(run.id, "planned", effects=len(changed))
        changes = shown(effects)
        if (reason := why_wait(run, recipe, proposal, changes, self._journal.approvals)) is not None:
            answers = known.answers
            anew = proposed(
                recipe,
                proposal,
                changes,
                answer=None if answers is None else answers.given,
                tokens=(0, 0) if answers is None else answers.tokens,
                now=known.now,
            )
            keep(self._journal, self._vault, run.id, anew)
            return Outcome(state=RunState.WAITING, reason=reason)
        try:
            apply(self._journal, self._vault, run, effects)
        except ChangedSinceError:
            self._give_way(run, file)
            raise
        return Outcome(state=RunState.DONE)

    def _give_way(self, run: Run, file: Snapshot | None) -> None:
        """Leave the run's file alone if it changed since it was read.

        Raises Skip then: what a person made of it gets a run of its own. Raises Overtaken when it was another run that
        changed or moved it: such a content wakes nothing, so this run must come back to it.
        """
        if file is None or unchanged(file):
            return
        if run.origin is not None:
            try:
                held = content_sha(file.path)
            except EffectError:
                held = None
            if held is None and self._journal.moved_to(file.path, run.origin) is not None:
                raise Overtaken
            if held is not None and self._journal.origin(file.path, held) == run.origin:
                raise Overtaken
        raise Skip(CHANGED, release=True)

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
        if not file.size and not recipe.takes_empty:
            raise Skip("the file is empty")
        return file

    def _read(
        self, run: Run, recipe: Recipe, facts: FileFacts | None, reader: Heeding
    ) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Return the text to ask about and, for a recipe that selects, the documents it selected."""
        if facts is not None:
            by_others = recipe.select is not None or "contains" in recipe.catches or recipe.extracts
            return facts.closer.text() if recipe.ask or by_others else "", ()
        if recipe.select is None:
            return "", ()
        selection = selected(
            recipe.select,
            reader,
            now=self._clock.now(),
            filters=recipe.filters_in_order,
            limit=recipe.read.limit,
        )
        self._journal.step(run.id, "selected", **selection.counts())
        if not (documents := selection.documents):
            raise Skip("there is nothing new to take up")
        return "\n\n".join(document["text"] for document in documents), documents
