"""``homebody model use``: take another model into use."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, visible
from homebody.paths import Home
from homebody.quantities import rounded

SLOW_BYTES = 500_000_000
"""Less is checked within a second, and nobody needs to be told how far it is."""


@click.command(
    "use",
    epilog=examples("homebody model use qwen3:8b", "homebody model use ~/models/mine.gguf --context 8192"),
)
@click.argument("name")
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
def use_command(home: Home, /, name: str, *, force: bool, as_json: bool, **wishes: Any) -> None:
    """Use the model NAME (a name of `homebody model list`, or the path of a GGUF file) from the next start on.

    The file is checked whole, and its SHA-256 is kept: the daemon refuses a file that has changed since. What is
    chosen is written into settings.yaml, everything else there stays as it is. `homebody model use starter` goes back
    to the model that came with homebody.
    """
    from homebody.service.using import use

    found = use(home, name, wishes, force=force, tell=teller(sys.stderr.isatty()))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    echo_fitted(use_lines(found))


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
    if not found["has_chat_template"]:
        lines.append(
            "It has no chat template: it may be a base model, which goes on with a text instead of answering."
        )
    what = "homebody restart" if found["running"] else "homebody start"
    lines.append(f"Next: `{what}`" + (", which loads it." if found["running"] else "; it is loaded then."))
    return lines
