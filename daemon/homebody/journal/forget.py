"""How does the journal forget a file, so that neither its name nor its content's hash is left?

A run on the file stays as a number with a state. What such a run did to other files stays as hashes, so that
homebody still knows its own writes; without the images it can no longer be undone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homebody.errors import HomebodyError
from homebody.journal.again import FORGOTTEN
from homebody.journal.memory import Memory
from homebody.journal.rows import name_bytes, run_of, words
from homebody.journal.run import Run, RunState

UNDER_WAY = (RunState.QUEUED, RunState.RUNNING, RunState.WAITING, RunState.UNDOING)


class ForgetRefusedError(HomebodyError):
    """The file cannot be forgotten just now."""

    exit_code = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many runs on the file there were, and how many changes to it and by them."""

    runs: int
    effects: int


class Forgetting(Memory):
    """Takes a file out of the journal."""

    def images_of(self, path: Path) -> set[str]:
        """Return the vault's names of what only the runs on *path*, and the changes to it, need.

        Raises ForgetRefusedError when a run on it, or one that changes it, is under way.
        """
        about, _touching = self._concerned(path)
        runs = json.dumps([run.id for run in about])
        rows = self._database.ask("images_of_file", path=name_bytes(path), runs=runs)
        return {str(row["image"]) for row in rows}

    def forget(self, path: Path) -> Forgotten:
        """Forget *path* in one transaction, and return how much that was. Raises as ``images_of`` does.

        Another run that changed the file, or had it to itself before it got this name, can no longer be undone.
        """
        name = name_bytes(path)
        with self._database.writing():
            about, touching = self._concerned(path)
            effects = self._database.do("forget_effects_on", path=name).rowcount
            self._database.do("forget_source", path=name)
            for run in about:
                if run.state is RunState.WAITING:  # a dry run: nothing of it can be applied any more
                    self._database.do(
                        "finish", id=run.id, state=RunState.SKIPPED.value, reason=None, now=self._now()
                    )
                effects += self._database.do("forget_effects", run=run.id, path=name_bytes(run.path)).rowcount
                effects += self._database.do("forget_images", run=run.id).rowcount
                self._database.do("forget_kept", run=run.id)
                self._database.do("forget_notices", run=run.id)
                self._database.do("forget_run", id=run.id)
                self._database.do("forget_content", path=name_bytes(run.path))
            for number in {run.id for run in (*about, *touching)}:
                self._database.do("step", run=number, word=FORGOTTEN, detail="{}", now=self._now())
            for said in {words(str(path)), *(words(str(run.path)) for run in about if run.path is not None)}:
                self._database.do("forget_reasons", path=said)
            self._database.do("forget_content", path=name)
            self._database.do("forget_baseline", path=name)
        return Forgotten(runs=len(about), effects=effects)

    def wipe(self) -> None:
        """Write the journal anew, so that nothing that was deleted is left in its file or in the log beside it.

        Raises JournalError while another program reads in it, and DiskFullError.
        """
        self._database.rewrite()

    def _concerned(self, path: Path) -> tuple[list[Run], list[Run]]:
        """Return the runs on *path*, those that gave it its name among them, and the others that changed it."""
        about, touching = list(self._runs("runs_on", path)), list(self._runs("runs_changing", path))
        for run in (*about, *touching):
            if run.state in UNDER_WAY and not (run.dry and run.state is RunState.WAITING):
                raise ForgetRefusedError(
                    f"Run {run.id} on that file is {run.state.value}, so it cannot be forgotten just now.",
                    hint=f"Try again when it has ended; `homebody show {run.id}` says how it stands.",
                )
        known = {run.id for run in about}
        return about, [run for run in touching if run.id not in known]

    def _runs(self, query: str, path: Path) -> Iterator[Run]:
        return (run_of(row) for row in self._database.ask(query, path=name_bytes(path)))
