"""How does macOS's launchd keep homebody running? Values only: nothing is written or called here."""

import plistlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from homebody.service.manager import Manager, Service

LABEL = "org.homebody.agent"

AFTER = (
    "It starts when you log in and ends when you log out. macOS may ask once whether\n"
    "python may read a folder such as Desktop, Documents or Downloads. The switch is in\n"
    "System Settings, Privacy & Security, Files and Folders; `homebody doctor` says which\n"
    "folders cannot be read."
)


def launchd(environ: Mapping[str, str], uid: int) -> Manager:
    """Return the launchd of the user *uid*, as logged in at the screen."""
    file = Path(environ["HOME"]) / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    domain = f"gui/{uid}"
    service = f"{domain}/{LABEL}"
    return Manager(
        name="launchd agent",
        file=file,
        reachable=("launchctl", "print", domain),
        install=(
            ("launchctl", "enable", service),
            ("launchctl", "bootstrap", domain, str(file)),
        ),
        remove=(("launchctl", "bootout", service),),
        removed=(),
        traces=(),
        forgive=(),
        start=("launchctl", "kickstart", service),
        stop=("launchctl", "kill", "SIGTERM", service),
        ended=(),
        after=AFTER,
    )


def agent(template: bytes, service: Service) -> str:
    """Return the property list for *service*, made from the shipped *template*."""
    words = {"@PYTHON@": service.python, "@CONFIG@": str(service.home.config)}
    read: dict[str, Any] = plistlib.loads(template)
    read["ProgramArguments"] = [words.get(word, word) for word in read["ProgramArguments"]]
    return plistlib.dumps(read, sort_keys=False).decode()


def home_of(text: str) -> str | None:
    """Return the configuration folder that the property list *text* is for, None when it is none of ours."""
    try:
        arguments = plistlib.loads(text.encode())["ProgramArguments"]
        return str(arguments[arguments.index("--home") + 1])
    except (ExpatError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
