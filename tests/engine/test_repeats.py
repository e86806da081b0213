"""An answer does not go round in a circle."""

from hypothesis import given
from hypothesis import strategies as st

from homebody.engine.repeats import RUN, Repeats
from homebody.messages import Message, Part

TEXT = r'root ::= "\"" [a-z ]{1,400} "\""'


@given(st.lists(st.integers(min_value=0, max_value=2), max_size=120))
def test_a_token_is_passed_over_exactly_when_it_completes_a_run_again(tokens: list[int]):
    """What is passed over is what a plain search of the answer so far says."""
    repeats = Repeats()
    for length in range(1, len(tokens) + 1):
        repeats.note(tokens[:length])
    tail = tuple(tokens[len(tokens) - RUN + 1 :]) if len(tokens) >= RUN else None
    runs = {tuple(tokens[at : at + RUN]) for at in range(len(tokens) - RUN + 1)}
    assert sorted({run[-1] for run in runs if run[:-1] == tail}) == repeats.again(tokens)


def test_a_model_that_would_loop_does_not(client):
    """Random weights under a grammar loop without end; no run of tokens stands twice in the answer."""
    messages = (Message(role="user", parts=(Part(text="Say something."),)),)
    answer = client.generate(messages, grammar=TEXT, max_tokens=300)
    assert len(answer.tokens) > 2 * RUN
    runs = [tuple(answer.tokens[at : at + RUN]) for at in range(len(answer.tokens) - RUN + 1)]
    assert len(set(runs)) == len(runs)


def test_what_the_grammar_demands_is_written_however_often(client):
    """Where only a repetition is allowed, it is written: the grammar has the last word."""
    messages = (Message(role="user", parts=(Part(text="Say something."),)),)
    answer = client.generate(messages, grammar='root ::= "' + "ab" * 40 + '"', max_tokens=200)
    assert answer.text == "ab" * 40
