"""``homebody quantize``: smaller files of a model, and what each of them lost."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted, visible
from homebody.model.kinds_of_weights import KINDS
from homebody.paths import Home
from homebody.quantities import rounded

WORDS = "; ".join(f"{kind} ({bits:g} bits): {words}" for kind, (bits, words) in KINDS.items())


@click.command("quantize", epilog=examples("homebody quantize mistral-7b.F16.gguf --to q4_k_m,q2_k"))
@click.argument("name", metavar="MODEL")
@click.option("--to", "kinds", required=True, metavar="KINDS", help=f"With commas between them. {WORDS}.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where the files go; beside the model if not given."
)
@click.option("--again", is_flag=True, help="Also if its weights were quantized before.")
@click.option("--threads", type=click.IntRange(0, 512), default=0, help="Threads; 0 takes the real cores.")
@click.option("--no-judge", is_flag=True, help="Do not let the models read a text to see what was lost.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def quantize_command(
    home: Home, /, name: str, *, kinds: str, as_json: bool, no_judge: bool, **wishes: Any
) -> None:
    """Make smaller files of MODEL (a name of `homebody model list`, or the path of a GGUF file), and compare them.

    llama.cpp's own quantizer does it, in a sealed process. Then the model and each of the files read the same text,
    and it is shown how surprised they were by it (perplexity): the less the better. Nothing is overwritten.
    """
    from homebody.service.quantizing import Wish, kinds_of, quantize

    wish = Wish(kinds=kinds_of(kinds), judge=not no_judge, **wishes)
    found = quantize(home, name, wish, Teller(terminal=sys.stderr.isatty()))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    echo_fitted(lines(found))


class Teller:
    """Says on the error output what is done, once for each deed; on a terminal also how far it is."""

    def __init__(self, *, terminal: bool) -> None:
        self._terminal = terminal
        self._last = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say it."""
        if self._terminal:
            click.echo(
                f"\r\033[K{visible(what)}: {100 * done // max(1, total)} %", err=True, nl=done >= total
            )
        elif what != self._last:
            click.echo(visible(what), err=True)
        self._last = what


def lines(found: dict[str, Any]) -> list[str]:
    """Return the table, and what it means."""
    judged = found["passage_tokens"] is not None
    head = f"{'weights':<10}{'size':>10}{'bits':>7}" + (
        f"{'chores':>11}{'same word':>11}{'perplexity':>18}" if judged else ""
    )
    told = ["", head + "   file"]
    for number, row in enumerate(found["models"]):
        line = f"{row['quantization']:<10}{rounded(row['bytes']):>10}{row['bits_per_weight']:>7.2f}"
        if judged:
            same = "" if number == 0 else f"{100 * row['agrees']:.1f} %"
            chores = f"{row['chores']} of {row['of_chores']}"
            line += f"{chores:>11}{same:>11}{row['perplexity']:>11.2f} ±{row['error']:>5.2f}"
        told.append(visible(f"{line}   {Path(row['path']).name}"))
    if judged:
        told += [
            "",
            "Chores: how many tests of the shipped recipes it passes. The rest by "
            f"{found['passage_tokens']} places of a text that comes with homebody. Same word: how often the file would "
            "go on as the first one does. Perplexity: between how many words it was in doubt, the fewer the better; it "
            "compares files of one model, not two models. The ± is by how much it may be off.",
        ]
    return [*told, f"Next: `homebody model use {visible(found['models'][-1]['path'])}`."]
