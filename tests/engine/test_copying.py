"""An answer that follows the prompt is helped along it, and let go at the end of a sentence or a line."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.copying import BLANK, FOLLOWED, Copying, copy_bias

PIECES = [b"the", b"roof", b"leaks", b"now", b".", b" ", b"\n", b'"', b""]
THE, ROOF, LEAKS, NOW, STOP, SPACE, LINE, QUOTE, CONTROL = range(len(PIECES))
TEXT = [CONTROL, THE, SPACE, ROOF, SPACE, LEAKS, SPACE, NOW, STOP, SPACE, THE, SPACE, ROOF, LINE, NOW]


def following(*tokens: int, text: list[int] = TEXT) -> list[int]:
    """Return what is likely after an answer of *tokens*."""
    copying = Copying(text, PIECES, space=SPACE)
    for token in tokens:
        copying.note(token)
    return copying.likely()


def test_a_few_tokens_alike_are_not_yet_copying():
    """Until the answer has followed the prompt for some tokens, nothing is made likely."""
    assert [] == following(QUOTE, THE)
    assert [] == following(QUOTE, THE, SPACE, ROOF)


def test_what_comes_next_in_the_prompt_is_likely():
    """After enough tokens alike, the next one of the prompt is; where two places fit, both are."""
    assert [LEAKS, NOW] == following(THE, SPACE, ROOF, SPACE)
    assert [NOW] == following(ROOF, SPACE, LEAKS, SPACE)


def test_at_the_end_of_a_sentence_the_model_decides():
    """After a full stop nothing is made likely."""
    assert [] == following(ROOF, SPACE, LEAKS, SPACE, NOW, STOP)


def test_at_the_end_of_a_line_the_model_decides_and_goes_on_with_a_space():
    """A line break is not pushed past; an answer that goes on writes a space, and is followed further."""
    assert [] == following(
        SPACE, THE, SPACE, ROOF, text=[NOW, SPACE, THE, SPACE, ROOF, LINE, NOW, SPACE, THE]
    )
    text = [NOW, SPACE, THE, SPACE, ROOF, LINE, NOW, SPACE, LEAKS]
    assert [SPACE] == following(SPACE, THE, SPACE, ROOF, SPACE, NOW, text=text)


def test_what_stands_nowhere_is_let_go():
    """A word of the model's own ends the copying."""
    assert [] == following(ROOF, SPACE, LEAKS, SPACE, QUOTE)


@given(
    st.lists(st.integers(0, len(PIECES) - 1), max_size=60),
    st.lists(st.integers(0, len(PIECES) - 1), max_size=30),
)
def test_only_what_continues_a_common_run_is_likely(text: list[int], answer: list[int]):
    """Whatever is made likely stands in the prompt after what the answer said last, white space counted as one."""
    kinds: list[int] = []
    for token in text:
        kind = BLANK if token in (SPACE, LINE) else token
        if kind != BLANK or kinds[-1:] != [BLANK]:
            kinds.append(kind)
    tail = [BLANK if token in (SPACE, LINE) else token for token in answer][-FOLLOWED:]
    for token in following(*answer, text=text):
        run = [*tail, BLANK if token == SPACE else token]
        assert any(kinds[at : at + len(run)] == run for at in range(len(kinds)))


def test_nonsense_in_the_file_is_no_bias():
    """Only a number between 0 and 20 counts."""
    assert [0.0, 0.0, 14.0, 20.0, 0.0] == [copy_bias(text) for text in (None, "much", "14.0", "1e9", "-3")]
