"""What does `homebody top` show? Pure: what is known in, the lines of one picture out."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size

from homebody.cli.daemon import absent_model, embeddings_line, open_words, paused_words, waiting_lines
from homebody.cli.live import Line
from homebody.cli.paragraphs import visible
from homebody.house.state_words import until
from homebody.quantities import rounded

KEYS = "p pause   c cancel   r retry   v review   up/down choose a run   q leave"
MOST_PROBLEMS = 3
BAR = 8
"""Cells of a bar that shows how far a request is."""

STYLES = {
    "done": "",
    "failed": "red",
    "quarantined": "red",
    "waiting": "yellow",
    "skipped": "dim",
    "undone": "dim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known at one moment: what the daemon said, and what its processes occupy."""

    status: Mapping[str, Any]
    queue: Sequence[Mapping[str, Any]]
    recent: Sequence[Mapping[str, Any]]
    """The newest runs, newest first."""
    notices: Sequence[Mapping[str, Any]]
    """What recipes told, the newest last."""
    resident: Mapping[str, int]
    """Bytes of memory that each process occupies; empty where that cannot be seen."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: its lines, and the runs that can be chosen in it, from above."""

    lines: list[Line]
    runs: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a section, and the run that it is about, if any."""

    text: str
    run: int | None = None
    style: str = ""


def frame(view: View, columns: int, rows: int, *, chosen: int | None = None, message: str = "") -> Frame:
    """Return the picture for a screen of so many *columns* and *rows*; *chosen* is the run that is marked.

    Every line is at most as wide as the screen, and there are at most as many as it has.
    """
    head = head_lines(view, columns)
    message = message or reason_of(view, chosen)
    foot = [Line(clip(message, columns), "yellow"), Line(clip(KEYS, columns), "dim")]
    sections = [(title, found) for title, found in sections_of(view, columns) if found]
    shares = shared([len(found) for _title, found in sections], rows - len(head) - len(foot))
    lines, runs = list(head), []
    for (title, found), share in zip(sections, shares, strict=True):
        if share == 0:
            continue
        lines.append(Line(set_cell_size(f"-- {title} " + "-" * columns, columns), "bold"))
        for row in with_chosen(found, share - 1, chosen):
            marked = row.run is not None and row.run == chosen
            lines.append(
                Line(clip(("> " if marked else "  ") + row.text, columns), "bold" if marked else row.style)
            )
            if row.run is not None and row.run not in runs:
                runs.append(row.run)
    lines = lines[: max(0, rows - len(foot))]
    lines += [Line("")] * (rows - len(foot) - len(lines))
    return Frame((lines + foot)[:rows], runs)


def with_chosen(rows: Sequence[Row], share: int, chosen: int | None) -> Sequence[Row]:
    """Return the first *share* rows; the one that is marked takes the place of the last when it comes later."""
    marked = next((row for row in rows[share:] if row.run is not None and row.run == chosen), None)
    return rows[:share] if marked is None else [*rows[: share - 1], marked]


def reason_of(view: View, chosen: int | None) -> str:
    """Return the whole reason of the run that is marked, as it ended."""
    run = next((run for run in view.recent if run["id"] == chosen), None)
    return f"run {chosen}: {visible(run['reason'])}" if run is not None and run["reason"] else ""


def absent(why: str, columns: int, rows: int) -> Frame:
    """Return the picture while homebody does not answer."""
    words = [
        *textwrap.wrap(why, columns),
        "`homebody start` starts it; it is looked for again and again.",
        "",
        "q leave",
    ]
    lines = [Line(clip(word, columns)) for word in words]
    return Frame((lines + [Line("")] * rows)[:rows])


def shared(wanted: Sequence[int], room: int) -> list[int]:
    """Return how many lines each section gets, its title counted, of *room* lines.

    Each gets a title and a line before any gets more; then one line each in turns, as far as it has so many. Those that
    come first are served first. A section with no line below its title is not shown.
    """
    shares = [0] * len(wanted)
    for place, number in enumerate(wanted):
        if number and room >= 2:
            shares[place] = 2
            room -= 2
    while room > 0 and any(0 < share < number + 1 for share, number in zip(shares, wanted, strict=True)):
        for place, number in enumerate(wanted):
            if room > 0 and 0 < shares[place] < number + 1:
                shares[place] += 1
                room -= 1
    return shares


def head_lines(view: View, columns: int) -> list[Line]:
    """Return what stands above: who it is, the model and how fast it is, the memory, and what is wrong."""
    status = view.status
    left, clock = f"homebody {status['version']}, sealed, process {status['pid']}", f"{view.now:%H:%M:%S}"
    room = columns - len(clock) - 1
    first = f"{set_cell_size(clip(left, room), room)} {clock}" if room > 0 else clip(left, columns)
    lines = [Line(first, "bold")]
    if bridge := status.get("bridge"):
        lines.append(Line(clip(open_words(bridge), columns), "yellow"))
    lines.append(Line(clip(f"{model_words(status)}; {speed_words(status['in_hand'])}", columns)))
    if embeddings := status.get("embeddings"):
        lines.append(Line(clip(visible(embeddings_line(embeddings)), columns)))
    if memory := memory_words(view):
        lines.append(Line(clip(memory, columns)))
    if status["paused"]:
        lines.append(Line(clip(paused_words(status["paused"]), columns), "yellow"))
    if number := status["counts"].get("waiting"):
        plans = "a plan waits" if number == 1 else f"{number} plans wait"
        lines.append(Line(clip(f"{plans} for you: press v", columns), "yellow"))
    wrong = [*waiting_lines(status["waiting"]), *status["folders"].values(), *status["problems"]]
    lines += [Line(clip(f"problem: {visible(why)}", columns), "red") for why in wrong[:MOST_PROBLEMS]]
    if len(wrong) > MOST_PROBLEMS:
        more = f"and {len(wrong) - MOST_PROBLEMS} problems more: `homebody status` has them all"
        lines.append(Line(clip(more, columns), "red"))
    return lines


def model_words(status: Mapping[str, Any]) -> str:
    """Return the model in use, or why there is none."""
    model = status["model"]
    if model["state"] != "ready":
        return visible(f"model: {absent_model(model)}")
    return visible(
        f"model: {model['info']['name']}, {model['info']['quantization']}, context {model['context']} tokens"
    )


def speed_words(in_hand: Iterable[Mapping[str, Any]]) -> str:
    """Return how many tokens a second are read and written by all requests together."""
    rates = {"prefill": 0.0, "decode": 0.0}
    for run in in_hand:
        for one in run["requests"]:
            if one["phase"] in rates:
                rates[one["phase"]] += one["tokens_per_second"]
    told = [
        f"{word} {rate:.1f} tokens/s"
        for word, rate in (("reads", rates["prefill"]), ("writes", rates["decode"]))
        if rate
    ]
    return ", ".join(told) or "idle"


def memory_words(view: View) -> str:
    """Return what the processes occupy, or what the model says it needs where that cannot be seen."""
    if view.resident:
        return "memory: " + ", ".join(f"{name} {rounded(size)}" for name, size in view.resident.items())
    model = view.status["model"]
    return f"memory: model {rounded(model['memory_bytes'])}" if model["state"] == "ready" else ""


def sections_of(view: View, columns: int) -> list[tuple[str, list[Row]]]:
    """Return the sections, the most important first, each with all lines that it could have."""
    status = view.status
    text = partial(run_text, columns=columns)
    working = sorted(status["in_hand"], key=lambda run: (waits(run), run["id"]))
    held = [Row(text(run, doing(run, view.now)), run["id"]) for run in working]
    queued = status["counts"].get("queued", 0)
    running = {run["id"] for run in status["in_hand"]}
    coming = [Row(text(run, ""), run["id"], "dim") for run in view.queue if run["id"] not in running]
    if queued and not coming:
        coming = [Row("all of them wait for a later moment", None, "dim")]
    ended = [Row(text(run, ended_words(run)), run["id"], STYLES.get(run["state"], "")) for run in view.recent
             if run["state"] not in ("queued", "running")]  # fmt: skip
    due = sorted((datetime.fromisoformat(at), name) for name, at in status["schedules"].items())
    return [
        (f"in hand: {len(held)}", held or [Row("nothing", None, "dim")]),
        (f"queue: {queued}", coming),
        ("notices", [notice_row(one) for one in reversed(view.notices)]),
        ("last", ended),
        ("next by the clock", [Row(f"{until(at, view.now)}  {visible(name)}", None) for at, name in due]),
    ]


def notice_row(one: Mapping[str, Any]) -> Row:
    """Return a notice as a line: when, which recipe, and its words."""
    when = f"{datetime.fromisoformat(one['at']).astimezone():%H:%M}"
    words = " ".join(visible(one["words"]).split())
    return Row(f"{when}  {visible(one['recipe'])}: {words}", None, "red" if one["failure"] else "")


def run_text(run: Mapping[str, Any], what: str, columns: int) -> str:
    """Return a run as a line: its number, recipe, what is to be said of it, and at the end its file's name.

    A name in a script from right to left then moves nothing else, whatever the terminal makes of it.
    """
    file = visible(Path(run["path"]).name) if run["path"] else ""
    recipe = column(visible(run["recipe"]), min(max(16, columns // 5), 30))
    return f"{run['id']:>5}  {recipe}  {column(what, min(max(27, columns // 3), 60))}  {file}"


def waits(run: Mapping[str, Any]) -> bool:
    """Return whether a run in hand does nothing but wait for the model."""
    return bool(run["requests"]) and all(one["phase"] == "waiting" for one in run["requests"])


def doing(run: Mapping[str, Any], now: datetime) -> str:
    """Return what a run in hand is at just now."""
    requests = run["requests"]
    if not requests:
        since = "" if run["since"] is None else f" for {seconds_since(run['since'], now)}s"
        return f"works{since}"
    busy = [one for one in requests if one["phase"] != "waiting"] or requests
    more = f" +{len(requests) - 1}" if len(requests) > 1 else ""
    one = busy[0]
    match one["phase"]:
        case "prefill":
            own = max(one["prompt"] - one["cached"], 1)
            return f"{bar(one['read'] / own)} reads {one['read']}/{own}{more}"
        case "decode":
            return f"{bar(one['written'] / max(one['most'], 1))} writes {one['written']}/{one['most']}{more}"
    return f"waits for the model{more}"


def bar(share: float) -> str:
    """Return a bar of eight cells that is full up to *share*."""
    full = min(BAR, max(0, round(share * BAR)))
    return "[" + "#" * full + "." * (BAR - full) + "]"


def ended_words(run: Mapping[str, Any]) -> str:
    """Return how a run ended and when, with the reason as far as there is room."""
    at = f"{datetime.fromisoformat(run['finished_at']).astimezone():%H:%M} " if run["finished_at"] else ""
    because = f": {visible(run['reason'])}" if run["reason"] else ""
    return f"{at}{run['state']}{because}"


def seconds_since(moment: str, now: datetime) -> int:
    """Return the whole seconds from *moment* to *now*."""
    return max(0, round((now - datetime.fromisoformat(moment)).total_seconds()))


def column(text: str, cells: int) -> str:
    """Return *text* in exactly so many cells."""
    return set_cell_size(clip(text, cells), cells)


def clip(text: str, cells: int) -> str:
    """Return *text* in at most so many cells; what is left out is at the end, and shows."""
    if cell_len(text) <= cells:
        return text
    return (
        set_cell_size(text, cells - 3).rstrip() + "..." if cells > 3 else set_cell_size(text, max(cells, 0))
    )
