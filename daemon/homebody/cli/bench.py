"""``homebody bench``: how fast the model is on this computer, and what the engine chose from that."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, visible
from homebody.clock import SystemClock
from homebody.model.states import Happening
from homebody.paths import Home
from homebody.quantities import rounded

NEAR = 0.6
"""From this share on it is the memory that is waited for: what models reach on machines that are known for it."""

SOURCES = {
    "daemon": "the running homebody has it loaded",
    "kept": "as it was when it was last loaded",
    "measured now": "loaded just now",
}


@click.command("bench", epilog=examples("homebody bench", "homebody bench --again"))
@click.option("--again", is_flag=True, help="Measure anew; homebody must not run meanwhile.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def bench_command(home: Home, *, again: bool, as_json: bool) -> None:
    """Show how fast your model is on this computer, and how the engine is laid out for that.

    A few steps of each kind are timed when a model is first loaded on a machine, and kept: runs that write side by
    side in lanes of their own or in a common pool, reading in chunks of several sizes, and bets on text that is
    copied. What suits this machine is chosen from that. With --again, or when nothing is known yet, the model is
    loaded in a process of its own, which takes as long as a load and up to a minute and a half more; then prompts of
    several lengths are read, too, each cold and warm.

    Ends with 75 when it would have to measure beside a running homebody.
    """
    from homebody.service.measuring import bench
    from homebody.service.roofline import roofline

    found = bench(home, SystemClock(), teller(sys.stderr.isatty()), again=again)
    found["roofline"] = roofline(found) if found["writing"] else None
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    echo_fitted(bench_lines(found))


def teller(terminal: bool) -> Callable[[Happening, str], None]:
    """Return what says how far a load is: every word on a *terminal*, elsewhere only what begins."""
    last: list[Happening] = []

    def say(happening: Happening, words: str) -> None:
        if terminal or last[-1:] != [happening]:
            click.echo(f"model: {words}", err=True)
        last.append(happening)

    return say


def bench_lines(found: dict[str, Any]) -> list[str]:
    """Return what is known of the model's speed, in words and tables."""
    model, plan = found["model"], found["plan"]
    lines = [
        visible(
            f"{model['name']}, {model['quantization']}, {rounded(model['bytes'])}: {SOURCES[found['source']]}"
        ),
        f"on {found['cpu']} with {threads(found['threads'])}; {settings_words(found['settings'])}",
    ]
    if found["measured_at"]:
        at = datetime.fromisoformat(found["measured_at"]).astimezone()
        lines.append(f"measured on {at:%Y-%m-%d at %H:%M}")
    if found["unmeasured"]:
        lines.append(f"not measured: {found['unmeasured']}")
    if memory := found.get("memory"):
        lines.append(
            f"its memory: {memory['peak'] / 1e6:,.0f} MB at most, {memory['reckoned'] / 1e6:,.0f} MB reckoned"
        )
    return [
        *lines,
        *writing_lines(found["writing"]),
        *roofline_lines(found.get("roofline"), found["writing"]),
        *reading_lines(found),
        *context_lines(found.get("contexts", [])),
        *plan_lines(plan),
    ]


def threads(count: int) -> str:
    """Return how many threads, in words."""
    return f"{count} thread" if count == 1 else f"{count} threads"


def settings_words(settings: dict[str, Any]) -> str:
    """Return with which settings the native library was asked to work."""
    words = [
        "on the GPU where there is one" if settings["gpu_layers"] else "without a GPU",
        "weights repacked for the processor"
        if settings["extra_buffers"]
        else "weights as they lie in the file",
        "file mapped" if settings["mmap"] else "file read into memory",
    ]
    return ", ".join(words)


