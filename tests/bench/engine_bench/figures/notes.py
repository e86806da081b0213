"""How many notes a minute: homebody and three others, 32 notes of one recipe at once, the same grammar for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine_bench.children import RivalError
from engine_bench.figures.found import Found, ratio, spread
from engine_bench.house import House, Messages
from engine_bench.servers import Width, kinds
from engine_bench.setup import Bench
from engine_bench.texts import note_grammar, plain, prompt

HIGH_LEVEL = "the high-level Llama"


@dataclass(frozen=True, slots=True)
class Batch:
    """The notes of one round, and another of the same recipe, which is asked first and not timed."""

    first: Messages
    notes: Sequence[Messages]


@dataclass(slots=True)
class Turns:
    """What one contender did: notes a minute in each round, and tokens read and written in all."""

    rates: list[float] = field(default_factory=list)
    read: int = 0
    written: int = 0

    def note(self, seconds: float, usages: Sequence[tuple[int, int]]) -> None:
        """Add a round: its seconds, and tokens read and written for each note."""
        self.rates.append(60 * len(usages) / seconds)
        self.read += sum(usage[0] for usage in usages)
        self.written += sum(usage[1] for usage in usages)

    def told(self) -> dict[str, Any]:
        """Return it for the details."""
        return {"notes_per_minute": spread(self.rates), "tokens_in": self.read, "tokens_out": self.written}


Contender = Callable[[Batch], tuple[float, list[tuple[int, int]]]]


def batch(bench: Bench) -> Batch:
    """Return a round's notes, which nobody has seen before, of a recipe that nobody has seen before."""
    recipe = bench.writer.recipe(bench.sizes.note_recipe)
    notes = [prompt(recipe, bench.writer.text(bench.sizes.note)) for _ in range(bench.sizes.notes + 1)]
    return Batch(notes[0], notes[1:])


def in_house(house: House, asked: Batch, tokens: int) -> tuple[float, list[tuple[int, int]]]:
    """Return the seconds that homebody takes, and the tokens of each note."""
    house.ask(asked.first, tokens=tokens, grammar=note_grammar())
    answers, seconds = house.ask_all(asked.notes, tokens=tokens, grammar=note_grammar())
    return seconds, [(one.prompt_tokens, one.answer_tokens) for one in answers]


def notes(bench: Bench) -> Found:
    """Return how many notes a minute homebody does, by what each of the others does, in turns.

    A server's width is the one that was fastest in a first round of all widths, which counts for nothing else.
    """
    found = Found()
    contenders: dict[str, Contender] = {
        "homebody": lambda asked: in_house(bench.house, asked, bench.sizes.answer),
        "high_level": lambda asked: _high_level(bench, asked),
    }
    tried: dict[str, dict[str, float]] = {}
    for key, kind in kinds():
        try:
            contenders[key], tried[key] = _best(bench, kind(bench))
        except RivalError as error:
            found.left_out[f"notes_vs_{key}"] = str(error)
    turns: dict[str, Turns] = {name: Turns() for name in contenders}
    for _ in range(bench.sizes.note_rounds):
        asked = batch(bench)
        for name, contender in contenders.items():
            if f"notes_vs_{name}" not in found.left_out:
                try:
                    turns[name].note(*contender(asked))
                except RivalError as error:
                    found.left_out[f"notes_vs_{name}"] = str(error)
    for name in contenders:
        if name != "homebody" and f"notes_vs_{name}" not in found.left_out:
            found.figures[f"notes_vs_{name}"] = ratio(turns["homebody"].rates, turns[name].rates)
    told = {name: one.told() for name, one in turns.items() if one.rates}
    found.details["notes"] = {"notes": bench.sizes.notes, "widths_tried": tried, **told}
    return found


def _high_level(bench: Bench, asked: Batch) -> tuple[float, list[tuple[int, int]]]:
    """Return the same of the high-level `Llama`, one note after the other, in a fresh process. Raises RivalError."""
    with bench.python_rival("high_level", HIGH_LEVEL) as child:
        child.ask(_request(bench, asked.first))
        seconds, usages = 0.0, []
        for one in asked.notes:
            took, usage = child.timed(_request(bench, one))
            seconds += took
            usages.append((usage["prompt_tokens"], usage["completion_tokens"]))
    return seconds, usages


def _best(bench: Bench, server: Any) -> tuple[Contender, dict[str, float]]:
    """Return what asks *server* at its best width, and notes a minute of each width. Raises RivalError."""
    asked = batch(bench)
    rates: dict[Width, float] = {}
    for width in server.widths():
        seconds, usages = _by_server(bench, server, width, asked)
        rates[width] = 60 * len(usages) / seconds
    best = max(rates, key=lambda width: rates[width])
    return lambda asked: _by_server(bench, server, best, asked), {
        str(width): round(rate, 2) for width, rate in rates.items()
    }


def _by_server(bench: Bench, server: Any, width: Width, asked: Batch) -> tuple[float, list[tuple[int, int]]]:
    """Return the same of a server, freshly started. Raises RivalError."""
    with server.running(width) as ask:
        ask([_request(bench, asked.first)])
        usages, seconds = ask([_request(bench, one) for one in asked.notes])
    return seconds, [(usage["prompt_tokens"], usage["completion_tokens"]) for usage in usages]


def _request(bench: Bench, messages: Messages) -> dict[str, Any]:
    """Return a note as the others are asked for it."""
    return {"messages": plain(messages), "grammar": note_grammar(), "max_tokens": bench.sizes.answer}
