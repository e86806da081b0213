"""``homebody serve``: the daemon in the foreground."""

import sys

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import visible
from homebody.errors import AlreadyRunningError
from homebody.paths import Home


@click.command("serve", epilog=examples("homebody serve"))
@click.option("-v", "--verbose", is_flag=True, help="Say more.")
@click.option("--quiet", is_flag=True, help="Print nothing but why it cannot start; the log has the rest.")
@click.pass_obj
def serve_command(home: Home, *, verbose: bool, quiet: bool) -> None:
    """Run homebody here, until Ctrl+C: watch the folders, keep the schedules, do the recipes.

    The kernel's seal is put on before the first document is read; if it cannot be, homebody does not start.
    """
    from homebody.cli.editor import refresh_schema
    from homebody.service import refusal
    from homebody.service.app import serve

    # Folders are named on a terminal, which a person looks at, and not where the lines are kept as a log.
    say = None if quiet or not sys.stderr.isatty() else lambda line: click.echo(visible(line), err=True)
    refusal.clear(home)
    refresh_schema(home)
    try:
        code = serve(home, terminal=None if quiet else sys.stderr, verbose=verbose, say=say)
    except AlreadyRunningError:
        raise  # the other one's start is the one to know about
    except Exception as error:
        refusal.note(home, refusal.Refusal.of(error))
        raise
    sys.exit(code)
