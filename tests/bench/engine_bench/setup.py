"""What every figure is measured with: the model, how much of it is asked, and what stands beside it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine_bench.children import QUIET, Child, running, script
from engine_bench.house import House
from engine_bench.texts import Writer

SLOT_CELLS = 1024
"""Tokens that each of the servers' slots has: a note and its answer, and some to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is asked; numbers of tokens unless named otherwise."""

    notes: int = 32
    note: int = 300
    note_recipe: int = 95
    """With the system's words and the template's some 120 that all notes share."""
    answer: int = 60
    decode: int = 128
    prefill: int = 1500
    document: int = 2000
    recipe: int = 575
    """With the system's words and the template's some 600."""
    runs: int = 5000
    settled_runs: int = 500
    widths: Sequence[int] = (8, 16, 32)
    rounds: int = 5
    note_rounds: int = 3

    def within(self, context: int) -> "Sizes":
        """Return sizes that a model of so small a *context* can take."""
        return replace(
            self,
            prefill=min(self.prefill, context // 2),
            document=min(self.document, context // 2),
            recipe=min(self.recipe, context // 4),
        )


QUICK = Sizes(
    notes=4, note=60, note_recipe=20, answer=12, decode=16, prefill=300, document=300, recipe=100, runs=200,
    settled_runs=50, widths=(4,), rounds=2, note_rounds=1,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Where the rivals are that do not come with llama-cpp-python's wheel."""

    sources: Path | None = None
    build: Path | None = None
    packages: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One call of the benchmark; the house is alive all the time, and idle while others are measured."""

    model: Path
    house: House
    memory: Path
    """Where homebody keeps what it measured, in this call of the benchmark."""
    writer: Writer
    sizes: Sizes
    rivals: Rivals
    quick: bool

    @property
    def threads(self) -> int:
        """Return the threads that homebody chose for this model, which all others get as well."""
        return int(self.house.ready.settings["threads"])

    @property
    def extra_buffers(self) -> bool:
        """Return whether homebody runs with extra buffers here; then all others do."""
        return bool(self.house.ready.settings["extra_buffers"])

    @contextmanager
    def python_rival(self, name: str, title: str) -> Iterator[Child]:
        """Give a rival written in Python, once its first line came. Raises RivalError."""
        command = script(name, self.model, self.threads, self.extra_buffers, self.house.ready.context)
        with running(title, command, environ=QUIET) as child:
            child.first = child.ask()
            yield child
