"""How does a run get another chance, or none any more, because a person wants it?"""

from collections.abc import Iterable

from homebody.errors import HomebodyError, JournalError
from homebody.journal.breaker import MARK
from homebody.journal.memory import Memory
from homebody.journal.rows import Row, detail_text, run_of, words
from homebody.journal.run import EffectState, Run, RunState

FORCED = "forced"
"""The step of a run that a person wants whatever the recipe's filters say."""

FORGOTTEN = "forgotten"
"""The step of a run of which something was forgotten, because a person wanted it."""


CAN_BE_TRIED_AGAIN = (RunState.SKIPPED, RunState.FAILED, RunState.QUARANTINED)


class RetryRefusedError(HomebodyError):
    """The run cannot be queued again."""

    exit_code = 75


OPEN = (EffectState.INTENDED, EffectState.APPLIED, EffectState.REVERSING)
"""Effects of a run that waits for its turn: it was broken off among its changes, and has to be brought to an end."""

INSTEAD = {
    RunState.WAITING: "`homebody review reject {}` turns its plan down",
    RunState.DONE: "`homebody undo {}` takes it back",
}
"""What a person may have meant who cancels a run in that state."""


class Again(Memory):
    """Queues ended runs again, and ends queued ones."""

    def call_off(self, numbers: Iterable[int], reason: str) -> tuple[list[Run], dict[int, str]]:
        """End those of the queued runs *numbers* that nothing was changed by yet: they are skipped, for that *reason*.

        All in one transaction. Returns the runs that were ended, and why each of the others was not.
        """
        ended: list[Run] = []
        refused: dict[int, str] = {}
        with self._database.writing():
            for number in dict.fromkeys(numbers):
                rows = self._database.ask("run", id=number)
                why = self._not_to_be_called_off(number, run_of(rows[0]) if rows else None)
                if why is not None:
                    refused[number] = why
                    continue
                state = RunState.SKIPPED.value
                self._database.do("finish", id=number, state=state, reason=words(reason), now=self._now())
                detail = detail_text({"state": state})
                self._database.do("step", run=number, word="finished", detail=detail, now=self._now())
                ended.append(run_of(self._database.ask("run", id=number)[0]))
        return ended, refused

    def _not_to_be_called_off(self, number: int, run: Run | None) -> str | None:
        """Return why that run cannot be ended by a word, None when it can."""
        if run is None:
            return f"There is no run {number}; `homebody history` lists them."
        if run.state is not RunState.QUEUED:
            instead = f"; {INSTEAD[run.state].format(number)}" if run.state in INSTEAD else ""
            return f"Run {number} is {run.state.value}: only what is queued or running can be cancelled{instead}."
        if any(row["state"] in OPEN for row in self._database.ask("effects", run=number)):
            return (
                f"Run {number} was broken off among its changes, which are finished or taken back first:"
                f" `homebody undo {number}` takes it back then."
            )
        return None

    def queue_again(self, number: int) -> Run:
        """Queue a skipped, failed or quarantined run again, behind the others, its tries counted anew.

        A key that it had given back is its own again. Raises RetryRefusedError when its state is another one,
        when its file was forgotten, or when another run has that key by now; JournalError when there is none.
        """
        with self._database.writing():
            rows = self._database.ask("run", id=number)
            if not rows:
                raise JournalError(f"There is no run {number}.", hint="`homebody history` lists them.")
            run, key = run_of(rows[0]), own_key(rows[0])
            if run.state not in CAN_BE_TRIED_AGAIN:
                raise RetryRefusedError(
                    f"Run {number} is {run.state.value}: only what was skipped, has failed or is quarantined"
                    " can be tried again."
                )
            if self.forgotten(number):
                raise RetryRefusedError(f"Run {number} cannot be tried again: its file was forgotten.")
            others = [row["id"] for row in self._database.ask("run_of_key", key=key) if row["id"] != number]
            if others:
                raise RetryRefusedError(
                    f"The file of run {number} came again since, and run {others[0]} took it up.",
                    hint=f"`homebody show {others[0]}` says what became of it.",
                )
            place = int(self._database.ask("next_place")[0]["place"])
            self._database.do("queue_again", id=number, key=key, place=place)
            self._database.do("step", run=number, word="queued again", detail="{}", now=self._now())
            return run_of(self._database.ask("run", id=number)[0])

    def let_go_on(self) -> None:
        """Let runs begin at once that wait for a model or a reader: after a new start it may be there."""
        with self._database.writing():
            self._database.do("let_go_on", mark=MARK)

    def give_back(self, run: int) -> None:
        """Let the key of *run*, which is over, have another run: another file of the same content came in its place."""
        with self._database.writing():
            self._database.do("release_key", id=run)

    def forced(self, run: int) -> bool:
        """Return whether a person wants *run* whatever the recipe's filters say."""
        return bool(self._database.ask("has_step", run=run, word=FORCED))

    def forgotten(self, run: int) -> bool:
        """Return whether something of *run* was forgotten: then it is neither tried again nor undone."""
        return bool(self._database.ask("has_step", run=run, word=FORGOTTEN))


def own_key(row: Row) -> bytes:
    """Return the key under which the run in *row* was queued, whether it was given back since or not.

    A key that was given back has the run's number on a line below it. A file's name may have such a line of
    its own; but the key of a run on a file ends with that name.
    """
    key, path, given_back = bytes(row["key"]), row["path"], b"\n%d" % row["id"]
    if not key.endswith(given_back) or (path is not None and key.endswith(b"\n" + path)):
        return key
    return key.removesuffix(given_back)
