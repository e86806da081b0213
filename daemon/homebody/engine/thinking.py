"""Does a model think before it answers although it was told not to, and where does the thought end?

A chat template that can switch thinking off is asked to. What thinks all the same is let think for a budget of
tokens, unconstrained; a grammar holds the answer only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from jinja2 import Environment, TemplateError, meta

OFF: Mapping[str, Any] = {"enable_thinking": False, "thinking": False, "thinking_budget": 0}
"""What templates read to leave thinking out: Qwen, GLM and most others; DeepSeek, Granite and Kimi; Seed."""

PATIENCE = 16
"""Tokens within which a thought must have begun: a model could write blanks for ever."""

ENOUGH = "\n\nThat is enough; now the answer.\n"
"""What a thought that takes too long is made to say, so that its end does not come out of nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The texts between which a model thinks; *lead* goes before the closing one when we write it."""

    opening: str
    closing: str
    lead: str = ENOUGH
    gap: str = "\n\n"


HARMONY = Tags(
    opening="<|channel|>analysis<|message|>",
    closing="<|channel|>final<|message|>",
    lead="<|end|><|start|>assistant",
    gap="",
)
"""The channels of gpt-oss: what is said in the final one is the answer."""

TAGS = (
    Tags(opening="<think>", closing="</think>"),
    Tags(opening="<thinking>", closing="</thinking>"),
    Tags(opening="<thought>", closing="</thought>"),
    Tags(opening="<reasoning>", closing="</reasoning>"),
    Tags(opening="[THINK]", closing="[/THINK]"),
    Tags(opening="<seed:think>", closing="</seed:think>"),
    Tags(opening="<|START_THINKING|>", closing="<|END_THINKING|>"),
    HARMONY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinks:
    """How a model thinks: between which tags, and whether the prompt ends inside (*begun*) or it may begin itself."""

    tags: Tags
    begun: bool


def thinks(template: str | None, ending: str, is_token: Callable[[str], bool]) -> Thinks | None:
    """Return how a model thinks that was told not to, or None when it answers at once.

    *template* is its chat template's source, *ending* what a rendered prompt has after the last message, *is_token*
    says whether a text is one token of its vocabulary. A prompt that ends in an open thought settles it, as does one
    that ends after a closed one. Else the template is believed when it reads a switch of ``OFF``, and a model whose
    template or vocabulary knows a tag may begin to think: whether it does is seen at its first token.
    """
    for tags in TAGS:
        opened, closed = ending.rfind(tags.opening), ending.rfind(tags.closing)
        if opened != closed:
            return Thinks(tags=tags, begun=True) if opened > closed else None
    if template is not None and reads_switch(template):
        return None
    for tags in TAGS:
        mentioned = any(tag in (template or "") for tag in (tags.opening, tags.closing))
        if mentioned or is_token(tags.opening):
            return Thinks(tags=tags, begun=False)
    return None


def reads_switch(template: str) -> bool:
    """Return whether a template asks for a value of ``OFF``; one that is no template asks for nothing."""
    try:
        syntax = Environment(extensions=["jinja2.ext.loopcontrols"], autoescape=True).parse(template)
    except TemplateError:
        return False
    return not OFF.keys().isdisjoint(meta.find_undeclared_variables(syntax))


class Place(Enum):
    """Where an answer is."""

    BEFORE = "no thought has begun, and one may"
    INSIDE = "within a thought"
    AFTER = "in the answer itself"


class Thinking:
    """Follows one answer, token by token, to where its thought ends.

    Tokens come as the bytes of their text, control tokens with their names: some models' tags are such.
    """

    def __init__(self, how: Thinks, *, budget: int) -> None:
        """Begin an answer. *budget* is how many tokens its thought may have."""
        self._tags = how.tags
        self._opening, self._closing = how.tags.opening.encode(), how.tags.closing.encode()
        self._budget = budget
        self._seen = b""
        self._answering = False
        self.tokens = 0
        """Tokens so far that were not of the answer."""
        self.place = Place.INSIDE if how.begun else Place.BEFORE

    @property
    def overdue(self) -> bool:
        """Return whether the thought has had its budget and is to be ended by `close`."""
        return self.place is Place.INSIDE and self.tokens >= self._budget

    def welcomes(self, piece: bytes) -> bool:
        """Return whether a token that was picked without a grammar goes on with the thought, or begins one.

        If not, the answer begins here and the grammar has its say: the token is to be picked anew.
        """
        if self.place is Place.BEFORE:
            return self.tokens < PATIENCE and self._leads((self._seen + piece).lstrip())
        return self.place is Place.INSIDE

    def take(self, piece: bytes) -> bytes:
        """Note the next token; return what of it belongs to the answer, without the blanks before the first word."""
        if self.place is Place.AFTER:
            return self._of_answer(piece)
        self.tokens += 1
        self.place, self._seen = self._after(self.place, self._seen + piece)
        if self.place is not Place.AFTER:
            return b""
        rest, self._seen = self._seen, b""
        return self._of_answer(rest)

    def close(self) -> str:
        """Return what is to be read by the model as its own words, so that the answer comes next.

        For a thought that is overdue, and for one at whose middle the model wanted to end.
        """
        inside = self.place is Place.INSIDE
        self.place, self._seen = Place.AFTER, b""
        return self._tags.lead + self._tags.closing + self._tags.gap if inside else ""

    def _leads(self, text: bytes) -> bool:
        """Return whether *text* is the beginning of a tag, or begins with one."""
        return any(tag.startswith(text) or text.startswith(tag) for tag in (self._opening, self._closing))

    def _after(self, place: Place, seen: bytes) -> tuple[Place, bytes]:
        """Return where *seen* leads to from *place*, and what of it is to be kept: in the answer, the answer's part.

        A tag may lie across tokens; what cannot become one any more is the answer.
        """
        if place is Place.BEFORE:
            text = seen.lstrip()
            if text.startswith(self._opening):
                return self._after(Place.INSIDE, text.removeprefix(self._opening))
            if text.startswith(self._closing):
                return Place.AFTER, text.removeprefix(self._closing)
            return (Place.BEFORE if self._leads(text) else Place.AFTER), seen
        _, found, rest = seen.partition(self._closing)
        return (Place.AFTER, rest) if found else (Place.INSIDE, seen[1 - len(self._closing) :])

    def _of_answer(self, piece: bytes) -> bytes:
        """Return *piece*, without blanks as long as nothing else has come."""
        if not self._answering:
            piece = piece.lstrip()
            self._answering = bool(piece)
        return piece
