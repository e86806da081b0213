"""After the journal was rebuilt: does what lies there show that a recipe has done a file already?

A file without a run may have been done by a run that was lost. Nobody is asked, and no model: the recipe's actions
are looked at one by one, as far as what they make does not hang on an answer. What shows as done is not done
again, what shows as not done is queued as usual, and what cannot be judged is left to the person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from homebody.actions.action import Action, World
from homebody.actions.append import AppendAction, decoded
from homebody.actions.content import filled
from homebody.actions.copy import CopyAction
from homebody.actions.destination import resolve, roots, whole
from homebody.actions.front_matter import FrontMatterAction
from homebody.actions.hard_link import HardLinkAction
from homebody.actions.matter import split
from homebody.actions.move import MoveAction
from homebody.actions.rename import RenameAction
from homebody.actions.replace_text import ReplaceTextAction
from homebody.actions.tag import TagAction
from homebody.actions.write import WriteAction
from homebody.documents.file import glance, take
from homebody.errors import HomebodyError
from homebody.filters import FileFacts, Stage
from homebody.house.facts import facts_of, lets_in
from homebody.house.overlay import Overlay
from homebody.house.planner import file_values
from homebody.house.watched import Watched
from homebody.journal.merge import REBUILT
from homebody.journal.store import Journal
from homebody.recipe.schema import ANY_SIZE, Recipe
from homebody.templates import compile_template
from homebody.triggers.rescan import scan

FOUND_DONE = "found done after the journal was rebuilt"
LEFT = (
    "left as it is: the journal was rebuilt, and whether this was done before cannot be seen;"
    " `homebody backfill {recipe}` does it"
)

OURS = "taken for what homebody itself made before the journal was rebuilt: a recipe writes under this name"

FIXED = frozenset({"name", "stem", "suffix", "path", "folder"})
"""What is the same of a file whenever it is asked; its size and its date may be our own doing."""


class Verdict(Enum):
    """What the files say about one action, or about a whole recipe."""

    DONE = "what it makes is there"
    NOT_DONE = "what it makes is not there"
    UNKNOWN = "it cannot be seen"
    ELSEWHERE = "where it would be hangs on the answer, so that it is not looked for"


def decide(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what the *verdicts* on its actions say about a recipe: DONE, NOT_DONE or UNKNOWN.

    A plan is made whole or not at all; actions that speak against each other leave it unknown.
    """
    looked = {verdict for verdict in verdicts if verdict is not Verdict.ELSEWHERE}
    return looked.pop() if len(looked) == 1 else Verdict.UNKNOWN


def judge(recipe: Recipe, path: Path) -> Verdict:
    """Return whether *recipe* has done the file at *path* already, as far as can be seen.

    It only looks. What cannot be read or filled in is UNKNOWN.
    """
    try:
        file = take(path, limit=recipe.read.limit) if recipe.limit < ANY_SIZE else glance(path)
    except HomebodyError:
        return Verdict.NOT_DONE  # then no run could read it either, and a run says why
    modified = datetime.fromtimestamp(file.mtime_ns / 1e9, UTC)
    values = known(recipe, FileFacts(path=file.path, size=file.size, modified=modified))
    writes = tuple(recipe.permissions().writes)
    world = World(values=values, file=file, source="", roots=writes, content=Overlay().content)
    return decide([judge_action(action, world) for action in recipe.actions])


def known(recipe: Recipe, facts: FileFacts) -> dict[str, Any]:
    """Return what templates know of *recipe* and its file, without an answer and without a run."""
    return {
        "vars": dict(recipe.vars),
        "recipe": {"name": recipe.name, "description": recipe.description},
        "file": file_values(facts.path, facts.size, facts.modified.astimezone()),
    }


def judge_action(action: Action, world: World) -> Verdict:
    """Return what the files say about one action; a kind that leaves no sign of its own is UNKNOWN."""
    looking = LOOKS.get(action.kind)
    if looking is None:
        return Verdict.UNKNOWN
    try:
        return looking(action, world)
    except (HomebodyError, OSError):
        return Verdict.UNKNOWN


def fixed(template: str) -> bool:
    """Return whether *template* says the same whenever it is filled in, whatever a model answers."""
    return all(
        use.name in ("vars", "recipe") or (use.name == "file" and use.attribute in FIXED)
        for use in compile_template(template).uses
    )


def _write(action: WriteAction | CopyAction | HardLinkAction, world: World) -> Verdict:
    return _made(action.dest, world)


def _made(dest: str, world: World) -> Verdict:
    if not fixed(dest):
        return Verdict.ELSEWHERE
    path = resolve(whole(dest), world)
    return Verdict.DONE if path.exists() or path.is_symlink() else Verdict.NOT_DONE


def _append(action: AppendAction, world: World) -> Verdict:
    if not fixed(action.dest):
        return Verdict.ELSEWHERE
    path = resolve(action.dest, world)
    there = world.content(path)
    if there is None:
        return Verdict.NOT_DONE
    if action.content is None or not fixed(action.content):
        return Verdict.UNKNOWN
    added = filled(action.content, world, path).strip("\n")
    text = decoded(there[0]).replace("\r\n", "\n")
    return Verdict.DONE if f"\n{added}\n" in f"\n{text}\n" else Verdict.NOT_DONE


