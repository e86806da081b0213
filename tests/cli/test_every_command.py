"""What holds for every command: JSON for scripts, help with examples that are right, and exit codes from one table."""

import importlib
import pkgutil
import re
import shlex

import click
import pytest
from walk import ALL

import homebody
from homebody.cli.exit_codes import EXIT_CODES
from homebody.cli.main import cli
from homebody.cli.prove_verdict import GOT_OUT, HELD, NOT_SHOWN
from homebody.errors import HomebodyError

WITHOUT_JSON = {
    "serve": "it runs until it is stopped, and says what it says for a terminal; `status` and `logs` have JSON",
    "schema": "all that it prints is JSON",
    "man": "it prints a page for `man`",
    "completion": "it prints a script for a shell",
    "chat": "it is a conversation; `ask --json` and the API are for scripts",
}
"""Commands that print no JSON, and why."""


def shown(name: str) -> str:
    """Return the help of a command, at 80 columns."""
    context = click.Context(ALL[name], info_name=f"homebody {name}", terminal_width=80, max_content_width=80)
    return ALL[name].get_help(context)


def examples(name: str) -> list[str]:
    """Return the command lines of a command's help that are examples."""
    section = shown(name).partition("Example")[2]
    return [line.strip() for line in section.splitlines()[1:] if line.strip()]


@pytest.mark.parametrize("name", ALL)
def test_a_script_gets_json(name: str):
    """Each command has `--json`, but for those that have a reason."""
    options = [option for parameter in ALL[name].params for option in parameter.opts]
    assert ("--json" in options) is (name not in WITHOUT_JSON)


@pytest.mark.parametrize("name", ALL)
def test_the_help_has_an_example_that_is_right(name: str):
    """Each example is of this command and is understood by the parser; every line of the help fits 80 columns."""
    assert [] == [line for line in shown(name).splitlines() if len(line) > 80]
    assert examples(name)
    for line in examples(name):
        typed = re.search(r"homebody [^)>|]*", line)
        assert typed is not None, line
        words = shlex.split(typed[0])[1:]
        command: click.Command = cli
        context = click.Context(cli, info_name="homebody")
        for part in name.split():
            assert part == words.pop(0), line
            assert isinstance(command, click.Group)
            command = command.get_command(context, part) or pytest.fail(line)
        try:
            command.make_context(name, words)
        except click.BadParameter as error:
            if "does not exist" not in str(error):  # a file of the example's person need not be here
                raise


@pytest.mark.parametrize("name", ALL)
def test_every_option_says_what_it_does(name: str):
    """No option stands in the help without words."""
    assert [] == [one.name for one in ALL[name].params if isinstance(one, click.Option) and not one.help]


def every_error(kind: type[HomebodyError] = HomebodyError) -> set[type[HomebodyError]]:
    """Return all the errors that a person can meet, once every room of the package is known."""
    for room in pkgutil.walk_packages(homebody.__path__, "homebody."):
        if not room.name.endswith("__main__"):
            importlib.import_module(room.name)
    return {kind, *(deeper for one in kind.__subclasses__() for deeper in every_error(one))}


def test_every_exit_code_is_in_the_table_and_every_one_there_is_used():
    """The table has the codes of all errors, those of `prove`, click's own, and no other; the help shows them all."""
    used = {error.exit_code for error in every_error()} | {
        GOT_OUT,
        HELD,
        NOT_SHOWN,
        click.UsageError.exit_code,
    }
    assert set(EXIT_CODES) == used
    text = cli.get_help(click.Context(cli, info_name="homebody", terminal_width=80))
    for code, words in EXIT_CODES.items():
        assert f"  {code:<2}  {words}" in text
