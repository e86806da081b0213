"""How does systemd's user manager keep homebody running? Values only: nothing is written or called here."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from homebody.errors import UsageError
from homebody.service.manager import Manager, Service

UNIT = "homebody.service"
BACK_OFF_SINCE = 254
"""The systemd that knows RestartSteps= and RestartMaxDelaySec= (its NEWS)."""

MARK = "X-Homebody="
"""The line of the unit that says which home it is for; systemd passes over keys that begin with X-."""

AFTER = (
    "It starts when you log in and ends when you log out. To let it run without you:\n"
    "  loginctl enable-linger"
)


def systemd(environ: Mapping[str, str]) -> Manager:
    """Return systemd's user manager as *environ* finds it."""
    config = Path(environ.get("XDG_CONFIG_HOME") or Path(environ["HOME"]) / ".config")
    folder = config / "systemd" / "user"
    ask = ("systemctl", "--user")
    return Manager(
        name="systemd user unit",
        file=folder / UNIT,
        reachable=(*ask, "show-environment"),
        install=((*ask, "daemon-reload"), (*ask, "enable", UNIT)),
        remove=((*ask, "disable", "--now", UNIT), (*ask, "reset-failed", UNIT)),
        removed=((*ask, "daemon-reload"),),
        traces=(folder / "default.target.wants" / UNIT,),
        forgive=(*ask, "reset-failed", UNIT),
        start=(*ask, "start", "--no-block", UNIT),
        stop=(*ask, "stop", UNIT),
        ended=(*ask, "is-failed", "--quiet", UNIT),
        after=AFTER,
    )


def unit(template: str, service: Service, version: int) -> str:
    """Return the unit for *service* on a systemd of *version*, made from the shipped *template*.

    Raises UsageError for a path that no unit can name.
    """
    if set(service.python) & set("\"'\\"):
        raise UsageError(f"systemd starts no program whose path has quotes in it: {service.python}",
                         hint="Move homebody's virtual environment to another folder.")  # fmt: skip
    words = {
        "@PYTHON@": quoted(service.python),
        "@HOME@ ": f"--home {quoted(str(service.home.config))} " if service.named else "",
    }
    variables = [f"Environment={quoted(f'{name}={value}')}" for name, value in service.environ.items()]
    lines = []
    for line in template.splitlines():
        if version < BACK_OFF_SINCE and line.startswith(("RestartSteps=", "RestartMaxDelaySec=")):
            continue
        if line == "@ENVIRONMENT@":
            lines += variables
        elif line.startswith(MARK):
            quoted(str(service.home.config))  # refuses what would break the line
            lines.append(f"{MARK}{service.home.config}")
        elif line.startswith("ExecStart="):
            lines.append(re.sub("@PYTHON@|@HOME@ ", lambda found: words[found[0]], line))
        else:
            lines.append(line)
    head = "# Written by `homebody install`; `homebody uninstall` takes it away again."
    return "\n".join((head, *lines[lines.index("") :])) + "\n"


def quoted(text: str) -> str:
    """Return *text* as one word of a unit: quoted, and with no specifier or escape left in it (systemd.syntax(7)).

    Raises UsageError when it holds what ends a line or is no text.
    """
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text):
        raise UsageError(f"A unit cannot name {text!r}.", hint="Choose a path without control characters.")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def home_of(text: str) -> str | None:
    """Return the configuration folder that the unit *text* is for, None when `install` did not write it."""
    return next(
        (line.removeprefix(MARK) for line in text.splitlines() if line.startswith(MARK)),
        None,
    )


def version_in(words: str) -> int:
    """Return the number in what ``systemctl --version`` says, 0 when there is none."""
    found = re.match(r"systemd (\d+)", words)
    return int(found[1]) if found else 0
