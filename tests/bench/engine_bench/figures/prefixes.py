"""What is read once: four asks about one document, and the next document of a recipe."""

from engine_bench.figures.found import Found, ratio, spread
from engine_bench.setup import Bench
from engine_bench.texts import note_grammar, prompt

TASKS = ["Write a summary.", "Find the tags.", "Say of which kind it is.", "Give it a title."]


def four_asks(bench: Bench) -> Found:
    """Return the time of four asks about one long document, made at once, by that of one ask.

    The recipe was read before in both cases, the document never.
    """
    sizes = bench.sizes
    recipe = bench.writer.recipe(sizes.note_recipe)
    bench.house.ask(prompt(recipe, bench.writer.text(sizes.note)), tokens=1)
    one, four = [], []
    read = 0
    for _ in range(sizes.rounds):
        document = bench.writer.text(sizes.document)
        found = bench.house.ask(
            prompt(recipe, document, TASKS[0]), tokens=sizes.answer, grammar=note_grammar()
        )
        one.append(found.seconds)
        document = bench.writer.text(sizes.document)
        prompts = [prompt(recipe, document, task) for task in TASKS]
        answers, seconds = bench.house.ask_all(prompts, tokens=sizes.answer, grammar=note_grammar())
        four.append(seconds)
        read = sum(answer.prompt_tokens - answer.cached_tokens for answer in answers)
    details = {"seconds": {"one": spread(one), "four": spread(four)}, "read_for_four": read}
    return Found({"four_asks": ratio(four, one)}, details={"four_asks": details})


def cached_first_token(bench: Bench) -> Found:
    """Return the time to the first token of a recipe's next document by that of its first, for several recipes."""
    first, later = [], []
    cached = read = 0
    for _ in range(bench.sizes.rounds):
        recipe = f"{bench.writer.text(4)} {bench.writer.recipe(bench.sizes.recipe)}"
        found = bench.house.ask(prompt(recipe, bench.writer.text(bench.sizes.note)), tokens=1)
        first.append(found.seconds)
        found = bench.house.ask(prompt(recipe, bench.writer.text(bench.sizes.note)), tokens=1)
        later.append(found.seconds)
        cached, read = found.answer.cached_tokens, found.answer.prompt_tokens
    details = {
        "seconds": {"first": spread(first, 3), "next": spread(later, 3)}, "tokens": read, "cached": cached,
    }  # fmt: skip
    return Found({"cached_first_token": ratio(later, first)}, details={"cached_first_token": details})
