"""What became of a file, of a recipe, and of everything since a moment? And what goes before a queued run?"""

import itertools
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homebody.journal.memory import Memory
from homebody.journal.rows import name_bytes, path_of, run_of, step_of, stored
from homebody.journal.run import LONGEST_PAUSE_SECONDS, Run, RunState, Step


@dataclass(frozen=True, slots=True)
class Lane:
    """A recipe's runs of one folder, and how many of them are due; lanes take turns."""

    recipe: str
    folder: bytes
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Runs of a recipe that ended in one state within a quarter of an hour, and how long they took together."""

    recipe: str
    state: RunState
    at: datetime
    number: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the model's answers to a recipe cost: seconds of its work, tokens of documents, tokens that it wrote."""

    recipe: str
    seconds: float
    tokens_read: int
    tokens_written: int


class History(Memory):
    """The questions that a person asks of the past and of the queue. They change nothing."""

    def history(
        self,
        *,
        limit: int,
        recipe: str | None = None,
        states: Collection[RunState] = (),
        path: Path | None = None,
        since: datetime | None = None,
    ) -> list[Run]:
        """Return at most *limit* runs, newest first: of *recipe*, in one of *states*, about *path*, since then.

        A run is about a path when it is on that file, on one below that folder, or changed either. A run
        that has not ended counts for every *since*.
        """
        name = name_bytes(path)
        rows = self._database.ask(
            "history",
            recipe=recipe,
            states=json.dumps([state.value for state in states]) if states else None,
            path=name,
            below=None if name is None else name + b"/",
            beyond=None if name is None else name + b"0",  # 0 is the byte after the slash
            since=stored(since) if since is not None else None,
            limit=limit,
        )
        return [run_of(row) for row in rows]

    def steps(self, run: int) -> list[Step]:
        """Return what happened to *run*, in order."""
        return [step_of(row) for row in self._database.ask("steps", run=run)]

    def newest_step(self) -> int:
        """Return the number of the newest step, 0 when there is none."""
        return int(self._database.ask("newest_step")[0]["seq"])

    def changes(self, after: int) -> list[Step]:
        """Return the next steps of any run after step *after*, at most a thousand."""
        return [step_of(row) for row in self._database.ask("changes", after=after)]

    def ahead(self, run: int) -> int:
        """Return how many queued runs have their turn before the queued *run*, as things stand."""
        due = self._due()
        own = self._database.ask("place_in_lane", id=run, **due)
        lanes = [Lane(row["recipe"], row["lane"], row["due"]) for row in self._database.ask("lanes", **due)]
        return turns_before(lanes, own[0]["recipe"], own[0]["lane"], own[0]["before"]) if own else 0

    def ended(self, since: datetime) -> list[Ended]:
        """Return how many runs ended since then, by recipe, state and quarter of an hour, and how long they took."""
        return [
            Ended(
                recipe=row["recipe"],
                state=RunState(row["state"]),
                at=datetime.fromtimestamp(row["at"], UTC),
                number=row["number"],
                seconds=row["seconds"],
            )
            for row in self._database.ask("ended", since=stored(since))
        ]

    def answers(self, since: datetime) -> list[Answers]:
        """Return what the model's answers since then cost, by recipe."""
        return [
            Answers(
                recipe=row["recipe"],
                seconds=row["seconds"],
                tokens_read=int(row["tokens_read"]),
                tokens_written=int(row["tokens_written"]),
            )
            for row in self._database.ask("answers", since=stored(since))
        ]

    def queue(self, limit: int) -> list[Run]:
        """Return the next *limit* queued runs that are due, in the order of their turns as things stand."""
        due = self._due()
        lanes = [(row["recipe"], row["lane"]) for row in self._database.ask("lanes", **due)]
        waiting = [
            [
                run_of(row)
                for row in self._database.ask("of_lane", recipe=recipe, lane=lane, limit=limit, **due)
            ]
            for recipe, lane in lanes[:limit]
        ]
        rounds = itertools.zip_longest(*waiting)
        return [run for one in rounds for run in one if run is not None][:limit]

    def waits_beside(self, run: Run) -> bool:
        """Return whether a queued run may have to wait for *run* to end: one on its file, or without one, too."""
        return run.path is None or bool(self._database.ask("waits_beside", path=name_bytes(run.path)))

    def under_way(self, recipe: str, path: Path | None) -> list[Run]:
        """Return the runs of *recipe* on *path*, or those without a file, that are not over, the oldest first.

        Dry runs are left out.
        """
        rows = self._database.ask("under_way", recipe=recipe, path=name_bytes(path))
        return [run_of(row) for row in rows]

    def replaced(self, recipes: Collection[str]) -> list[tuple[Run, int]]:
        """Return the runs of *recipes* that are not over though there is a newer one, each with the newer one's number.

        A newer one is on the same file, with another content, or, like the older one, on no file.
        """
        rows = self._database.ask("replaced", recipes=json.dumps(sorted(recipes)))
        return [(run_of(row), int(row["newer"])) for row in rows]

    def _due(self) -> dict[str, str]:
        """Return what tells which queued runs are due: the time, and up to when a pause is believed."""
        now = self._clock.now()
        return {"now": stored(now), "never": stored(now + timedelta(seconds=LONGEST_PAUSE_SECONDS))}

    def writer(self, path: Path, content: str) -> int | None:
        """Return the number of the newest run that gave *path*, or a file since renamed, this content."""
        rows = self._database.ask("writer", path=name_bytes(path), content=content)
        return int(rows[0]["run"]) if rows else None

    def moved_away(self, path: Path) -> tuple[Path, int] | None:
        """Return where homebody moved the file of that name, the last time, and by which run."""
        rows = self._database.ask("moved_away", path=name_bytes(path))
        return (path_of(rows[0]["path"]), int(rows[0]["run"])) if rows else None


def turns_before(lanes: Sequence[Lane], recipe: str, folder: bytes, before: int) -> int:
    """Return how many turns come before a run that has *before* others before it in its own lane.

    *lanes* are those with something due, in the order of their next turns. Each has a turn before any has its
    second: so a lane that comes earlier has one turn more than those before ours, as far as it has so many.
    """
    turns, passed = before, False
    for lane in lanes:
        if (lane.recipe, lane.folder) == (recipe, folder):
            passed = True
        else:
            turns += min(lane.due, before if passed else before + 1)
    return turns
