"""What is printed: a table that a person can read, and one line that a program can."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine_bench.figures.found import Found
from engine_bench.goals import GOALS
from engine_bench.setup import Bench


def processor() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def circumstances(bench: Bench) -> dict[str, Any]:
    """Return with what, where and when it was measured."""
    from llama_cpp import __version__

    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": bench.threads,
        "extra_buffers": bench.extra_buffers,
        "model": bench.model.name,
        "model_mb": round(bench.model.stat().st_size / 1e6),
        "context": bench.house.ready.context,
        "plan": dict(bench.house.ready.plan),
        "tuning": dict(bench.house.ready.tuning or {}),
        "llama_cpp_python": __version__,
        "quick": bench.quick,
    }


def show(told: dict[str, Any], found: Found, console: Console) -> None:
    """Print the table, what was left out, and what stands behind the figures."""
    quick = " (quick: figures of no worth)" if told["quick"] else ""
    console.print(
        f"{told['date']}, {told['processor']}, {told['cores']} cores, {told['threads']} threads, "
        f"{told['model_mb']} MB of weights, extra buffers {'on' if told['extra_buffers'] else 'off'}{quick}",
        highlight=False,
    )
    table = Table("figure", "what", "found", "goal", "reached")
    for key, goal in GOALS.items():
        figure = found.figures.get(key)
        if figure is not None:
            reached = "[green]yes[/]" if goal.reached(figure) else "[red]no[/]"
            table.add_row(key, goal.words, f"{figure:g}{goal.unit}", str(goal), reached)
        elif key in found.left_out:
            table.add_row(key, goal.words, "left out", str(goal), "")
    console.print(table)
    for key, reason in found.left_out.items():
        console.print(f"{key}: {escape(reason)}", highlight=False)
    for key, details in found.details.items():
        console.print(
            f"{key}: {escape(json.dumps(details, ensure_ascii=False))}", highlight=False, soft_wrap=True
        )


def as_json(told: dict[str, Any], found: Found) -> dict[str, Any]:
    """Return the one object: each figure by its key, null where there is none, and what is behind them."""
    figures: dict[str, Any] = {key: found.figures.get(key) for key in GOALS}
    return figures | {"left_out": found.left_out, "details": {"measured": told, **found.details}}