def _front_matter(action: FrontMatterAction, world: World) -> Verdict:
    assert world.file is not None, "an action that changes its file has one"
    _, inner, _ = split(decoded(world.file.data))
    try:
        keys = yaml.safe_load(inner or "") or {}
    except (yaml.YAMLError, ValueError, RecursionError):
        return Verdict.UNKNOWN
    if not isinstance(keys, Mapping):
        return Verdict.UNKNOWN
    there = [key in keys for key in action.set] + [bool(keys.get(key)) for key in action.add]
    if all(there):
        return Verdict.DONE
    return Verdict.UNKNOWN if any(there) else Verdict.NOT_DONE


def _move(action: MoveAction, world: World) -> Verdict:
    assert world.file is not None, "an action that changes its file has one"
    here = world.file.path
    if fixed(action.dest):
        return Verdict.DONE if resolve(whole(action.dest), world) == here else Verdict.NOT_DONE
    goals = roots(whole(action.dest), [here.parent], world.values["vars"])
    return Verdict.UNKNOWN if any(here.is_relative_to(goal) for goal in goals) else Verdict.NOT_DONE


def _rename(action: RenameAction, world: World) -> Verdict:
    if not fixed(action.name):
        return Verdict.UNKNOWN
    return Verdict.NOT_DONE if action.plan(world) else Verdict.DONE


def _tag(action: TagAction, world: World) -> Verdict:
    assert world.file is not None, "an action that changes its file has one"
    if not all(map(fixed, (*action.add, *action.remove))):
        return Verdict.UNKNOWN
    if not action.plan(world):
        return Verdict.DONE
    return Verdict.UNKNOWN if world.tags(world.file.path) else Verdict.NOT_DONE


def _replace_text(action: ReplaceTextAction, world: World) -> Verdict:
    if action.dest is None:
        return Verdict.UNKNOWN
    return _made(action.dest, world)


def _gone(_action: Action, _world: World) -> Verdict:
    """Return the verdict on what takes a file away: this one is there."""
    return Verdict.NOT_DONE


LOOKS: Mapping[str, Callable[[Any, World], Verdict]] = {
    "write": _write,
    "extract_text": _write,
    "copy": _write,
    "hard_link": _write,
    "append": _append,
    "front_matter": _front_matter,
    "move": _move,
    "rename": _rename,
    "tag": _tag,
    "trash": _gone,
    "replace_text": _replace_text,
}
"""How each kind of action is looked at."""


def outputs(watched: Sequence[Watched]) -> frozenset[Path]:
    """Return which files there are under the names that recipes give to what they make of the watched files."""
    found: set[Path] = set()
    for one in watched:
        made = [
            action
            for action in one.recipe.actions
            if isinstance(
                action, WriteAction | CopyAction | HardLinkAction | ReplaceTextAction | AppendAction
            )
        ]
        plain = [whole(dest) for action in made if (dest := action.dest) is not None and fixed(dest)]
        with suppress(HomebodyError, OSError):
            for candidate in scan(one.folder, one.recursive) if plain else ():
                facts = facts_of(
                    candidate.path, candidate.signature, folder=one.folder, now=datetime.now(UTC)
                )
                if lets_in(one.recipe, facts, Stage.INSIDE) is not False:
                    found.update(made_of(one.recipe, facts, plain))
    return frozenset(found)


def made_of(recipe: Recipe, facts: FileFacts, dests: Sequence[str]) -> Iterator[Path]:
    """Yield the files that are there under the names that *recipe* gives to what it makes of one file."""
    values = known(recipe, facts)
    roots = tuple(recipe.permissions().writes)
    world = World(values=values, file=None, source="", roots=roots, content=Overlay().content)
    for dest in dests:
        with suppress(HomebodyError, OSError):
            path = resolve(dest, world)
            if path != facts.path and path.exists():
                yield path


class FirstLook:
    """The careful look after a rebuilding: until it is over, old files without a run are judged first."""

    def __init__(self, journal: Journal, watched: Sequence[Watched]) -> None:
        self._journal = journal
        self._watched = watched
        self._outputs: frozenset[Path] | None = None
        noted = journal.meta(REBUILT)
        self.since = datetime.fromisoformat(noted) if noted else None
        """When the journal was rebuilt; None when it was not, or the look is over."""

    def watch(self, watched: Sequence[Watched]) -> None:
        """Take *watched* for what recipes make, from now on."""
        self._watched, self._outputs = watched, None

    def __call__(self, recipe: Recipe, path: Path) -> str | None:
        """Return why *recipe* is not to do the file at *path*, None when it is queued as usual.

        A file that was put there since is new to everybody: its inode's time says so, whatever its date.
        """
        if self.since is None or came_after(path, self.since):
            return None
        if self._outputs is None:
            self._outputs = outputs(self._watched)
        if path in self._outputs:
            return OURS
        verdict = judge(recipe, path)
        if verdict is Verdict.NOT_DONE:
            return None
        return FOUND_DONE if verdict is Verdict.DONE else LEFT.format(recipe=recipe.name)

    def over(self) -> None:
        """Note that every folder has been looked at once; from now on, all is as usual."""
        if self.since is not None:
            self._journal.set_meta(REBUILT, None)
            self.since = None


def came_after(path: Path, moment: datetime) -> bool:
    """Return whether a file was put there, or changed, after *moment*; of one that is gone a run says so."""
    try:
        return datetime.fromtimestamp(path.lstat().st_ctime, UTC) > moment
    except OSError:
        return True
