"""What is kept of a measurement, and when it was made."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.model.attempts import Settings
from homebody.model.measurement import Measurement, dated
from homebody.model.memory import recall, recall_measurement, remember

THEN, NOW = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 11, 28, 14, tzinfo=UTC)
TUNING = {"version": 1, "lanes": {"1": 0.1}, "pool": {}, "read": {"64": 0.2}, "bets": {"1": 0.1}}
KEPT = Measurement(
    settings=Settings(extra_buffers=False, attempt=2),
    tuning=TUNING,
    measured_at=THEN,
    plan={"lanes": 4, "slots": 4, "chunk": 512, "reason": "so"},
    threads=2,
    cpu="A processor",
)


def test_it_is_kept_beside_the_settings_that_worked(tmp_path: Path) -> None:
    """Whoever asks for the settings finds them, and whoever asks for the measurement finds all of it."""
    path = tmp_path / "models.json"
    remember(path, "a" * 64, KEPT)
    assert KEPT == recall_measurement(path, "a" * 64)
    assert KEPT.settings == recall(path, "a" * 64)
    assert recall_measurement(path, "b" * 64) is None


def test_settings_alone_are_a_measurement_of_nothing(tmp_path: Path) -> None:
    """What an earlier version kept is taken as far as it goes."""
    remember(tmp_path / "models.json", "a" * 64, Settings())
    assert Measurement(settings=Settings()) == recall_measurement(tmp_path / "models.json", "a" * 64)


@given(
    st.dictionaries(
        st.sampled_from(["tuning", "measured_at", "plan", "threads", "cpu", "unmeasured"]),
        st.one_of(st.none(), st.integers(), st.text(max_size=20), st.lists(st.integers(), max_size=2)),
    )
)
def test_rubbish_in_its_place_is_left_out(rubbish: dict[str, object]) -> None:
    """Whatever a hand has written there, the settings count and nothing is raised."""
    found = Measurement.from_dict({**Settings().to_dict(), **rubbish})
    assert found is not None
    assert Settings() == found.settings
    assert found == Measurement.from_dict(found.to_dict())


@pytest.mark.parametrize(
    ("tuning", "kept", "when"),
    [
        (TUNING, KEPT, THEN),
        ({**TUNING, "pool": {"1": 0.3}}, KEPT, NOW),
        (TUNING, None, NOW),
        (None, KEPT, None),
    ],
)
def test_the_date_is_that_of_the_measurement(
    tuning: object, kept: Measurement | None, when: datetime | None
) -> None:
    """What was kept keeps its date; what was measured anew has today's; nothing has none."""
    assert when == dated(tuning, kept, NOW)
