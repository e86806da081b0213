"""The only place that builds the daemon and wires its parts together.

The order is the promise (no-egress, section 2): open what needs the world, put on the seal, try to get out,
and only then look at the first document.
"""

import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from homebody import __version__, seal
from homebody.clock import Clock, SystemClock
from homebody.documents.reader import Reader
from homebody.errors import ModelError, ModelNotReadyError, SealError
from homebody.house.due import enqueuer
from homebody.house.intake import Intake
from homebody.house.pause import Pause
from homebody.house.purge import know_key
from homebody.house.rebuild import FirstLook
from homebody.house.recover import recover
from homebody.house.runner import Runner
from homebody.house.watched import wishes
from homebody.journal.store import Journal
from homebody.journal.vault import Vault
from homebody.logs import configure, get_log
from homebody.model.client import ModelClient
from homebody.paths import Home
from homebody.recipe.load import Loaded, load_folder
from homebody.recipe.reach import circles, edges
from homebody.recipe.schema import Recipe, Schedule
from homebody.secrets import vault_key
from homebody.service.children import start_before_the_seal
from homebody.service.control import ControlServer
from homebody.service.daemon import Daemon
from homebody.service.lifecycle import Lock, Signals
from homebody.service.routes import routes
from homebody.service.threads import end_first_look, take_in, work
from homebody.service.upkeep import Upkeep
from homebody.settings import Settings, load_settings
from homebody.triggers.folders import FolderWatch
from homebody.triggers.rescan import look
from homebody.triggers.schedule import Schedules, build

SELF_TEST = ("tcp", "udp", "dns", "unix", "child", "write_outside")
"""The probes that a freshly sealed daemon tries; one that gets out means that it does not start."""


def serve(home: Home, *, terminal: TextIO | None = None, verbose: bool = False) -> int:
    """Run the daemon on *home* until a signal ends it, and return its exit code.

    Raises HomebodyError when it cannot start: another daemon, bad settings, no seal.
    """
    clock = SystemClock()
    usual = os.umask(0o077)
    environ = dict(os.environ)  # leads to the person's keyring; ours is scrubbed
    seal.scrub_environment_here()
    seal.close_inherited({0, 1, 2})
    home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock(home.lock)
    lock.take()
    configure(home.log, terminal, verbose=verbose)
    signals = Signals()
    holder: dict[str, Daemon] = {}
    server = ControlServer(home.socket, routes(lambda: holder["daemon"]))
    daemon = build_daemon(home, clock, lock, environ)
    os.umask(usual)  # from here on, what is made anew is the person's own, as they like it
    holder["daemon"] = daemon
    return live(daemon, server, signals)


def build_daemon(home: Home, clock: Clock, lock: Lock, environ: Mapping[str, str]) -> Daemon:
    """Return the daemon, sealed and self-tested, with nothing started yet. Raises HomebodyError."""
    settings = load_settings(home)
    loaded = load_folder(home.recipes)
    key = vault_key(home, environ)
    recipes, waiting = usable(loaded, home)
    journal = Journal.open(home.journal, clock, lived=home.vault.is_dir())
    reader = Reader(clock=clock)
    model = ModelClient(settings.model_path(), clock=clock, context=settings.context, threads=settings.threads,
                        memory=home.state / "models.json")  # fmt: skip
    start_before_the_seal(seal.this_system().starts, model, reader)
    report = put_on_seal(home, settings, recipes.values())
    vault = Vault(home.vault, key.data)
    runner = Runner(
        journal=journal,
        vault=vault,
        model=lambda: loaded_model(model),
        reader=reader,
        clock=clock,
        recipes=recipes,
    )
    watched = wishes(recipes.values(), settings.settle)
    first_look = FirstLook(journal, watched)
    wake = threading.Event()
    folders = FolderWatch(
        [(one.folder, one.recursive) for one in watched],
        hint=lambda path: intake.hint(path),  # noqa: PLW0108 - made below
        missed=lambda: intake.missed(),  # noqa: PLW0108
    )
    intake = Intake(
        journal=journal,
        clock=clock,
        watched=watched,
        wake=wake.set,
        rescan_seconds=settings.rescan,
        stat=look,
        mend=folders.mend,
        judge=first_look,
    )
    pause = Pause(clock, lambda: written_by(home, recipes.values()))
    know_key(journal, vault.key_id, clock.now())
    upkeep = Upkeep(journal, home.journal, home.vault, clock, settings.vault, runner.changing,
                     also=lambda: end_first_look(first_look, intake, folders))  # fmt: skip
    return Daemon(
        home=home, settings=settings, clock=clock, loaded=loaded, recipes=recipes, key=key, lock=lock,
        journal=journal, vault=vault, report=report, reader=reader, model=model, runner=runner, pause=pause,
        upkeep=upkeep, watched=watched, intake=intake, folders=folders, wake=wake, waiting=waiting,
    )  # fmt: skip


