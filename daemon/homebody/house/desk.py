"""Where does a run ask? Every step goes to the journal, and what was said to the vault."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from homebody.house.asker import Keep
from homebody.house.calls import keeping
from homebody.house.evidence import keep_evidence, kept_evidence
from homebody.house.model import InTurn
from homebody.house.tags import keep_proposals
from homebody.journal.run import Run
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.slots.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDesk:
    """The desk of one run; ``load`` gives the model as that run has it."""

    journal: Journal
    vault: Vault
    run: Run
    load: Callable[[], InTurn]

    def model(self) -> InTurn:
        """Return the model. Raises ModelNotReadyError while there is none."""
        return self.load()

    def step(self, name: str, **detail: Any) -> None:
        """Write down a step. Raises JournalError."""
        self.journal.step(self.run.id, name, **detail)

    def keep(self, ask: str) -> Keep:
        """Return what keeps the calls for the ask of that name."""
        return keeping(self.journal, self.vault, self.run.id, ask)

    def proven(self) -> list[Evidence]:
        """Return what proves the answers of an earlier plan of the run."""
        return kept_evidence(self.journal, self.vault, self.run.id)

    def prove(self, found: Sequence[Evidence]) -> None:
        """Keep what proves the answers."""
        keep_evidence(self.journal, self.vault, self.run.id, found)

    def propose(self, words: Sequence[tuple[str, str]]) -> None:
        """Keep the words that the answers propose."""
        keep_proposals(self.journal, self.vault, self.run, words)
