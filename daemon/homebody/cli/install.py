"""``homebody install`` and ``uninstall``: let the computer's service manager start homebody at each login."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.managing import ManagerError, call, called, finish, manager_here, serves, start_service
from homebody.cli.service import as_json_option, running_words
from homebody.errors import HomebodyError, UsageError
from homebody.paths import Home, find_home, shipped
from homebody.service import launchd, systemd
from homebody.service.lock import holder
from homebody.service.manager import Manager, Service

ROOT = "homebody does not install itself for root: a service that reads documents needs no such power."
ROOT_HINT = "Log in as the user whose files it is to look after, and type `homebody install` there."

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command("install", epilog=examples("homebody install", "homebody install --yes --json"))
@yes_option
@as_json_option
@click.pass_obj
def install_command(home: Home, *, yes: bool, as_json: bool) -> None:
    """Let homebody start at each login: write its service file, start it, and wait until it is sealed and watches.

    What is to be written is shown first. If anything goes wrong, all of it is taken back. With --json nobody is
    asked, so it needs --yes.
    """
    refuse_to_ask(yes=yes, as_json=as_json)
    if os.geteuid() == 0:
        raise UsageError(ROOT, hint=ROOT_HINT)
    manager = manager_here()
    refuse_without(manager)
    text = text_for(manager, home, os.environ)
    if not as_json:
        tell_plan(manager, home, text)
    if not yes:
        click.confirm("Do this?", abort=True)
    status = set_up_service(home, manager, text)
    if as_json:
        click.echo(json.dumps({"file": str(manager.file), "pid": status["pid"], "installed": True}))
        return
    click.echo(running_words(status, already=False))
    click.echo(manager.after)
    click.echo(
        "`homebody stop`, `start`, `restart` and `logs` work on it; `homebody uninstall` takes it away again."
    )


def set_up_service(home: Home, manager: Manager, text: str | None = None) -> dict[str, Any]:
    """Let *manager* start homebody at each login, from now on, and return its status once it is healthy.

    *text* is the service's file; without it, the one for this Python. Whatever goes wrong, all is as before.
    """
    text = text_for(manager, home, os.environ) if text is None else text
    with restored_on_failure(manager, holder(home.lock)):
        finish(home, manager)
        put(manager.file, text)
        for command in manager.install:
            call(command)
        return start_service(manager, home)


@click.command("uninstall", epilog=examples("homebody uninstall"))
@yes_option
@as_json_option
@click.pass_obj
def uninstall_command(home: Home, *, yes: bool, as_json: bool) -> None:
    """Stop homebody and take away what `install` made. Recipes, journal and vault stay.

    With --json nobody is asked, so it needs --yes.
    """
    refuse_to_ask(yes=yes, as_json=as_json)
    manager = manager_here()
    if not os.path.lexists(manager.file):
        raise UsageError(f"There is no service to take away: {manager.file} is not there.")
    if not yes:
        click.echo(f"This stops the service and removes {manager.file}.")
        click.confirm("Do this?", abort=True)
    take_back(manager)
    if as_json:
        kept = {"config": str(home.config), "state": str(home.state)}
        click.echo(json.dumps({"file": str(manager.file), "installed": False, **kept}))
        return
    click.echo("homebody is no service any more. Nothing else was touched:")
    click.echo(f"  settings and recipes: {home.config}")
    click.echo(f"  journal, vault, log:  {home.state}")
    click.echo(
        "Remove these yourself if you do not want them; the vault's key may lie in your keyring as `homebody`."
    )


def refuse_to_ask(*, yes: bool, as_json: bool) -> None:
    """Raise UsageError when a question would stand between a script and its JSON."""
    if as_json and not yes:
        raise UsageError(
            "With --json nobody can be asked.", hint="Add --yes once you know what will be done."
        )


def tell_plan(manager: Manager, home: Home, text: str) -> None:
    """Show what is to be written and called."""
    click.echo(
        f"homebody is to start at each login, as you. This {manager.name} is written (remarks left out here):"
    )
    click.echo(f"{manager.file}\n")
    click.echo("".join(f"  {line}\n" for line in text.splitlines() if line and not line.startswith("#")))
    for words in plan(manager, home):
        click.echo(words)


def refuse_without(manager: Manager) -> None:
    """Raise ManagerError when no service manager answers, saying how to start homebody by hand."""
    try:
        call(manager.reachable)
    except ManagerError as error:
        raise ManagerError(
            f"There is no service manager for this user here, so nothing was written. {error}",
            hint="`homebody start` runs homebody in the background until the computer ends; put that into"
            " whatever is run at your login.",
        ) from error


def text_for(manager: Manager, home: Home, environ: Mapping[str, str]) -> str:
    """Return the service file for this Python's homebody on *home*. Raises UsageError when it cannot name a path."""
    service = service_for(home, environ, sys.executable)
    template = shipped("launchd") / ("org.homebody.agent.plist" if is_launchd(manager) else systemd.UNIT)
    if is_launchd(manager):
        return launchd.agent(template.read_bytes(), service)
    version = systemd.version_in(call(("systemctl", "--version")))
    return systemd.unit(template.read_text(encoding="utf-8"), service, version)