def writing_lines(writing: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return the table of runs that write at once, a column for each layout that was measured."""
    if not writing:
        return []
    names = {"lanes": "in lanes", "pool": "in a common pool"}
    rates = {
        layout: {row["runs"]: row["tokens_per_second"] for row in rows} for layout, rows in writing.items()
    }
    widths = sorted({runs for rows in rates.values() for runs in rows})
    lines = ["", "Writing, tokens a second in all:"]
    lines.append(f"{'runs at once':>14}" + "".join(f"{names[layout]:>18}" for layout in rates))
    for runs in widths:
        cells = [f"{rows[runs]:>18.1f}" if runs in rows else f"{'-':>18}" for rows in rates.values()]
        lines.append(f"{runs:>14}" + "".join(cells))
    return lines


def roofline_lines(limit: dict[str, Any] | None, writing: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return how near the limit of the memory it writes, by width, for the layout that is faster at one run."""
    if limit is None or not limit["writing"]:
        return []
    alone = {layout: rows[0]["tokens_per_second"] for layout, rows in writing.items()}
    layout = max(alone, key=lambda name: alone[name])
    rows = limit["writing"][layout]
    lines = [
        "",
        f"How near the limit: the memory gives {rounded(limit['memory_bytes_per_second'])} a second (measured now), and"
        f" a step reads {rounded(limit['bytes_per_step'])} of weights: one run could write"
        f" {limit['most_tokens_per_second']:.0f} tokens a second.",
        f"{'runs at once':>14}{'read a second':>18}{'of the memory':>18}",
    ]
    lines += [
        f"{row['runs']:>14}{rounded(row['bytes_per_second']):>18}{100 * row['share']:>16.0f} %"
        for row in rows
    ]
    least = min(row["share"] for row in rows[:1])
    what = "the processor" if least < NEAR else "the memory"
    return [*lines, f"What one run waits for is {what}."]


def reading_lines(found: dict[str, Any]) -> list[str]:
    """Return the tables of reading and of bets."""
    lines = []
    if found["reading"]:
        lines += ["", "Reading:", f"{'tokens at once':>14}{'tokens a second':>18}"]
        lines += [f"{row['tokens']:>14}{row['tokens_per_second']:>18.1f}" for row in found["reading"]]
    if found["bets"]:
        lines += ["", "Bets on text that is copied, for one run:"]
        lines.append(f"{'tokens':>14}{'milliseconds':>18}{'steps of one':>18}")
        lines += [
            f"{row['tokens']:>14}{row['milliseconds']:>18.2f}{row['times']:>18.2f}" for row in found["bets"]
        ]
    if found["beside"]:
        lines += ["", "Reading while others write in a common pool:", f"{'steps':>14}{'milliseconds':>18}"]
        lines += [f"{row['steps']:>14}{row['milliseconds']:>18.2f}" for row in found["beside"]]
    return lines


def context_lines(rows: list[dict[str, Any]]) -> list[str]:
    """Return how long the first word of an answer takes at prompts of several lengths, and how fast it goes on."""
    if not rows:
        return []
    return [
        "",
        "A prompt read cold, and warm (read just before), seconds to the first token; then tokens a second:",
        f"{'prompt tokens':>14}{'cold':>10}{'warm':>10}{'written':>12}",
        *(
            f"{row['prompt_tokens']:>14}{row['cold_seconds']:>10.2f}{row['warm_seconds']:>10.2f}"
            f"{row['written_per_second']:>12.1f}"
            for row in rows
        ),
    ]


def plan_lines(plan: dict[str, Any]) -> list[str]:
    """Return how the engine is laid out, and why."""
    lanes, slots = plan.get("lanes", 0), plan.get("slots", 0)
    if lanes:
        layout = f"{lanes} lanes for short runs" + (
            f", and a common pool of {slots} for long ones" if slots else ""
        )
    else:
        layout = f"a common pool of {slots}"
    chosen = f"Chosen: {layout}; {plan.get('chunk', 0)} tokens are read in one step."
    if plan.get("together"):
        chosen += " In the pool others write in the same step."
    reason = plan.get("reason")
    return ["", chosen, *([f"Why: {reason}."] if reason else [])]
