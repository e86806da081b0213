"""Where does the model process stand, and what follows from what happens to it? Values and pure decisions.

The crash loop: a process that ends again and again, each time after it had proved itself, has something wrong that
starting it once more does not mend. A death that a document was found guilty of tells nothing of the process.
"""

from dataclasses import dataclass, replace
from enum import Enum, StrEnum

LONGEST_PAUSE = 60.0
FAILED_PAUSE = 10.0
"""How long the reason of a start that ended in a death is repeated before another is tried, at least."""

NO_ROOM_PAUSE = 60.0
"""How long a start waits for which there was no memory: other programs may have given theirs back by then."""

LOOP_DEATHS = 5
LOOP_SECONDS = 600.0
"""After so many deaths in so many seconds no other start is tried."""

MOST_VERDICTS = 8
"""After so many guilty documents in a row, without one answer in between, it is not the documents' fault."""

RESTART = "`homebody restart`, or another file in the model's place, lets it try again."


class State(StrEnum):
    """Where the model process stands."""

    STOPPED = "stopped"
    """Runs not; nobody asked for it yet, or it was stopped on purpose."""
    STARTING = "starting"
    """Its file is checked, and a process is started."""
    LOADING = "loading"
    """The weights are read."""
    PROVING = "proving"
    """The weights are there, and it writes its first tokens to show that it can, and how fast."""
    READY = "ready"
    """Answers."""
    UNLOADED = "unloaded"
    """Was ended because nobody needed it, to give its memory back; the next request starts it."""
    BACKING_OFF = "backing off"
    """Ended by itself, and is started again after a pause."""
    FAILED = "failed"
    """Cannot be started, and is not tried again by itself."""
    LOST = "lost"
    """Ended, and this daemon may start no other."""


class Happening(Enum):
    """What can happen to the model process."""

    START = "a start begins"
    LOAD = "a part of the weights is read"
    PROVE = "the proof begins"
    MEASURE = "a few steps are timed"
    PROVED = "it works"
    REFUSED = "it, or its file, says why it cannot be loaded"
    NO_ROOM = "other programs have the memory that it needs"
    DIED = "it ended by itself"
    KILLED_BY_PROMPT = "it ended by itself, over a document that is guilty"
    ANSWERED = "it answered"
    IDLE = "nobody needed it for long enough"
    STOP = "it is stopped on purpose"
    CHANGED = "the model's file is another one"
    NO_MORE = "from now on none may be started"


ON_THE_WAY = frozenset({State.STARTING, State.LOADING, State.PROVING})
GIVEN_UP = frozenset({State.FAILED, State.LOST})
STARTABLE = frozenset({State.STOPPED, State.UNLOADED, State.BACKING_OFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the process stands since when (monotonic seconds), and why in words; the rest is what decides."""

    state: State = State.STOPPED
    reason: str = "nobody asked for it yet"
    since: float = 0.0
    not_before: float = 0.0
    """When it may be started again."""
    deaths: tuple[float, ...] = ()
    """When it ended by itself, of late."""
    in_a_row: int = 0
    """How often, without an answer in between."""
    verdicts: int = 0
    """How many documents were found guilty, without an answer in between."""
    last: bool = False
    """Whether no other process may be started after this one."""


def pause_after(deaths: int) -> float:
    """Return the seconds to wait after so many deaths without an answer in between: none after the first."""
    return 0.0 if deaths < 2 else min(LONGEST_PAUSE, 2.0 ** min(deaths - 2, 10))


def next_state(standing: Standing, happening: Happening, now: float, words: str = "") -> Standing:
    """Return where the process stands after *happening*; what cannot happen in a state changes nothing.

    *words* say more: how far it is, why it was refused, how it ended.
    """
    state = standing.state
    found = standing
    match happening:
        case Happening.START if state in STARTABLE and not standing.last:
            found = _to(standing, State.STARTING, "its file is checked, and a process is started", now)
        case Happening.LOAD if state in ON_THE_WAY:
            found = _to(standing, State.LOADING, words or "its weights are read", now)
        case Happening.PROVE if state in ON_THE_WAY:
            found = _to(standing, State.PROVING, "its weights are read, and it shows that it can write", now)
        case Happening.MEASURE if state in ON_THE_WAY:
            found = _to(standing, State.PROVING, words or "a few of its steps are timed", now)
        case Happening.PROVED if state in ON_THE_WAY:
            found = _to(standing, State.READY, "it answers", now)
        case Happening.REFUSED | Happening.NO_ROOM if state in ON_THE_WAY:
            found = _to(standing, State.FAILED, words, now)
            if happening is Happening.NO_ROOM and not standing.last:
                found = replace(found, state=State.BACKING_OFF, not_before=now + NO_ROOM_PAUSE)
        case Happening.DIED | Happening.KILLED_BY_PROMPT if state is State.READY or state in ON_THE_WAY:
            found = _after_death(standing, happening is Happening.KILLED_BY_PROMPT, now, words)
        case Happening.ANSWERED if state is State.READY:
            found = replace(standing, in_a_row=0, verdicts=0)
        case Happening.IDLE if state is State.READY and not standing.last:
            found = _to(
                standing, State.UNLOADED, words or "nobody needed it; the next request loads it again", now
            )
        case Happening.STOP | Happening.CHANGED | Happening.NO_MORE:
            found = _from_outside(standing, happening, now)
    return found


def _from_outside(standing: Standing, happening: Happening, now: float) -> Standing:
    """Return where the process stands after what somebody else did: its end, its file, its permission to be started."""
    if happening is Happening.STOP:
        return Standing(reason="it was stopped", since=now, last=standing.last)
    if happening is Happening.NO_MORE:
        return replace(standing, last=True)
    mendable = standing.state is State.FAILED and not standing.last
    return Standing(reason="its file is another one now", since=now) if mendable else standing


def _to(standing: Standing, state: State, reason: str, now: float) -> Standing:
    """Return the standing with another state; its beginning stays when the state does."""
    return replace(
        standing, state=state, reason=reason, since=standing.since if state is standing.state else now
    )


def _after_death(standing: Standing, by_prompt: bool, now: float, words: str) -> Standing:
    """Return what follows a death: none may be started any more, or none should, or one after a pause."""
    if standing.last:
        return _to(standing, State.LOST, f"{words} Within the seal no other process can be started.", now)
    recent = tuple(at for at in standing.deaths if now - at < LOOP_SECONDS)
    if by_prompt:  # its first death goes with it
        after = replace(
            standing, deaths=recent[:-1], in_a_row=0, verdicts=standing.verdicts + 1, not_before=now
        )
        if after.verdicts >= MOST_VERDICTS:
            return _to(
                after, State.FAILED, f"It ended over {after.verdicts} texts in a row. {words} {RESTART}", now
            )
        return _to(after, State.BACKING_OFF, words, now)
    deaths = (*recent, now)
    pause = pause_after(standing.in_a_row + 1)
    if standing.state in ON_THE_WAY:
        pause = max(FAILED_PAUSE, pause)
    after = replace(standing, deaths=deaths, in_a_row=standing.in_a_row + 1, not_before=now + pause)
    if len(deaths) >= LOOP_DEATHS:
        often = f"It ended {len(deaths)} times in {LOOP_SECONDS / 60:.0f} minutes."
        return _to(after, State.FAILED, f"{often} {words} {RESTART}", now)
    return _to(after, State.BACKING_OFF, words, now)
