"""Which models think although they were told not to, and where in an answer the thought ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.chat import ChatTemplate
from homebody.engine.thinking import (
    ENOUGH,
    HARMONY,
    PATIENCE,
    TAGS,
    Place,
    Thinking,
    Thinks,
    reads_switch,
    thinks,
)
from homebody.messages import Message, Part

THINK = TAGS[0]
TALK = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
GO = "{% if add_generation_prompt %}[assistant]"

PLAIN = TALK + GO + "{% endif %}"
SWITCHED = (
    TALK
    + GO
    + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
ON_UNLESS_TOLD = (
    TALK + GO + "{% if thinking | default(true) %}<think>{% else %}</think>{% endif %}{% endif %}"
)
BUDGETED = (
    "{% if not thinking_budget is defined %}{% set thinking_budget = -1 %}{% endif %}"
    + TALK + GO + "{% if thinking_budget == 0 %}<seed:think>None.</seed:think>{% endif %}{% endif %}"
)  # fmt: skip
ASKED = "{% if thinking %}Write your thought as <think>...</think>.\n{% endif %}" + PLAIN
ALWAYS = TALK + GO + "\n<think>\n{% endif %}"
ALWAYS_THOUGHT = TALK + GO + "<thought>\n{% endif %}"
STRIPS = "{% for m in messages %}[{{ m.role }}] {{ m.content.split('</think>')[-1] }}\n{% endfor %}"
CHANNELS = (
    "{% for m in messages %}{% if m.thought %}<|start|>assistant<|channel|>analysis<|message|>{{ m.thought }}<|end|>"
    "{% endif %}<|start|>{{ m.role }}<|message|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant{% endif %}"
)


def judged(template: str | None, vocabulary: tuple[str, ...] = ()) -> Thinks | None:
    """Return the judgement of a template, rendered as the engine does it."""
    hello = Message(role="user", parts=(Part(text="<think>", data=True), Part(text="Hello.")))
    ending = ChatTemplate(template, bos="", eos="").pieces((hello,))[-1]
    assert isinstance(ending, str)
    return thinks(template, ending, lambda text: text in vocabulary)


@pytest.mark.parametrize("template", [SWITCHED, ON_UNLESS_TOLD, BUDGETED, ASKED, PLAIN, None])
def test_what_can_be_switched_off_is_off(template: str | None) -> None:
    """Templates that close the thought, or do not ask for one, when told: the model answers at once."""
    assert judged(template) is None


def test_a_switch_is_believed_whatever_the_vocabulary_knows() -> None:
    """A hybrid model has the tags among its tokens; told not to, it does not think."""
    assert judged(ASKED, ("<think>", "</think>")) is None


def test_a_prompt_that_ends_in_an_open_thought() -> None:
    """Such a model thinks whatever it is told, from its first token on, each between its own tags."""
    assert judged(ALWAYS) == Thinks(tags=THINK, begun=True)
    found = judged(ALWAYS_THOUGHT)
    assert found is not None
    assert ("</thought>", True) == (found.tags.closing, found.begun)


@pytest.mark.parametrize(
    ("template", "vocabulary", "opening"),
    [
        (STRIPS + GO + "{% endif %}", (), "<think>"),
        (STRIPS + GO + "{% endif %}", ("<think>",), "<think>"),
        (PLAIN, ("<think>",), "<think>"),
        (None, ("[THINK]", "[/THINK]"), "[THINK]"),
        (CHANNELS, (), HARMONY.opening),
    ],
)
def test_a_model_that_may_begin_by_itself(
    template: str | None, vocabulary: tuple[str, ...], opening: str
) -> None:
    """A tag in the template or among the tokens, and no switch: the first token will tell."""
    found = judged(template, vocabulary)
    assert found is not None
    assert (opening, False) == (found.tags.opening, found.begun)


def test_a_switch_is_what_the_template_reads_not_what_it_says() -> None:
    """The name in a text or a remark is no switch, and broken syntax has none."""
    assert reads_switch("{{ enable_thinking }}")
    assert reads_switch("{% if not thinking is defined %}{% set thinking = false %}{% endif %}{{ thinking }}")
    assert not reads_switch("enable_thinking {# enable_thinking #} {{ 'thinking' }}")
    assert not reads_switch("{% set thinking = 1 %}{{ thinking }}")
    assert not reads_switch("{% if enable_thinking")


def follow(thinking: Thinking, text: bytes, cuts: list[int]) -> bytes:
    """Let *thinking* take a text in pieces, and return what it gives as the answer."""
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return b"".join(thinking.take(text[a:b]) for a, b in pairwise(places) if a < b)


WORDS = st.text(st.sampled_from("ab <>/thinkλ\n")).map(str.encode)
CUTS = st.lists(st.integers(0, 200), max_size=40)


@given(WORDS, WORDS, st.sampled_from(["", " ", "\n\n"]), st.sampled_from(TAGS), CUTS)
def test_however_the_tokens_are_cut(thought: bytes, words: bytes, gap: str, tags, cuts: list[int]) -> None:
    """The answer is what follows the closing tag and blanks, whichever tokens the tags and words lie across."""
    closing = tags.closing.encode()
    text = thought.replace(closing, b"") + closing + gap.encode() + words
    first = text.index(closing) + len(closing)
    begun = Thinking(Thinks(tags=tags, begun=True), budget=9)
    assert text[first:].lstrip() == follow(begun, text, cuts)
    assert Place.AFTER is begun.place
    itself = Thinking(Thinks(tags=tags, begun=False), budget=9)
    assert text[first:].lstrip() == follow(itself, b"\n" + tags.opening.encode() + text, cuts)


@given(st.text(st.sampled_from('{}ab λ"\n'), min_size=1).map(str.encode), CUTS)
def test_an_answer_without_a_thought_is_left_whole(words: bytes, cuts: list[int]) -> None:
    """When the first word is no tag, everything from it on is the answer."""
    thinking = Thinking(Thinks(tags=THINK, begun=False), budget=9)
    assert words.lstrip() == follow(thinking, words, cuts)


def test_what_is_welcome() -> None:
    """Before: blanks and the beginnings of a tag. Inside: everything. In the answer: nothing."""
    thinking = Thinking(Thinks(tags=THINK, begun=False), budget=9)
    assert [True, True, True, True, False, False] == [
        thinking.welcomes(piece) for piece in (b"\n", b"<", b"<think>\nWell", b"</think>", b"{", b"<b")
    ]
    thinking.take(b"<thi")
    assert thinking.welcomes(b"nk>")
    assert not thinking.welcomes(b"<think>")
    thinking.take(b"nk>")
    assert thinking.welcomes(b"{")
    thinking.take(b"x</think>")
    assert not thinking.welcomes(b"{")


def test_the_answer_may_begin_where_the_token_is_not_welcome() -> None:
    """A grammar then has its say from the first token on, and there is nothing to close."""
    thinking = Thinking(Thinks(tags=THINK, begun=False), budget=9)
    assert not thinking.welcomes(b"Sure")
    assert "" == thinking.close()
    assert b'{"a' == thinking.take(b'{"a')


def test_blanks_do_not_go_on_for_ever() -> None:
    """A model that writes nothing but blanks has begun no thought after so many tokens."""
    thinking = Thinking(Thinks(tags=THINK, begun=False), budget=9)
    for _ in range(PATIENCE):
        assert thinking.welcomes(b"\n")
        assert b"" == thinking.take(b"\n")
    assert not thinking.welcomes(b"\n")


def test_a_thought_has_a_budget() -> None:
    """After so many tokens it is overdue; it is closed in words, and the next token is the answer's."""
    thinking = Thinking(Thinks(tags=THINK, begun=True), budget=3)
    due = []
    for piece in (b"Let", b" me", b" see"):
        due.append(thinking.overdue)
        assert b"" == thinking.take(piece)
    assert [False, False, False, True] == [*due, thinking.overdue]
    assert f"{ENOUGH}</think>\n\n" == thinking.close()
    assert (False, 3, Place.AFTER) == (thinking.overdue, thinking.tokens, thinking.place)
    assert b"{" == thinking.take(b"{")


def test_no_budget_is_no_thought() -> None:
    """With a budget of nothing a begun thought is overdue at once."""
    assert Thinking(Thinks(tags=THINK, begun=True), budget=0).overdue


def test_channels() -> None:
    """gpt-oss goes from one channel to the other over an end of message, or straight to the last one."""
    thinking = Thinking(Thinks(tags=HARMONY, begun=False), budget=99)
    pieces = [b"<|channel|>", b"analysis", b"<|message|>", b"Hm", b"<|end|>", b"<|start|>", b"assistant"]
    for piece in (*pieces, b"<|channel|>", b"final"):
        assert thinking.welcomes(piece)
        assert b"" == thinking.take(piece)
    assert [b"", b"{"] == [thinking.take(piece) for piece in (b"<|message|>", b"{")]
    straight = Thinking(Thinks(tags=HARMONY, begun=False), budget=99)
    for piece in (b"<|channel|>", b"final", b"<|message|>"):
        assert straight.welcomes(piece)
        straight.take(piece)
    assert Place.AFTER is straight.place
    late = Thinking(Thinks(tags=HARMONY, begun=True), budget=0)
    assert "<|end|><|start|>assistant<|channel|>final<|message|>" == late.close()
