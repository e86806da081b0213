"""``homebody model``: which models are on this computer, and which one is in use."""

import json
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.model_fit import fit_command
from homebody.cli.model_inspect import inspect_command
from homebody.cli.model_suggest import suggest_command
from homebody.cli.model_use import use_command
from homebody.cli.paragraphs import echo_fitted, visible, width
from homebody.paths import Home
from homebody.quantities import rounded

FITS = {"yes": "fits", "smaller": "fits*", "not now": "not now", "no": "too big"}
HEAD = f"{'':8}{'tokens/s':>9}{'size':>10}{'weights':>9}  {'stored as':<9}{'context':>8}   name"


@click.group("model")
def model_command() -> None:
    """Choose a model: what is on this computer, what fits, how fast it would be, and what is in a file.

    Nothing is downloaded, and nothing in the folders of other programs is changed.
    """


@model_command.command("list", epilog=examples("homebody model list"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_command(home: Home, *, as_json: bool) -> None:
    """List every model on this computer: of LM Studio, Ollama, Hugging Face, llama.cpp, GPT4All, Jan, and your own.

    Your own folders stand in settings.yaml: `model_folders: [~/models]`. Whether a model fits is reckoned as for
    `homebody model fit`; how fast it would write, from what models reached here, or from the speed of the memory.
    """
    from homebody.service.shelving import listed

    found = listed(home)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    echo_fitted(visible(line) for line in list_lines(found))


def list_lines(found: dict[str, Any]) -> list[str]:
    """Return the shelf as a table of at most 80 columns, the name on a line of its own where it is too long."""
    lines = [HEAD]
    for row in sorted(found["models"], key=lambda row: (not row["in_use"], row["bytes"], row["name"])):
        lines += _row_lines(row)
    marks = ["> is in use (`homebody model use NAME` takes another one)."]
    if any(row["fits"] == "smaller" for row in (*found["models"], *found["embeddings"])):
        marks.append("* fits with less: `homebody model fit NAME` says with what.")
    lines += ["", *marks, _rests_on(found)]
    if found["embeddings"]:
        lines += ["", "For embeddings (`homebody model use NAME --for embeddings`):"]
        for row in sorted(
            found["embeddings"], key=lambda row: (not row["in_use"], row["bytes"], row["name"])
        ):
            lines += _row_lines(row)
    if found["others"]:
        lines += ["", "Not to be used:"]
        lines += [line for one in found["others"] for line in _other_lines(one)]
    if found["strayed"]:
        links = "1 link leads" if found["strayed"] == 1 else f"{found['strayed']} links lead"
        lines += ["", f"{links} out of its store and was not followed."]
    return lines


def _row_lines(row: dict[str, Any]) -> list[str]:
    rate = "-" if row["tokens_per_second"] is None else speed_words(row["tokens_per_second"])
    start = (
        f"{FITS[row['fits']]:<8}{rate:>9}{rounded(row['bytes']):>10}{count_words(row['parameters']):>9}"
        f"  {row['quantization']:<9}{row['context_length']:>8} "
    )
    name = f"{'> ' if row['in_use'] else '  '}{row['name']} ({row['store']})"
    also = [f"{'':10}also {other}" for other in row["also"]]
    if len(start) + len(name) <= max(80, width()):
        return [start + name, *also]
    return [start, f"{'':8}{name}", *also]


def _rests_on(found: dict[str, Any]) -> str:
    speed = f"{rounded(found['weights_bytes_per_second'])} of weights a second"
    if found["measured_with_models"]:
        return f"The speed is about what models reached here when they were loaded: {speed}, for one run."
    return f"The speed is an estimate (about {speed}, for one run); a model that was loaded here is measured."


def _other_lines(one: dict[str, Any]) -> list[str]:
    pieces = f", {one['pieces']} files" if one["pieces"] > 1 else ""
    lines = [f"  {one['name']} ({one['store']}): {one['what']}, {rounded(one['bytes'])}{pieces}"]
    if one["problem"]:
        lines.append(f"      {one['problem']}")
    if one["what"].startswith("piece"):
        lines.append("      `llama-gguf-split --merge` joins it into one file, which can be used")
    return lines


def count_words(count: int) -> str:
    """Return a number of weights as people say it: 7.2B, 135M."""
    for factor, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if count >= factor:
            return (
                f"{count / factor:.1f}{letter}" if count < 100 * factor else f"{count / factor:.0f}{letter}"
            )
    return str(count)


def speed_words(rate: float) -> str:
    """Return about how fast, no more exactly than it is known."""
    if rate < 10:
        return f"~{rate:.1f}"
    return f"~{rate:.0f}" if rate < 100 else f"~{round(rate, -1):.0f}"


for command in (use_command, inspect_command, fit_command, suggest_command):
    model_command.add_command(command)
