"""What the commands around the service do: call the service manager, start, stop, and wait until all is well."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homebody.cli.paragraphs import echo_fitted
from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import Home, find_home
from homebody.service import launchd, refusal, systemd
from homebody.service.control import request
from homebody.service.ending import end
from homebody.service.lock import holder
from homebody.service.manager import Call, Manager

HEALTHY_SECONDS = 120.0
"""A keyring may take twenty for its password, and a large journal as long to be rebuilt."""

TOLD_SECONDS = 1.0
"""After how long a person is told what a start or a stop may wait for."""

STARTING = (
    "homebody is starting ... (a keyring may ask for its password in a window of its own; a large journal is checked"
    " first)"
)

STOPPING = "homebody is stopping ... (the runs in hand are handed back; that takes some five seconds at most)"

CALL_SECONDS = 60.0
POLL_SECONDS = 0.2
ANSWER_SECONDS = 2.0
TRY_LATER = 75


class ManagerError(HomebodyError):
    """The service manager did not do what it was asked to."""

    exit_code = 69


def manager_here() -> Manager:
    """Return this computer's service manager."""
    if str(sys.platform) == "darwin":  # as a plain string: else a type checker leaves one half out
        return launchd.launchd(os.environ, os.getuid())
    return systemd.systemd({"HOME": str(Path.home()), **os.environ})


def call(command: Call) -> str:
    """Return what *command* printed. Raises ManagerError with its words when it is not there or fails."""
    shown = " ".join(command)
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=CALL_SECONDS, check=False
        )  # fmt: skip
    except FileNotFoundError as error:
        raise ManagerError(f"There is no {command[0]} here.") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ManagerError(f"`{shown}` did not work: {type(error).__name__}.") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
        raise ManagerError(f"`{shown}` did not work: {said}")
    return done.stdout


def called(command: Call) -> bool:
    """Return whether *command* is there and ended with 0; an empty one does not."""
    try:
        return bool(command) and call(command) is not None
    except ManagerError:
        return False


def serves(manager: Manager) -> str | None:
    """Return the configuration folder that the installed service is for, None when `install` installed none."""
    try:
        text = manager.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return launchd.home_of(text) if manager.file.suffix == ".plist" else systemd.home_of(text)


def is_service(manager: Manager, home: Home) -> bool:
    """Return whether *home* is served by the installed service."""
    return serves(manager) == str(home.config)


def status_of(home: Home) -> dict[str, Any] | None:
    """Return the status of the daemon on *home*, None when none answers."""
    try:
        status: dict[str, Any] = request(home.socket, "GET", "/v1/status", timeout=ANSWER_SECONDS)
    except NotRunningError:
        return None
    return status


def until_healthy(home: Home, problem: Callable[[], HomebodyError | None]) -> dict[str, Any]:
    """Wait until the daemon is sealed and answers, and return its status.

    Raises what *problem* finds, or what the daemon itself left as its reason, or HomebodyError after two minutes.
    """
    began = time.monotonic()
    told = False
    while (status := status_of(home)) is None:
        wrong = problem()
        if (why := refusal.read(home)) is not None:
            raise why.to_error()
        if wrong is not None:
            raise wrong
        if not told and time.monotonic() - began >= TOLD_SECONDS:
            echo_fitted([STARTING], error=True)
            told = True
        if time.monotonic() - began > HEALTHY_SECONDS:
            late = HomebodyError(f"homebody is still not ready after {HEALTHY_SECONDS:.0f} s.",
                                 hint="`homebody logs` says what it does. It goes on trying.")  # fmt: skip
            late.exit_code = TRY_LATER
            raise late
        time.sleep(POLL_SECONDS)
    return status


def start_service(manager: Manager, home: Home) -> dict[str, Any]:
    """Let the manager start the service, and return its status once it is healthy. Raises HomebodyError."""
    refusal.clear(home)
    called(manager.forgive)
    call(manager.start)
    return until_healthy(home, lambda: gave_up(manager))


def gave_up(manager: Manager) -> HomebodyError | None:
    """Return that the manager does not try any more, None while it does."""
    return ManagerError(f"The {manager.name} has failed.") if called(manager.ended) else None


def start_background(home: Home) -> dict[str, Any]:
    """Start the daemon as a process that nothing of this terminal can end; return its status. Raises HomebodyError."""
    refusal.clear(home)
    named = [] if home == find_home() else ["--home", str(home.config)]
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "homebody", *named, "serve", "--quiet"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,  # only until it is sealed: then the daemon lets go of it
        start_new_session=True,
        cwd="/",
    )

    def problem() -> HomebodyError | None:
        if process.poll() is None:
            return None
        assert process.stderr is not None
        words = process.stderr.read().decode("utf-8", "replace").strip()
        return HomebodyError(
            f"homebody ended while it was starting (exit code {process.returncode}). {words}"
        )

    try:
        return until_healthy(home, problem)
    finally:
        assert process.stderr is not None
        process.stderr.close()
        process.returncode = process.returncode or 0  # it is to outlive us: Python need not miss it


def begin(home: Home, manager: Manager) -> tuple[dict[str, Any], bool]:
    """Start homebody, as a service if it is one; return its status, and whether it ran already."""
    if holder(home.lock) is not None:
        gone = HomebodyError("homebody was just ending.", hint="Start it again: homebody start")
        return until_healthy(home, lambda: gone if holder(home.lock) is None else None), True
    if is_service(manager, home):
        return start_service(manager, home), False
    return start_background(home), False


def finish(home: Home, manager: Manager) -> int | None:
    """Stop homebody wherever it was started; return its number, None when none was running. Raises HomebodyError."""
    pid = holder(home.lock)
    late = threading.Timer(TOLD_SECONDS, echo_fitted, ([STOPPING],), {"error": True})
    late.daemon = True
    late.start()
    try:
        if is_service(manager, home):
            called(
                manager.stop
            )  # also when it waits to be started again; where nobody answers, the signal does it
        return end(home.lock) or pid
    finally:
        late.cancel()
