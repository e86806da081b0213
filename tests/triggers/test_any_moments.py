"""For every saying and at every time: what is due comes next, once, and is made up for as it was."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sayings import BERLIN, Said

from homebody.triggers.moments import (
    GRACE,
    build,
    missed,
    next_due,
    served,
)

SAYINGS = st.one_of(
    st.builds(Said, every=st.timedeltas(timedelta(seconds=1), timedelta(days=40))),
    st.builds(
        Said,
        at=st.times().map(lambda at: at.replace(microsecond=0)),
        days=st.none() | st.lists(st.sampled_from(["mon", "wed", "sun"]), min_size=1, unique=True).map(tuple),
    ),
    st.sampled_from(["*/7 * * * *", "15 2 * * *", "0 2,3 * * 0", "5 4 1 * *", "0 0 1-7 * 1"]).map(
        lambda c: Said(cron=c)
    ),
)
TIMES = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis wants its bounds naive
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    "said",
    [
        Said(cron="0 0 * * 1"),
        Said(at=time(0, 0), days=("mon",)),
        Said(at=time(0, 30)),
        Said(cron="59 0 29 3 *"),
    ],
    ids=str,
)
def test_the_first_hour_after_the_day_that_is_short_is_met(said: Said):
    """On 28 March 2027 Berlin's day has 23 hours; what is due in the first hour of the 29th is due then."""
    moment = next_due(build(said, BERLIN), datetime(2027, 3, 28, 12, 0, tzinfo=BERLIN))
    assert moment is not None
    assert (29, 0) == (moment.astimezone(BERLIN).day, moment.astimezone(BERLIN).hour)


@given(SAYINGS, TIMES)
def test_the_next_moment_is_later_and_nothing_is_due_before_it(said: Said, now: datetime):
    """Looking from anywhere before the next moment finds the same one."""
    trigger = build(said, BERLIN)
    moment = next_due(trigger, now)
    assert moment is not None
    assert moment > now
    assert next_due(trigger, now + (moment - now) / 2) == moment


@given(SAYINGS, TIMES, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_what_is_made_up_for_is_the_last_that_was_due(said: Said, cursor: datetime, gone: timedelta):
    """It lies between the cursor and now, and nothing else was due after it."""
    trigger = build(said, BERLIN)
    now = cursor + gone
    late = missed(trigger, cursor, now, "once")
    upcoming = next_due(trigger, cursor)
    if late is None:
        assert upcoming is not None
        assert upcoming > now
    else:
        assert cursor < late <= now
        following = next_due(trigger, late)
        assert following is not None
        assert following > now


@given(SAYINGS, TIMES, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_planned_moment_is_never_reported_for_the_future(said: Said, now: datetime, late: timedelta):
    """Whatever the delay, the report is the moment itself or a later one that has come."""
    trigger = build(said, BERLIN)
    moment = next_due(trigger, now)
    assert moment is not None
    report = served(trigger, moment, moment + late, "once")
    assert report is not None
    assert moment <= report <= moment + max(late, GRACE)
