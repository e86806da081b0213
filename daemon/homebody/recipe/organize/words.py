"""organize's placeholders in single braces, as our templates say the same."""

import os
import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"\s*([a-z_]+)((?:\.\w+)*)")
_PERCENT = re.compile(r"%(\w+)%")
_DOLLAR = re.compile(r"\$(?:\{(\w+)\}|(\w+))")

_OURS: Mapping[str, str] = {
    "path.name": "file.name",
    "path.stem": "file.stem",
    "path.suffix": "file.suffix",
    "path.parent": "file.folder",
    "path": "file.path",
    "name": "file.stem",
    "extension.lower": "file.suffix[1:] | lower",
    "extension.upper": "file.suffix[1:] | upper",
    "extension": "file.suffix[1:]",
    "lastmodified": "file.modified",
    "now": "run.time",
    "regex": "name",
    "filecontent": "contains",
}
"""What organize's names are called here; the longest that fits counts, and what follows it stays."""

_GROUPS = ("regex", "filecontent")
"""Names of which only what a group caught is known here."""


class NotCarriedError(ValueError):
    """Something has no like in a recipe; the message says why."""


def template(text: str, groups: bool = False) -> str:
    """Return *text* with its placeholders as ours; with *groups*, ``{name.x}`` is what a pattern caught.

    Raises NotCarriedError naming the placeholder that there is not.
    """
    text = re.sub(
        r"(\{path\.stem\})?\.\{extension\}", lambda m: "{path.name}" if m[1] else "{path.suffix}", text
    )
    return _PLACEHOLDER.sub(lambda match: _ours(match[1], groups), text)


def _ours(said: str, groups: bool) -> str:
    match = _NAME.match(said)
    if match is None:
        raise NotCarriedError(f"there is no {{{said}}} here")
    name, rest = f"{match[1]}{match[2]}", said[match.end() :].strip()
    if match[1] == "env":
        return environment(name.removeprefix("env."))
    if groups and match[1] == "name" and match[2]:
        return f"{{{{ {name}{rest} }}}}"
    if match[1] in _GROUPS and not match[2]:
        raise NotCarriedError(f"there is no {{{said}}} here, only what a named group of it holds")
    for known in (name, *(name.rsplit(".", count)[0] for count in range(1, name.count(".") + 1))):
        if known in _OURS:
            if known.startswith("extension.") and rest.startswith("()"):
                rest = rest[2:].strip()
            return f"{{{{ {_OURS[known]}{name.removeprefix(known)}{rest and _spaced(rest)} }}}}"
    raise NotCarriedError(f"there is no {{{said}}} here")


def _spaced(rest: str) -> str:
    return f" {rest}" if rest.startswith("|") else rest


def environment(name: str) -> str:
    """Return what the variable *name* of the environment holds now. Raises NotCarriedError when there is none."""
    if name not in os.environ:
        raise NotCarriedError(f"the environment has no {name}")
    return os.environ[name]


def place(text: str) -> str:
    """Return a path with the variables of the environment filled in. Raises NotCarriedError."""
    if "://" in text:
        raise NotCarriedError("only folders of this computer are watched")
    text = re.sub(r"\{env\.(\w+)\}", lambda match: environment(match[1]), text)
    text = _DOLLAR.sub(lambda match: environment(match[1] or match[2]), text)
    return _PERCENT.sub(lambda match: environment(match[1]), text)


def whole(path: str, folder: str) -> str:
    """Return *path* from the root on: one that begins nowhere lies in *folder*, from where organize was called."""
    return path if path.startswith(("/", "~", "{{")) else f"{folder}/{path.removeprefix('./')}"
