"""Who is admitted next, and is the next step one that reads prompts or one that writes answers?

Decisions only, as functions of what is known; the loop (`homebody.engine.loop`) carries them out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

OVERTAKEN = 4
"""How often a run may be overtaken by more urgent or smaller ones before nobody overtakes it any more."""

FAIR = 1.0
"""Seconds of writing for each second of reading, while a person waits for what is being written."""

SMALL_STEP = 128
"""Tokens that are read at once while a person waits for what is being written."""

PATIENCE = 2.0
"""Seconds for which background writers let others read before they get a step. The more runs write at once, the less
each token costs (measured: sixteen at once take half the time each that four do), so it pays to read first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A run that is not admitted yet."""

    number: int
    interactive: bool
    overtaken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """A run that is admitted: it reads its prompt, or writes its answer."""

    number: int
    room: int
    interactive: bool
    reading: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Let one run read on, at most *most* tokens; with *along* the writers of its room go on in the same step."""

    number: int
    most: int
    along: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Let all the runs in a room that write go on by one step."""

    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came before: whether the writers' step is not due or done, and the seconds that a waiting person is owed.

    *stretch* are the seconds that were read since the writers' last step.
    """

    wrote: bool = True
    owed: float = 0.0
    stretch: float = 0.0
    last_room: int = -1


def order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return those who wait in the order in which they are to be admitted.

    Interactive ones come first, in the order of their coming, but nobody is overtaken for ever.
    """
    return sorted(waiting, key=lambda one: (one.overtaken < OVERTAKEN, not one.interactive, one.number))


def blocks_others(one: Waiting) -> bool:
    """Return whether those behind *one* must wait until there is room for it."""
    return one.overtaken >= OVERTAKEN


def next_step(
    active: Sequence[Active], turn: Turn, most: int, together: Collection[int] = ()
) -> Read | Write | None:
    """Return what to do next, or None when nobody is admitted.

    Prompts are read one after the other, interactive ones first. Those who write get a step after each PATIENCE of
    reading; while a person waits for one of them, after each step, and as much time as the reading took. Rooms take
    turns. In the rooms *together* writers go along in each step of reading.
    """
    readers = [one for one in active if one.reading]
    writers = [one for one in active if not one.reading]
    urgent = any(one.interactive for one in writers)
    if readers and (not writers or (turn.wrote and not (urgent and turn.owed > 0))):
        first = min(readers, key=lambda one: (not one.interactive, one.number))
        along = first.room in together and any(one.room == first.room for one in writers)
        return Read(number=first.number, most=min(most, SMALL_STEP) if urgent else most, along=along)
    if not writers:
        return None
    rooms = sorted({one.room for one in writers})
    return Write(room=next((room for room in rooms if room > turn.last_room), rooms[0]))


def after(turn: Turn, step: Read | Write, seconds: float, active: Sequence[Active]) -> Turn:
    """Return the turn after a *step* that took so many *seconds*; *active* is who was there before it."""
    writers = [one for one in active if not one.reading]
    rooms = {one.room for one in writers}
    if isinstance(step, Read):
        if step.along:  # those have had their step
            rooms -= {one.room for one in active if one.number == step.number}
            writers = [one for one in writers if one.room in rooms]
        urgent = any(one.interactive for one in writers)
        stretch = turn.stretch + seconds if rooms else 0.0
        due = bool(rooms) and (urgent or stretch >= PATIENCE)
        return Turn(
            wrote=not due,
            owed=turn.owed + FAIR * seconds if urgent else 0.0,
            stretch=0.0 if due else stretch,
        )
    done = replace(turn, owed=max(0.0, turn.owed - seconds), last_room=step.room)
    return replace(done, wrote=turn.wrote or step.room == max(rooms))
