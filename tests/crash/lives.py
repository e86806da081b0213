"""The lives that are killed: what each does, at which of its statements it ends, and what is counted."""

import os
import random
import select
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from scene import Scene

import homebody
from homebody.clock import SystemClock
from homebody.documents.pictures.tesseract import ABSENT
from homebody.documents.readers import readers
from homebody.errors import UndoRefusedError
from homebody.house.in_hand import InHand
from homebody.house.intake import Intake
from homebody.house.loop import Endings, Kind, Loop
from homebody.house.pause import Pause
from homebody.house.recover import recover
from homebody.house.runner import Runner
from homebody.house.undo import undo
from homebody.house.wake import Wake
from homebody.house.watched import wishes
from homebody.journal.run import RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.testing import FakeModel
from homebody.triggers.rescan import look

PACKAGE = f"{Path(homebody.__file__).parent}/"
ROOMS = tuple(PACKAGE + room for room in ("journal/", "actions/", "house/"))
DEEDS = tuple(
    PACKAGE + file
    for file in (
        "actions/apply.py",
        "actions/attributes.py",
        "actions/duplicate.py",
        "actions/relocate.py",
        "actions/tags.py",
        "actions/temporary.py",
        "house/applying.py",
        "house/deeds.py",
        "house/force.py",
        "house/recover.py",
        "house/undo.py",
        "journal/vault.py",
    )
)
"""Where files are changed: half of the statements at which a kill strikes are drawn from these rooms alone."""

LIVES = {ROOMS: 4000, DEEDS: 400}
"""Statements that a child lives at most, by where they are counted."""

LIVES_OF_SECONDS = 0.5

WORKERS = 4
"""Threads that carry out runs at once."""


@dataclass
class Tally:
    """What the kills did, and what they did wrong."""

    kills: int = 0
    files: int = 0
    lost: int = 0
    repeated: int = 0
    partial: int = 0
    not_undoable: int = 0
    points: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def wrong(self, kind: str, what: str) -> None:
        """Count a fault."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.faults.append(f"{kind}: {what}")


class Refused(Exception):
    """What a child said that neither ended well nor was killed."""


def work(scene: Scene) -> None:
    """Be homebody on *scene* until there is nothing left to do."""
    clock, recipes = SystemClock(), scene.recipes()
    journal, vault = Journal.open(scene.state / "journal.db", clock), Vault(scene.state / "vault", bytes(32))
    assert journal.damaged is None, "the journal was damaged"
    recover(journal, vault)
    runner = Runner(
        journal=journal,
        vault=vault,
        model=FakeModel,
        reader=readers(clock, ABSENT),
        clock=clock,
        recipes=recipes,
    )
    intake = Intake(
        journal=journal, clock=clock, watched=wishes(recipes.values(), 0.0), wake=lambda: None, rescan_seconds=1,
        stat=look, mend=lambda: None,
    )  # fmt: skip
    loop = Loop(
        journal=journal, runner=runner, endings=Endings(journal, clock, recipes), in_hand=InHand(journal),
        recipes=recipes, clock=clock, pause=Pause(clock, lambda: [scene.state]), wake=Wake(), stop=threading.Event(),
    )  # fmt: skip
    for round_ in range(3):
        for run in journal.in_state(
            RunState.QUARANTINED
        ):  # set aside after five kills: a person tries it again
            journal.queue_again(run.id)
        go_round(loop)
        if round_ < 2:
            intake.enrol()
            intake.rescan()
            while intake.pending():
                select.select([], [], [], 0.01)
                intake.tick()
    journal.close()


def go_round(loop: Loop) -> None:
    """Carry out all runs that are due, in several threads. Raises what the first of them raised."""
    faults: list[BaseException] = []

    def work() -> None:
        try:
            while not faults and (held := loop.claim(Kind.ANY)) is not None:
                loop.carry_out(held, loop.clock.monotonic())
        except BaseException as fault:  # noqa: BLE001 - raised in the thread that asked
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def take_back(scene: Scene, *, force: bool = False) -> None:
    """Undo every run that is done; the one whose changes were planned last goes first."""
    journal, vault = (
        Journal.open(scene.state / "journal.db", SystemClock()),
        Vault(scene.state / "vault", bytes(32)),
    )
    assert journal.damaged is None, "the journal was damaged"
    recover(journal, vault)
    done = {run.id: journal.effects(run.id) for run in journal.runs(limit=100_000, state=RunState.DONE)}
    for number, _effects in sorted(
        done.items(), key=lambda item: [effect.id for effect in item[1]], reverse=True
    ):
        try:
            undo(journal, vault, number, force=force)
        except UndoRefusedError as error:
            if "changed nothing" not in str(error):
                raise
    journal.close()


def take_back_by_force(scene: Scene) -> None:
    """Undo every run that is done, whatever a person made of its files."""
    take_back(scene, force=True)


def kill_at(statement: int, where: tuple[str, ...], report: int) -> None:
    """Let this process kill itself before its *statement*-th statement in these rooms, telling at which."""
    left = statement

    def in_line(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left <= 0:  # several threads count, and one may pass over nought
                os.write(report, f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return in_line

    def in_call(frame: FrameType, _event: str, _argument: Any) -> Any:
        return in_line if frame.f_code.co_filename.startswith(where) else None

    threading.settrace(in_call)  # for the threads to come
    sys.settrace(in_call)


def live(scene: Scene, deed: Callable[[Scene], None], lot: random.Random, tally: Tally) -> bool:
    """Let one child do *deed* until it is done or killed, and return whether it came to its end."""
    by_statement, where = lot.random() < 0.7, DEEDS if lot.random() < 0.7 else ROOMS
    statement, seconds = lot.randint(1, LIVES[where]), lot.uniform(0, LIVES_OF_SECONDS)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            if by_statement:
                kill_at(statement, where, writing)
            deed(scene)
            os._exit(0)
        except BaseException as fault:  # noqa: BLE001 - told by the parent
            os.write(writing, f"fault {type(fault).__name__}: {fault}".encode()[:4000])
            os._exit(1)
    os.close(writing)
    if not by_statement and not select.select([reading], [], [], seconds)[0]:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    told = b""
    while block := os.read(reading, 4096):
        told += block
    os.close(reading)
    if os.WIFSIGNALED(status):
        tally.kills += 1
        tally.points |= {told.decode()} - {""}
        return False
    if os.WEXITSTATUS(status):
        raise Refused(told.decode())
    return True
