"""What could stand where a person presses Tab: names of recipes, numbers of runs, words that wait?

Whatever is asked here must answer at once or not at all: recipes are looked through, not loaded, and a homebody that
is slow counts as one that does not run.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click
from click.shell_completion import CompletionItem

from homebody.errors import HomebodyError
from homebody.paths import Home, find_home, shipped

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

MOST_FILES = 500
MOST_BYTES = 65_536
"""So much of a recipe is looked at for its name, which usually stands at its top."""

MOST_RUNS = 50
PATIENCE_SECONDS = 1.0

_HARMLESS = re.compile(r"\w[\w.+-]*")

_NAME = re.compile(r"^name:[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9_.-]*)", re.MULTILINE)


def recipe_names(ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the names of the person's recipes that go on as *begun*."""
    found = set()
    with suppress(OSError):
        for path in sorted(_home(ctx).recipes.glob("*.y*ml"))[:MOST_FILES]:
            with suppress(OSError), path.open("rb") as file:
                name = _NAME.search(file.read(MOST_BYTES).decode("utf-8", "replace"))
                found.add(name[1] if name else path.stem)
    return [CompletionItem(name) for name in sorted(found) if name.startswith(begun)]


def shipped_names(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the names of the shipped recipes that go on as *begun*."""
    found = sorted(path.stem for path in shipped("recipes").glob("*.yaml"))
    return [CompletionItem(name) for name in found if name.startswith(begun)]


def run_numbers(*states: str) -> Completer:
    """Return what names the newest runs in one of *states*, or in any, while homebody runs."""

    def complete(ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        asked: dict[str, Any] = {"limit": MOST_RUNS} | ({"state": ",".join(states)} if states else {})
        found = [
            CompletionItem(str(run["id"]), help=f"{run['recipe']} ({run['state']})")
            for run in _asked(ctx, "/v1/runs", asked).get("runs", ())
        ]
        return [one for one in found if one.value.startswith(begun)]

    return complete


def proposed_words(ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the words that wait to be accepted or rejected, while homebody runs.

    They came out of documents, and some shells put them onto the command line as they are: what means anything to a
    shell is left out, and has to be typed.
    """
    found = {one["word"]: one["recipe"] for one in _asked(ctx, "/v1/tags", {}).get("proposed", ())}
    return [
        CompletionItem(word, help=recipe)
        for word, recipe in found.items()
        if word.startswith(begun) and _HARMLESS.fullmatch(word)
    ]


def files(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Let the shell name the files; among others this comes first, for bash forgets what came before it."""
    return [CompletionItem(begun, type="file")]


def any_of(*completers: Completer) -> Completer:
    """Return what all of *completers* return together."""

    def complete(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        return [item for completer in completers for item in completer(ctx, parameter, begun)]

    return complete


def _home(ctx: click.Context) -> Home:
    """Return the home that the command line so far is about."""
    return find_home(root=ctx.find_root().params.get("home"))


def _asked(ctx: click.Context, route: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the running homebody answers, and nothing where none does."""
    from homebody.service.control import request

    with suppress(HomebodyError):
        answer: dict[str, Any] = request(_home(ctx).socket, "GET", route, asked, timeout=PATIENCE_SECONDS)
        return answer
    return {}
