"""What does each part of the engine contribute: each switched off in turn, beside the engine as it is?"""

from typing import Any

from engine_bench.figures.found import Found, ratio, spread
from engine_bench.figures.notes import Turns, batch, in_house
from engine_bench.house import House, homebody
from engine_bench.setup import Bench
from engine_bench.texts import prompt, recipe_grammar

PARTS = ("batching", "prefix", "forced", "drafts")
MEASURES = ("notes_per_minute", "next_document_per_second", "constrained_per_second")


def ablations(bench: Bench) -> Found:
    """Return, for each part, what the engine does without it by what it does with all of them.

    Three things are measured: notes a minute; first tokens of a recipe's next document a second; and tokens a second
    of one run under a recipe's grammar. They have no goal.
    """
    told: dict[str, Any] = {}
    for part in PARTS:
        with_all: list[dict[str, float]] = []
        without: list[dict[str, float]] = []
        with homebody(bench.model, bench.memory, without=part) as house:
            for one in (bench.house, house):
                one.client.check_grammar(recipe_grammar())  # compiles it
            for number in range(bench.sizes.note_rounds):
                for whole in (True, False) if number % 2 == 0 else (False, True):
                    if whole:
                        with_all.append(_measure(bench, bench.house))
                    else:
                        without.append(_measure(bench, house))
        told[part] = {
            name: {
                "without_by_with": ratio([one[name] for one in without], [one[name] for one in with_all]),
                "with": spread([one[name] for one in with_all]),
                "without": spread([one[name] for one in without]),
            }
            for name in MEASURES
        }
    return Found(details={"ablations": told})


def _measure(bench: Bench, house: House) -> dict[str, float]:
    """Return what one engine does; for each the more the better."""
    turns = Turns()
    turns.note(*in_house(house, batch(bench), bench.sizes.answer))
    recipe = f"{bench.writer.text(4)} {bench.writer.recipe(bench.sizes.recipe)}"
    house.ask(prompt(recipe, bench.writer.text(bench.sizes.note)), tokens=1)
    later = house.ask(prompt(recipe, bench.writer.text(bench.sizes.note)), tokens=1)
    held = house.ask(
        prompt(recipe, bench.writer.text(bench.sizes.note)),
        tokens=bench.sizes.decode,
        grammar=recipe_grammar(),
    )
    return {
        MEASURES[0]: turns.rates[0],
        MEASURES[1]: 1 / later.seconds,
        MEASURES[2]: held.decode_rate,
    }
