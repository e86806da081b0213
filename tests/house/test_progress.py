"""How far a run is with what it asks the model, while it asks."""

import threading
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.house.progress import Asking, Progresses, after
from homebody.model.client import Progress

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
