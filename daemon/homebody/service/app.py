"""The only place that builds the daemon and wires its parts together.

The order is the promise (no-egress, section 2): open what needs the world, put on the seal, try to get out,
and only then look at the first document.
"""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from homebody import __version__, regexes, seal
from homebody.clock import Clock, SystemClock
from homebody.documents.pictures.tesseract import find
from homebody.documents.readers import readers
from homebody.documents.speech.whisper import find as find_whisper
from homebody.errors import ModelError, ModelNotReadyError
from homebody.house.battery import Battery
from homebody.house.halt import Halt
from homebody.house.in_hand import InHand
from homebody.house.intake import Intake
from homebody.house.model import slots_of
from homebody.house.modes import ringer
from homebody.house.pause import Pause
from homebody.house.purge import know_key
from homebody.house.rebuild import FirstLook
from homebody.house.recover import recover
from homebody.house.runner import Runner
from homebody.house.taking import NOTHING, InForce
from homebody.house.wake import Wake
from homebody.house.watched import wishes
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.logs import configure, get_log
from homebody.model.client import ModelClient
from homebody.model.keeping import Prefixes
from homebody.paths import Home
from homebody.power import on_battery, refuse_where_unknown
from homebody.recipe.load import load_folder
from homebody.secrets import vault_key
from homebody.service.children import refuse_unloading, start_before_the_seal
from homebody.service.choosing import choice_of
from homebody.service.daemon import Daemon
from homebody.service.embedding import embedder_of
from homebody.service.grammars import Grammars
from homebody.service.lifecycle import Readiness, Signals
from homebody.service.listener import ControlServer
from homebody.service.lock import Lock
from homebody.service.newcomers import Say, announce, introduce, nothing
from homebody.service.obstacles import standing
from homebody.service.pulse import Watchdog, pulse, watched_over
from homebody.service.routes import routes
from homebody.service.sealing import give_up_output, policy_for, put_on_seal, written_by
from homebody.service.staying import refuse_carried_state
from homebody.service.taking import Taker
from homebody.service.threads import break_off, end_first_look, give_memory_back, take_in, work
from homebody.service.timetable import Timetable
from homebody.service.upkeep import Upkeep
from homebody.service.uptake import Uptake, watched_folders
from homebody.settings import load_settings
from homebody.synced.away import Carriers, person
from homebody.triggers.folders import FolderWatch
from homebody.triggers.rescan import look


def serve(
    home: Home, *, terminal: TextIO | None = None, verbose: bool = False, say: Say | None = None
) -> int:
    """Run the daemon on *home* until a signal ends it, and return its exit code.

    Without a *terminal*, standard output and error are given up once the seal is on: a service manager's
    journal may be sent elsewhere.
    *say* shows a line to the person before the terminal; without one, a hang-up is no end but a call to look at
    the recipes again.

    Raises HomebodyError when it cannot start: another daemon, bad settings, no seal.
    """
    clock = SystemClock()
    usual = os.umask(0o077)
    environ = dict(os.environ)  # leads to the person's keyring; ours is scrubbed
    seal.scrub_environment_here()
    seal.close_inherited({0, 1, 2})
    seal.let_go_of_input()
    refuse_carried_state(home)
    for folder in (home.state, home.recipes):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock(home.lock)
    lock.take()
    configure(home.log, terminal, verbose=verbose)
    signals = Signals(on_terminal=say is not None)
    holder: dict[str, Daemon] = {}
    server = ControlServer(home.socket, routes(lambda: holder["daemon"]))
    ready = Readiness(environ)
    daemon = build_daemon(home, clock, lock, environ, ready, say or nothing)
    if terminal is None:
        give_up_output()
    os.umask(usual)  # from here on, what is made anew is the person's own, as they like it
    holder["daemon"] = daemon
    with watched_over(home.log.with_name("stuck.txt"), supervised=ready.supervised) as watchdog:
        return live(daemon, server, signals, watchdog)


