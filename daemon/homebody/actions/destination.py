"""Where does a destination lead, and may the recipe write there?

A destination is a template. Its beginning, up to the first thing that only a run knows, is known when the
recipe is loaded: that folder is all that the seal lets the recipe write.
"""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from jinja2 import nodes
from pydantic import AfterValidator, ValidationInfo

from homebody.actions.acting import harmless, power_of, refuse_hidden, refuse_to_make
from homebody.actions.action import FROM_OUTSIDE, TemplateText, World, scope_of
from homebody.errors import EffectError, RecipeError
from homebody.filenames import safe_component, safe_words
from homebody.paths import real
from homebody.sandbox import parse
from homebody.templates import compile_template

BEGIN = "begin it with a folder: ~/Notes/..., {{ vars.NAME }}/... or {{ file.folder }}/..."
_HOLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_DOTS = re.compile(
    r"(?:^|/)(?!\.\.(?:/|$))\s*(?:(?:\.\s*){2,}(?:/|$)|\.\s*$)"
)  # `..` has its own words, and `./` is nothing
_FROM_FILE = (("file", "folder"), ("file", "path"))


def roots(dest: str, watched: Sequence[Path], variables: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the real folders below which *dest* lies, one for each watched folder if it begins there.

    Raises RecipeError when that cannot be known, would be the whole disk or home, or has a name of dots alone.
    """
    if _DOTS.search(_HOLE.sub("x", dest)):
        raise RecipeError("a name made of dots alone is none: name the file or folder itself")
    begins_there = any(_dotted(node) in _FROM_FILE for node in parse(dest).find_all(nodes.Expr))
    places: Sequence[Path | None] = watched if begins_there and watched else (None,)
    return tuple(dict.fromkeys(_root(dest, place, variables) for place in places))


def _root(dest: str, place: Path | None, variables: Mapping[str, Any]) -> Path:
    head, whole = _head(dest, place, variables)
    folder = head.rsplit("/", 1)[0] if "/" in head else ""
    if head.startswith("/") and not folder:
        raise RecipeError(f"it could write anywhere on the disk; {BEGIN}")
    if not folder.startswith(("/", "~/")) and folder != "~":
        raise RecipeError(f"it is not known where this writes; {BEGIN}")
    if ".." in folder.split("/") or (whole and ".." in head.split("/")):
        raise RecipeError("`..` is not for destinations: name the folder itself")
    root = real(Path(os.path.expanduser(folder)))  # noqa: PTH111 - it leaves what it does not know
    if (power := power_of(root)) is not None:
        raise RecipeError(f"what lies in {power} acts by itself: write into another folder")
    if root in (Path("/"), Path.home().resolve(), *Path.home().resolve().parents):
        raise RecipeError(f"it could write anywhere in {root}; name a folder in it")
    return root


def _head(dest: str, place: Path | None, variables: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the text that *dest* surely begins with, and whether that is all of it."""
    head = ""
    for statement in parse(dest).body:
        if not isinstance(statement, nodes.Output):
            return head, False
        for node in statement.nodes:
            known = _known(node, place, variables)
            if known is None:
                return head, False
            head += known
            if _dotted(node) == ("file", "path"):
                return head, False
    return head, True


def _known(node: nodes.Node, place: Path | None, variables: Mapping[str, Any]) -> str | None:
    """Return the text of *node* when it stands before any run."""
    if isinstance(node, nodes.TemplateData):
        return node.data
    match _dotted(node):
        case ("vars", name) if name in variables:
            return str(variables[name])
        case ("file", "folder") if place is not None:
            return str(place)
        case ("file", "path") if place is not None:
            return f"{place}/"
    return None


def _dotted(node: nodes.Node) -> tuple[str, str] | None:
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return node.node.name, node.attr
    if (
        isinstance(node, nodes.Getitem)
        and isinstance(node.node, nodes.Name)
        and isinstance(node.arg, nodes.Const)
    ):
        return node.node.name, str(node.arg.value)
    return None


def _check(dest: str, info: ValidationInfo) -> str:
    """Return *dest*; raise ValueError when its root cannot be known."""
    scope = scope_of(info)
    if scope is not None:
        try:
            roots(dest, scope.watched, scope.vars)
        except RecipeError as error:
            raise ValueError(str(error)) from error
    if dest.rstrip().endswith("/"):
        raise ValueError("it must end in a file's name, not in a folder")
    refuse_to_make(_HOLE.sub("x", dest))
    return dest


Destination = Annotated[TemplateText, AfterValidator(_check)]
"""A field of a recipe that says where to write."""


HERE = "{{ file.name }}"


def _folder_or_file(dest: str, info: ValidationInfo) -> str:
    """Return *dest*; raise ValueError when its root cannot be known."""
    scope = scope_of(info)
    if scope is not None:
        try:
            roots(whole(dest), scope.watched, scope.vars)
        except RecipeError as error:
            plain = dest.strip()
            folder = (
                ""
                if plain.endswith("/") or "." in plain.rpartition("/")[2]
                else f"; a folder ends with a slash: {plain}/"
            )
            raise ValueError(f"{error}{folder}") from error
    return dest


FolderOrFile = Annotated[TemplateText, AfterValidator(_folder_or_file)]
"""A field of a recipe that says where a file goes: into a folder if it ends with a slash, else to a whole new path."""


def whole(dest: str) -> str:
    """Return *dest* as the template of a file: a folder, which ends with a slash, keeps the file's name."""
    return dest.rstrip() + HERE if dest.rstrip().endswith("/") else dest


def resolve(dest: str, world: World, own: str = "") -> Path:
    """Return the real path that *dest* means in this run, its parts made safe; it lies under ``world.roots``.

    Its name is of no kind of file that acts when it is opened, unless the recipe's own words end in it or it is
    is that of *own*, the name of the file that is moved. Raises EffectError for what leads out, ``..``, a link, another
    folder, and for a name that hides.
    """
    values = dict(world.values)
    values |= {word: _as_names(values[word]) for word in FROM_OUTSIDE if word in values}
    pieces = compile_template(dest).pieces(values)
    text = "".join(piece.text for piece in pieces).strip()
    written = "".join("\0" if piece.value else piece.text for piece in pieces).rstrip()
    path = Path(os.path.expanduser(text))  # noqa: PTH111 - it leaves what it does not know
    if not path.is_absolute() or ".." in path.parts:
        raise EffectError(
            "The destination is not a plain path under the recipe's folders: nothing was written."
        )
    for root in map(real, world.roots):
        if (found := _below(path, root)) is not None:
            refuse_hidden(found, root, written, None if world.file is None else world.file.path)
            return found.with_name(harmless(found.name, written=written, own=own))
    raise EffectError(
        "The destination lies outside the folders that the recipe may write: nothing was written."
    )


def _below(path: Path, root: Path) -> Path | None:
    """Return *path* with links resolved and its parts made safe, when that lies below *root*."""
    existing = path
    while not os.path.lexists(existing) and existing != existing.parent:
        existing = existing.parent
    rest = path.parts[len(existing.parts) :]
    if not rest:
        existing, rest = path.parent, path.parts[-1:]
        found = real(existing) / rest[0]
    else:
        found = real(existing).joinpath(*(safe_component(part) for part in rest))
    return found if found != root and found.is_relative_to(root) else None


def _as_names(value: Any) -> Any:
    """Return *value* with every text in it fit to be a part of a file's name."""
    if isinstance(value, str):
        return safe_words(value)
    if isinstance(value, Mapping):
        return {key: _as_names(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_names(item) for item in value]
    return value
