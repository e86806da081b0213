"""``homebody ask``: a question to the loaded model, about files or what is piped in."""

import base64
import json
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from homebody.cli.completers import files as file_names
from homebody.cli.examples import examples
from homebody.cli.paragraphs import echo_fitted
from homebody.cli.plans import printable
from homebody.clock import Clock, SystemClock
from homebody.errors import HomebodyError, UsageError
from homebody.paths import Home
from homebody.service.control import events, request

LARGEST_BYTES = 11_000_000
"""A larger file is not sent to the reader."""

ANSWER_SECONDS = 700.0
"""So long the next event is waited for: a little longer than the model may take."""

NOTE_SECONDS = 3.0
"""How often it is said how far the reading is."""


@click.command(
    "ask",
    epilog=examples(
        'homebody ask "What is still to be paid, and when?" bill.pdf',
        "homebody ask \"Who is it from?\" bill.pdf --json --slots 'vendor, due:date?'",
        'git diff | homebody ask "What is changed here?"',
    ),
)
@click.argument("question")
@click.argument("files", nargs=-1, metavar="[FILE...|-]", shell_complete=file_names)
@click.option(
    "--slots", metavar="SLOTS", help="What to find out, as in 'vendor, due:date?, kind:choice(invoice|note)'."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def ask_command(
    home: Home, question: str, files: tuple[str, ...], *, slots: str | None, as_json: bool
) -> None:
    """Ask the loaded model QUESTION, about FILES or what is piped in (-), and print its answer.

    Files of every kind that recipes read can be named; they are read in the sealed reader. What does not fit the
    model at once is read in parts, and nothing is left out. With --slots the answer is held to these: a name, and a
    kind after a colon (text if none is given); one with a ? behind it may stay empty.

    Nothing of it is kept, neither the question nor the answer. homebody must be running: `homebody start`.
    """
    if not question.strip():
        raise UsageError("The question is empty.")
    if slots is not None:
        from homebody.slots.spec import read_slots

        read_slots(slots)  # what is wrong with them is said before anything is read
    document = "\n\n".join(texts(home, files))
    if slots is not None and not document.strip():
        raise UsageError("Slots are filled from a document.", hint="Name a file, or pipe a text in.")
    body = {"question": question, "document": document, "slots": slots}
    shown = Shown(SystemClock(), told=not as_json)
    for event in events(home.socket, "/v1/ask", body, timeout=ANSWER_SECONDS):
        shown.hear(event)
    if shown.answer is None:
        raise HomebodyError("The running homebody went away before it had answered.", hint="Ask again.")
    if as_json:
        click.echo(json.dumps(shown.answer, ensure_ascii=False))
    else:
        shown.finish(shown.answer)
    if shown.answer["cut"]:
        note(f"The answer was cut off after {shown.answer['answer_tokens']} tokens.")


class Shown:
    """An answer as it comes."""

    def __init__(self, clock: Clock, *, told: bool) -> None:
        self._clock = clock
        self._noted = clock.monotonic()
        self._told = told
        self._text = ""
        self._parts = 0
        self.answer: Mapping[str, Any] | None = None

    def hear(self, event: Mapping[str, Any]) -> None:
        """Print newly written text, and tell how far the reading is."""
        if "answer" in event:
            self.answer = event
        elif "part" in event:
            if not self._parts:
                note("That is more than the model reads at once: it is read in parts.")
            self._parts += 1
            note(
                f"part {self._parts} of {event['parts']}"
                if self._parts <= event["parts"]
                else "the parts together"
            )
        elif event["phase"] == "prefill":
            self._read(event["done"], event["total"])
        elif self._told and event["text"]:
            self._text += event["text"]
            click.echo(event["text"], nl=False)
            sys.stdout.flush()

    def _read(self, done: int, total: int) -> None:
        """Tell now and then how far the reading is. Raises HomebodyError when it begins again within an answer."""
        if self._text:
            raise HomebodyError("The model process ended in the middle of the answer.", hint="Ask again.")
        if self._clock.monotonic() - self._noted >= NOTE_SECONDS:
            self._noted = self._clock.monotonic()
            note(f"read {done:,} of {total:,} tokens")

    def finish(self, event: Mapping[str, Any]) -> None:
        """Print the rest of a text, or each slot on a line."""
        answer = event["answer"]
        if isinstance(answer, str):
            click.echo(answer[len(self._text) :])
            return
        for name, value in answer.items():
            echo_fitted([printable(f"{name}: {words(value)}")])


def words(value: Any) -> str:
    """Return a slot's value on one line."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(words(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {words(one)}" for name, one in value.items())
    return " ".join(str(value).split())


def note(line: str) -> None:
    """Say *line* beside the answer, where it does not get into a pipe."""
    echo_fitted([line], error=True)


def texts(home: Home, files: tuple[str, ...]) -> list[str]:
    """Return the text of each file, headed by its name where there are several.

    Raises UsageError for a file that cannot be opened or is too large, HomebodyError with the reader's reason.
    """
    if not files and piped():
        files = ("-",)
    found = []
    for name in files:
        data = sys.stdin.buffer.read() if name == "-" else contents(Path(name))
        if len(data) > LARGEST_BYTES:
            raise UsageError(
                f"{name} has {len(data):,} bytes, and at most {LARGEST_BYTES:,} can be asked about."
            )
        suffix = ".txt" if name == "-" else Path(name).suffix
        try:
            body = {"data": base64.b64encode(data).decode(), "suffix": suffix}
            read = request(home.socket, "POST", "/v1/read", body, timeout=ANSWER_SECONDS)
        except HomebodyError as error:
            if error.exit_code != HomebodyError.exit_code:
                raise  # it is not the file's fault
            raise UsageError(f"{name} cannot be asked about: {error}", hint=error.hint) from error
        if read["left_out"]:
            note(f"{printable(name)}: not in its text: {read['left_out']}")
        if pictures := read.get("pictures_not_shown"):
            note(f"{printable(name)}: pictures that the model is not shown: {pictures:,}")
        found.append(f"{Path(name).name}:\n\n{read['text']}" if len(files) > 1 else read["text"])
    return found


def contents(path: Path) -> bytes:
    """Return the bytes of a file. Raises UsageError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error


def piped() -> bool:
    """Return whether something is piped in, or comes from a file; a terminal or nothing at all is not asked."""
    try:
        kind = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(kind) or stat.S_ISREG(kind)
