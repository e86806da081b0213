"""How do the commands, as the parser has them, stand in a manual page? (man(7) of groff and mandoc)"""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping

import click

from homebody.cli.exit_codes import EXIT_CODES

ENVIRONMENT: Mapping[str, str] = {
    "HOMEBODY_HOME": "Keep recipes and state under this folder, as `--home` does.",
    "NO_COLOR": "Whatever it holds, nothing is coloured.",
    "XDG_CONFIG_HOME, XDG_STATE_HOME": "Where the folders below lie on Linux, instead of the usual places.",
}

FILES: Mapping[str, str] = {
    "~/.config/homebody/recipes/": "Your recipes.",
    "~/.config/homebody/settings.yaml": "The model, and what else can be set.",
    "~/.local/state/homebody/": "Journal, vault, log and the control socket. On macOS all of it lies in"
    " `~/Library/Application Support/homebody/`.",
}


def page(root: click.Group, version: str) -> str:
    """Return the manual page of *root*, whose first line of help says what it is."""
    context = click.Context(root, info_name="homebody")
    summary, *rest = _paragraphs(root.help)
    lines = [
        f'.TH HOMEBODY 1 "" "homebody {text(version)}" "User Commands"',
        ".nh",  # words are to be found and copied whole
        ".ad l",
        ".SH NAME",
        f"homebody \\- {text(summary.rstrip('.'))}",
        ".SH SYNOPSIS",
        f".B homebody\n{_usage(root, context)}",
        ".SH DESCRIPTION",
        *_prose(rest),
        *_prose(["Every command has `--help`, and nearly all have `--json`, for scripts."]),
        ".SH OPTIONS",
        *_options(root, context),
        ".SH COMMANDS",
    ]
    for name, command, below in _commands(root, context):
        lines += _command(name, command, below)
    lines += [".SH EXIT STATUS", *_list({str(code): words for code, words in EXIT_CODES.items()})]
    lines += [".SH ENVIRONMENT", *_list(ENVIRONMENT), ".SH FILES", *_list(FILES)]
    return "\n".join(lines) + "\n"


def text(words: str) -> str:
    r"""Return *words* so that roff shows them as they are: no backslash acts, and a hyphen stays one (`\-`)."""
    safe = words.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha")
    safe = safe.replace("~", "\\(ti").replace("\u201c", "\\(lq").replace("\u201d", "\\(rq")
    safe = re.sub(r"`([^`\n]*)`", lambda found: f"\\fB{found[1]}\\fR", safe)
    return f"\\&{safe}" if safe.startswith((".", "\\(aq")) else safe


def bold(words: str) -> str:
    """Return *words* in bold."""
    return f"\\fB{text(words)}\\fR"


def _commands(
    group: click.Group, context: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield each command, and those below it, with its whole name."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        below = click.Context(command, info_name=name, parent=context)
        yield below.command_path, command, below
        if isinstance(command, click.Group):
            yield from _commands(command, below)


def _command(name: str, command: click.Command, context: click.Context) -> list[str]:
    """Return a command's part: how it is typed, what it does, its options and examples."""
    lines = [f".SS {bold(name)} {_usage(command, context)}", *_prose(_paragraphs(command.help))]
    lines += _options(command, context)
    examples = inspect.cleandoc((command.epilog or "").replace("\b", "")).splitlines()
    if examples:
        lines += [".PP", text(examples[0]), ".PP", ".nf", ".in +2n"]
        lines += [text(line.strip()) for line in examples[1:]] + [".in", ".fi"]
    return lines


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join(text(piece) for piece in command.collect_usage_pieces(context))


def _paragraphs(words: str | None) -> list[str]:
    """Return the paragraphs of a help text; one after ``\b`` keeps its lines, as click has it."""
    return inspect.cleandoc(words or "").split("\n\n")


def _prose(paragraphs: Iterable[str]) -> list[str]:
    """Return paragraphs, those that keep their lines in lines of their own."""
    lines: list[str] = []
    for paragraph in paragraphs:
        if paragraph.startswith("\b"):
            kept = [line for line in paragraph.removeprefix("\b").splitlines() if line]
            lines += [".PP", ".nf", *(text(line) for line in kept), ".fi"]
        elif paragraph:
            lines += [".PP", text(" ".join(paragraph.split()))]
    return lines


def _options(command: click.Command, context: click.Context) -> list[str]:
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    records = [one.get_help_record(context) for one in options]
    return _list({names: words for names, words in filter(None, records) if "--help" not in names})


def _list(entries: Mapping[str, str]) -> list[str]:
    """Return a list of words and what they mean."""
    return [line for names, words in entries.items() for line in (".TP", bold(names), text(words))]
