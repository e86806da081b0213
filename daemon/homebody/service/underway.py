"""Which runs does the daemon have in hand just now, and how far are they?"""

from typing import Any

from homebody.house.account import printable
from homebody.house.progress import Progresses
from homebody.journal.run import RunState
from homebody.journal.store import Journal


def in_hand(journal: Journal, progresses: Progresses) -> list[dict[str, Any]]:
    """Return the runs that are being carried out, oldest first, each with its requests to the model."""
    return [
        {
            "id": run.id,
            "recipe": run.recipe,
            "path": printable(run.path),
            "since": None if run.started_at is None else run.started_at.isoformat(),
            "requests": progresses.of(run.id),
        }
        for run in journal.in_state(RunState.RUNNING)
    ]
