"""The command line: what a person types.

Commands are imported when they are called, so that `homebody --help` answers at once.
"""

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from homebody import __version__
from homebody.cli.exit_codes import EXIT_CODES
from homebody.cli.paragraphs import echo_fitted
from homebody.cli.terminal import be_careful, takes_colour
from homebody.errors import HomebodyError, NotRunningError
from homebody.paths import find_home

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "demo": ("demo", "Show everything at once, in a folder that can be thrown away."),
    "setup": ("setup", "From nothing to a recipe that runs, in three questions."),
    "new": ("recipes", "Put a shipped recipe into your recipes folder."),
    "import": ("moving_in", "Turn the rules of another program into recipes."),
    "list": ("recipes", "List your recipes and the shipped ones."),
    "check": ("check", "Say what is wrong with recipes before they run."),
    "test": ("test", "Try recipes with their own tests, and with another model."),
    "schema": ("editor", "Print what editors need to help with recipes."),
    "show": ("show", "Show a recipe in its long form, or everything about a run."),
    "serve": ("serve", "Run homebody here, until Ctrl+C."),
    "install": ("install", "Let homebody start at each login."),
    "uninstall": ("install", "Take away what `install` made."),
    "start": ("service", "Start homebody without a terminal."),
    "stop": ("service", "Stop homebody, wherever it was started."),
    "restart": ("service", "Stop and start it: the seal is made anew from the recipes."),
    "logs": ("logs", "Show what homebody wrote down."),
    "status": ("daemon", "Show what the running homebody is doing."),
    "top": ("top", "Show what goes on, on a screen that can be left open."),
    "reload": ("daemon", "Let the running homebody look at your recipes at once."),
    "history": ("runs", "List what was done, and why the rest was not."),
    "notices": ("notices", "List what recipes told you, and show on the desktop what comes."),
    "report": ("report", "Write one page with plots of what was done."),
    "why": ("why", "Say for each recipe why it took up a file, or did not."),
    "run": ("run", "Run a recipe now, or only show what it would do."),
    "review": ("review", "Look at plans that wait for you: accept, edit or reject them."),
    "tags": ("tags", "Decide about words that answers proposed for a recipe's list."),
    "backfill": ("run", "Let a recipe do what was there before it."),
    "ask": ("ask", "Ask the loaded model something, about files or what is piped in."),
    "chat": ("chat", "Talk with the loaded model."),
    "bridge": ("bridge", "Let programs that speak only TCP ask the model, while you want it."),
    "cancel": ("steer", "Give up what is queued or running, and leave its files as they are."),
    "pause": ("steer", "Let new files and schedules wait."),
    "resume": ("steer", "Let them go on."),
    "retry": ("runs", "Try again what failed or was skipped."),
    "undo": ("undo", "Take back what a run did, the last change to a file, or a recipe's work since a time."),
    "forget": ("why", "Forget a file: its name, its runs, and what is kept of them."),
    "vault": ("vault", "Show what is kept for undo, and throw it away."),
    "model": ("model", "Choose a model: what is on this computer, what fits, what is in a file."),
    "compare": ("compare", "Let models do the same, one after the other, and show the difference."),
    "quantize": ("quantize", "Make smaller files of a model, and see what each has lost."),
    "bench": ("bench", "Show how fast your model is here, and what was chosen from that."),
    "prove": ("prove", "Let homebody try to get out, and see that it cannot."),
    "doctor": ("doctor", "Check everything that can be wrong here, with the cure."),
    "man": ("man", "Print the manual page."),
    "completion": ("completion", "Let Tab complete commands, recipes and runs in your shell."),
}
"""Each command: the module of its room, and its line in the help."""


class Commands(click.Group):
    """The group of all commands, each imported when needed."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a person meets them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return the command *name*, importing its room."""
        if name not in COMMANDS:
            return None
        room = importlib.import_module(f"homebody.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(room, f"{name}_command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_room, words) in COMMANDS.items()])
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), words) for code, words in EXIT_CODES.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Return the commands that go on so, without importing any, or the options."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=words)
            for name, (_room, words) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out the command; what goes wrong is said in two lines, never as a traceback."""
        try:
            return super().invoke(ctx)
        except NotRunningError as error:
            from homebody.cli.absence import absent

            told: HomebodyError = absent(ctx.obj, error)
        except HomebodyError as error:
            told = error
        except (LookupError, TypeError, ValueError):  # an answer of another form than was expected?
            from homebody.cli.absence import misunderstood

            other = misunderstood(ctx.obj, __version__)
            if other is None:
                raise
            told = other
        hint = f"\n  {told.hint}" if told.hint else ""
        echo_fitted(f"homebody: {told}{hint}".split("\n"), error=True)
        return ctx.exit(told.exit_code)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Keep recipes and state under DIR instead of the usual folders (also HOMEBODY_HOME).")  # fmt: skip
@click.version_option(__version__, prog_name="homebody")
@click.pass_context
def cli(ctx: click.Context, home: Path | None) -> None:
    """Do text chores on your own computer, with one local model and no way to the network.

    Start with `homebody demo`: it shows everything in a folder of its own and touches nothing else.
    """
    ctx.obj = find_home(root=home)
    if not takes_colour(os.environ):
        ctx.color = False


def main() -> None:
    """Run the command line; the process ends with the command's exit code."""
    be_careful()
    cli(prog_name="homebody")


if __name__ == "__main__":
    main()
