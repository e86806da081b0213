"""What does the report look like? One page of HTML that fetches nothing and runs nothing. Pure."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

from homebody.cli.paragraphs import visible
from homebody.cli.plots import Series, lying, said, stacked
from homebody.cli.report_style import STYLE
from homebody.quantities import rounded

MARK = '<meta name="generator" content="homebody report">'
"""What tells a report of ours from any other file: only that is replaced."""

STATES = {"done": "c0", "skipped": "c6", "waiting": "c3", "failed": "c1", "quarantined": "c4", "undone": "c5"}
"""The states in which runs end, with the colours in which they are drawn."""


def page(
    told: Mapping[str, Any],
    disk: Sequence[tuple[str, int]],
    free: int,
    charts: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the report of what is *told*, of what homebody takes up on the *disk*, and of more titled *charts*."""
    totals = sums(told["recipes"])
    since, now = (datetime.fromisoformat(told[word]).astimezone() for word in ("since", "now"))
    body = [
        "<header><h1>homebody report</h1>",
        f'<p class="soft">{since:%Y-%m-%d} to {now:%Y-%m-%d %H:%M}</p></header>',
        tiles(totals),
        *(section(title, drawn) for title, drawn in charts),
        section("Runs per day" if len(told["days"]) <= MOST_DAYS else "Runs per week", per_day(told["days"])),
    ]
    if told["recipes"]:
        body += [
            section("Time per recipe", per_recipe_time(told["recipes"])),
            section("Tokens per recipe", per_recipe_tokens(told["recipes"])),
            section("Recipes", recipe_table(told["recipes"])),
        ]
    body += [section("Failures", failures(told["failures"])), section("Disk", disk_words(disk, free))]
    foot = (
        "<footer>Made by homebody on this computer. This page fetches nothing, runs no script, and holds names of"
        " recipes, counts and reasons; no text of a document.</footer>"
    )
    return document(f"homebody report, {now:%Y-%m-%d}", "\n".join(body) + foot)


def document(title: str, body: str) -> str:
    """Return a whole page. What it may do is said in it, and browsers hold it to that: show its one style, no more."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{MARK}\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def section(title: str, inner: str) -> str:
    """Return a section under its heading."""
    return f"<section><h2>{shown(title)}</h2>{inner}</section>"


def shown(text: str) -> str:
    """Return words from outside as the page may hold them: nothing is markup, and no direction leaks out of them."""
    return f"<bdi>{escape(visible(text))}</bdi>"


def sums(recipes: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return what all recipes did and cost together."""
    states: dict[str, float] = {}
    for one in recipes:
        for state, number in one["states"].items():
            states[state] = states.get(state, 0) + number
    total = {name: sum(one[name] for one in recipes) for name in ("seconds", "tokens_read", "tokens_written")}
    return states | total | {"runs": sum(states.values())}


def tiles(totals: Mapping[str, float]) -> str:
    """Return the few figures that stand above everything."""
    failed = totals.get("failed", 0) + totals.get("quarantined", 0)
    found = [
        ("runs", said(totals["runs"])), ("done", said(totals.get("done", 0))), ("failed", said(failed)),
        ("at work", lasting(totals["seconds"])), ("tokens read", said(totals["tokens_read"])),
        ("tokens written", said(totals["tokens_written"])),
    ]  # fmt: skip
    inner = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in found)
    return f'<dl class="tiles">{inner}</dl>'


MOST_DAYS = 62
"""With more days than this, a bar is a week."""


def per_day(days: Sequence[Mapping[str, Any]]) -> str:
    """Return a bar for each day, or for each week where there are too many days."""
    grouped: dict[str, dict[str, float]] = {}
    for one in days:
        name = one["day"]
        if len(days) > MOST_DAYS:
            year, week, _day = date.fromisoformat(name).isocalendar()
            name = f"{year}-W{week:02}"
        counts = grouped.setdefault(name, {})
        for state, number in one["states"].items():
            counts[state] = counts.get(state, 0) + number
    labels = [name if len(days) > MOST_DAYS else name[5:] for name in grouped]
    series = [
        Series(state, colour, [counts.get(state, 0) for counts in grouped.values()])
        for state, colour in STATES.items()
    ]
    there = [one for one in series if any(one.values)] or series[:1]
    return stacked("Runs by the day on which they ended, by state", labels, there)


