"""``homebody show``: a recipe in its long form, or everything about one run."""

import json
import sys
from datetime import datetime
from typing import Any

import click

from homebody.cli.completers import any_of, recipe_names, run_numbers
from homebody.cli.examples import examples
from homebody.cli.paragraphs import fitted, indented, quoted
from homebody.errors import UsageError
from homebody.paths import Home
from homebody.service.either import ask


@click.command("show", epilog=examples("homebody show summarize-notes", "homebody show 12 --json"))
@click.argument("what", metavar="NAME|RUN", shell_complete=any_of(recipe_names, run_numbers()))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show_command(home: Home, what: str, *, as_json: bool) -> None:
    """Show the recipe NAME in its long form and what it may read and write, or the run number RUN.

    Of a run: its steps with timings and tokens, its changes to files with their hashes in short, and, while
    homebody runs, where in the document its answer stands (of slots with `must_appear`), and what the model was
    asked and answered, as far as that is kept.
    """
    if what.isdecimal():
        show_run(home, int(what), as_json=as_json)
    else:
        show_recipe(home, what, as_json=as_json)


def show_recipe(home: Home, name: str, *, as_json: bool) -> None:
    """Print a recipe."""
    # What reads recipes takes long to load, and a run needs none of it.
    from homebody.cli.recipes import find_recipe
    from homebody.recipe.load import long_form
    from homebody.recipe.permitted import permitted, permitted_in_words

    found = find_recipe(home, name)
    if as_json:
        said = {"recipe": found.long(), "hash": found.hash, **permitted(found)}
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    click.echo(long_form(found).rstrip())
    click.echo()
    for line in permitted_in_words(found):
        for piece in fitted(line, terminal=sys.stdout.isatty(), room=2):
            click.echo(f"# {piece}")


def show_run(home: Home, number: int, *, as_json: bool) -> None:
    """Print a run. A person reads the prompts only when they ask for this run, so they are never in a log."""
    if number < 1:
        raise UsageError("A run's number is 1 or more.")
    told = ask(home, "/v1/run", {"run": number})
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in run_lines(told):
        click.echo(line)


def run_lines(told: dict[str, Any]) -> list[str]:
    """Return everything about a run in words: how it stands, what happened, what it changed, what was said."""
    run = told["run"]
    about = run["path"] or {"schedule": "by the clock", "asked": "asked for"}.get(
        run["event"], "a forgotten file"
    )
    lines = [f"run {run['id']} of {run['recipe']}", *indented(about, 2), *indented(told["standing"], 2)]
    if run["dry"]:
        lines += indented("It only shows what it would do.", 2)
    if told["forgotten"]:
        lines += indented("Its file was forgotten, so it can neither be tried again nor undone.", 2)
    lines += ["", "steps", *step_lines(told["steps"])]
    if told["effects"]:
        lines += ["", "changes"]
        for effect in told["effects"]:
            lines += effect_lines(effect)
    return lines + evidence_lines(told) + call_lines(told)


def step_lines(steps: list[dict[str, Any]]) -> list[str]:
    """Return a line for each step: when, what, and its figures."""
    lines = []
    for step in steps:
        at = datetime.fromisoformat(step["at"]).astimezone()
        figures = ", ".join(
            f"{name.replace('_', ' ')} {said(value)}" for name, value in step["detail"].items()
        )
        lines += indented(
            f"{at:%Y-%m-%d %H:%M:%S}  {step['name']}" + (f": {figures}" if figures else ""), 23, 2
        )
    return lines


def said(value: object) -> str:
    """Return a figure as a person reads it."""
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def effect_lines(effect: dict[str, Any]) -> list[str]:
    """Return a change: the action and its state, the file, and its content before and after."""
    lines = [f"  {effect['action']}, {effect['state']}"]
    if effect["source"]:
        lines += indented(f"from {effect['source']}", 4)
    lines += indented(effect["path"], 4)
    return [*lines, f"    {effect['before'] or 'nothing'} -> {effect['after'] or 'nothing'}"]


def evidence_lines(told: dict[str, Any]) -> list[str]:
    """Return where in the document each value stands that must appear there, in its own words."""
    lines: list[str] = []
    for one in told["evidence"]:
        lines += indented(f"{one['slot']}: line {one['line']}, \u201c{one['quote']}\u201d", 4, 2)
    return ["", "found in the document", *lines] if lines else []


def call_lines(told: dict[str, Any]) -> list[str]:
    """Return what the model was asked and answered, or why that is not shown."""
    if told["calls"] is None:
        if not told["kept"]:
            return []
        return ["", *indented("What the model was asked and answered is in the vault, which only a running"
                              " homebody opens: `homebody serve`.", 0)]  # fmt: skip
    lines: list[str] = []
    for call in told["calls"]:
        about = f": {call['ask']}" if call["ask"] else ""
        lines += ["", f"call {call['number'] + 1}{about}"]
        for message in call["prompt"] or [{"role": "asked", "text": "no longer kept"}]:
            lines += [f"  {message['role']}:", *quoted(message["text"])]
        lines += ["  answered:", *quoted("no longer kept" if call["answer"] is None else call["answer"])]
    return lines
