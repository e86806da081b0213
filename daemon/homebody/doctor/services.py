"""Will homebody start by itself, and the one that is meant?"""

import os
import plistlib
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

from homebody.doctor.finding import Finding, note, right, wrong
from homebody.service.launchd import launchd
from homebody.service.manager import Manager
from homebody.service.systemd import systemd

AGAIN = "Write it anew: homebody install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What starts homebody: its file, the program in it, that program's homebody, and whether it is switched on.

    *python* is None in a file that cannot be read; *version* is None where no homebody is installed for it.
    """

    file: Path
    python: Path | None
    there: bool = False
    version: str | None = None
    enabled: bool = True


def find_service(home: Path, config: Path, platform: str = sys.platform) -> Service | None:
    """Return the service that is installed for the person at *home*, whose settings are in *config*; None if none."""
    manager = manager_of(home, config, platform)
    file = manager.file
    try:
        data = file.read_bytes()
    except OSError:
        return None
    python = _program(data, home, platform)
    if python is None:
        return Service(file=file, python=None)
    return Service(
        file=file,
        python=python,
        there=python.exists(),
        version=installed_for(python),
        enabled=all(trace.exists() for trace in manager.traces),
    )


def manager_of(home: Path, config: Path, platform: str) -> Manager:
    """Return the service manager of *platform*, as `homebody install` has it."""
    environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(config)}
    return launchd(environ, os.getuid()) if platform == "darwin" else systemd(environ)


def _program(data: bytes, home: Path, platform: str) -> Path | None:
    """Return the program that a unit or an agent starts."""
    try:
        if platform == "darwin":
            return Path(plistlib.loads(data)["ProgramArguments"][0])
        lines = data.decode("utf-8", "replace").splitlines()
        command = next(line.partition("=")[2] for line in lines if line.startswith("ExecStart="))
        first = shlex.split(command)[0].lstrip("-@:+!")
        return Path(first.replace("%h", str(home)).replace("%%", "%"))
    except (StopIteration, ValueError, LookupError, TypeError, plistlib.InvalidFileException, ExpatError):
        return None


def installed_for(python: Path) -> str | None:
    """Return which homebody is installed beside *python*, by its folder of packages; nothing is started for it."""
    found = sorted(python.parent.parent.glob("lib/python3*/site-packages/homebody-*.dist-info"))
    return found[-1].name.removeprefix("homebody-").removesuffix(".dist-info") if found else None


def service(found: Service | None, ours: str) -> Iterator[Finding]:
    """Yield whether the service that was *found* starts the homebody that is installed; *ours* is our version."""
    if found is None:
        yield note("service", "homebody does not start by itself", "If it should: homebody install")
    elif found.python is None:
        yield wrong("service", f"{found.file} does not say what to start", AGAIN)
    elif not found.there:
        yield wrong("service", f"{found.file} starts {found.python}, and that is not there any more", AGAIN)
    elif found.version is None:
        yield note(
            "service", f"{found.file} starts {found.python}, and no homebody is seen beside that", AGAIN
        )
    elif found.version != ours:
        yield note("service", f"{found.file} starts homebody {found.version}, and this is {ours}", AGAIN)
    elif not found.enabled:
        yield note(
            "service", f"{found.file} is there, and not switched on", "systemctl --user enable --now homebody"
        )
    else:
        yield right("service", f"homebody starts by itself ({found.file})")
