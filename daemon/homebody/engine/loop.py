"""How do many runs share one model: admit, step, tell, and leave nobody without an answer?"""

import time
from collections.abc import Callable, Sequence

from homebody.engine.job import Job
from homebody.engine.keeping import Keeper
from homebody.engine.llama import AbortedError, DeviceError
from homebody.engine.room import Admission, Room
from homebody.engine.scheduler import (
    Active,
    Read,
    Turn,
    Waiting,
    Write,
    after,
    blocks_others,
    next_step,
    order,
)
from homebody.engine.vocabulary import Vocabulary
from homebody.errors import HomebodyError, ModelError, PromptTooLongError


class Loop:
    """The runs of one model: those that wait, and those in its rooms."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        rooms: Sequence[Room],
        *,
        chunk: int,
        clock: Callable[[], float] = time.monotonic,
        keeper: Keeper | None = None,
        together: bool = False,
    ) -> None:
        """Begin with nobody; *rooms* from the smallest to the largest, *chunk* the tokens read in one step.

        *keeper* is shown the beginnings that are read. *together*: in common pools some write while another reads.
        """
        self._together = [place for place, room in enumerate(rooms) if together and room.cache.unified]
        self._keeper = keeper
        self._vocabulary = vocabulary
        self._rooms = rooms
        self._chunk = chunk
        self._clock = clock
        self._waiting: dict[int, Job] = {}
        self._turn = Turn()

    @property
    def busy(self) -> bool:
        """Return whether anybody waits for an answer."""
        return bool(self._waiting) or any(room.jobs for room in self._rooms)

    def submit(self, job: Job) -> None:
        """Take a run on. Raises PromptTooLongError when it could never be admitted."""
        for number, room in enumerate(self._rooms):
            if room.fits(job.need):
                job.room = number
                self._waiting[job.number] = job
                return
        raise PromptTooLongError(
            f"The prompt and its answer may take {job.need} tokens together, "
            f"and the model's memory holds {self._rooms[-1].cache.cells}."
        )

    def advance(self) -> None:
        """Do one step for somebody. Raises DeviceError when the device can no longer be trusted."""
        self._drop()
        self._admit()
        active = self._active()
        step = next_step(active, self._turn, self._chunk, self._together)
        if step is None:
            for job in list(self._waiting.values()):  # cannot be: an empty room admits whoever fits it
                self._end(job, ModelError("The model found no room for this run."))
            return
        began = self._clock()
        self._carry_out(step)
        self._turn = after(self._turn, step, self._clock() - began, active)

    def _drop(self) -> None:
        """Let those go who were cancelled or are past their deadline."""
        for job in [*self._waiting.values(), *self._inside()]:
            try:
                job.watch.check()
            except HomebodyError as error:
                self._end(job, error)

    def _admit(self) -> None:
        """Let in whom there is room for."""
        closed: set[int] = set()
        for one in order([_waiting(job) for job in self._waiting.values()]):
            job = self._waiting[one.number]
            if job.room in closed:
                continue
            try:
                found = self._rooms[job.room].admit(job)
            except ModelError as error:
                self._end(job, error)
                continue
            if found is Admission.ADMITTED:
                self._begin(job)
            elif found is Admission.NO_ROOM and blocks_others(one):
                closed.add(job.room)

    def _begin(self, job: Job) -> None:
        """Note that *job* was admitted, and who was overtaken by it."""
        del self._waiting[job.number]
        job.admitted_at = self._clock()
        for other in self._waiting.values():
            other.overtaken += other.room == job.room and other.number < job.number
        job.tell_reading(job.admitted_at)
        if self._keeper is not None and 0 < job.prompt.durable <= job.cached:
            self._keeper.remembered(self._rooms[job.room].cache, job)

    def _carry_out(self, step: Read | Write) -> None:
        """Do a step; what fails in it ends the runs that were in it, and no others."""
        jobs = self._concerned(step)
        room = self._rooms[jobs[0].room]
        try:
            if isinstance(step, Read):
                self._read(room, jobs[0], step.most, jobs[1:])
            else:
                room.write(jobs)
        except AbortedError:
            return  # whoever was cancelled is let go before the next step
        except HomebodyError as error:
            self._end_all(jobs, error)
            return
        except DeviceError:
            raise
        except Exception:
            self._end_all(jobs, ModelError("The model process stumbled over a bug in a step."))
            raise
        now = self._clock()
        for job in jobs:
            if job.writing.stop is not None:
                self._end(job, None)
            elif not job.reading:
                job.tell_writing(now)

    def _concerned(self, step: Read | Write) -> list[Job]:
        """Return the runs that a step is for."""
        if isinstance(step, Read):
            (reader,) = [job for job in self._inside() if job.number == step.number]
            return [reader, *(self._writers(reader.room) if step.along else [])]
        return self._writers(step.room)

    def _writers(self, room: int) -> list[Job]:
        return [job for job in self._rooms[room].jobs if not job.reading]

    def _read(self, room: Room, job: Job, most: int, along: Sequence[Job]) -> None:
        """Let *job* read on, and tell of it."""
        began = self._clock()
        read = room.read(job, most, along)
        now = self._clock()
        job.spent += now - began
        job.tell_reading(now)
        if self._keeper is not None and job.cursor == job.prompt.durable:
            self._keeper.read(room.cache, job)
        if read:
            job.read_at = self._clock()

    def _end_all(self, jobs: Sequence[Job], error: HomebodyError) -> None:
        for job in jobs:
            self._end(job, error)

    def _end(self, job: Job, error: HomebodyError | None) -> None:
        """Take *job* out, wherever it is, and say how it ended."""
        if self._waiting.pop(job.number, None) is None:
            self._rooms[job.room].leave(job)
        job.writing.close()
        if error is not None:
            job.replies.failed(error)
        else:
            job.replies.done(job.generated(self._clock()))

    def _inside(self) -> list[Job]:
        return [job for room in self._rooms for job in room.jobs]

    def _active(self) -> list[Active]:
        return [
            Active(number=job.number, room=job.room, interactive=job.interactive, reading=job.reading)
            for job in self._inside()
        ]


def _waiting(job: Job) -> Waiting:
    return Waiting(number=job.number, interactive=job.interactive, overtaken=job.overtaken)
