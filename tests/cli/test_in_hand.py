"""What `homebody status` shows of the runs in hand."""

from dataclasses import asdict

import pytest

from homebody.cli.in_hand import in_hand_lines
from homebody.house.progress import Asking


@pytest.mark.parametrize(
    ("asking", "words"),
    [
        (Asking(), "waits for its turn with the model"),
        (
            Asking(phase="prefill", prompt=1200, cached=512, read=188, tokens_per_second=220),
            "reads: 188 of 688 tokens, and 512 that were remembered; 220.0 a second",
        ),
        (Asking(phase="prefill", prompt=10, read=3), "reads: 3 of 10 tokens; 0.0 a second"),
        (
            Asking(phase="decode", prompt=1200, cached=512, read=688, written=40, most=120, tokens_per_second=12.5),
            "writes: 40 of at most 120 tokens, 12.5 a second; 688 were read and 512 remembered",
        ),
    ],
)  # fmt: skip
def test_a_request_in_words(asking: Asking, words: str):
    """Its phase, the tokens remembered, read and written of how many, and how fast."""
    run = {"id": 12, "recipe": "notes", "path": "/n/a\x1b.md", "requests": [asdict(asking)]}
    assert ["in hand: run 12, notes, a\\x1b.md", f"  {words}"] == in_hand_lines([run])


def test_a_run_that_asks_nothing_has_one_line():
    """A run without a file, or one that is making its changes, is named all the same."""
    assert ["in hand: run 3, digest"] == in_hand_lines(
        [{"id": 3, "recipe": "digest", "path": None, "requests": []}]
    )
    assert [] == in_hand_lines([])
