"""What is a running daemon made of?"""

import threading
from dataclasses import dataclass, field

from homebody import seal
from homebody.clock import Clock
from homebody.documents.readers import Readers
from homebody.house.in_hand import InHand
from homebody.house.intake import Intake
from homebody.house.pause import Pause
from homebody.house.runner import Runner
from homebody.house.taking import InForce
from homebody.house.wake import Wake
from homebody.house.watched import Watched
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.model.client import ModelClient
from homebody.model.embedding import EmbeddingClient
from homebody.paths import Home
from homebody.secrets import Key
from homebody.service.lock import Lock
from homebody.service.newcomers import Say
from homebody.service.taking import Taker
from homebody.service.timetable import Timetable
from homebody.service.upkeep import Upkeep
from homebody.service.uptake import Uptake
from homebody.settings import Settings
from homebody.triggers.folders import FolderWatch


@dataclass(slots=True, kw_only=True)
class Daemon:
    """What runs: the parts that the control socket asks and that are stopped at the end."""

    home: Home
    settings: Settings
    clock: Clock
    recipes: InForce
    key: Key
    lock: Lock
    journal: Journal
    vault: Vault
    policy: seal.Policy
    """What the kernel was told at the start."""
    report: seal.SealReport
    reader: Readers
    model: ModelClient
    embedder: EmbeddingClient | None
    """The model that makes embeddings for scripts, where a person has chosen one."""
    runner: Runner
    in_hand: InHand
    """The runs that are being carried out; one of them is cancelled here."""
    pause: Pause
    upkeep: Upkeep
    uptake: Uptake
    intake: Intake
    folders: FolderWatch
    wake: Wake
    timetable: Timetable
    taker: Taker
    say: Say
    stop: threading.Event = field(default_factory=threading.Event)
    model_problem: str | None = None
    exit_code: int = 0
    """What `serve` ends with when a signal, or the end of its children, ends it."""

    @property
    def watched(self) -> list[Watched]:
        """What the recipes in force watch."""
        return self.uptake.watched

    @property
    def waiting(self) -> dict[str, str]:
        """Recipes that do not run as their files have them, and why."""
        return {name: str(wait) for name, wait in self.recipes.standing.waits.items()}
