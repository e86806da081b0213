"""What does the demo show: one live screen at a terminal, plain lines everywhere else?"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from homebody.cli.demo_stage import Document
from homebody.cli.paragraphs import echo_fitted

MARKS = {True: ("refused", "green"), False: ("REACHED", "bold red")}

STEPS = {
    "settling": "settling",
    "queued": "settled, queued",
    "handed back": "interrupted, queued again",
    "retried": "failed, queued again",
    "claimed": "claimed",
    "read": "read",
    "asked": "asked",
    "repair": "asked again",
    "answered": "answered",
    "planned": "plan written down",
    "applied": "applied",
    "finished": "finished",
}


class Screen(Protocol):
    """Where the demo tells its story."""

    def say(self, words: str) -> None:
        """Tell one thing that happened."""

    def model(self, status: Mapping[str, Any]) -> None:
        """Show the model in use."""

    def probes(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show each probe: its words, what it does unsealed, and what became of it in each sealed process."""

    def documents(self, documents: Sequence[Document]) -> None:
        """Show how far each document has come."""

    def close(self) -> None:
        """Leave the screen as it is."""


def megabytes(number: int) -> str:
    """Return bytes as people read them."""
    return f"{number / 1e6:.1f} MB" if number < 1e9 else f"{number / 1e9:.2f} GB"


def model_words(status: Mapping[str, Any]) -> list[str]:
    """Return what is to be known of the model, a line each."""
    info = status["info"]
    return [
        f"{info['name']}: {info['parameters'] / 1e6:.1f} million parameters, {info['quantization']}"
        f" ({info['quantization_words']}), {megabytes(info['file_bytes'])}",
        f"SHA-256 {status['sha256']}",
        f"context {status['context']} tokens, {megabytes(status['memory_bytes'])} of memory in a process of its own",
        "starter model: picks and copies; for real summaries use a bigger one (README, “Your own model”)",
    ]


def refused_words(row: Mapping[str, Any], process: str) -> str:
    """Return what became of a probe in *process*."""
    result = row[process]
    if result is None:
        return "-"
    return "REACHED" if result["reached"] else f"refused ({result['errno'] or result['skipped']})"


class Plain:
    """Lines for pipes, files and screen readers: each thing is told once."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def say(self, words: str) -> None:
        """Print one line, on a terminal so that no word is torn."""
        echo_fitted([words])
        sys.stdout.flush()

    def model(self, status: Mapping[str, Any]) -> None:
        """Print the model's lines."""
        for line in model_words(status):
            self.say(f"  {line}")

    def probes(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Print a line for each probe."""
        for row in rows:
            control = (
                "works" if row["control"]["reached"] else f"not possible here ({row['control']['errno']})"
            )
            told = ", ".join(f"{name}: {refused_words(row, name)}" for name in ("daemon", "model", "reader"))
            self.say(f"  {row['words']}: unsealed {control}; {told}")

    def documents(self, documents: Sequence[Document]) -> None:
        """Print a line for each document whose state has changed."""
        for document in documents:
            line = document_words(document)
            if self._told.get(document.name) != line:
                self._told[document.name] = line
                self.say(f"  {document.name}: {line}")

    def close(self) -> None:
        """Nothing is left to do."""


def document_words(document: Document) -> str:
    """Return how far *document* has come, with the reason where it ended otherwise than done."""
    if document.state == "working":
        rate = f", {document.tokens_per_second:.0f} tokens/s" if document.tokens_per_second else ""
        return STEPS.get(document.step, document.step) + rate
    reasons = {run["reason"] for run in document.runs.values() if run["reason"]}
    tail = f": {'; '.join(sorted(reasons))}" if reasons else ""
    rate = f" at {document.tokens_per_second:.0f} tokens/s" if document.tokens_per_second else ""
    read = f", {document.tokens_read} of {document.tokens_total} tokens read" if document.tokens_total else ""
    parts = f" in {document.calls} calls" if document.calls > 1 else ""
    return f"{document.state}{rate}{read}{parts}{tail}"


class Lively:
    """One screen at a terminal that is drawn anew as things happen."""

    def __init__(self, console: Console) -> None:
        self._said: list[str] = []
        self._model: list[str] = []
        self._probes: Sequence[Mapping[str, Any]] = ()
        self._documents: Sequence[Document] = ()
        self._live = Live(console=console, refresh_per_second=8, get_renderable=self._draw, transient=False)
        self._live.start()

    def say(self, words: str) -> None:
        """Add a line to the story."""
        self._said.append(words)

    def model(self, status: Mapping[str, Any]) -> None:
        """Show the model's lines at the top."""
        self._model = model_words(status)

    def probes(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show the table of probes."""
        self._probes = list(rows)

    def documents(self, documents: Sequence[Document]) -> None:
        """Show the table of documents."""
        self._documents = list(documents)

    def close(self) -> None:
        """Draw a last time and give the terminal back."""
        self._live.refresh()
        self._live.stop()

    def _draw(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self._model:
            parts.append(Panel("\n".join(self._model), title="the model", title_align="left"))
        if self._probes:
            parts.append(self._probe_table())
        if self._documents:
            parts.append(self._document_table())
        parts.extend(Text(line) for line in self._said[-12:])
        return Group(*parts)

    def _probe_table(self) -> Table:
        table = Table(title="ways out, tried for real", title_justify="left", expand=True)
        table.add_column("probe")
        for name in ("unsealed", "daemon", "model", "reader"):
            table.add_column(name)
        for row in self._probes:
            control = Text("works", "yellow") if row["control"]["reached"] else Text("not here", "dim")
            cells = [
                Text(refused_words(row, name), style(row[name])) for name in ("daemon", "model", "reader")
            ]
            table.add_row(row["words"], control, *cells)
        return table

    def _document_table(self) -> Table:
        table = Table(title="documents dropped into the watched folder", title_justify="left", expand=True)
        table.add_column("document")
        table.add_column("size", justify="right")
        table.add_column("how far")
        colours = {"done": "green", "skipped": "yellow", "failed": "bold red", "working": "cyan"}
        for document in self._documents:
            told = Text(document_words(document), colours[document.state])
            table.add_row(document.name, str(len(document.dropped)), told)
        return table


def style(result: Mapping[str, Any] | None) -> str:
    """Return the colour of a probe's cell."""
    return MARKS[not result["reached"]][1] if result is not None else "dim"


def screen(*, as_json: bool) -> Screen:
    """Return a live screen at a terminal, plain lines elsewhere; with *as_json* the lines go to stderr."""
    if as_json:
        return Quiet()
    console = Console(file=sys.__stdout__)  # it draws, and everything that it shows is the demo's own
    return Lively(console) if console.is_terminal and not console.is_dumb_terminal else Plain()


class Quiet(Plain):
    """Plain lines on standard error, so that standard output has the JSON alone."""

    def say(self, words: str) -> None:
        """Print one line to standard error."""
        print(words, file=sys.stderr, flush=True)
