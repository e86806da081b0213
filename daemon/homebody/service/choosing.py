"""What has a person chosen about the model, and how does that come into the settings, everything else left as it is?"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode

from homebody.errors import SettingsError
from homebody.model.choice import Choice
from homebody.paths import Home
from homebody.settings import Settings, load_settings
from homebody.yaml_nodes import compose, end_of, inline


def choice_of(settings: Settings) -> Choice:
    """Return what the settings say about the model in use, apart from its file."""
    return Choice(
        context=settings.context,
        threads=settings.threads,
        kv=settings.kv,
        gpu_layers=settings.gpu_layers,
        pin=settings.pin,
        force=settings.overcommit,
    )


def choose(home: Home, values: Mapping[str, Any]) -> Settings:
    """Write *values* into the settings file, a line each, None for a line that goes; return the settings then.

    Comments, order and every other line stay. Raises SettingsError when the settings are faulty already, or cannot be
    written so; then nothing is changed.
    """
    load_settings(home)
    try:
        text = home.settings.read_bytes().decode("utf-8")
    except FileNotFoundError:
        text = ""
    after = changed(text, values)
    try:
        before, now = yaml.safe_load(text) or {}, yaml.safe_load(after) or {}
        found = Settings.model_validate(now)
        only = now == {k: v for k, v in {**before, **values}.items() if k not in values or v is not None}
    except (yaml.YAMLError, ValueError):
        only = False
    if not only:
        told = "\n  ".join(f"{key}: {inline(value)}" for key, value in values.items() if value is not None)
        raise SettingsError(
            f"{home.settings} could not be changed safely.",
            hint=f"Write these lines into it yourself:\n  {told}",
        )
    _write(home.settings, after)
    return found


def changed(text: str, values: Mapping[str, Any]) -> str:
    """Return the settings *text* with a line for each of *values*, and nothing else changed."""
    end = "\r\n" if "\r\n" in text else "\n"
    for key, value in values.items():
        text = _with(text, key, value, end)
    return text


def _with(text: str, key: str, value: Any, end: str) -> str:
    """Return *text* with one key's value changed, its line taken away, or a line for it at the end."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    root = compose(body) if body.strip() else None
    pairs = root.value if isinstance(root, MappingNode) else []
    for name, node in pairs:
        if name.value != key:
            continue
        if isinstance(node, ScalarNode) and node.style in ("|", ">"):
            return text  # where such a text ends, comments behind it included, PyYAML does not say
        start, stop = name.start_mark.index, end_of(node)
        if value is not None:
            return f"{mark}{body[: node.start_mark.index]}{inline(value)}{body[stop:]}"
        line_end = body.find("\n", stop)
        return mark + body[:start] + ("" if line_end < 0 else body[line_end + 1 :])
    if value is None:
        return text
    line = f"{key}: {inline(value)}{end}"
    gap = "" if not body or body.endswith("\n") else end
    tail = re.search(r"(?m)^\.\.\.\s*$", body)  # nothing may follow the end of a document
    place = tail.start() if tail else len(body)
    return f"{mark}{body[:place]}{gap}{line}{body[place:]}"


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all, with the mode that it had. Raises SettingsError."""
    path = Path(os.path.realpath(path))  # a link to a file that is kept elsewhere stays a link
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o7777 if path.exists() else 0o600
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from error
