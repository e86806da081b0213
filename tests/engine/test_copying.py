"""The strings of an answer are made of the prompt's words, and go on as the prompt does until they end."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.copying import BEGINS, BLANK, ENDS, LONG, RUN, SURE, Copying, Marks, copy_bias

PIECES = [
    b"the",
    b"roof",
    b"leaks",
    b"now",
    b".",
    b" ",
    b"\n",
    b'"',
    b"",
    b"s",
    b"\\",
    b"7",
    b":",
    b"er",
    b"n",
    b"*",
    b"(",
    b")",
    b"<",
    b">",
]
(THE, ROOF, LEAKS, NOW, STOP, SPACE, LINE, QUOTE, CONTROL, PLURAL, STROKE, SEVEN, COLON, ER, N, STAR) = range(
    16
)
OPEN, CLOSE, LESS, MORE = range(16, 20)
MARKS = Marks(space=SPACE, quote=QUOTE, stroke=STROKE)
TEXT = [CONTROL, THE, SPACE, ROOF, SPACE, LEAKS, SPACE, NOW, STOP, SPACE, THE, SPACE, ROOF, LINE, NOW]
GOES_ON = 1.0


def following(*tokens: int, text: list[int] = TEXT) -> list[tuple[list[int], float]]:
    """Return what is likely, and how surely, after a string that begins with *tokens*."""
    copying = Copying(text, PIECES, MARKS)
    for token in (QUOTE, *tokens):
        copying.note(token)
    return list(copying.likely())


def likely(*tokens: int, text: list[int] = TEXT) -> list[int]:
    """Return what is likely after a string that begins with *tokens*, but for an end after a blank."""
    return next((found for found, surely in following(*tokens, text=text) if surely != ENDS), [])


def test_outside_of_strings_nothing_is_likely():
    """Keys, brackets and null are left to the model and the grammar."""
    copying = Copying(TEXT, PIECES, MARKS)
    assert [] == list(copying.likely())
    for token in (THE, SPACE, ROOF):
        copying.note(token)
    assert [] == list(copying.likely())
    assert [] == likely(THE, SPACE, ROOF, QUOTE)


def test_a_word_begins_as_one_of_the_prompt():
    """At the beginning of a string the words of the prompt are likely, less surely than what goes on."""
    assert [([THE, ROOF, LEAKS, NOW], BEGINS)] == following()
    assert GOES_ON > BEGINS
    assert [THE, ROOF, SEVEN] == likely(text=[THE, PLURAL, SPACE, COLON, ROOF, ER, COLON, COLON, SEVEN])[:3]
    assert [PLURAL, STROKE, COLON] == likely(text=[SPACE, COLON, PLURAL, SPACE, QUOTE])


def test_no_answer_begins_within_an_address_or_a_compound():
    """What stands behind a full stop, a stroke or an at sign without a blank is no beginning; a number may be."""
    assert [ROOF, NOW, SEVEN] == likely(text=[ROOF, STOP, LEAKS, STOP, SEVEN, SPACE, NOW])
    assert [ROOF, LEAKS] == likely(text=[ROOF, COLON, LEAKS])
    assert [LEAKS] == likely(LEAKS, SPACE, text=[LEAKS, SPACE, LEAKS])


def test_a_word_that_was_begun_is_finished_as_it_stands_in_the_prompt():
    """After the first piece of a word comes the next one, unless the word may be over."""
    assert [PLURAL] == likely(ROOF, text=[ROOF, PLURAL, SPACE, THE])
    assert [PLURAL, ER] == likely(ROOF, text=[ROOF, PLURAL, SPACE, ROOF, ER])
    assert [] == likely(ROOF, text=[ROOF, PLURAL, SPACE, ROOF])
    assert [] == likely(PLURAL, text=[ROOF, PLURAL, ER])


def test_the_first_digit_of_a_number_says_nothing_of_the_next():
    """A date may be spelt otherwise than it stands in the prompt."""
    assert [] == likely(SEVEN, text=[SEVEN, SEVEN])


def test_what_comes_next_in_the_prompt_is_likely():
    """After two tokens alike, the next one of the prompt is; where two places fit, both are."""
    assert [([SPACE, QUOTE], GOES_ON)] == following(THE, SPACE, ROOF)
    assert [LEAKS, NOW] == likely(THE, SPACE, text=[THE, SPACE, LEAKS, SPACE, THE, SPACE, NOW])


def test_a_string_may_end_where_a_word_does():
    """Before a blank or a mark the quote is as likely as what follows; never within a word."""
    assert [SPACE, QUOTE] == likely(THE, SPACE, ROOF, SPACE, LEAKS)
    assert [STOP, QUOTE] == likely(LEAKS, SPACE, NOW)
    assert [PLURAL] == likely(THE, SPACE, ROOF, text=[THE, SPACE, ROOF, PLURAL])


def test_a_string_may_end_after_a_blank_too():
    """There the next word is known, which a date goes on with or not; what follows is somewhat likelier."""
    assert [([LEAKS, NOW], GOES_ON), ([QUOTE], ENDS)] == following(THE, SPACE, ROOF, SPACE)
    assert BEGINS < ENDS < GOES_ON
    assert [([QUOTE], GOES_ON)] == following(THE, SPACE, STROKE, text=[THE, SPACE, QUOTE, ROOF])


def test_a_quote_in_the_prompt_is_written_with_a_stroke():
    """JSON wants a stroke before a quote and before a stroke; what follows them is followed further."""
    text = [THE, SPACE, QUOTE, ROOF, SPACE, STROKE, NOW, SPACE, LEAKS]
    assert [STROKE] == likely(THE, SPACE, text=text)
    assert [QUOTE] == likely(THE, SPACE, STROKE, text=text)
    assert [ROOF, QUOTE] == likely(THE, SPACE, STROKE, QUOTE, text=text)
    assert [STROKE] == likely(ROOF, SPACE, text=text)
    assert [STROKE] == likely(ROOF, SPACE, STROKE, text=text)
    assert [NOW, QUOTE] == likely(ROOF, SPACE, STROKE, STROKE, text=text)


def test_at_the_end_of_a_sentence_or_a_line_the_model_decides_whether_to_go_on():
    """After a full stop, and before a line break, which is written as a space, it may end as well as go on."""
    assert [SPACE, QUOTE] == likely(SPACE, NOW, STOP)
    text = [NOW, SPACE, THE, SPACE, ROOF, LINE, NOW, SPACE, LEAKS]
    assert [SPACE, QUOTE] == likely(SPACE, THE, SPACE, ROOF, text=text)
    assert [NOW] == likely(SPACE, THE, SPACE, ROOF, SPACE, text=text)
    assert [SPACE, QUOTE] == likely(SPACE, THE, SPACE, ROOF, STROKE, N, NOW, text=text)


def test_a_word_of_its_own_begins_where_a_blank_or_a_string_does():
    """After a mark within a value nothing is likely before it is followed: a date has its own order."""
    assert [] == likely(SEVEN, COLON, text=[THE, SPACE, SEVEN])


def test_the_end_of_the_document_is_an_end():
    """There the answer may end, and goes on with nothing of what follows; words of the task may begin it."""
    text, document = [THE, SPACE, ROOF, SPACE, LEAKS, LINE, NOW, SPACE, ROOF, ER], 5

    def told(*tokens: int) -> list[tuple[list[int], float]]:
        copying = Copying(text, PIECES, MARKS, document)
        for token in (QUOTE, *tokens):
            copying.note(token)
        return list(copying.likely())

    assert [([QUOTE], GOES_ON)] == told(THE, SPACE, ROOF, SPACE, LEAKS)
    assert [([THE, ROOF, LEAKS, NOW], BEGINS)] == told()
    assert [([SPACE, QUOTE], GOES_ON)] == told(THE, SPACE, ROOF)
    assert not any(found for found, _ in told(NOW, COLON))
    assert [([THE, ROOF, LEAKS, NOW], BEGINS)] == told(NOW, SPACE)
    assert [([SPACE, QUOTE], GOES_ON)] == told(NOW, SPACE, ROOF)


def words(count: int) -> list[int]:
    """Return so many words and blanks, each but the last one word with another behind it."""
    return [token for _ in range(count) for token in (THE, ROOF, SPACE)]


def test_a_string_of_many_words_ends_where_a_sentence_does():
    """A short one may end before every blank; one that is longer than a value goes on, and all but surely."""
    short, long = words(LONG - 2), words(LONG)
    text = [*long, NOW, SPACE, LEAKS, STOP, SPACE, THE]
    assert QUOTE in likely(*short[:-1], text=[*short[:-1], SPACE, THE])
    assert [([SPACE], SURE)] == following(*long, NOW, text=text)
    assert [([LEAKS], SURE)] == following(*long, NOW, SPACE, text=text)
    assert [([SPACE, QUOTE], SURE)] == following(*long, NOW, SPACE, LEAKS, STOP, text=text)
    assert [([THE], SURE), ([QUOTE], ENDS * SURE)] == following(
        *long, NOW, SPACE, LEAKS, STOP, SPACE, text=text
    )
    assert len(long) > RUN


def test_a_string_of_many_words_ends_at_a_line_but_not_within_wrapped_text():
    """A line of a list is a sentence of its own; a line that goes on in small letters is not over."""
    colon_first, two = [LINE, COLON, THE], [LINE, LINE, THE]
    for after, over in ((colon_first, True), (two, True), ([LINE, THE], False)):
        text = [*words(LONG), NOW, *after]
        assert ([QUOTE in tokens for tokens, _ in following(*words(LONG), NOW, text=text)] == [True]) == over
        after_blank = following(*words(LONG), NOW, SPACE, text=text)
        assert (([QUOTE], ENDS * SURE) in after_blank) == over


def test_a_quote_or_a_bracket_behind_the_full_stop_belongs_to_the_sentence():
    """What may end after the stop may end after these, too."""
    text = [*words(LONG), NOW, STOP, STAR, SPACE, THE]
    assert [SPACE, QUOTE] == likely(*words(LONG), NOW, STOP, STAR, text=text)
    assert [SPACE] == likely(*words(LONG), NOW, STAR, text=[*words(LONG), NOW, STAR, SPACE, THE])


def test_no_answer_ends_within_an_address_or_a_compound():
    """A full stop with letters on both sides ends no sentence and no value; one with a blank behind it does."""
    for before in ([THE], words(LONG)):
        text = [*before, SPACE, NOW, STOP, LEAKS, STOP, SPACE, THE]
        assert QUOTE not in likely(*before, SPACE, NOW, text=text)
        assert QUOTE not in likely(*before, SPACE, NOW, STOP, text=text)
        assert QUOTE in likely(*before, SPACE, NOW, STOP, LEAKS, STOP, text=text)
    assert QUOTE in likely(THE, SPACE, LEAKS, text=[THE, SPACE, LEAKS, STOP, SPACE, THE])


def test_an_answer_is_not_over_before_its_brackets_are_closed():
    """What was begun in brackets is said to its end, or to the end of the line."""
    for begins, ends in ((OPEN, CLOSE), (LESS, MORE)):
        text = [THE, SPACE, begins, LEAKS, SPACE, NOW, ends, SPACE, ROOF]
        assert [SPACE] == likely(THE, SPACE, begins, LEAKS, text=text)
        assert not any(QUOTE in found for found, _ in following(THE, SPACE, begins, LEAKS, SPACE, text=text))
        assert QUOTE in likely(*text[:7], text=text)
    assert QUOTE in likely(THE, SPACE, OPEN, LEAKS, text=[THE, SPACE, OPEN, LEAKS, LINE, LINE, THE])


def test_what_stands_nowhere_is_let_go():
    """A word of the model's own ends the copying."""
    assert [] == likely(ROOF, SPACE, LEAKS, SPACE, COLON, ER)


@given(
    st.lists(st.integers(0, len(PIECES) - 1), max_size=60),
    st.lists(st.integers(0, len(PIECES) - 1).filter(lambda token: token not in (QUOTE, STROKE)), max_size=30),
)
def test_only_what_continues_a_common_run_goes_on(text: list[int], answer: list[int]):
    """What is made likely for sure stands in the prompt after what the answer said last, white space counted as one."""
    kinds: list[int] = []
    for token in text:
        kind = BLANK if token in (SPACE, LINE) else token
        if kind != BLANK or kinds[-1:] != [BLANK]:
            kinds.append(kind)
    tail = [BLANK if token in (SPACE, LINE) else token for token in answer][-1:]
    for token in next((found for found, surely in following(*answer, text=text) if surely == GOES_ON), []):
        if token not in (QUOTE, STROKE):
            run = [*tail, BLANK if token == SPACE else token]
            assert any(kinds[at : at + len(run)] == run for at in range(len(kinds)))


def test_nonsense_in_the_file_is_no_bias():
    """Only a number between 0 and 20 counts."""
    assert [0.0, 0.0, 14.0, 20.0, 0.0] == [copy_bias(text) for text in (None, "much", "14.0", "1e9", "-3")]
