"""How far a run is with what it asks the model, while it asks."""

import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.house.model import InTurn, Turns
from homebody.house.progress import Asking, Progresses, after
from homebody.messages import Message, Part
from homebody.model.cancellation import Cancellation
from homebody.model.client import Answer, ModelClient, Progress

READS = Progress(phase="prefill", done=700, total=1200, cached=512, tokens_per_second=220.0)
WRITES = Progress(phase="decode", done=40, total=120, cached=512, tokens_per_second=12.5)


def test_from_waiting_over_reading_to_writing():
    """The prompt's figures stay while the answer is written; a request that begins again has written nothing."""
    reads = after(Asking(), READS)
    assert Asking(phase="prefill", prompt=1200, cached=512, read=188, tokens_per_second=220.0) == reads
    writes = after(reads, WRITES)
    assert (
        Asking(
            phase="decode", prompt=1200, cached=512, read=688, written=40, most=120, tokens_per_second=12.5
        )
        == writes
    )
    assert reads == after(writes, READS)


@given(
    st.lists(
        st.builds(
            Progress,
            phase=st.sampled_from(["prefill", "decode"]),
            done=st.integers(0, 5000),
            total=st.integers(0, 5000),
            cached=st.integers(0, 5000),
        )
    )
)
def test_no_figure_is_ever_negative(told: list[Progress]):
    """Whatever the process says in whatever order."""
    asking = Asking()
    for progress in told:
        asking = after(asking, progress)
    assert all(value >= 0 for value in asdict(asking).values() if not isinstance(value, str))


def test_it_is_known_only_while_the_request_lasts():
    """Each request of a run has a line of its own, gone when it ends in whatever way; other runs are not mixed in."""
    progresses = Progresses()
    with progresses.request(1) as first, progresses.request(1), progresses.request(2) as other:
        first(READS)
        other(WRITES)
        assert ["prefill", "waiting"] == [one["phase"] for one in progresses.of(1)]
        assert [40] == [one["written"] for one in progresses.of(2)]
        assert [] == progresses.of(3)
    assert [] == progresses.of(1) == progresses.of(2)
    with pytest.raises(RuntimeError), progresses.request(1):
        raise RuntimeError
    assert [] == progresses.of(1)


def test_many_threads_tell_at_once():
    """Nothing is lost or left behind when many requests come, tell and go side by side."""
    progresses, begin = Progresses(), threading.Barrier(9)

    def ask(run: int) -> None:
        begin.wait()
        for _ in range(200):
            with progresses.request(run) as tell:
                tell(READS)
                tell(WRITES)

    threads = [threading.Thread(target=ask, args=(number % 3,)) for number in range(8)]
    for thread in threads:
        thread.start()
    begin.wait()
    while any(thread.is_alive() for thread in threads):
        for run in range(3):
            for one in progresses.of(run):
                assert one["phase"] in ("waiting", "prefill", "decode")
    for thread in threads:
        thread.join()
    assert [] == [one for run in range(3) for one in progresses.of(run)]


def test_a_run_is_followed_from_its_turn_to_its_answer(client: ModelClient):
    """With a real model: it waits while another has its turn, reads, writes, and is gone when the answer is there."""
    progresses, turns, seen = Progresses(), Turns(), []
    mine = InTurn(client, turns, noting=partial(progresses.request, 7))
    with turns.one(Cancellation()):
        thread = threading.Thread(
            target=lambda: seen.append(say(mine, lambda _: seen.extend(progresses.of(7))))
        )
        thread.start()
        while not progresses.of(7):
            thread.join(0.01)
        assert ["waiting"] == [one["phase"] for one in progresses.of(7)]
    thread.join()
    answer = seen.pop()
    assert ["prefill", "decode"] == [phase for phase, _ in groupby(one["phase"] for one in seen)]
    assert {answer.prompt_tokens} == {one["prompt"] for one in seen}
    assert [one["read"] for one in seen] == sorted(one["read"] for one in seen)
    last = seen[-1]
    assert answer.prompt_tokens == last["read"] + last["cached"]
    assert 0 < last["written"] <= last["most"] == 400
    assert last["tokens_per_second"] > 0
    assert [] == progresses.of(7)


def say(model: InTurn, on_progress: Callable[[Progress], None]) -> Answer:
    """Return a long answer about a long text."""
    messages = (Message(role="user", parts=(Part(text="a note of the roof " * 200, data=True),)),)
    return model.generate(messages, grammar=None, max_tokens=400, on_progress=on_progress)
