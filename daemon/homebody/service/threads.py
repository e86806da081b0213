"""What do the daemon's threads do until it stops? Each goes on whatever one file, one run or a full disk does to it."""

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread

from homebody.documents.speech.reader import SpeechReader
from homebody.errors import DiskFullError, ModelError
from homebody.house.crew import Crew
from homebody.house.intake import Intake
from homebody.house.loop import Kind, Loop
from homebody.house.model import slots_of
from homebody.house.modes import looker
from homebody.house.pause import REST_SECONDS
from homebody.house.rebuild import FirstLook
from homebody.logs import get_log
from homebody.model.states import State
from homebody.service.children import LastEndings
from homebody.service.daemon import Daemon
from homebody.service.embedding import rest
from homebody.service.lifecycle import Signals
from homebody.triggers.folders import FolderWatch

NAP_SECONDS = 1.0

REST_LOOK_SECONDS = 15.0
"""How often it is looked whether anybody needs the model, at the least."""

MUSTER_SECONDS = 10.0
"""How often it is looked whether the model ended, and whether it has more slots than threads ask it."""

CANCEL_SECONDS, LAST_SECONDS = 1.0, 1.0
"""How long the runs in hand may take to hear that they are broken off, and to be handed back without their children."""


def end_first_look(first_look: FirstLook, intake: Intake, folders: FolderWatch) -> None:
    """End the careful look after a rebuilding, once every folder was there to be looked at."""
    if intake.caught_up and not folders.problems:
        first_look.over()


def take_in(daemon: Daemon) -> None:
    """Take files in until the daemon stops; on a full disk rest, and look at everything again after it."""
    while not daemon.stop.is_set():
        try:
            daemon.intake.run(daemon.stop)
        except DiskFullError:
            daemon.pause.full()
            while daemon.pause.lasts() and not daemon.stop.wait(REST_SECONDS):
                pass
        except Exception as error:  # noqa: BLE001 - a daemon that takes nothing in any more would be deaf
            get_log().error("the intake stumbled", error=error)
            daemon.stop.wait(NAP_SECONDS)


def work(daemon: Daemon, signals: Signals) -> None:
    """Carry out runs until the daemon stops: those that ask the model when it is loaded, all others at once.

    As many ask it side by side as it has slots. A model that does not load stops nothing: the recipes that need
    none go on, and `status` says what is wrong.
    """
    log = get_log()
    loop = Loop(
        journal=daemon.journal, runner=daemon.runner, endings=LastEndings(daemon), in_hand=daemon.in_hand,
        recipes=daemon.recipes, clock=daemon.clock, pause=daemon.pause, wake=daemon.wake, stop=daemon.stop,
        over=looker(daemon.recipes, daemon.intake.hint),
    )  # fmt: skip
    crew = Crew(loop)
    # One is heard at a time, for as long as an hour: that holds up no other run.
    hearing = 1 if isinstance(daemon.reader.speech, SpeechReader) else 0
    crew.muster(Kind.PLAIN, 1 + hearing)
    try:
        ready = daemon.model.start()
        log.info("model ready", model_sha256=ready.sha256, quantization=ready.info.quantization,
                 context=ready.context, memory_bytes=ready.memory_bytes, seconds=ready.load_seconds)  # fmt: skip
    except ModelError as error:
        daemon.model_problem = f"{error} {error.hint or ''}".strip()
        log.error("model not loaded", error=error)
    heed_the_model(daemon)
    crew.muster(Kind.ASKS, slots_of(daemon.model.ready) + hearing)
    while not daemon.stop.wait(MUSTER_SECONDS):
        bring_back(daemon)
        heed_the_model(daemon)
        crew.muster(
            Kind.ASKS, slots_of(daemon.model.ready) + hearing
        )  # a model that was loaded later may have more
    signals.end()  # whoever set the stop: the runs in hand are broken off now
    crew.join()


def bring_back(daemon: Daemon) -> None:
    """Start the model again that ended while nobody asked it for anything, so that nobody has to wait for it then."""
    daemon.model.notice()
    if daemon.model.standing.state is State.BACKING_OFF:
        with suppress(ModelError):  # its reason is in the status, and it is tried again
            daemon.model.start()


def heed_the_model(daemon: Daemon) -> None:
    """Look at the recipes again when another model is loaded: none is to run that it cannot answer."""
    if daemon.uptake.grammars.stale:
        with suppress(DiskFullError):  # the taker comes back to it
            daemon.taker.take_up(daemon.uptake.judge_again)


def give_memory_back(daemon: Daemon) -> None:
    """Unload each model whenever nobody needed it for long enough, until the daemon stops."""
    unload_after = daemon.settings.unload_after
    after = None if unload_after is None else unload_after.total_seconds()
    if after is None and daemon.embedder is None:
        return
    while not daemon.stop.wait(min((after or REST_LOOK_SECONDS) / 4, REST_LOOK_SECONDS)):
        if after is not None and daemon.model.rest(after):
            get_log().info("model unloaded")
        if daemon.embedder is not None:
            rest(daemon.embedder)


def break_off(daemon: Daemon, threads: Sequence[Thread]) -> None:
    """Break off the runs in hand, end model and reader, and wait for *threads*: some five seconds at most.

    A cancel reaches only an answer that is being made, so it is given again until the runs were handed back. A run
    that does not hear it, because text is being read or counted, loses its children, and is handed back for that.
    """
    daemon.in_hand.cancel_all()
    deadline = daemon.clock.monotonic() + CANCEL_SECONDS
    for thread in threads:
        while thread.is_alive() and daemon.clock.monotonic() < deadline:
            daemon.model.cancel()
            thread.join(timeout=0.05)
    daemon.model.stop()
    if daemon.embedder is not None:
        daemon.embedder.stop()
    daemon.reader.stop()
    for thread in threads:
        thread.join(timeout=LAST_SECONDS)
