"""``homebody completion``: what the shell needs so that Tab completes commands, options, recipes and runs."""

import click
from click.shell_completion import get_completion_class

from homebody.cli.examples import examples
from homebody.errors import HomebodyError

VARIABLE = "_HOMEBODY_COMPLETE"
"""With this in its environment `homebody` answers the shell instead of doing anything (click's own convention)."""


@click.command(
    "completion",
    epilog=examples(
        'eval "$(homebody completion bash)"',
        "homebody completion zsh > ~/.zfunc/_homebody",
        "homebody completion fish > ~/.config/fish/completions/homebody.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print what lets SHELL complete homebody's commands, options, recipes and runs when Tab is pressed.

    For bash (4.4 or newer) the first line below goes into `~/.bashrc`. For zsh, `~/.zfunc` must be among its
    `fpath` before `compinit`. Numbers of runs are completed while homebody runs.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise HomebodyError(f"This version of click knows nothing of {shell}.")
    command = click.get_current_context().find_root().command
    click.echo(kind(command, {}, "homebody", VARIABLE).source())
