"""What a person sees of an answer while it comes."""

import pytest

from homebody.cli.ask import Shown, words
from homebody.errors import HomebodyError
from homebody.testing import FakeClock


def test_reading_that_takes_long_is_told(capsys: pytest.CaptureFixture[str]):
    """Every few seconds it is said beside the answer how far the reading is; what is quick is not told of."""
    clock = FakeClock()
    shown = Shown(clock, told=True)
    for done in range(0, 6000, 1000):
        shown.hear({"phase": "prefill", "text": "", "done": done, "total": 6000})
        clock.advance(1.5)
    shown.hear({"phase": "decode", "text": "Yes", "done": 1, "total": 9})
    shown.finish({"answer": "Yes."})

    said = capsys.readouterr()
    assert "Yes.\n" == said.out
    assert ["read 2,000 of 6,000 tokens", "read 4,000 of 6,000 tokens"] == said.err.splitlines()


def test_an_answer_that_begins_again_is_not_shown_twice():
    """When the model process ended after words were shown, the person is told and nothing is printed over them."""
    shown = Shown(FakeClock(), told=True)
    shown.hear({"phase": "decode", "text": "Yes", "done": 1, "total": 9})
    with pytest.raises(HomebodyError, match="ended in the middle"):
        shown.hear({"phase": "prefill", "text": "", "done": 1, "total": 9})


def test_as_json_only_the_whole_answer_is_kept(capsys: pytest.CaptureFixture[str]):
    """Without telling, text on the way is not printed, and a new beginning is no harm."""
    shown = Shown(FakeClock(), told=False)
    shown.hear({"phase": "decode", "text": "Yes", "done": 1, "total": 9})
    shown.hear({"phase": "prefill", "text": "", "done": 1, "total": 9})
    shown.hear({"answer": "No.", "cut": False})
    assert "No." == shown.answer["answer"]
    assert "" == capsys.readouterr().out


def test_values_stand_on_one_line():
    """Whatever a slot holds is said on one line."""
    assert "-" == words(None)
    assert "yes" == words(True)
    assert "a b, c" == words(["a\nb", "c"])
    assert "name: a; count: 3" == words({"name": "a", "count": 3})
    assert "12.5" == words(12.5)
