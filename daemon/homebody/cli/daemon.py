"""``homebody status``, ``history`` and ``undo``: what the running homebody does and did."""

import json
from typing import Any

import click

from homebody.errors import UsageError
from homebody.paths import Home
from homebody.service.control import request


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status_command(home: Home, *, as_json: bool) -> None:
    """Show what the running homebody is doing."""
    status = request(home.socket, "GET", "/v1/status")
    if as_json:
        click.echo(json.dumps(status, ensure_ascii=False))
        return
    for line in status_lines(status):
        click.echo(line)


def status_lines(status: dict[str, Any]) -> list[str]:
    """Return the status in words, the important first."""
    seal, model = status["seal"], status["model"]
    lines = [
        f"homebody {status['version']}, process {status['pid']}",
        f"sealed: Landlock ABI {seal['landlock_abi']}, seccomp filter {seal['seccomp_sha256'][:16]}"
        + ("; runs as root, every capability dropped" if seal["as_root"] else ""),
    ]
    if model["state"] == "ready":
        info = model["info"]
        lines.append(f"model: {info['name']}, {info['quantization']} ({info['quantization_words']}), "
                     f"context {model['context']} tokens, {model['memory_bytes'] / 1e6:.0f} MB")  # fmt: skip
    else:
        lines.append(f"model: {model['state']}" + (f": {model['problem']}" if model["problem"] else ""))
    counts = (
        ", ".join(f"{number} {state}" for state, number in sorted(status["counts"].items())) or "none yet"
    )
    lines.append(f"runs: {counts}")
    for recipe in status["recipes"]:
        due = status["schedules"].get(recipe["name"])
        lines.append(
            f"  {recipe['name']}"
            + (f"  next at {due}" if due else "")
            + ("" if recipe["enabled"] else "  off")
        )
    lines += [f"  {name} waits: {why}" for name, why in status["waiting"].items()]
    lines += [
        f"  {name} is held by its breaker on {held['files']} of its files, the first until {held['until']}:"
        " something rewrites it again and again"
        for name, held in status["held"].items()
    ]
    lines += [f"problem: {why}" for why in status["folders"].values()]
    lines += [f"problem: {why}" for why in status["problems"]]
    if status["key"] == "file":
        lines.append("the vault's key lies in a file (no keyring here); `homebody doctor` says more")
    return lines


@click.command("history")
@click.option("-n", "--number", default=20, show_default=True, help="How many runs.")
@click.option("--recipe", help="Only of this recipe.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def history_command(home: Home, number: int, recipe: str | None, *, as_json: bool) -> None:
    """List what was done, newest first, and why the rest was not."""
    body = {"limit": number} | ({"recipe": recipe} if recipe else {})
    runs = request(home.socket, "GET", "/v1/runs", body)["runs"]
    if as_json:
        click.echo(json.dumps({"runs": runs}, ensure_ascii=False))
        return
    for run in runs:
        when = (run["finished_at"] or run["queued_at"])[:16].replace("T", " ")
        reason = f"  ({run['reason']})" if run["reason"] else ""
        click.echo(
            f"{run['id']:>5}  {when}  {run['state']:<11} {run['recipe']:<18} {run['path'] or run['event']}{reason}"
        )
    if not runs:
        click.echo("Nothing was done yet.")


@click.command("undo")
@click.argument("run", type=int)
@click.pass_obj
def undo_command(home: Home, run: int) -> None:
    """Take back what run number RUN did, whole or not at all; `homebody history` shows the numbers."""
    if run < 1:
        raise UsageError("A run's number is 1 or more.")
    undone = request(home.socket, "POST", "/v1/undo", {"run": run})
    for path in undone["files"]:
        click.echo(f"as it was before: {path}")
