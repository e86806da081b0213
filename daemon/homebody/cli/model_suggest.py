"""``homebody model suggest``: open-weight models that fit this computer, and how a person can fetch them."""

import json
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.paths import Home
from homebody.quantities import rounded


@click.command("suggest", epilog=examples("homebody model suggest --all"))
@click.option("--all", "everything", is_flag=True, help="Also those that do not fit.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def suggest_command(home: Home, *, everything: bool, as_json: bool) -> None:
    """Suggest open-weight models that fit this computer, each with the command that you can type to fetch it.

    homebody itself downloads nothing, ever. `hf` is the program of Hugging Face's hub (`pip install huggingface_hub`).
    """
    from homebody.service.suggesting import suggested

    found = suggested(home)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    echo_fitted(suggest_lines(found, everything=everything))


def suggest_lines(found: dict[str, Any], *, everything: bool) -> list[str]:
    """Return the list in words."""
    lines = [f"As of {found['as_of']}; sizes are reckoned from the models' names, speeds are for one run:"]
    shown = [one for one in found["models"] if one["fits"] or everything]
    for one in shown:
        fits = "" if one["fits"] else f", too big: it takes some {rounded(one['need_bytes'])}"
        rate = (
            f"{one['tokens_per_second']:.1f}"
            if one["tokens_per_second"] < 10
            else f"{one['tokens_per_second']:.0f}"
        )
        lines += [
            "",
            f"{one['name']}: about {rounded(one['about_bytes'])}, "
            + (
                f"about {rate} tokens a second here{fits}"
                if one["for"] == "chores"
                else f"for embeddings{fits}"
            ),
            f"  {one['words']}",
            f"  {one['command']}" if not one["here"] else "  it is here already: `homebody model list`",
        ]
    if not shown:
        lines.append(f"None of them fits into {rounded(found['usable'])}; `--all` shows them.")
    hidden = len(found["models"]) - len(shown)
    if hidden and shown:
        lines += ["", f"{hidden} more would not fit; `--all` shows them."]
    return [
        *lines,
        "",
        "Afterwards: `homebody model list`, then `homebody model use NAME` (for embeddings with `--for embeddings`).",
    ]
