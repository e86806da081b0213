"""What was a person told, and by which run? The words are in the vault; a failure tells itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from homebody.journal.memory import Memory
from homebody.journal.rows import path_of
from homebody.journal.run import RunState

NOTICE = "notice"
"""Under which name the journal keeps what a run wants to say when it is done."""

FAILED = (RunState.FAILED, RunState.QUARANTINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice: its number, the run and its file, when, and the vault's name of its words.

    ``image`` is None when what is told is that the run failed.
    """

    number: int
    run: int
    recipe: str
    path: Path | None
    at: datetime
    image: str | None


class Notices(Memory):
    """What runs tell. A notice is written down with its run's end, so that it is told once."""

    def notices(self, *, after: int = 0, limit: int) -> list[Told]:
        """Return the newest notices with a number above *after*, at most *limit*, the oldest of them first."""
        rows = self._database.ask("notices", after=after, limit=limit)
        found = [
            Told(
                number=row["number"],
                run=row["run"],
                recipe=row["recipe"],
                path=None if row["path"] is None else path_of(row["path"]),
                at=datetime.fromisoformat(row["at"]),
                image=row["image"] or None,
            )
            for row in rows
        ]
        return found[::-1]

    def newest_notice(self) -> int:
        """Return the number of the newest notice there ever was, 0 when there was none."""
        return int(self._database.ask("newest_notice")[0]["number"])

    def _intend_notices(self, run: int, images: Sequence[str]) -> None:
        """Keep what *run* wants to say, by the vault's names, instead of what an earlier try wanted to."""
        self._database.do("drop_kept", run=run, word=NOTICE)
        for ordinal, image in enumerate(images):
            self._database.do("keep", run=run, word=NOTICE, ordinal=ordinal, image=image, now=self._now())

    def _tell_notices(self, run: int, state: RunState) -> None:
        """Tell what *run*, which ends in *state*, has to say: its own words, or that it failed as the first.

        Of runs of one recipe that fail one after the other, only the first one tells. One that is taken back
        takes back what it said.
        """
        if state is RunState.DONE:
            self._database.do("tell_kept", run=run, word=NOTICE, now=self._now())
        elif state in FAILED:
            self._database.do("tell_failure", run=run, now=self._now())
        elif state is RunState.UNDONE:
            self._database.do("forget_notices", run=run)
