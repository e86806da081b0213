"""``homebody model fit``: the memory that a model takes here, part by part, and what would make it fit."""

import json
import sys
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, visible
from homebody.paths import Home
from homebody.quantities import rounded

PARTS = {
    "weights": "the file's weights",
    "repacked": "weights once more, as this processor likes them",
    "keys_and_values": "keys and values: what was read",
    "states": "states of recurrent layers",
    "steps": "buffers of a step",
    "process": "the process itself",
}


@click.command(
    "fit", epilog=examples("homebody model fit", "homebody model fit qwen3:8b --context 16384 --kv q8_0")
)
@click.argument("name", required=False)
@click.option("--context", type=click.IntRange(1), help="For so many tokens of context.")
@click.option("--kv", type=click.Choice(["f16", "q8_0"]), help="With keys and values in 16 or in 8 bits.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def fit_command(home: Home, name: str | None, *, context: int | None, kv: str | None, as_json: bool) -> None:
    """Show what memory the model NAME (a name of `homebody model list`, or a path; the one in use if none) takes here.

    An embedding model is reckoned beside the model that writes.

    The daemon reckons in the same way: it takes fewer lanes for short runs, then half the context and smaller
    batches, until the model fits, and refuses it otherwise. Ends with 69 when it does not fit.
    """
    from homebody.service.fitting import fit_facts

    found = fit_facts(home, name, context=context, kv=kv)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        echo_fitted(fit_lines(found))
    if found["verdict"] not in ("yes", "smaller"):
        sys.exit(69)


def fit_lines(found: dict[str, Any]) -> list[str]:
    """Return the sum, the verdict, and what would help, in words."""
    sum_, model, memory = found["need"], found["model"], found["memory"]
    lines = [
        visible(f"{model['name']}, {model['quantization']}: {_layout(found)}"),
        *(
            f"{rounded(sum_[part]):>11}  {words}{_why(part, model)}"
            for part, words in PARTS.items()
            if sum_[part]
        ),
        f"{rounded(sum_['total']):>11}  in all",
        f"{rounded(found['budget']):>11}  is what it may take: {rounded(memory['free'])} of"
        f" {rounded(memory['usable'])} are free"
        + (f" ({rounded(found['own'])} more when the loaded model goes)" if found["own"] else "")
        + f", {rounded(memory['kept'])} stay for your programs"
        + (
            f", {rounded(found['beside']['bytes'])} are for {found['beside']['name']}"
            if found["beside"]
            else ""
        ),
    ]
    if memory["gpu"] is not None:
        lines.append(f"{rounded(memory['gpu']):>11}  is what the GPU may hold of that")
    lines += [f"So that it fits: {', '.join(found['shrunk'])}."] if found["shrunk"] else []
    lines.append(VERDICTS[found["verdict"]])
    return lines + [f"  {words}" for words in found["helps"]]


VERDICTS = {
    "yes": "It fits.",
    "smaller": "It fits, with less than was wished for.",
    "not now": "It does not fit just now. What would make it fit:",
    "no": "It does not fit into this computer. What would help:",
}


def _layout(found: dict[str, Any]) -> str:
    lanes = found["lanes"]
    if found["model"]["pooling"]:
        return f"embeddings of texts of up to {found['context']} tokens"
    words = f"a context of {found['context']} tokens"
    if lanes["count"]:
        words += f", {lanes['count']} lanes of {lanes['cells']} for short runs"
    return f"{words}, keys and values in {'16' if found['kv'] == 'f16' else '8'} bits"


def _why(part: str, model: dict[str, Any]) -> str:
    """Return what a part comes from, in brackets."""
    if part == "keys_and_values" and not model["pooling"]:
        words = f"{rounded(model['kv_bytes_per_token'])} a token, {model['attending']} layers"
        if model["key_heads"] and model["heads"] > model["key_heads"]:
            words += f", {model['heads']} heads share {model['key_heads']}"
        if model["window"]:
            words += (
                f"; those with a window of {model['window']} keep all, so that beginnings can be used again"
            )
        return f" ({words})"
    if part == "states":
        return f" ({model['recurrent']} layers, however long a text is)"
    return ""
