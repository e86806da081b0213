"""``homebody chat``: a conversation with the loaded model, at a terminal or from a pipe."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import click

from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.clock import SystemClock
from homebody.errors import HomebodyError, NotRunningError, UsageError
from homebody.paths import Home
from homebody.service.control import events, request

ANSWER_SECONDS = 700.0
"""So long the next piece of an answer is waited for: a little longer than the model may take."""

QUOTES = '"""'
"""Begins and ends a message of several lines."""

HELP = (
    f"A message is one line, or all between two lines of {QUOTES}.",
    "/new    begin anew: the model forgets what was said",
    "/help   show this",
    "/bye    end (also Ctrl+D). Ctrl+C stops an answer",
)


@click.command("chat", epilog=examples("homebody chat", 'homebody chat --system "Answer in one sentence."'))
@click.option("--system", metavar="TEXT", help="Tell the model first how to behave.")
@click.option("--max-tokens", type=click.IntRange(1, 1_000_000), metavar="N",
              help="The most tokens of an answer; 1024, or what the context has left.")  # fmt: skip
@click.pass_obj
def chat_command(home: Home, *, system: str | None, max_tokens: int | None) -> None:
    """Talk with the loaded model. Its answers are shown as they are written.

    Nothing of the conversation is kept when it ends. homebody must be running: `homebody start`.
    """
    request(home.socket, "GET", "/v1/models")  # where homebody does not run, nobody should type first
    terminal = sys.stdin.isatty()
    if terminal:
        with suppress(ImportError):
            importlib.import_module("readline")  # arrows, and what was typed before; it writes no file
        note("/help shows what can be typed.")
    conversation = Conversation(home, system, max_tokens)
    for message in messages(typed if terminal else piped):
        match message.strip():
            case "":
                continue
            case "/bye":
                return
            case "/new":
                conversation = Conversation(home, system, max_tokens)
            case "/help":
                for line in HELP:
                    note(line)
            case other if other.startswith("/") and " " not in other and "\n" not in other:
                note(f"{other[:40]} is none of: /new, /help, /bye.")
            case said:
                try:
                    conversation.say(said)
                except NotRunningError:
                    raise
                except HomebodyError as error:
                    note(f"homebody: {error}")


class Conversation:
    """What was said so far."""

    def __init__(self, home: Home, system: str | None, max_tokens: int | None) -> None:
        self._home = home
        self._max_tokens = max_tokens
        self._said = [] if system is None else [{"role": "system", "content": system}]
        self._clock = SystemClock()

    def say(self, text: str) -> None:
        """Send *text*, and print the answer as it comes. Ctrl+C stops it; what was written till then counts as said.

        Raises HomebodyError when there is no answer; then the conversation is as before.
        """
        body: dict[str, Any] = {
            "messages": [*self._said, {"role": "user", "content": text}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": self._max_tokens,
        }
        answer, cut, tokens, began = "", False, 0, 0.0
        try:
            with closing(
                events(self._home.socket, "/v1/chat/completions", body, timeout=ANSWER_SECONDS)
            ) as found:
                for event in found:
                    began = began or self._clock.monotonic()
                    tokens = (event.get("usage") or {}).get("completion_tokens", tokens)
                    for choice in event["choices"]:
                        piece = choice["delta"].get("content") or ""
                        answer += piece
                        click.echo(piece, nl=False)
                        cut = cut or choice["finish_reason"] == "length"
                    sys.stdout.flush()
        except KeyboardInterrupt:
            note("\nStopped.")
        finally:
            if answer:
                click.echo()
        if answer:
            self._said = [*body["messages"], {"role": "assistant", "content": answer}]
        if cut:
            note(f"The answer was cut off after {tokens} tokens.")
        if tokens and sys.stderr.isatty():
            seconds = max(self._clock.monotonic() - began, 0.001)
            click.echo(click.style(f"{tokens} tokens, {tokens / seconds:.1f} a second", dim=True), err=True)


def messages(line: Callable[[str], str]) -> Iterator[str]:
    """Yield what a person says, message by message, until the end; *line* returns the next line for a prompt.

    Raises UsageError when the end comes within a message of several lines.
    """
    while True:
        try:
            text = line("> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            click.echo()
            continue
        if text.lstrip().startswith(QUOTES):
            text = _quoted(text.lstrip().removeprefix(QUOTES), line)
        yield text


def _quoted(first: str, line: Callable[[str], str]) -> str:
    """Return all up to the quotes that end it."""
    lines = [first]
    while not lines[-1].rstrip().endswith(QUOTES):
        try:
            lines.append(line(". "))
        except EOFError as error:
            raise UsageError(f"The last message was not ended by {QUOTES}.") from error
    lines[-1] = lines[-1].rstrip().removesuffix(QUOTES)
    return "\n".join(lines)


def typed(prompt: str) -> str:
    """Return the next line that is typed at the terminal. Raises EOFError."""
    return input(prompt)


def piped(_prompt: str) -> str:
    """Return the next line of a pipe. Raises EOFError."""
    found = sys.stdin.readline()
    if not found:
        raise EOFError
    return found.rstrip("\n")


def note(line: str) -> None:
    """Say *line* beside the answers, where it does not get into a pipe."""
    echo_fitted(line.split("\n"), error=True)
