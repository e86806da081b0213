"""What does a run intend, what has it made of that, and what is kept of it in the vault?"""

from collections.abc import Mapping, Sequence

from homebody.journal.notices import Notices
from homebody.journal.rows import effect_of, effect_values
from homebody.journal.run import EffectRow, EffectState


class Plans(Notices):
    """The effects of runs, and the vault's names of what belongs to a run."""

    def plan(self, run: int, effects: Sequence[EffectRow], notices: Sequence[str] = ()) -> list[int]:
        """Write the whole plan of *run* down as intended, in one transaction; return the effects' numbers.

        *notices* are the vault's names of what it says when it is done. What an earlier try intended and did not do
        counts as abandoned.
        """
        numbers = []
        with self._database.writing():
            self._database.do("abandon", run=run)
            self._intend_notices(run, notices)
            first = int(self._database.ask("next_ordinal", run=run)[0]["ordinal"])
            for ordinal, effect in enumerate(effects, start=first):
                made = self._database.do("intend", **effect_values(effect), ordinal=ordinal)
                assert made.lastrowid is not None
                numbers.append(made.lastrowid)
        return numbers

    def effects(self, run: int) -> list[EffectRow]:
        """Return the effects of *run* in the order in which they were planned, earlier tries first."""
        return [effect_of(row) for row in self._database.ask("effects", run=run)]

    def mark(self, effect: int, state: str) -> None:
        """Set the state of an effect, one of EffectState.

        That it was applied need not be on the disk at once: at a start, the file tells. The run's end waits for both.
        """
        with self._database.writing(relaxed=EffectState(state) is EffectState.APPLIED):
            self.mark_all({effect: state})

    def mark_all(self, states: Mapping[int, str]) -> None:
        """Set the states of several effects, by their numbers, in one transaction."""
        rows = [{"id": effect, "state": EffectState(state).value} for effect, state in states.items()]
        with self._database.writing():
            self._database.do_many("mark", rows)

    def images(self) -> set[str]:
        """Return the vault's names of all images that an undo or a recovery may still ask for."""
        return {str(row["image"]) for row in self._database.ask("images_in_use")}

    def keep(self, run: int, name: str, image: str, *, ordinal: int = 0) -> None:
        """Remember that the vault has the *name* (prompt, answer, plan) of *run* under *image*."""
        with self._database.writing():
            self._database.do("keep", run=run, word=name, ordinal=ordinal, image=image, now=self._now())

    def kept_as(self, name: str) -> list[tuple[int, int, str]]:
        """Return the run, the number and the vault's name of all that is kept as *name*, the oldest run first."""
        rows = self._database.ask("kept_as", word=name)
        return [(int(row["run"]), int(row["ordinal"]), str(row["image"])) for row in rows]

    def kept(self, run: int) -> dict[tuple[str, int], str]:
        """Return the vault's names of what was kept of *run*, by its name and its number among those."""
        rows = self._database.ask("kept", run=run)
        return {(str(row["name"]), int(row["ordinal"])): str(row["image"]) for row in rows}