def per_recipe_time(recipes: Sequence[Mapping[str, Any]]) -> str:
    """Return a bar for each recipe: the time that the model worked for it, and the rest."""
    ordered = sorted(recipes, key=lambda one: -one["seconds"])
    model = [min(one["model_seconds"], one["seconds"]) for one in ordered]
    rest = [one["seconds"] - part for one, part in zip(ordered, model, strict=True)]
    series = [Series("the model, seconds", "c0", model), Series("the rest, seconds", "c6", rest)]
    words = [lasting(one["seconds"]) for one in ordered]
    return lying("Time per recipe", [visible(one["name"]) for one in ordered], series, words)


def per_recipe_tokens(recipes: Sequence[Mapping[str, Any]]) -> str:
    """Return a bar for each recipe that asks the model: what was read of documents, and what was written."""
    asking = [one for one in recipes if one["tokens_read"] or one["tokens_written"]]
    if not asking:
        return '<p class="soft">The model was not asked.</p>'
    ordered = sorted(asking, key=lambda one: -(one["tokens_read"] + one["tokens_written"]))
    series = [
        Series("read of documents", "c0", [one["tokens_read"] for one in ordered]),
        Series("written", "c2", [one["tokens_written"] for one in ordered]),
    ]
    words = [f"{said(one['tokens_read'])} / {said(one['tokens_written'])}" for one in ordered]
    return lying("Tokens per recipe", [visible(one["name"]) for one in ordered], series, words)


def recipe_table(recipes: Sequence[Mapping[str, Any]]) -> str:
    """Return the figures of each recipe, for those who want them exactly."""
    head = "".join(
        f'<th class="number">{word}</th>'
        for word in ("runs", "done", "skipped", "failed", "a run takes", "tokens read")
    )
    rows = []
    for one in recipes:
        states, runs = one["states"], sum(one["states"].values())
        failed = states.get("failed", 0) + states.get("quarantined", 0)
        cells = [said(runs), said(states.get("done", 0)), said(states.get("skipped", 0)), said(failed),
                 lasting(one["seconds"] / runs if runs else 0), said(one["tokens_read"])]  # fmt: skip
        figures = "".join(f'<td class="number">{cell}</td>' for cell in cells)
        rows.append(f"<tr><td>{shown(one['name'])}</td>{figures}</tr>")
    return f"<table><thead><tr><th>recipe</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def failures(found: Sequence[Mapping[str, Any]]) -> str:
    """Return the newest runs that failed, with their reasons."""
    if not found:
        return '<p class="soft">Nothing failed.</p>'
    rows = "".join(
        f'<tr><td class="number">{one["run"]}</td><td>{moment(one["at"])}</td><td>{shown(one["recipe"])}</td>'
        f"<td>{shown(one['reason'] or one['state'])}</td></tr>"
        for one in found
    )
    return (
        '<table><thead><tr><th class="number">run</th><th>ended</th><th>recipe</th><th>reason</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def disk_words(disk: Sequence[tuple[str, int]], free: int) -> str:
    """Return what homebody itself keeps, and how much room is left there."""
    drawn = lying(
        "What homebody keeps on the disk", [name for name, _size in disk],
        [Series("bytes", "c0", [size for _name, size in disk])], [rounded(size) for _name, size in disk],
    )  # fmt: skip
    together = sum(size for _name, size in disk)
    return f'{drawn}<p class="soft">{rounded(together)} together; {rounded(free)} are free on that disk.</p>'


def moment(at: str | None) -> str:
    """Return a moment to the minute, on the clock of this computer."""
    return "" if at is None else f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"


def lasting(seconds: float) -> str:
    """Return how long something took, in the unit that fits."""
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
