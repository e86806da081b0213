"""Which files can a recipe's actions make? A folder that is known, and a pattern for the rest of the path.

An action that changes the very file that woke the recipe, in place, makes none. The journal knows what such a
file holds by the person's content that it goes back to, and a recipe gets each of those once: however many
recipes rewrite a file in place, each of them does it once, and there is no new file that could go round.
"""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from jinja2 import nodes

from homebody.actions.action import Output
from homebody.actions.placing import more_outputs
from homebody.filenames import INVISIBLE, UNTITLED, split_ending
from homebody.filters import ExtensionFilter
from homebody.paths import real
from homebody.recipe.pattern import FOLDER, NAME, STEM, SUFFIX, Hole, Known, Of, Pattern, patterns, tidy
from homebody.recipe.schema import Recipe, Watch
from homebody.sandbox import parse

NUMBER = Hole(Of.NUMBER, empty=False, slash=False)
TEXT = Hole(empty=False, slash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What one action can make: the action's number and word, a real folder, and the path below it."""

    action: int
    kind: str
    folder: Path
    rest: Pattern

    def glob(self) -> str:
        """Return a pattern for a ``name`` filter that fits every name that this is."""
        return "".join("*" if isinstance(part, Hole) else escape(part) for part in _name(self.rest)[1])


def outputs(recipe: Recipe) -> list[Made]:
    """Return all that the actions of *recipe* can make beside the file that woke it.

    A name so long that it has to be cut, and a letter that changes its form with the one before it, are left
    out of account: the journal knows such a file as our own all the same.
    """
    known = Known(
        vars=recipe.vars,
        recipe={"name": recipe.name, "description": recipe.description},
        optional=frozenset(
            one.full(name)
            for one in recipe.ask
            for name, slot in one.output.items()
            if slot.optional or one.when is not None
        ),
        asks=frozenset(one.name for one in recipe.ask if one.name),
    )
    watched = _watched(recipe)
    pinned = _pinned(recipe)
    found: dict[Made, None] = {}
    for number, action in enumerate(recipe.actions):
        folders = [folder for folder, _ in watched]
        roots = action.roots(folders, recipe.vars)
        made = more_outputs(getattr(action, "on_conflict", "skip"), roots)
        for output in (*action.outputs(folders), *made):
            for way in (_whole_name(way, pinned) for way in patterns(output.dest, known)):
                for folder, rest in _placed(way, watched, roots):
                    in_place = way == (FOLDER, "/", NAME) or (
                        rest == (NAME,) and watched == [(folder, False)]
                    )
                    ways = [*([] if in_place else [rest]), *_other_names(rest, output)]
                    for where, one in (short for whole in ways for short in _shortened(folder, whole)):
                        if plain := _plain(tidy(one)):
                            found[Made(action=number, kind=action.kind, folder=where, rest=plain)] = None
    return list(found)


def _watched(recipe: Recipe) -> list[tuple[Path, bool]]:
    """Return the watched folders, links resolved, each with whether those below it are watched, too."""
    return [
        (real(folder), trigger.recursive)
        for trigger in recipe.triggers
        if isinstance(trigger, Watch)
        for folder in trigger.folders
    ]


def _pinned(recipe: Recipe) -> str | None:
    """Return the one suffix that every file has which wakes *recipe*, if the filters leave but one."""
    for chosen in (one for each in recipe.filters for one in each.together()):
        if isinstance(chosen, ExtensionFilter) and not chosen.negated and len(chosen.extensions) == 1:
            return f".{chosen.extensions[0]}" if "." not in chosen.extensions[0] else None
    return None


def _whole_name(way: Pattern, pinned: str | None) -> Pattern:
    """Return *way* with a stem and the one suffix that it can have taken for the file's name."""
    return (*way[:-2], NAME) if pinned is not None and way[-2:] == (STEM, pinned) else way


def _placed(
    way: Pattern, watched: Sequence[tuple[Path, bool]], roots: Sequence[Path]
) -> Iterator[tuple[Path, Pattern]]:
    """Yield the folders in which *way* can lie, each with the rest of the path."""
    for folder, recursive in watched if FOLDER in way else [(Path("/"), False)]:
        for below in ((), ("/", Hole(empty=False))) if recursive else ((),):
            head, *rest = tidy(
                one for part in way for one in ((str(folder), *below) if part == FOLDER else (part,))
            )
            text = os.path.expanduser(head) if isinstance(head, str) else ""  # noqa: PTH111 - leaves what it does not know
            if text.startswith("/"):
                directory, _, name = text.rpartition("/")
                yield real(Path(directory or "/")), tidy((name, *rest))
            else:
                yield from ((root, (Hole(empty=False),)) for root in roots)


def _shortened(folder: Path, rest: Pattern) -> Iterator[tuple[Path, Pattern]]:
    """Yield *folder* and *rest*, and the folder before the name as the file where nothing may be left of the name."""
    yield folder, rest
    folders, name = _name(rest)
    if all(isinstance(part, Hole) and part.empty for part in name):
        if folders:
            yield folder, (*folders[:-1], str(folders[-1]).rstrip("/"))
        else:
            yield folder.parent, (folder.name,)


def _plain(rest: Pattern) -> Pattern:
    """Return *rest* as the file system gets it: nothing invisible, no dot or blank at the end.

    A name of which nothing is left then is called `filenames.UNTITLED`, as where it is made.
    """
    parts = [
        "".join(c for c in unicodedata.normalize("NFC", part) if unicodedata.category(c) not in INVISIBLE)
        if isinstance(part, str)
        else part
        for part in rest
    ]
    if parts and isinstance(parts[-1], str):
        folders, slash, name = parts[-1].rpartition("/")
        left = name.rstrip(". ")
        if not left and (slash or len(parts) == 1) and name.rstrip() not in ("", ".", ".."):
            left = UNTITLED
        parts[-1] = f"{folders}{slash}{left}"
    return tidy(parts)


def _name(rest: Pattern) -> tuple[Pattern, Pattern]:
    """Return *rest* as the folders and the name at its end."""
    for number in range(len(rest) - 1, -1, -1):
        part = rest[number]
        if isinstance(part, str) and "/" in part:
            folders, _, name = part.rpartition("/")
            return (*rest[:number], f"{folders}/"), tidy((name, *rest[number + 1 :]))
    return (), rest


def _other_names(rest: Pattern, output: Output) -> Iterator[Pattern]:
    """Yield *rest* with the names that a file gets when its own is taken."""
    if output.rename_template is not None:
        yield _renamed(rest, output.rename_template)
    elif output.numbered:
        yield from _numbered(rest)


def _renamed(rest: Pattern, template: str) -> Pattern:
    """Return *rest* with a name as *template* makes it of the name's beginning, its ending and a number."""
    folders, name = _name(rest)
    tail = name[-1] if name and isinstance(name[-1], str) else ""
    stem, ending = split_ending(tail if len(name) == 1 else f"x{tail}")
    known: dict[str, str | Hole] = {"counter": NUMBER, "name": TEXT, "extension": ending or SUFFIX}
    if len(name) == 1 and tail:
        known |= {"name": stem, "extension": ending}
    parts: list[str | Hole] = []
    for node in parse(template).find_all(nodes.Output):
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                parts.append(part.data)
            else:
                parts.append(
                    known.get(part.name, TEXT) if isinstance(part, nodes.Name) else Hole(slash=False)
                )
    return (*folders, *parts)


def _numbered(rest: Pattern) -> Iterator[Pattern]:
    """Yield *rest* with a number before its endings, as ``filenames.numbered`` puts it; it may be in a hole."""
    folders, name = _name(rest)
    holes = [number for number, part in enumerate(name) if isinstance(part, Hole)]
    if not holes:
        stem, ending = split_ending("".join(map(str, name)))
        yield (*folders, stem, " ", NUMBER, ending)
        return
    last = holes[-1]
    hole, before, tail = name[last], name[:last], name[last + 1 :]
    stem, ending = split_ending("x" + "".join(map(str, tail)))
    yield (*folders, *before, hole, stem[1:], " ", NUMBER, ending)
    if ending.count(".") == 2:
        return
    anything = tuple(TEXT if isinstance(part, Hole) else part for part in before)
    if hole == SUFFIX:
        yield (*folders, *before, " ", NUMBER, SUFFIX, *tail)
        yield (*folders, *anything, SUFFIX, *tail)
    elif hole == NAME:
        yield (*folders, *before, TEXT, SUFFIX, *tail)
    else:
        assert isinstance(hole, Hole)
        yield (*folders, *before, Hole(empty=False, slash=hole.slash), *tail)
    if any(isinstance(part, str) and "." in part for part in before):
        yield (*folders, TEXT, *tail)
