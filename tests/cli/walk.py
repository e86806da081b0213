"""The commands as the parser has them, for the tests that hold something of each."""

from collections.abc import Iterator

import click

from homebody.cli.main import cli


def leaves(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something by itself, with what is typed for it after `homebody`."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            assert found is not None, name
            yield from leaves(found, (*path, name))
    if path and not (isinstance(command, click.Group) and not command.invoke_without_command):
        yield " ".join(path), command


ALL = dict(leaves())
