"""One run alone: what do client, pipe and engine cost beside a bare loop, and what does a grammar cost?"""

from engine_bench.figures.found import Found, ratio, spread
from engine_bench.setup import Bench
from engine_bench.texts import prompt, recipe_grammar

BARE = "a bare llama_decode loop"


def single_decode(bench: Bench) -> Found:
    """Return the tokens per second of one run, its prompt's reading left out, by those of a bare loop.

    Both write equally many tokens after equally long prompts. The house's seconds are those of its client from the
    request to the answer, less what the engine says that reading took.
    """
    house, bare = [], []
    tokens = bench.sizes.decode
    recipe = bench.writer.recipe(bench.sizes.note_recipe)
    with bench.python_rival("bare", BARE) as loop:
        loop.ask({"read": 100, "write": tokens})
        bench.house.ask(prompt(recipe, bench.writer.text(bench.sizes.note)), tokens=tokens)
        for _ in range(bench.sizes.rounds):
            found = bench.house.ask(prompt(recipe, bench.writer.text(bench.sizes.note)), tokens=tokens)
            house.append(found.decode_rate)
            written = found.answer.answer_tokens
            told = loop.ask({"read": found.answer.prompt_tokens, "write": written})
            bare.append(written / told["write_seconds"])
    details = {"tokens_per_second": {"homebody": spread(house), "bare": spread(bare)}, "tokens": tokens}
    return Found({"single_decode": ratio(house, bare)}, details={"single_decode": details})


def prefill(bench: Bench) -> Found:
    """Return the prompt tokens per second, from the request to an answer of one token, by those of a bare loop."""
    house, bare = [], []
    count = 0
    with bench.python_rival("bare", BARE) as loop:
        loop.ask({"read": 512, "write": 1})
        for _ in range(bench.sizes.rounds):
            found = bench.house.ask(prompt(*_unlike(bench, bench.sizes.prefill)), tokens=1)
            house.append(found.prefill_rate)
            count = found.answer.prompt_tokens - found.answer.cached_tokens
            bare.append(count / loop.ask({"read": count, "write": 1})["read_seconds"])
    details = {"tokens_per_second": {"homebody": spread(house), "bare": spread(bare)}, "tokens": count}
    return Found({"prefill": ratio(house, bare)}, details={"prefill": details})


def constrained(bench: Bench) -> Found:
    """Return the tokens per second under a recipe's grammar by those without one, equally many tokens each.

    The same prompt twice, so that both times all but its end is in memory; in every second round the other goes
    first.
    """
    free, held = [], []
    written = 0
    recipe = bench.writer.recipe(bench.sizes.note_recipe)
    most = bench.sizes.decode
    bench.house.client.check_grammar(recipe_grammar())  # compiles it, as is done when a recipe is loaded
    for number in range(bench.sizes.rounds):
        messages = prompt(recipe, bench.writer.text(bench.sizes.note))
        bench.house.ask(messages, tokens=1)
        for first in (True, False) if number % 2 == 0 else (False, True):
            if first:
                found = bench.house.ask(messages, tokens=most, grammar=recipe_grammar())
                held.append(found.decode_rate)
                written = found.answer.answer_tokens
            else:
                free.append(bench.house.ask(messages, tokens=written or most).decode_rate)
    details = {"tokens_per_second": {"constrained": spread(held), "free": spread(free)}, "tokens": written}
    return Found({"constrained": ratio(held, free)}, details={"constrained": details})


def _unlike(bench: Bench, tokens: int) -> tuple[str, str]:
    """Return a recipe and a document of *tokens* tokens together; nothing before them is known to the house."""
    return bench.writer.text(30), bench.writer.text(tokens - 30)
