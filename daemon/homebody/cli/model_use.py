"""``homebody model use``: take another model into use."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, visible
from homebody.errors import UsageError
from homebody.paths import Home
from homebody.quantities import rounded

SLOW_BYTES = 500_000_000
"""Less is checked within a second, and nobody needs to be told how far it is."""


@click.command(
    "use",
    epilog=examples(
        "homebody model use qwen3:8b",
        "homebody model use ~/models/mine.gguf --context 8192",
        "homebody model use embeddinggemma --for embeddings",
    ),
)
@click.argument("name")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["chores", "embeddings"]),
    default="chores",
    help="What it is for: to write, or to make embeddings for scripts; NAME `none` takes none for these.",
)
@click.option(
    "--context", type=click.IntRange(0, 1_048_576), help="Tokens of context; 0 lets homebody choose."
)
@click.option(
    "--gpu-layers", type=click.IntRange(0, 10_000), help="Layers that a GPU may take; 0 for no GPU."
)
@click.option("--threads", type=click.IntRange(0, 512), help="Threads; 0 takes the real cores.")
@click.option("--kv", type=click.Choice(["f16", "q8_0"]), help="Keep keys and values in 16 or in 8 bits.")
@click.option("--force", is_flag=True, help="Also if it does not fit into this computer's memory.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def use_command(home: Home, /, name: str, *, purpose: str, force: bool, as_json: bool, **wishes: Any) -> None:
    """Use the model NAME (a name of `homebody model list`, or the path of a GGUF file) from the next start on.

    The file is checked whole, and its SHA-256 is kept: the daemon refuses a file that has changed since. What is
    chosen is written into settings.yaml, everything else there stays as it is. `homebody model use starter` goes back
    to the model that came with homebody.

    With `--for embeddings` it is a second, smaller model, which turns texts into numbers for scripts that search (`POST
    /v1/embeddings`). It is loaded when one asks, and gives its memory back after five minutes without a request.
    """
    from homebody.service.using import use, use_for_embeddings

    tell = teller(sys.stderr.isatty())
    if purpose == "embeddings":
        refuse_wishes(wishes)
        found = use_for_embeddings(home, name, force=force, tell=tell)
    else:
        found = use(home, name, wishes, force=force, tell=tell)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    echo_fitted(use_lines(found) if found["model"] is not None else none_lines(found))


def refuse_wishes(wishes: Mapping[str, Any]) -> None:
    """Raise UsageError for options that are about the model that writes."""
    for name, value in wishes.items():
        if value is not None:
            raise UsageError(
                f"--{name.replace('_', '-')} is about the model that writes, and goes without --for embeddings."
            )


def none_lines(found: Mapping[str, Any]) -> list[str]:
    """Return that there is no embedding model from now on, and what to do next."""
    before = found["before"]
    said = f"No embedding model from the next start on; it was {before}." if before else "There was none."
    lines = [visible(said)]
    if before and found["running"]:
        lines.append("Next: `homebody restart`.")
    return lines


def teller(terminal: bool) -> Callable[[int, int], None]:
    """Return what says how much of a large file is checked: each per cent on a *terminal*, elsewhere each tenth."""
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        step = 1 if terminal else 10
        share = 100 * done // max(1, total) // step * step
        if total < SLOW_BYTES or share == told:
            return
        told = share
        end = "\n" if not terminal or done >= total else ""
        start = "\r" if terminal else ""
        click.echo(f"{start}its file is checked: {share} % of {rounded(total)}{end}", err=True, nl=False)

    return tell


def use_lines(found: dict[str, Any]) -> list[str]:
    """Return what was taken into use, whether it fits, and what to do next."""
    model, fit = found["model"], found["fit"]
    lines = [
        visible(f"{model['name']}, {model['quantization']}, {rounded(model['bytes'])}: {model['path']}"),
        f"Checked and pinned: SHA-256 {found['sha256']}",
        f"Written into {found['settings']}.",
    ]
    need, budget = rounded(fit["need"]["total"]), rounded(fit["budget"])
    lines.append(
        {
            "yes": f"It fits: it takes at most {need} of {budget}.",
            "smaller": f"It fits with {', '.join(fit['shrunk'])}: then it takes {need} of {budget}.",
            "not now": f"Just now it does not fit: it takes {need}, and may take {budget}. Close large programs first.",
            "no": f"It does not fit: it takes {need}, and {budget} can be had. It will be loaded all the same.",
        }[found["fits"]]
    )
    if "beside" in found:
        beside = found["beside"]
        lines[-1] += f" {beside['name']} takes at most {rounded(beside['bytes'])} beside it."
    elif not found["has_chat_template"]:
        lines.append(
            "It has no chat template: it may be a base model, which goes on with a text instead of answering."
        )
    what = "homebody restart" if found["running"] else "homebody start"
    when = ", which loads it." if found["running"] else "; it is loaded then."
    lines.append(f"Next: `{what}`" + ("; it is loaded when a script asks." if "beside" in found else when))
    return lines
