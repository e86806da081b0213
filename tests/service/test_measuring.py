"""What is known of how fast the model is, without a daemon: real model processes, and what they leave behind."""

from datetime import timedelta
from pathlib import Path

import pytest

from homebody.model.states import Happening
from homebody.paths import Home, find_home
from homebody.service.lock import Lock
from homebody.service.measuring import BesideError, bench, memory, tables
from homebody.testing import FakeClock


@pytest.fixture
def home(tmp_path: Path, random_model: Path) -> Home:
    """Return a home whose settings name a small model."""
    made = find_home({}, tmp_path / "home")
    made.config.mkdir(parents=True)
    made.settings.write_text(f"model: {random_model}\nthreads: 1\n", encoding="utf-8")
    return made


def test_measured_when_asked_for_then_kept_and_measured_again(home: Home) -> None:
    """The first question loads the model, which is too small to be measured unasked; what is then measured is kept with
    its date, and shown without another load until it is asked for anew."""
    clock, said = FakeClock(), []

    def ask(*, again: bool = False) -> dict:
        said.clear()
        return bench(home, clock, lambda happening, words: said.append((happening, words)), again=again)

    first = ask()
    assert ("measured now", None) == (first["source"], first["measured_at"])
    assert "smaller than 64 MB" in first["unmeasured"]
    assert ({}, [], []) == (first["writing"], first["reading"], first["bets"])
    assert said
    assert "kept" == ask()["source"]
    assert [] == said

    measured = ask(again=True)
    assert (None, clock.now().isoformat(timespec="seconds")) == (
        measured["unmeasured"],
        measured["measured_at"],
    )
    assert {"lanes", "pool"} == measured["writing"].keys()
    assert all(row["tokens_per_second"] > 0 for row in measured["reading"])
    assert 1.0 == measured["bets"][0]["times"]
    assert [1, 2] == [row["steps"] for row in measured["beside"]]
    lengths = [row["prompt_tokens"] for row in measured["contexts"]]
    assert [0.8, 0.8] < [lengths[0] / 256, lengths[1] / 1024] < [1.2, 1.2]
    for row in measured["contexts"]:
        assert 0 < row["warm_seconds"] < row["cold_seconds"]
        assert row["prompt_tokens"] * 0.7 < row["remembered"] < row["prompt_tokens"]
        assert row["written_per_second"] > 0
    assert measured["plan"]["reason"]
    assert measured["cpu"]
    assert 1 == measured["threads"]
    assert any(happening is Happening.MEASURE and "of at most 90 s" in words for happening, words in said)

    then = clock.now()
    clock.advance(timedelta(days=3).total_seconds())
    kept = ask()
    assert measured.pop("memory")["reckoned"] > 0
    del measured["contexts"]
    assert {**measured, "source": "kept"} == kept
    assert then.isoformat(timespec="seconds") == kept["measured_at"]
    again = ask(again=True)
    assert clock.now().isoformat(timespec="seconds") == again["measured_at"]
    assert 0o700 == memory(home).parent.stat().st_mode & 0o777


def test_a_daemon_that_is_just_starting_is_not_measured_beside(home: Home) -> None:
    """It holds its lock and does not answer yet: it may load the model any moment, and the cure is said."""
    lock = Lock(home.lock)
    lock.take()
    for again in (True, False):
        with pytest.raises(BesideError) as caught:
            bench(home, FakeClock(), lambda *_: None, again=again)
        assert caught.value.hint
        assert 75 == caught.value.exit_code
    lock.release()


@pytest.mark.parametrize("tuning", [None, {}, {"lanes": 3}, {"read": {"x": "y"}, "bets": {"1": 0}}])
def test_a_damaged_tuning_is_an_empty_table(tuning: dict | None) -> None:
    """Whatever lies in the file, something can be shown."""
    assert {"writing": {}, "reading": [], "bets": [], "beside": []} == tables(tuning)


def test_rates_and_prices() -> None:
    """Tokens a second are of all runs together; a bet's price is counted in steps of one token."""
    found = tables(
        {"lanes": {"8": 0.2, "1": 0.1}, "pool": {}, "read": {"64": 0.5}, "bets": {"1": 0.1, "4": 0.15}}
    )
    assert {
        "lanes": [{"runs": 1, "tokens_per_second": 10.0}, {"runs": 8, "tokens_per_second": 40.0}]
    } == found["writing"]
    assert [{"tokens": 64, "tokens_per_second": 128.0}] == found["reading"]
    assert [1.0, 1.5] == [row["times"] for row in found["bets"]]
    assert [] == found["beside"]
    assert [{"steps": 1, "milliseconds": 200.0}, {"steps": 2, "milliseconds": 150.0}] == tables(
        {"beside": {"2": 0.15, "1": 0.2}}
    )["beside"]
