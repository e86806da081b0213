"""``homebody status`` and ``reload``: what the running homebody does, and a call to look at its recipes."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from homebody import __version__
from homebody.cli.examples import examples
from homebody.cli.in_hand import in_hand_lines
from homebody.cli.paragraphs import echo_fitted, visible
from homebody.errors import NotRunningError, RecipeError
from homebody.house.waits import told
from homebody.paths import Home
from homebody.quantities import rounded
from homebody.service.bridge_open import opened
from homebody.service.control import request
from homebody.upgrading import upgraded

PATIENCE_SECONDS = 20.0
"""How long a homebody that is there may be busy with others before it counts as one that does not answer."""


@click.command("status", epilog=examples("homebody status", "homebody status --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status_command(home: Home, *, as_json: bool) -> None:
    """Show what the running homebody is doing."""
    bridge = bridge_of(home)
    try:
        status = request(home.socket, "GET", "/v1/status", timeout=PATIENCE_SECONDS)
    except NotRunningError:
        if bridge is not None:
            echo_fitted([open_words(bridge)], error=True)
        raise
    if (words := upgraded(status["version"], __version__)) is not None:
        echo_fitted([visible(f"{words}.")], error=True)
    if as_json:
        click.echo(json.dumps(status | {"bridge": bridge}, ensure_ascii=False))
        return
    echo_fitted([*([] if bridge is None else [open_words(bridge)]), *status_lines(status)])


def bridge_of(home: Home) -> dict[str, Any] | None:
    """Return process and address of the bridge that is open, None when none is; the daemon knows nothing of it."""
    found = opened(home)
    return None if found is None else asdict(found)


@click.command("reload", epilog=examples("homebody reload"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def reload_command(home: Home, *, as_json: bool) -> None:
    """Let the running homebody look at your recipes at once, and say what is another now.

    It notices changes by itself within some seconds; this is for scripts, and for folders that do not tell of
    changes. Ends with 65 when a recipe has a mistake.
    """
    answer = request(home.socket, "POST", "/v1/reload")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        echo_fitted(reload_lines(answer))
    if answer["problems"]:
        sys.exit(RecipeError.exit_code)


def open_words(bridge: Mapping[str, Any]) -> str:
    """Return that a bridge is open, for whoever asks what goes on."""
    return (
        f"THE BRIDGE IS OPEN: programs with its token reach the model over TCP at {bridge['address']}"
        f" (process {bridge['pid']}, outside the seal); `homebody bridge --stop` closes it"
    )


def reload_lines(answer: dict[str, Any]) -> list[str]:
    """Return what is another now, and what waits or is wrong."""
    lines = [f"{word}: {', '.join(answer[word])}" for word in ("new", "changed", "removed") if answer[word]]
    lines += waiting_lines(answer["waiting"])
    lines += [f"problem: {why}" for why in answer["problems"]]
    return lines or ["Nothing is another: every recipe runs as its file has it."]


def waiting_lines(waiting: dict[str, str]) -> list[str]:
    """Return a line for each recipe that does not run as its file has it."""
    return [visible(told(name, why)) for name, why in waiting.items()]


def status_lines(status: dict[str, Any]) -> list[str]:
    """Return the status in words, the important first."""
    seal, model = status["seal"], status["model"]
    lines = [
        f"homebody {status['version']}, process {status['pid']}",
        f"sealed: {seal['layers']}" + ("; runs as root, every capability dropped" if seal["as_root"] else ""),
    ]
    if model["state"] == "ready":
        info = model["info"]
        lines.append(f"model: {info['name']}, {info['quantization']} ({info['quantization_words']}), "
                     f"context {model['context']} tokens, {model['memory_bytes'] / 1e6:.0f} MB")  # fmt: skip
        lines += memory_lines(model)
    else:
        lines.append(visible(f"model: {absent_model(model)}"))
    if status["embeddings"]:
        lines.append(visible(embeddings_line(status["embeddings"])))
    if model["prefixes"]["count"]:
        lines.append(f"beginnings of prompts kept for the model's next start: {model['prefixes']['count']}, "
                     f"{model['prefixes']['bytes'] / 1e6:.1f} MB")  # fmt: skip
    if status["paused"]:
        lines.append(paused_words(status["paused"]))
    counts = (
        ", ".join(f"{number} {state}" for state, number in sorted(status["counts"].items())) or "none yet"
    )
    lines.append(f"runs: {counts}")
    lines += in_hand_lines(status["in_hand"])
    for recipe in status["recipes"]:
        due = status["schedules"].get(recipe["name"])
        lines.append(
            f"  {recipe['name']}"
            + (f"  next at {due}" if due else "")
            + ("" if recipe["enabled"] else "  off")
        )
        lines.append(f"      {permitted_line(recipe['permissions'])}")
    lines += [missed_words(name, gap) for name, gap in status["missed"].items()]
    if status["counts"].get("waiting"):
        lines.append("plans wait for you: `homebody review`")
    lines += [f"  {line}" for line in waiting_lines(status["waiting"])]
    lines += [
        f"  {name} is held by its breaker on {held['files']} of its files, the first until {held['until']}:"
        " something rewrites it again and again"
        for name, held in status["held"].items()
    ]
    lines += [f"problem: {why}" for why in status["folders"].values()]
    lines += [f"problem: {why}" for why in status["problems"]]
    lines.append(visible(f"scripts reach the model over {status['socket']}"))
    if status["key"] == "file":
        lines.append("the vault's key lies in a file (no keyring here); `homebody doctor` says more")
    return lines


def embeddings_line(found: Mapping[str, Any]) -> str:
    """Return where the embedding model stands, and what it takes while it is loaded."""
    if found["state"] == "ready":
        return (
            f"embeddings: {found['info']['name']}, {found['info']['quantization']}, texts of at most"
            f" {found['longest_text']} tokens, {found['memory_bytes'] / 1e6:.0f} MB"
        )
    if found["state"] in ("stopped", "unloaded"):
        return f"embeddings: {found['name']}, loaded when a script asks"
    return f"embeddings: {found['name']}, {found['state']}: {found['reason']}"


def memory_lines(model: dict[str, Any]) -> list[str]:
    """Return what memory a loaded model was reckoned to take and what it took, and what was made smaller for it."""
    found = model.get("fit")
    if not found:
        return []
    reckoned, peak = found["need"]["total"], model["peak_bytes"]
    lines = [
        f"its memory: at most {peak / 1e6:,.0f} MB so far, {reckoned / 1e6:,.0f} MB reckoned (`homebody model fit`"
        " says how)"
    ]
    if found["shrunk"]:
        lines.append(f"so that it fits: {', '.join(found['shrunk'])}")
    if not found["fits"]:
        lines.append(f"it does not fit into the {rounded(found['budget'])} that it may take, and was forced")
    return lines


def absent_model(model: dict[str, Any]) -> str:
    """Return where a model that does not answer stands, and why."""
    if model["problem"]:
        return f"{model['state']}: {model['problem']}"
    process = model["process"]
    return f"{process['state']}: {process['reason']}"


def permitted_line(permissions: dict[str, Any]) -> str:
    """Return where a recipe reads and writes; `homebody show NAME` has it in sentences."""
    reads, writes = ", ".join(permissions["reads"]), ", ".join(permissions["writes"])
    return visible(f"reads {reads or 'nothing'}; writes in {writes or 'no folder'}")


def missed_words(name: str, gap: dict[str, Any]) -> str:
    """Return what a schedule missed while homebody was off or the computer slept, and what became of that."""
    times = "once" if gap["count"] == 1 else f"{gap['count']} times"
    then = "it was made up for" if gap["made_up"] else "left out, as its `catch_up: skip` says"
    return f"  {name} missed its time {times}, last at {gap['last']}; {then}"


def paused_words(paused: dict[str, Any]) -> str:
    """Return why nothing is done just now, since when, and what lets it go on by itself."""
    since = datetime.fromisoformat(paused["since"]).astimezone()
    if "until" in paused:
        return f"paused: {paused['why']}, since {since:%Y-%m-%d %H:%M}; {paused['until']}"
    free = f"{paused['free_bytes'] / 1e6:.1f} MB free in {paused['folder']}"
    return f"paused: {paused['why']} ({free}), since {since:%Y-%m-%d %H:%M}; goes on by itself when there is room"
