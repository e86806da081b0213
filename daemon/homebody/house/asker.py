"""How do questions about a document become values: what fits, what is asked, what is done with a wrong answer?"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from homebody.documents.shown import Shown, shown
from homebody.documents.window import Window, fit
from homebody.errors import ModelError, PromptTooLongError, SlotError
from homebody.house.joining import check_whole, joined, part_characters
from homebody.house.model import InTurn, Model
from homebody.house.parts import each_part
from homebody.messages import Message
from homebody.model.client import Answer
from homebody.recipe.schema import Ask
from homebody.sampling import GREEDY, Sampling
from homebody.slots import Slot, TextSlot
from homebody.slots.check import check, check_last
from homebody.slots.grammar import grammar
from homebody.slots.prompt import Task, build, repair

MAP_TASK = "Summarise this part of a longer document."
MAP_SLOTS: Mapping[str, Slot] = {"part": TextSlot(max=300)}

SPARE_TOKENS = 16
"""Kept free in the context: joining parts can make a token or two more than counting them alone."""

ROUNDS = 4
"""How often summaries may be summarised again before the document counts as too long."""

Tell = Callable[..., None]
"""How the asker reports a step: a name and counts, never contents."""

Keep = Callable[[tuple[Message, ...], str], None]
"""How the asker shows what it asked and what was answered, for a vault to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked at once: the task in words, what they fill in among them, and the slots to fill."""

    task: Task
    slots: Mapping[str, Slot]
    language: str = "same"
    sampling: Sampling = GREEDY

    @classmethod
    def of(cls, ask: Ask, task: Task | None = None) -> "Question":
        """Return the question that *ask* is, with *task* in place of its prompt if given."""
        return cls(
            task=ask.prompt if task is None else task,
            slots=ask.output,
            language=ask.language,
            sampling=ask.sampling,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The values of the slots, and what was read to get them."""

    values: Mapping[str, Any]
    tokens_total: int
    tokens_read: int
    overflow: str
    calls: tuple[Answer, ...] = field(default=())
    said: tuple[str, ...] = ()
    """The answers that the values were taken from, as the model wrote them: one, or one about each part."""

    @property
    def answer_tokens(self) -> int:
        """Tokens that the model wrote, over all calls."""
        return sum(call.answer_tokens for call in self.calls)

    @property
    def seconds(self) -> float:
        """Seconds that the model worked, over all calls."""
        return sum(call.prefill_seconds + call.decode_seconds for call in self.calls)


def ask_about(
    model: Model, ask: Ask, text: str, *, overflow: str, tell: Tell, keep: Keep | None = None
) -> Asked:
    """Return the slots of *ask* filled from *text*, whatever its length; raises as ``Interview.ask`` does."""
    return Interview(model, text, overflow=overflow).ask(Question.of(ask), tell=tell, keep=keep)


