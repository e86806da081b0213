"""``homebody serve``: the daemon in the foreground."""

import sys

import click

from homebody.cli.paragraphs import visible
from homebody.paths import Home


@click.command("serve")
@click.option("-v", "--verbose", is_flag=True, help="Say more.")
@click.pass_obj
def serve_command(home: Home, *, verbose: bool) -> None:
    """Run homebody here, until Ctrl+C: watch the folders, keep the schedules, do the recipes.

    The kernel's seal is put on before the first document is read; if it cannot be, homebody does not start.
    """
    from homebody.service.app import serve

    # Folders are named on a terminal, which a person looks at, and not where the lines are kept as a log.
    say = (lambda line: click.echo(visible(line), err=True)) if sys.stderr.isatty() else None
    sys.exit(serve(home, terminal=sys.stderr, verbose=verbose, say=say))
