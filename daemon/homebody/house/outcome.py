"""How did a run end? Every way out has a reason that a person can read; only a bug raises what is not foreseen."""

from dataclasses import dataclass

from homebody.errors import (
    DiskFullError,
    DocumentError,
    HomebodyError,
    ModelError,
    ModelNotReadyError,
    PartlyTakenBackError,
    ReaderBusyError,
    ReaderNotReadyError,
    SlotError,
)
from homebody.journal.run import RunState

CHANGED = "the file changed before its turn came; what is there now gets a run of its own"


def replaced_by(newer: int) -> str:
    """Return why a run is over when the run *newer*, on what its file holds by now, takes its place."""
    return f"run {newer} took its place (mode: restart)"


OVERTAKEN = "another run changed its file meanwhile, so it is read again"

UNWANTED = "a person has cancelled it; `homebody retry` does it after all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended: its state, the reason in words, and whether another try may help."""

    state: RunState
    reason: str | None = None
    again: bool = False
    pause: bool = False
    """The disk is full: nothing can be done for anybody just now."""
    patient: bool = False
    """What is missing will be there some day: the run stays queued, and no try is counted against it."""
    anew: bool = False
    """Another run was quicker on the same file: the run is done anew at once, and no try is counted against it."""
    given_up: bool = False
    """The run was told to give up, and nothing of it was changed."""
    release: bool = False
    """The file may come back just as it was, and is then to be taken up."""


class Skip(Exception):  # noqa: N818 - a way out, not an error
    """The run has nothing to do, and this is why; with *release*, only because of how things are just now."""

    def __init__(self, reason: str, *, release: bool = False) -> None:
        super().__init__(reason)
        self.release = release


class Overtaken(Exception):  # noqa: N818 - a way out, not an error
    """Another run of homebody changed the file of this one since it was read."""


def outcome_of(error: Exception, *, given_up: bool) -> Outcome:
    """Return how a run ended over *error*; *given_up* says that it was told to give up before."""
    failed = RunState.FAILED
    match error:
        case Skip():
            return Outcome(state=RunState.SKIPPED, reason=str(error), release=error.release)
        case Overtaken():
            return Outcome(state=failed, reason=OVERTAKEN, again=True, anew=True)
        case DiskFullError():
            return Outcome(state=failed, reason=str(error), again=True, pause=True)
        case (
            SlotError() | ModelError() | DocumentError() | ReaderNotReadyError() | ReaderBusyError()
        ):  # before the first change, all of them
            patient = isinstance(error, ModelNotReadyError | ReaderNotReadyError | ReaderBusyError)
            return Outcome(state=failed, reason=str(error), again=True, patient=patient, given_up=given_up)
        case HomebodyError() | OSError():
            return Outcome(state=failed, reason=str(error), again=not isinstance(error, PartlyTakenBackError))
        case _:
            reason = f"a fault in homebody itself ({type(error).__name__}); please report it"
            return Outcome(state=failed, reason=reason, again=True)
