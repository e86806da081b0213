"""Which settings worked for this model on this machine, and which requests ended its process?"""

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from homebody.model.attempts import Settings
from homebody.model.machine import machine
from homebody.model.measurement import Measurement


def recall(path: Path | None, sha256: str) -> Settings | None:
    """Return the settings that worked last time, or None; a damaged file remembers nothing."""
    return Settings.from_dict(_load(path).get(f"{sha256}:{machine()}"))


def recall_measurement(path: Path | None, sha256: str) -> Measurement | None:
    """Return what was found out about this model on this machine when it was last loaded, or None."""
    return Measurement.from_dict(_load(path).get(f"{sha256}:{machine()}"))


def measured_here(path: Path | None) -> list[Measurement]:
    """Return what was found out about every model that was ever loaded on this machine."""
    found = [
        Measurement.from_dict(kept) for key, kept in _load(path).items() if key.endswith(f":{machine()}")
    ]
    return [one for one in found if one is not None]


def remember(path: Path | None, sha256: str, found: Settings | Measurement) -> None:
    """Note in the file at *path* what worked, and what was measured. A full disk costs only the note."""
    known = _load(path)
    key = f"{sha256}:{machine()}"
    noted = found.to_dict()
    if path is None or known.get(key) == noted:
        return
    known[key] = noted
    _keep(path, known)


def recall_suspects(path: Path | None) -> tuple[list[str], dict[str, str]]:
    """Return the keys of the requests that a former daemon suspected or found guilty, and forget them.

    They are kept only from a daemon that must end because its model process did to the next one, so that a person
    who starts homebody again starts anew.
    """
    known = _load(path)
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    match known:
        case {"suspects": list(suspects), "guilty": dict(guilty)}:
            return [str(key) for key in suspects], {str(key): str(words) for key, words in guilty.items()}
    return [], {}


def remember_suspects(path: Path | None, suspects: Iterable[str], guilty: Mapping[str, str]) -> None:
    """Note in the file at *path* whom the next daemon is to suspect. A full disk costs only the note."""
    if path is not None:
        _keep(path, {"suspects": sorted(suspects), "guilty": dict(guilty)})


def _keep(path: Path, known: Mapping[str, Any]) -> None:
    """Write *known* to the file, whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8", opener=_private) as file:
            json.dump(known, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    """Open *path* for its owner only."""
    return os.open(path, flags, 0o600)


def _load(path: Path | None) -> dict[str, Any]:
    """Return what the file holds, or nothing."""
    if path is None:
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}
