"""``homebody doctor``: everything that can be wrong here, with the cure."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import click

from homebody import __version__
from homebody.cli.daemon import paused_words
from homebody.cli.examples import examples
from homebody.cli.paragraphs import indented, visible
from homebody.clock import SystemClock
from homebody.doctor.examine import examine
from homebody.doctor.finding import Finding
from homebody.paths import Home

INDENT = 7
COLOURS = {"right": "green", "note": "yellow", "wrong": "red"}


@click.command("doctor", epilog=examples("homebody doctor"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor_command(home: Home, *, as_json: bool) -> None:
    """Check everything that can be wrong here, with the cure. Ends with 1 when something is wrong.

    The seal, the model and the memory for it, the vault's key, recipes and their folders (tried by the running
    homebody itself), synchronised and network folders, clock, disk, journal, service and versions.
    """
    found: list[Finding] = []
    for finding in examine(home, SystemClock(), paused_words):
        found.append(finding)
        if not as_json:
            for line in lines(finding, wrap=sys.stdout.isatty()):
                click.echo(line)
    wrong = sum(finding.verdict == "wrong" for finding in found)
    if as_json:
        findings = [asdict(finding) for finding in found]
        click.echo(
            json.dumps({"version": __version__, "wrong": wrong, "findings": findings}, ensure_ascii=False)
        )
    else:
        click.echo(summary(found))
    sys.exit(1 if wrong else 0)


def lines(finding: Finding, *, wrap: bool) -> Iterator[str]:
    """Yield a finding as a person reads it: the verdict, the words, and the cure below them.

    A terminal gets its lines wrapped, a pipe a line for each; a command is never broken, so that it can be copied.
    """
    first, *rest = indented(finding.words, INDENT) if wrap else [" " * INDENT + visible(finding.words)]
    yield click.style(f"{finding.verdict:<{INDENT}}", fg=COLOURS[finding.verdict]) + first[INDENT:]
    yield from rest
    if finding.cure and wrap and not finding.cure[0].islower():
        yield from indented(f"-> {finding.cure}", INDENT + 3, INDENT)
    elif finding.cure:
        yield f"{' ' * INDENT}-> {visible(finding.cure)}"


def summary(found: Iterable[Finding]) -> str:
    """Return in one line what it all comes to."""
    verdicts = [finding.verdict for finding in found]
    wrong, notes = verdicts.count("wrong"), verdicts.count("note")
    if not wrong:
        return f"Nothing is wrong; {notes} {'thing is' if notes == 1 else 'things are'} worth knowing."
    return f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong; each has its cure below it."
