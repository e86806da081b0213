"""Who gets a file that has settled, and has it been had before?

What we wrote ourselves is known by path and content, so it wakes nothing. Files come in batches, and the
runs of a batch are queued in one transaction: a storm waits for no disk.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homebody.clock import Clock
from homebody.documents.file import LARGE, LIMIT, identify
from homebody.errors import DiskFullError, DocumentError, HomebodyError
from homebody.events import FileSettled
from homebody.filters import Stage
from homebody.house.facts import OnDisk, facts_of, lets_in, was_left_out
from homebody.house.modes import put_off
from homebody.house.watched import Coverage, Watched, key_of
from homebody.journal.breaker import opens_until, waits
from homebody.journal.store import Journal, Origin
from homebody.logs import get_log
from homebody.recipe.schema import Recipe
from homebody.triggers.rescan import Candidate
from homebody.triggers.settle import Signature


@dataclass(frozen=True, slots=True)
class Held:
    """A file and what it held when it was looked at; ``lasting`` unless it could not be read just now."""

    path: str
    signature: Signature
    content: str
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class Wanting:
    """A wish for a file; not ``certain`` when a filter has yet to read it, or to look at others."""

    watched: Watched
    certain: bool


class Admission:
    """Offers files to the recipes and queues the runs of those that take them."""

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        coverage: Coverage,
        wake: Callable[[], None],
        stat: Callable[[Path], Candidate | None],
        judge: Callable[[Recipe, Path], str | None],
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._coverage = coverage
        self._wake = wake
        self._stat = stat
        self._judge = judge
        self._log: Any = get_log()

    def cover(self, coverage: Coverage) -> None:
        """Offer files to the recipes of *coverage* from now on."""
        self._coverage = coverage

    def admit(self, paths: Iterable[str]) -> None:
        """Queue settled files for every recipe that wants them and has not had this content before.

        What cannot be read just now is left to the next rescan; nothing stops the others.
        """
        # Read first: nobody else is kept from the journal while a disk is slow.
        self._take([held for path in paths if (held := self._read(path)) is not None])

    def offer(self, files: Sequence[Held], *, wavering: bool = False) -> None:
        """Offer files that were taken in before to recipes that came since.

        With *wavering* to those only whose filters may choose a file now that they left out before.
        """
        keys = {
            held: [
                key(one.watched.recipe, held.content, held.path)
                for one in self._wanting(held.path, held.signature, Stage.LOOK)
                if one.watched.recipe.wavers or not wavering
            ]
            for held in files
        }
        had = self._journal.had(one for several in keys.values() for one in several)
        self._take([held for held, several in keys.items() if not had.issuperset(several)])

    def left_alone(self, signatures: Mapping[str, Signature]) -> set[str]:
        """Return which files every recipe that covers them found there, just so, when it first looked.

        They need not be read: a recipe that leaves existing files alone wants none of them.
        """
        asked: dict[str, dict[str, str]] = {}
        for path, signature in signatures.items():
            for watched in self._coverage.of(path):
                asked.setdefault(watched.recipe.name, {})[path] = key_of(signature)
        there = {recipe: self._journal.there_before(recipe, marks) for recipe, marks in asked.items()}
        return {
            path
            for path in signatures
            if all(path in there[watched.recipe.name] for watched in self._coverage.of(path))
        }

    def _read(self, path: str) -> Held | None:
        """Return what the file at *path* holds, or None when it is gone or cannot be read just now."""
        candidate = self._stat(Path(path))
        if candidate is None:
            return None
        try:
            content = identify(candidate.path, limit=self._limit(path, candidate.signature))
        except DocumentError as error:
            if isinstance(error.__cause__, PermissionError):
                # A run of its own, so that a person sees why nothing happens; never remembered, so that the
                # next rescan notices when the file may be read.
                unreadable = f"unreadable:{candidate.signature.mtime_ns}"
                return Held(path, candidate.signature, unreadable, lasting=False)
        except (HomebodyError, OSError) as error:
            self._log.error("a file could not be taken in", error=error)
        else:
            # Too large to be read for anybody now; a recipe that would only move it may come.
            return Held(path, candidate.signature, content, lasting=not content.startswith(LARGE))
        return None

    def _limit(self, path: str, signature: Signature) -> int:
        """Return the largest size at which any recipe that wants the file would take it, in bytes."""
        wanting = self._wanting(path, signature, Stage.LOOK)
        return max((one.watched.recipe.limit for one in wanting), default=LIMIT)

    def _take(self, files: Sequence[Held]) -> None:
        """Queue what the recipes want of *files*, and remember what they hold, in one transaction."""
        if not files:
            return
        # Looked at before the transaction: nobody else is kept from the journal while a disk is slow.
        wanting = [self._wanting(held.path, held.signature, Stage.INSIDE) for held in files]
        try:
            with self._journal.taking_in():
                queued = [self._queue(held, wanted) for held, wanted in zip(files, wanting, strict=True)]
        except DiskFullError:
            raise  # nothing can be queued for anybody: whoever runs us rests, and then looks again
        except (HomebodyError, OSError) as error:
            if len(files) == 1:
                self._log.error("a file could not be taken in", error=error)
                return
            for held in files:  # one of them may be to blame, and stops no other
                self._take([held])
        else:
            if any(queued):
                self._wake()  # now that the loop can see them

    def _queue(self, held: Held, wanting: Sequence[Wanting]) -> bool:
        """Queue one file for each recipe that wants it, and return whether any did; our own writes wake nothing."""
        path = Path(held.path)
        origin = self._journal.origin(path, held.content)
        queued, waits_for_it = False, False
        if origin is not Origin.OURS and not self._journal.put_here(path, held.content):
            for one in wanting:
                if self._put_off(one.watched.recipe, path, held, str(origin)):
                    waits_for_it = True
                else:
                    queued |= self._enqueue(one, path, held, str(origin))
        if held.lasting and not waits_for_it:  # what was put off is met again as if it came
            self._journal.remember_content(path, held.signature, held.content)
        return queued

    def _wanting(self, path: str, signature: Signature, upto: Stage) -> list[Wanting]:
        """Return the wishes for the file whose filters, looking no closer than *upto*, do not leave it out."""
        closer, now = OnDisk(Path(path)), self._clock.now()
        found = []
        for watched in self._coverage.of(path):
            facts = facts_of(Path(path), signature, folder=watched.folder, now=now, closer=closer)
            answer = lets_in(watched.recipe, facts, upto)
            if answer is not False:
                found.append(Wanting(watched, certain=answer is True))
        return found

    def _put_off(self, recipe: Recipe, path: Path, held: Held, origin: str) -> bool:
        """Return whether a new content has to wait until the recipe's run on an older one is over."""
        one = key(recipe, origin, held.path)
        if put_off(self._journal, recipe, path) is None:
            return False
        again = self._journal.came_again(one, path, origin, held.signature.mtime_ns)
        return again is not None or not self._journal.had([one])

    def _left_out(self, recipe: Recipe, path: Path, content: str) -> bool:
        """Return whether the filters of *recipe*, as it is now, left this content out when its run's turn came."""
        last = self._journal.runs(limit=1, recipe=recipe.name, path=path)
        return (
            bool(last)
            and was_left_out(last[0])
            and (last[0].recipe_hash, last[0].content) == (recipe.hash, content)
        )

    def _enqueue(self, wanting: Wanting, path: Path, held: Held, origin: str) -> bool:
        watched, recipe = wanting.watched, wanting.watched.recipe
        if not wanting.certain and self._left_out(recipe, path, held.content):
            return False
        if self._journal.was_there_before(recipe.name, path, key_of(held.signature), held.content):
            return False
        if self._journal.renamed_from(recipe.name, path, origin) is not None:
            return False
        one = key(recipe, origin, held.path)
        if (earlier := self._journal.came_again(one, path, origin, held.signature.mtime_ns)) is not None:
            self._journal.give_back(earlier)
        limit = recipe.limits.runs_per_file
        now = self._clock.now()
        starts = self._journal.starts(recipe.name, path, now - limit.per)
        until = opens_until(starts, limit.count, limit.per, now)
        run = self._journal.enqueue(
            recipe=recipe.name,
            recipe_hash=recipe.hash,
            event=FileSettled(path=path, content=held.content),
            key=one,
            path=path,
            content=held.content,
            origin=origin,
            due=None,
            lane=watched.folder,
            not_before=until,
            reason=waits(limit.count, limit.per, until) if until is not None else None,
            skip=self._judge(recipe, path),
        )
        return run is not None


def key(recipe: Recipe, origin: str, path: str) -> str:
    """Return what a recipe has one run for: a person's content in a place.

    Ever, but where the run took the file away, and another one of the same content came (`Memory.came_again`).
    """
    return f"{recipe.name}\n{origin}\n{path}"