class Interview:
    """Questions about one text, one after the other. What does not fit the model is dealt with once, for all of them.

    Each question begins with the same text, so that the model reads it once.
    """

    def __init__(self, model: Model, text: str, *, overflow: str, language: str | None = None) -> None:
        """Prepare; a text that is too long is summarised in *language*, or in that of the first question."""
        self._model = model if isinstance(model, InTurn) else InTurn(model)
        # What is worked on part by part, a translation say, keeps its pictures.
        view = Shown(text, 0) if overflow == "join" else shown(text)
        self._whole, self._text, self._unseen = text, view.text, view.pictures
        self._overflow = overflow
        self._language = language
        self._window: Window | None = None
        self._reading = ""

    def ask(
        self, question: Question, *, tell: Tell, keep: Keep | None = None, spare: int | None = None
    ) -> Asked:
        """Return the slots of *question* filled from the text, whatever its length.

        A text that does not fit is dealt with as ``overflow`` says, and how is in the result. *spare* is the room for
        the text beside the questions that are to come, if they leave less. *keep* is shown every call, one whose
        answer is wrong, too. Raises SlotError when a second try is wrong too, DocumentError when the text must not be
        cut and does not fit, ModelError, CancelledError when the run is given up.
        """
        calls: list[Answer] = []
        said: dict[int, str] = {}
        tell_call = _telling(tell, calls, said, keep)
        budget = room(self._model, question.task, question.slots, question.language)
        window = self._window
        if (
            window is None
            or self._overflow == "join"
            or (window.tokens_read and self._model.count([self._reading])[0] > budget)
        ):
            budget = budget if window is not None or spare is None else min(budget, spare)
            window = self._window = self._read(question, budget, tell_call)
        if self._overflow == "join":
            values = self._of_parts(question, window, tell_call)
        else:
            values = one_ask(self._model, question, self._reading, tell_call, source=self._whole)
        return Asked(
            values=values,
            tokens_total=window.tokens_total,
            tokens_read=window.tokens_read,
            overflow=window.overflow,
            calls=tuple(calls),
            said=(said[0],) if 0 in said else tuple(said[part] for part in sorted(said)),
        )

    def _of_parts(self, question: Question, window: Window, tell: Tell) -> Mapping[str, Any]:
        """Return what is answered about every part, joined; a single answer is held to its `max`, too."""
        parts = window.parts or ("",)
        if len(parts) == 1:
            answers = [one_ask(self._model, question, parts[0], tell)]
        else:

            def about(theirs: InTurn, number: int, part: str) -> Mapping[str, Any]:
                return one_ask(theirs, question, part, tell, part=number, parts=len(parts))

            answers = each_part(self._model, parts, about)
        for answer in answers:
            check_whole(answer, question.slots)
        return joined(answers, question.slots)

    def _read(self, question: Question, budget: int, tell: Tell) -> Window:
        """Return what is read of the text where *budget* tokens of it fit; ``_reading`` is what is shown of it."""
        model = self._model
        if self._unseen:
            tell("pictures not shown", pictures=self._unseen)
            self._unseen = 0
        language = question.language if self._language is None else self._language
        of_a_part = replace(question, task=MAP_TASK, slots=MAP_SLOTS, language=language)
        if model.count([self._text])[0] > budget:
            budget = min(budget, room(model, MAP_TASK, MAP_SLOTS, language))
        if self._overflow == "join":
            (total,) = model.count([self._text])
            budget = min(budget, part_characters(question.slots) * total // max(1, len(self._text)))
        window = fit(
            self._text, budget=budget, overflow=self._overflow, count=lambda texts: model.count(list(texts))
        )
        self._reading = window.parts[0] if window.parts else ""
        if window.overflow == "summarize":
            self._reading = _reduce(model, window, of_a_part, budget, tell)
        return window


def _telling(tell: Tell, calls: list[Answer], said: dict[int, str], keep: Keep | None) -> Tell:
    """Return a *tell* that also collects each answer's figures, the last words about each part, and shows *keep* all.

    Parts that are asked about side by side tell one after the other.
    """
    one_at_a_time = threading.Lock()

    def told(
        name: str, *, answer: Answer | None = None, asked: tuple[Message, ...] = (), **detail: Any
    ) -> None:
        with one_at_a_time:
            if answer is not None:
                calls.append(answer)
                said[detail.get("part", 0)] = answer.text
                if keep is not None:
                    keep(asked, answer.text)
                detail |= figures(answer)
            tell(name, **detail)

    return told


def figures(answer: Answer) -> dict[str, int | float]:
    """Return what an answer cost, as a step tells it."""
    return {
        "prompt_tokens": answer.prompt_tokens,
        "cached_tokens": answer.cached_tokens,
        "answer_tokens": answer.answer_tokens,
        "seconds": round(answer.prefill_seconds + answer.decode_seconds, 3),
        "tokens_per_second": round(answer.tokens_per_second, 1),
        **({} if answer.seed is None else {"seed": answer.seed}),
    }


def _reduce(model: InTurn, window: Window, of_a_part: Question, budget: int, tell: Tell) -> str:
    """Return the summaries of the parts, joined in their order, summarised again until they fit *budget*."""
    parts = list(window.parts)
    for _ in range(ROUNDS):
        told = partial(tell, parts=len(parts))

        def summary(theirs: InTurn, number: int, part: str, tell: Tell = told) -> str:
            """Return the summary of one part; they end in any order, and each is told as it ends."""
            found = one_ask(theirs, of_a_part, part, tell, part=number)
            return str(found["part"])

        joined = "\n\n".join(each_part(model, parts, summary))
        if model.count([joined])[0] <= budget:
            return joined
        parts = list(
            fit(
                joined, budget=budget, overflow="summarize", count=lambda texts: model.count(list(texts))
            ).parts
        )
    raise PromptTooLongError(
        f"Even the summaries of the document's {len(window.parts)} parts do not fit the model's context.",
        hint="Use a model with a larger context, or `overflow: head` in the recipe's `read`.",
    )


def one_ask(
    model: Model, question: Question, text: str, tell: Tell, *, source: str | None = None, **detail: Any
) -> Mapping[str, Any]:
    """Return the slots of *question* filled by one constrained call, or by a second one that was told what was wrong.

    What is wrong a second time, and may stay empty, is left empty. *source* is what ``must_appear`` is judged
    against, *text* itself if not given. Raises SlotError.
    """
    source = text if source is None else source
    slots, sampling = question.slots, question.sampling
    messages = build(question.task, slots, text, question.language)
    limit = answer_tokens(slots)
    answer = model.generate(messages, grammar=grammar(slots), max_tokens=limit, sampling=sampling)
    tell("asked", answer=answer, asked=messages, **detail)
    try:
        _must_have_ended(answer)
        return check(answer.text, slots, source)
    except SlotError as error:
        tell("repair", **detail)
        shorter = (
            {name: _shorter(slot) for name, slot in slots.items()} if answer.stop == "limit" else dict(slots)
        )
        again = repair(messages, answer.text, str(error))
        if answer.stop == "limit" or model.prompt_tokens(again) + limit > model.context:
            again = build(question.task, shorter, text, question.language)
        second = model.generate(again, grammar=grammar(shorter), max_tokens=limit, sampling=sampling)
        tell("asked", answer=second, asked=again, **detail)
        _must_have_ended(second)
        values, empty = check_last(second.text, slots, source)
        if empty:
            tell("left empty", slots=list(empty), **detail)
        return values


def _must_have_ended(answer: Answer) -> None:
    if answer.stop == "limit":
        raise SlotError("The answer was longer than its slots allow, and stopped in the middle.")


def _shorter(slot: Slot) -> Slot:
    """Return a text slot of a quarter of its length: a script of three bytes a letter fits then, too."""
    return slot.model_copy(update={"max": max(1, slot.max // 4)}) if isinstance(slot, TextSlot) else slot


def answer_tokens(slots: Mapping[str, Slot]) -> int:
    """Return the tokens that an answer may take: one for every two characters of the longest, and its keys."""
    characters = sum(slot.longest() + len(name) + 6 for name, slot in slots.items())
    return 32 + characters // 2


def room(model: Model, task: Task, slots: Mapping[str, Slot], language: str) -> int:
    """Return the tokens of document that fit beside the prompt and the longest answer.

    Raises ModelError when nothing would fit: the recipe asks for more than this model's context holds.
    """
    fixed = model.prompt_tokens(build(task, slots, "", language)) + answer_tokens(slots) + SPARE_TOKENS
    if fixed + 64 > model.context:
        raise ModelError(
            f"The recipe's prompt and answer take {fixed} tokens, and the model's context has {model.context}.",
            hint="Ask for less at once, lower `max` in the slots, or use a model with a larger context.",
        )
    return model.context - fixed