def is_launchd(manager: Manager) -> bool:
    """Return whether *manager* is macOS's."""
    return manager.file.suffix == ".plist"


def service_for(home: Home, environ: Mapping[str, str], python: str) -> Service:
    """Return what is to be kept running, so that a manager with an environment of its own finds the same home."""
    usual = {"HOME": environ.get("HOME") or str(Path.home())}
    moved = {name: environ[name] for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME") if environ.get(name)}
    leads = {}
    if home.socket.parent != home.state and environ.get("TMPDIR"):
        leads["TMPDIR"] = environ["TMPDIR"]
    # The desktop's trash lies in the first, and the second says when a schedule's 07:30 is.
    leads |= {name: environ[name] for name in ("XDG_DATA_HOME", "TZ") if environ.get(name)}
    if home == find_home(usual):
        return Service(python=python, home=home, named=False, environ=leads)
    if home == find_home(usual | moved):
        return Service(python=python, home=home, named=False, environ=moved | leads)
    return Service(python=python, home=home, named=True, environ=leads)


def plan(manager: Manager, home: Home) -> list[str]:
    """Return in words what else will happen."""
    words = []
    before = serves(manager)
    if before is not None and before != str(home.config):
        words.append(f"It takes the place of the one for {before}.")
    elif manager.file.exists():
        words.append("It takes the place of the file that is there.")
    if (pid := holder(home.lock)) is not None:
        words.append(f"homebody runs already (process {pid}): it is stopped, and started as a service.")
    calls = "".join(f"\n  {' '.join(command)}" for command in (*manager.install, manager.start))
    return [*words, f"Then it calls:{calls}"]


@contextlib.contextmanager
def restored_on_failure(manager: Manager, ran: int | None) -> Iterator[None]:
    """Whatever is raised within, the manager and its file are as they were before; *ran* was stopped on the way."""
    before = manager.file.read_bytes() if manager.file.is_file() else None
    made = [folder for folder in manager.file.parents if not folder.exists()]
    try:
        yield
    except BaseException as error:
        take_back(manager)
        if before is not None:
            put(manager.file, before.decode("utf-8", "surrogateescape"))
            for command in manager.install:
                called(command)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        if isinstance(error, HomebodyError):
            words = [
                error.hint,
                "The file that was there was put back." if before else "Nothing was installed.",
            ]
            words += ["homebody was stopped for it: `homebody start`."] if ran is not None else []
            error.hint = "\n  ".join(word for word in words if word)
        raise


def put(path: Path, text: str) -> None:
    """Write *text* to *path*, whole or not at all. Raises HomebodyError when it cannot be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise HomebodyError(f"{path} cannot be written: {error.strerror}.") from error


def take_back(manager: Manager) -> None:
    """Stop the service and remove its file and what leads to it, whether or not the manager answers."""
    for command in manager.remove:
        called(command)
    for path in (*manager.traces, manager.file):
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # folders go only where they are empty
            path.parent.rmdir()
            path.parent.parent.rmdir()
    for command in manager.removed:
        called(command)
