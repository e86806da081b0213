"""What do filters know of a file? The look at its name and times, and what a closer look tells when it is asked for."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from homebody.actions.matter import LARGEST, split
from homebody.actions.tags import split as split_tags
from homebody.actions.tags import stored_tags
from homebody.documents.file import opened, plain
from homebody.errors import DocumentError, EffectError
from homebody.filters import Closer, FileFacts, Filter, Stage
from homebody.filters.magic import HEAD
from homebody.journal.run import Run, RunState
from homebody.recipe.schema import Recipe
from homebody.triggers.birth import born
from homebody.triggers.settle import Signature
from homebody.yaml_nodes import compose

FILTERED = "filtered out by "
"""How the reason begins of a run that ended because the recipe's filters left its file out."""

_TRUE = frozenset({"yes", "true", "on", "y"})


class OnDisk(Closer):
    """A file on the disk, looked at more closely without reading its text."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def born(self) -> datetime | None:
        """Return when the file was made."""
        return self._born

    @cached_property
    def _born(self) -> datetime | None:
        return born(self.path)

    def head(self) -> bytes:
        """Return its first bytes. Raises DocumentError."""
        return self._start[:HEAD]

    @cached_property
    def _start(self) -> bytes:
        return beginning(self.path, 4 * LARGEST)

    def matter(self) -> Mapping[str, Any]:
        """Return the keys of its front matter with their values as they are written. Raises DocumentError."""
        return self._matter

    @cached_property
    def _matter(self) -> Mapping[str, Any]:
        return front_matter(self._start)

    def tags(self) -> Collection[str]:
        """Return its tags of the desktop and of its front matter. Raises DocumentError."""
        try:
            stored = split_tags(stored_tags(self.path))
        except EffectError:
            stored = ()
        return tags_in(self._matter) | {tag.removeprefix("#").strip("/") for tag in stored} - {""}


def beginning(path: Path, most: int) -> bytes:
    """Return at most so many bytes from the beginning of the plain file at *path*. Raises DocumentError."""
    with opened(path) as descriptor:
        plain(descriptor)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(most)


def front_matter(start: bytes) -> Mapping[str, Any]:
    """Return the keys and values, as they are written, of the front matter with which a file begins.

    Of what is broken, or is none, there is nothing.
    """
    if not start.removeprefix(b"\xef\xbb\xbf").startswith(b"---"):
        return {}
    try:
        inner = split(start.decode("utf-8", "ignore"))[1]
        root = None if inner is None or len(inner) > LARGEST else compose(inner)
    except (EffectError, yaml.YAMLError, RecursionError):
        return {}
    if not isinstance(root, MappingNode):
        return {}
    return {key.value: _value(value) for key, value in root.value if isinstance(key, ScalarNode)}


def tags_in(matter: Mapping[str, Any]) -> set[str]:
    """Return the tags that a front matter names."""
    own = [word for key in ("tags", "tag") for word in _words(matter.get(key, ""))]
    return {tag.removeprefix("#").strip("/") for tag in own} - {""}


def _value(node: Node) -> Any:
    """Return what stands there as text, or a list of texts; nothing for what has keys of its own."""
    if isinstance(node, ScalarNode):
        kind = str(node.tag).rpartition(":")[2]
        if kind == "bool":
            return "true" if node.value.lower() in _TRUE else "false"
        return "null" if kind == "null" else node.value
    return [_value(item) for item in node.value] if isinstance(node, SequenceNode) else ""


def _words(value: Any) -> list[str]:
    """Return tags as people write them: a list, or words between commas or blanks."""
    if isinstance(value, list):
        return [str(one).strip() for one in value]
    return [] if value == "null" else str(value).replace(",", " ").split()


def facts_of(
    path: Path, signature: Signature, *, folder: Path, now: datetime, closer: Closer | None = None
) -> FileFacts:
    """Return what filters know of the file at *path*, which was found in the watched *folder* or below it."""
    return FileFacts(
        path=path,
        size=signature.size,
        modified=datetime.fromtimestamp(signature.mtime_ns / 1e9, UTC),
        now=now,
        depth=len(path.relative_to(folder).parts) - 1,
        closer=OnDisk(path) if closer is None else closer,
    )


def facts_at(path: Path, size: int, modified: datetime, folder: Path, now: datetime) -> FileFacts:
    """Return the same of a file that was looked at before."""
    return facts_of(path, Signature(size, int(modified.timestamp() * 1e9), 0), folder=folder, now=now)


def lets_in(recipe: Recipe, facts: FileFacts, upto: Stage) -> bool | None:
    """Return whether the filters of *recipe* choose a file, None when that takes a closer look than *upto*.

    A file that cannot be looked at is let in: its run tells why.
    """
    try:
        return judged(recipe.filters_in_order, facts, upto)
    except DocumentError:
        return None


def was_left_out(run: Run) -> bool:
    """Return whether *run* ended because a filter left its file out."""
    return run.state is RunState.SKIPPED and (run.reason or "").startswith(FILTERED)


def judged(filters: Iterable[Filter], facts: FileFacts, upto: Stage) -> bool | None:
    """Return whether all of *filters* choose a file, None when that takes a closer look. Raises DocumentError."""
    certain = True
    for one in filters:
        answer = one.judged(facts, upto)
        if answer is False:
            return False
        certain = certain and answer is True
    return True if certain else None


def leaves_out(chosen: Filter, facts: FileFacts) -> bool:
    """Return whether one filter leaves a file out, as far as that can be known without reading its text."""
    try:
        return chosen.judged(facts, Stage.INSIDE) is False
    except DocumentError:
        return False


def left_out(chosen: Filter, facts: FileFacts) -> str:
    """Return a filter as it is written, and in words what it saw of a file. Raises DocumentError."""
    seen = chosen.seen(facts) if chosen.judged(facts, Stage.INSIDE) is not None else None
    return f"`{as_written(chosen)}`" + (f" ({seen})" if seen else "")


def as_written(chosen: Filter) -> str:
    """Return a filter as a recipe has it, on one line: ``not name: "*.summary.md"``."""
    if chosen.alone:
        return chosen.word
    said = yaml.safe_dump(
        {chosen.word: _short(chosen.long())}, default_flow_style=True, allow_unicode=True, width=1000
    )
    return said.strip().removeprefix("{").removesuffix("}")


def _short(value: Any) -> Any:
    """Return a filter's long form as people write it, in groups, too: one text for a list of one, a word alone."""
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict):
        return value[0]
    if isinstance(value, list):
        return [_short(one) for one in value]
    if isinstance(value, dict) and list(value.values()) == [True]:
        return next(iter(value))
    return {word: _short(one) for word, one in value.items()} if isinstance(value, dict) else value
