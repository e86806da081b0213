"""``homebody man``: the manual page, made from the commands as they are."""

import click

from homebody import __version__
from homebody.cli.examples import examples
from homebody.cli.roff import page


@click.command("man", epilog=examples("homebody man | man -l -", "homebody man > homebody.1"))
def man_command() -> None:
    """Print homebody's manual page, for `man`. Where homebody is installed, `man homebody` shows it, too."""
    root = click.get_current_context().find_root().command
    assert isinstance(root, click.Group)
    click.echo(page(root, __version__), nl=False)
