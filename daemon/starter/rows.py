"""How do documents and asks become rows of token ids to learn from?

A row is one document and several asks that share it: each ask sees the document and itself, never the other
asks, at the positions that it would have alone. So a document is paid for once.
"""

import random
from dataclasses import dataclass

from homebody.slots.prompt import build
from starter.corpus.asks import REPLY, ask
from starter.corpus.documents import Scribe
from starter.corpus.papers import document
from starter.corpus.phrases import PATTERNS
from starter.emphasis import FORCED, WITHIN, emphasis
from starter.tokenizer import BEGIN, END, START, Tokenizer


@dataclass(frozen=True, slots=True)
class Row:
    """Token ids, the position of each, the ask that it belongs to (0: the shared start), and its weight in the loss."""

    ids: list[int]
    positions: list[int]
    branch: list[int]
    weight: list[float]


def opening(tokenizer: Tokenizer, role: str) -> list[int]:
    """Return the ids that the chat template puts before a message of *role*."""
    return [tokenizer.ids[START], *tokenizer.encode(f"{role}\n")]


def closing(tokenizer: Tokenizer) -> list[int]:
    return [tokenizer.ids[END], *tokenizer.encode("\n")]


def row(dice: random.Random, tokenizer: Tokenizer, size: int, asks: int) -> Row:
    """Return a document of about *size* sentences with *asks* asks."""
    made = document(dice, size)
    start, branches = [tokenizer.ids[BEGIN]], []
    asked: list[str] = []
    for _ in range(asks):
        one = ask(dice, made)
        language = "same" if dice.random() < 0.97 else dice.choice(("English", "German", "French"))
        system, user = build(one.task, one.slots, made.text, language)
        if len(start) == 1:
            start += (
                opening(tokenizer, "system") + tokenizer.encode(system.parts[0].text) + closing(tokenizer)
            )
            start += opening(tokenizer, "user")
            for part in user.parts[:-1]:
                start += tokenizer.encode(part.text)
        if any(user.parts[-1].text == text for text in asked):
            continue
        asked.append(user.parts[-1].text)
        branches.append(
            (
                tokenizer.encode(user.parts[-1].text) + closing(tokenizer) + opening(tokenizer, "assistant"),
                one.answer,
            )
        )
    return _laid(tokenizer, start, branches)


def chat_row(dice: random.Random, tokenizer: Tokenizer) -> Row:
    """Return a plain question and the one reply that the model has."""
    start = [tokenizer.ids[BEGIN]]
    if dice.random() < 0.5:
        system = build("", {}, "")[0].parts[0].text
        start += opening(tokenizer, "system") + tokenizer.encode(system) + closing(tokenizer)
    said = Scribe(dice, ["work"]).fill(dice.choice(PATTERNS["chat"]))
    start += (
        opening(tokenizer, "user")
        + tokenizer.encode(said)
        + closing(tokenizer)
        + opening(tokenizer, "assistant")
    )
    return _laid(tokenizer, start, [([], REPLY)])


def _laid(tokenizer: Tokenizer, start: list[int], branches: list[tuple[list[int], str]]) -> Row:
    ids, positions = list(start), list(range(len(start)))
    branch, weight = [0] * len(start), [0.0] * len(start)
    for which, (asked, answer) in enumerate(branches, start=1):
        said = [*tokenizer.encode(answer), tokenizer.ids[END]]
        ids += asked + said
        positions += range(len(start), len(start) + len(asked) + len(said))
        branch += [which] * (len(asked) + len(said))
        weight += [0.0] * len(asked) + weights(tokenizer, said, answer)
    return Row(ids, positions, branch, weight)


def weights(tokenizer: Tokenizer, said: list[int], answer: str) -> list[float]:
    """Return the weight in the loss of each token of an answer and of its end."""
    if not answer.startswith("{"):
        return [WITHIN] * len(said)
    return [*emphasis([tokenizer.pieces[token] for token in said[:-1]]), FORCED]
