"""When are the model and the reader started, and what happens when they have ended?

On Linux when they are needed, and again after they died: there this room does nothing. Where a sealed daemon
starts no process (`seal.Starts`), both come first, several readers ahead, and each seals itself; when the model or
the last reader has ended, the daemon ends as well, after the runs at hand are written down or handed back, and its
service manager starts all three again. So no unsealed process has to stay alive to start others.
"""

from datetime import timedelta

from homebody import seal
from homebody.documents.readers import Readers
from homebody.errors import ModelError, SealError, SettingsError
from homebody.house.loop import Endings
from homebody.house.outcome import Outcome
from homebody.journal.run import Run
from homebody.logs import get_log
from homebody.model.calling import Caller
from homebody.model.client import ModelClient
from homebody.model.embedding import EmbeddingClient
from homebody.service.daemon import Daemon

EX_TEMPFAIL = 75
"""sysexits.h: try again later. launchd (KeepAlive) and systemd (Restart=on-failure) do."""


def start_before_the_seal(
    starts: seal.Starts, model: ModelClient, reader: Readers, embedder: EmbeddingClient | None = None
) -> None:
    """Start models and readers, where none can be started later, and see from outside that they are sealed.

    A model that does not load stops nothing: its reason is told again to whoever needs it. Raises DocumentError
    for a reader that does not come up, SealError for a child that is not sealed.
    """
    if starts.after_seal:
        return
    pids = list(reader.start_ahead(starts.readers))
    models: list[Caller] = [model] if embedder is None else [model, embedder]
    for one in models:
        try:
            pids.append(one.start().pid)
        except ModelError as error:
            get_log().error("model not loaded", error=error)
        one.start_no_more()
    for pid in pids:
        if not seal.is_sealed(pid):
            raise SealError(
                f"The kernel does not say that process {pid}, a child of homebody, is sealed.",
                hint="Please report this with the output of `homebody doctor`.",
            )


def refuse_unloading(starts: seal.Starts, unload_after: timedelta | None) -> None:
    """Raise SettingsError when the model is to be unloaded where it could not be loaded again."""
    if unload_after is not None and not starts.after_seal:
        raise SettingsError(
            "`unload_after` cannot be kept on this system: within the seal no model process can be started again.",
            hint="Take the line out of settings.yaml. `homebody stop` gives the memory back until `homebody start`.",
        )


def must_start_again(model: ModelClient, reader: Readers) -> bool:
    """Return whether a child has ended that only a new daemon can have again."""
    return model.lost or reader.used_up


class LastEndings(Endings):
    """Writes down how runs end; after one that cost a child that cannot be replaced, the daemon ends.

    After an ending the try that failed is counted; the other runs in hand are handed back.
    """

    def __init__(self, daemon: Daemon) -> None:
        super().__init__(daemon.journal, daemon.clock, daemon.recipes)
        self._daemon = daemon

    def record(self, run: Run, outcome: Outcome) -> None:
        """Write the ending down, then stop the daemon if it has to be started again."""
        over = must_start_again(self._daemon.model, self._daemon.reader)
        if over and outcome.patient:  # it waits for the new child, and for no minute besides
            self._daemon.journal.hand_back(run.id, outcome.reason or "it waits")
        else:
            super().record(run, outcome)
        if over:
            get_log().warning("a child process has ended, and homebody ends to be started again")
            self._daemon.exit_code = EX_TEMPFAIL
            self._daemon.stop.set()