def usable(loaded: Loaded, home: Home) -> tuple[dict[str, Recipe], dict[str, str]]:
    """Return the recipes that can run, and why the others wait: a folder is not there, or they close a circle.

    A folder that a recipe writes is made; a folder that it watches is the person's, and is not.
    """
    recipes: dict[str, Recipe] = {}
    waiting = {name: str(problem) for name, problem in circles(edges(loaded.recipes), loaded.places).items()}
    for recipe in loaded.recipes:
        if recipe.name in waiting:
            continue
        permissions = recipe.permissions()
        missing = [folder for folder in permissions.reads if not folder.is_dir()]
        if missing:
            waiting[recipe.name] = (
                f"the folder {missing[0]} is not there: make it, or change the recipe, and restart"
            )
            continue
        try:
            for folder in permissions.writes:
                refuse_our_own(folder, home)
                folder.mkdir(parents=True, exist_ok=True)
                seal.refuse_start_up_places(folder)
        except SealError as error:
            waiting[recipe.name] = f"{error} {error.hint or ''}".strip()
            continue
        except OSError as error:
            waiting[recipe.name] = f"the folder {folder} cannot be made: {error.strerror}"
            continue
        recipes[recipe.name] = recipe
    return recipes, waiting


def refuse_our_own(folder: Path, home: Home) -> None:
    """Raise SealError for a folder in which a recipe could change recipes, settings or the journal."""
    ours = {home.config.resolve(), home.state.resolve()}
    real = folder.resolve()
    if any(real == own or own in real.parents or real in own.parents for own in ours):
        raise SealError(f"the folder {folder} is homebody's own, or holds it: no recipe may write there.",
                        hint="Choose another folder in the recipe.")  # fmt: skip


def written_by(home: Home, recipes: Iterable[Recipe]) -> list[Path]:
    """Return the folders that are written: those of the recipes, and the state folder."""
    return [home.state, *(folder for recipe in recipes for folder in recipe.permissions().writes)]


def put_on_seal(home: Home, settings: Settings, recipes: Any) -> seal.SealReport:
    """Enter the seal and try to get out of it. Raises SealError if it cannot be put on or does not hold."""
    model = settings.model_path().resolve()
    reads: set[Path] = {home.config} | ({model} if model.is_file() else set())
    for recipe in recipes:
        reads.update(recipe.permissions().reads)
    writes = set(written_by(home, recipes))
    policy = seal.daemon_policy(read=sorted(reads), write=sorted(writes), control=home.socket)
    report = seal.enter(policy)
    # A socket that is there: macOS says of one that is not that it is not, before it asks the seal.
    aims = seal.ProbeTargets(tcp_port=9, udp_port=9, unix_path=str(home.socket), outside=str(home.config))
    open_ways = [result.name for result in seal.run_probes(SELF_TEST, aims) if not result.refused]
    if open_ways:
        raise SealError(
            f"The seal does not hold: {', '.join(open_ways)} was not refused. homebody does not start.",
            hint="Please report this with the output of `homebody doctor`.",
        )
    get_log().info("sealed", landlock_abi=report.landlock_abi, seccomp_sha256=report.seccomp_sha256,
                   milliseconds=report.milliseconds, as_root=report.as_root)  # fmt: skip
    return report


def live(daemon: Daemon, server: ControlServer, signals: Signals) -> int:
    """Recover, start every part, wait for a signal, stop every part; return the exit code."""
    log = get_log()
    if (rebuilt := daemon.journal.rebuilt) is not None:
        log.error("the journal was damaged or gone, and was rebuilt", count=rebuilt.saved)
    found = recover(daemon.journal, daemon.vault)
    log.info("recovered", finished=found.finished, taken_back=found.taken_back, handed_back=found.handed_back)
    schedules = daemon.schedules = start_schedules(daemon)
    threads = [
        threading.Thread(target=server.serve_forever, name="control", daemon=True),
        threading.Thread(target=take_in, args=(daemon,), name="intake", daemon=True),
        threading.Thread(target=work, args=(daemon, signals), name="house", daemon=True),
        threading.Thread(target=daemon.upkeep.run, args=(daemon.stop,), name="upkeep", daemon=True),
    ]
    daemon.folders.start()
    for thread in threads:
        thread.start()
    log.info("serving", version=__version__, pid=os.getpid(), recipes=len(daemon.recipes))
    number = signals.wait()
    log.info("stopping", signal=number)
    daemon.stop.set()
    daemon.wake.set()
    server.shutdown()
    schedules.stop()
    daemon.folders.stop()
    daemon.model.cancel()
    for thread in threads[1:]:
        thread.join(timeout=5)
    daemon.model.stop()
    daemon.reader.stop()
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


def start_schedules(daemon: Daemon) -> Schedules:
    """Return the running schedules of all recipes, each going on where its cursor stands."""
    due = enqueuer(daemon.journal, daemon.recipes, daemon.wake.set)
    schedules = Schedules(daemon.clock, due)
    for recipe in daemon.recipes.values():
        for trigger in recipe.triggers:
            if recipe.enabled and isinstance(trigger, Schedule):
                cursor = daemon.journal.cursor(recipe.name)
                if cursor is None:
                    # From now on: else a computer that sleeps at the first moment would never make up for it.
                    cursor = daemon.clock.now()
                    daemon.journal.set_cursor(recipe.name, cursor)
                schedules.add(recipe.name, build(trigger), cursor, trigger.catch_up)
    schedules.start()
    return schedules