def build_daemon(
    home: Home, clock: Clock, lock: Lock, environ: Mapping[str, str], ready: Readiness, say: Say
) -> Daemon:
    """Return the daemon, sealed and self-tested, with nothing started yet. Raises HomebodyError."""
    settings = load_settings(home)
    refuse_where_unknown(wanted=settings.on_battery == "pause")
    refuse_unloading(seal.this_system().starts, settings.unload_after)
    key = vault_key(home, environ)
    carrier = Carriers(person()).of  # inside the seal the programs that synchronise cannot be asked any more
    regexes.available()  # a recipe that comes later may be the first to need them
    loaded = load_folder(home.recipes)
    recipes = InForce(standing(NOTHING, loaded, home, None, carrier))
    journal = Journal.open(home.journal, clock, lived=home.vault.is_dir())
    tesseract, whisper = find(settings.ocr.languages), find_whisper(settings)
    policy = policy_for(home, settings, recipes.values(), tesseract, whisper)
    shown = seal.identities(policy)
    reader = readers(clock, tesseract, whisper, recycled=seal.this_system().starts.after_seal)
    model = ModelClient(settings.model_path(), clock=clock, choice=choice_of(settings),
                        memory=home.state / "models.json", prefixes=Prefixes(home.prefixes, clock=clock))  # fmt: skip
    embedder = embedder_of(home, settings, model, clock)
    start_before_the_seal(seal.this_system().starts, model, reader, embedder)
    report = put_on_seal(home, policy, ready)
    vault = Vault(home.vault, key.data)
    runner = Runner(
        journal=journal,
        vault=vault,
        model=lambda: loaded_model(model),
        reader=reader,
        clock=clock,
        recipes=recipes,
        slots=lambda: slots_of(model.ready),
    )
    watched = wishes(recipes.values(), settings.settle)
    first_look = FirstLook(journal, watched)
    wake, in_hand = Wake(), InHand(journal)
    ring = ringer(in_hand, recipes, wake)
    recipes_folder = home.recipes.resolve()
    folders = FolderWatch(
        watched_folders(watched, recipes_folder),
        hint=lambda path: hint(path),  # noqa: PLW0108 - made below
        missed=lambda: intake.missed(),  # noqa: PLW0108
    )
    intake = Intake(
        journal=journal,
        clock=clock,
        watched=watched,
        wake=ring,
        rescan_seconds=settings.rescan,
        stat=look,
        mend=folders.mend,
        judge=first_look,
    )
    timetable = Timetable(journal, clock, recipes, ring)

    def hint(path: Path) -> None:
        if path.parent == recipes_folder:
            taker.touched()
        intake.hint(path)

    uptake = Uptake(
        home=home, settle=settings.settle, loaded=loaded, policy=policy, shown=shown, carrier=carrier,
        grammars=Grammars(model), recipes=recipes, journal=journal, watched=watched, first_look=first_look,
        folders=folders, intake=intake, timetable=timetable, wake=wake, say=say,
    )  # fmt: skip
    taker = Taker(folder=home.recipes, clock=clock, recipes=recipes, evaluate=uptake.evaluate, take=uptake.take,
                  every=settings.rescan)  # fmt: skip
    discharging = on_battery if settings.on_battery == "pause" else None
    pause = Pause(clock, lambda: written_by(home, recipes.values()), Battery(clock, discharging),
                  Halt(journal, clock))  # fmt: skip
    know_key(journal, vault.key_id, clock.now())
    upkeep = Upkeep(journal, home.journal, home.vault, clock, settings.vault, runner.changing,
                     also=lambda: end_first_look(first_look, intake, folders))  # fmt: skip
    return Daemon(
        home=home, settings=settings, clock=clock, recipes=recipes, key=key, lock=lock, journal=journal, vault=vault,
        policy=policy, report=report, reader=reader, model=model, embedder=embedder, runner=runner, in_hand=in_hand,
        pause=pause, upkeep=upkeep, uptake=uptake, intake=intake, folders=folders, wake=wake, timetable=timetable,
        taker=taker, say=say,
    )  # fmt: skip


def live(daemon: Daemon, server: ControlServer, signals: Signals, watchdog: Watchdog) -> int:
    """Recover, start every part, wait for a signal, stop every part; return the exit code."""
    log = get_log()
    if (rebuilt := daemon.journal.rebuilt) is not None:
        log.error("the journal was damaged or gone, and was rebuilt", count=rebuilt.saved)
    found = recover(daemon.journal, daemon.vault)
    log.info("recovered", finished=found.finished, taken_back=found.taken_back, handed_back=found.handed_back)
    announce(NOTHING, daemon.recipes.standing, daemon.say)
    introduce(daemon.journal, daemon.recipes.values(), daemon.say)
    daemon.timetable.start()
    threads = [
        threading.Thread(target=server.serve_forever, name="control", daemon=True),
        threading.Thread(target=take_in, args=(daemon,), name="intake", daemon=True),
        threading.Thread(target=work, args=(daemon, signals), name="house", daemon=True),
        threading.Thread(target=daemon.taker.run, args=(daemon.stop,), name="recipes", daemon=True),
        threading.Thread(target=daemon.upkeep.run, args=(daemon.stop,), name="upkeep", daemon=True),
        threading.Thread(target=give_memory_back, args=(daemon,), name="model-rest", daemon=True),
        threading.Thread(
            target=pulse, args=(daemon.journal, watchdog, daemon.stop), name="pulse", daemon=True
        ),
    ]
    daemon.folders.start()
    for thread in threads:
        thread.start()
    log.info("serving", version=__version__, pid=os.getpid(), recipes=len(daemon.recipes))
    number = signals.wait_for_the_end(daemon.taker.touched)
    log.info("stopping", signal=number)
    daemon.stop.set()
    daemon.wake.set()
    daemon.intake.rouse()
    daemon.taker.touched()
    server.shutdown()
    daemon.timetable.stop()
    daemon.folders.stop()
    break_off(daemon, threads[1:])
    daemon.upkeep.copy()
    daemon.journal.close()
    daemon.lock.release()
    log.info("stopped")
    return daemon.exit_code


def loaded_model(model: ModelClient) -> ModelClient:
    """Return *model* with its process up, starting it if need be; raise ModelNotReadyError when it will not load."""
    if model.ready is None:
        try:
            model.start()
        except ModelError as error:
            raise ModelNotReadyError(f"it waits for the model: {error}") from error
    return model
