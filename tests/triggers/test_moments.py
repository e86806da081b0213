"""When is a recipe due, through changes of the clocks, sleep and a clock that was wrong?"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sayings import BERLIN, Said, berlin, moments

from homebody.triggers.moments import (
    Missed,
    build,
    going_on,
    missed,
    next_due,
    served,
    unserved,
)


def test_every_is_due_at_whole_multiples_whenever_it_was_started():
    """A restart shifts nothing."""
    trigger = build(Said(every=timedelta(hours=2)))
    for minute in range(0, 120, 7):
        after = datetime(2026, 3, 2, 8, 0, tzinfo=UTC) + timedelta(minutes=minute)
        assert next_due(trigger, after) == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_a_pause_of_nothing_is_refused():
    """A schedule without a pause would never rest."""
    with pytest.raises(ValueError, match="pause"):
        build(Said(every=timedelta(0)))


def test_at_with_days_is_due_on_those_days_only():
    """07:30 on Monday and Friday, by the wall clock."""
    trigger = build(Said(at=time(7, 30), days=("mon", "fri")), BERLIN)
    found = moments(trigger, berlin(2026, 3, 2), berlin(2026, 3, 10))
    assert [berlin(2026, 3, 2, 7, 30), berlin(2026, 3, 6, 7, 30), berlin(2026, 3, 9, 7, 30)] == found


@pytest.mark.parametrize(("hour", "minute"), [(1, 59), (2, 0), (2, 30), (2, 59), (3, 0), (3, 30)])
@pytest.mark.parametrize(
    "change", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
)
def test_a_daily_time_comes_once_on_the_days_the_clocks_change(hour: int, minute: int, change: date):
    """Once, never twice, never zero: also for a time that is left out and for one that comes twice."""
    trigger = build(Said(at=time(hour, minute)), BERLIN)
    midnight = datetime(change.year, change.month, change.day, tzinfo=BERLIN)
    days = [midnight + timedelta(days=offset) for offset in (-1, 0, 1, 2)]
    for day in days:
        begin = day.astimezone(UTC) - timedelta(microseconds=1)
        end = (day + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)
        assert len(moments(trigger, begin, end)) == 1


def test_a_time_that_is_left_out_is_due_as_much_later_as_the_clocks_moved():
    """02:30 on the last Sunday in March is 03:30."""
    trigger = build(Said(at=time(2, 30)), BERLIN)
    assert next_due(trigger, berlin(2026, 3, 28, 12)) == berlin(2026, 3, 29, 3, 30)


def test_a_time_that_comes_twice_counts_at_its_first_coming_from_wherever_one_looks():
    """Also when one looks from within the hour that comes twice."""
    trigger = build(Said(at=time(2, 30)), BERLIN)
    assert next_due(trigger, berlin(2026, 10, 25, 0)) == berlin(2026, 10, 25, 2, 30, fold=0)
    for looking in (
        berlin(2026, 10, 25, 2, 45, 0),
        berlin(2026, 10, 25, 2, 15, 1),
        berlin(2026, 10, 25, 2, 45, 1),
    ):
        assert next_due(trigger, looking) == berlin(2026, 10, 26, 2, 30)


def test_every_hour_by_cron_goes_on_through_the_hour_that_comes_twice():
    """Twenty-five hours have twenty-five hourly moments."""
    trigger = build(Said(cron="0 * * * *"), BERLIN)
    found = moments(
        trigger, berlin(2026, 10, 25) - timedelta(seconds=1), berlin(2026, 10, 26) - timedelta(seconds=1)
    )
    assert len(found) == 25


@pytest.mark.parametrize(
    ("line", "weekdays"),
    [
        ("0 12 * * 0", {6}),
        ("0 12 * * 7", {6}),
        ("0 12 * * sun", {6}),
        ("0 12 * * 1,5", {0, 4}),
        ("0 12 * * 1-5", {0, 1, 2, 3, 4}),
        ("0 12 * * MON-FRI", {0, 1, 2, 3, 4}),
        ("0 12 * * sat-mon", {5, 6, 0}),
        ("0 12 * * 5-7", {4, 5, 6}),
        ("0 12 * * */2", {6, 1, 3, 5}),
        ("0 12 * * *", set(range(7))),
        ("@weekly", {6}),
    ],
)
def test_weekdays_in_cron_count_from_sunday(line: str, weekdays: set[int]):
    """As crontab(5) has it, whatever the library counts from."""
    found = moments(build(Said(cron=line), BERLIN), berlin(2026, 6, 1), berlin(2026, 7, 1))
    assert weekdays == {moment.astimezone(BERLIN).weekday() for moment in found}


def test_day_of_month_and_day_of_week_together_mean_either():
    """As crontab(5) has it: the 13th, and every Friday."""
    found = moments(build(Said(cron="0 12 13 * 5"), BERLIN), berlin(2026, 6, 1), berlin(2026, 7, 1))
    assert [5, 12, 13, 19, 26] == [moment.astimezone(BERLIN).day for moment in found]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "0 25 * * *",
        "0 0 * * 8",
        "0 0 * * foo",
        "0 0 * * */0",
        "@often",
    ],
)
def test_a_cron_line_that_makes_no_sense_is_refused(line: str):
    """A typing mistake is an error when the recipe is read, not a schedule that never comes."""
    with pytest.raises(ValueError, match=r"\S"):
        build(Said(cron=line), BERLIN)


def test_a_cron_line_that_never_comes_has_no_next_moment():
    """The 31st of February is looked for and not found."""
    trigger = build(Said(cron="0 0 31 2 *"), BERLIN)
    assert next_due(trigger, berlin(2026, 3, 1)) is None
    assert missed(trigger, berlin(2020, 3, 1), berlin(2026, 3, 1), "once") is None


@pytest.mark.parametrize("said", [Said(at=time(7, 30)), Said(cron="30 7 * * *"), Said(cron="*/10 * * * *")])
def test_a_week_asleep_is_made_up_for_once(said: Said):
    """However many moments were missed, the last of them is served, and nothing is left after that."""
    trigger = build(said, BERLIN)
    now = berlin(2026, 3, 9, 7, 45)
    late = missed(trigger, berlin(2026, 3, 2, 7, 30), now, "once")
    assert late is not None
    assert berlin(2026, 3, 9, 7, 30) <= late <= now
    assert missed(trigger, late, now, "once") is None


def test_a_week_asleep_is_not_made_up_for_when_the_recipe_says_skip():
    """`catch_up: skip` waits for the next moment."""
    trigger = build(Said(at=time(7, 30)), BERLIN)
    assert missed(trigger, berlin(2026, 3, 2, 7, 30), berlin(2026, 3, 9, 8), "skip") is None


def test_what_was_missed_is_counted_and_the_last_is_named():
    """A week asleep is seven mornings; a clock change in it makes them neither six nor eight."""
    trigger = build(Said(at=time(2, 30)), BERLIN)
    gap = unserved(trigger, berlin(2026, 3, 25, 2, 30), berlin(2026, 4, 1, 12), "skip")
    assert gap == Missed(count=7, last=berlin(2026, 4, 1, 2, 30), made_up=False)
    assert unserved(trigger, None, berlin(2026, 4, 1), "once") is None
    assert unserved(trigger, berlin(2026, 4, 1, 2, 30), berlin(2026, 4, 1, 12), "once") is None


def test_what_was_missed_in_a_year_is_counted_quickly():
    """Every second of it is told as a thousand, and the last one is the last one."""
    gap = unserved(build(Said(every=timedelta(seconds=1))), berlin(2025, 3, 1), berlin(2026, 3, 1), "once")
    assert gap == Missed(count=1000, last=berlin(2026, 3, 1), made_up=True)


def test_a_recipe_that_was_never_served_has_missed_nothing():
    """A new recipe does not begin by running for the past."""
    assert missed(build(Said(every=timedelta(hours=1))), None, berlin(2026, 3, 9), "once") is None


def test_the_29th_of_february_is_missed_years_later():
    """What comes every four years is found, too."""
    trigger = build(Said(cron="0 12 29 2 *"), BERLIN)
    assert missed(trigger, berlin(2024, 2, 28), berlin(2027, 1, 1), "once") == berlin(2024, 2, 29, 12)


def test_a_clock_set_back_does_nothing_twice():
    """What was served at 07:30 is not served again when the clock shows 06:40 once more."""
    trigger = build(Said(at=time(7, 30)), BERLIN)
    cursor, now = berlin(2026, 3, 2, 7, 30), berlin(2026, 3, 2, 6, 40)
    assert missed(trigger, cursor, now, "once") is None
    assert next_due(trigger, going_on(cursor, now)) == berlin(2026, 3, 3, 7, 30)


def test_a_cursor_from_a_clock_that_was_years_ahead_is_not_waited_for():
    """One boot with the wrong year does not switch a schedule off for ever."""
    now = berlin(2026, 3, 2, 6, 40)
    assert going_on(berlin(2099, 1, 1), now) == now


def test_a_moment_that_comes_up_in_time_is_served_as_planned():
    """A few seconds late is in time."""
    trigger = build(Said(every=timedelta(seconds=3)))
    moment = berlin(2026, 3, 2, 7, 30)
    assert served(trigger, moment, moment + timedelta(seconds=20), "skip") == moment


def test_a_moment_that_comes_up_after_a_sleep_is_the_last_missed_or_none():
    """The computer slept from Monday to Thursday: one run for Thursday, or none with `skip`."""
    trigger = build(Said(at=time(7, 30)), BERLIN)
    moment, now = berlin(2026, 3, 2, 7, 30), berlin(2026, 3, 5, 9)
    assert served(trigger, moment, now, "once") == berlin(2026, 3, 5, 7, 30)
    assert served(trigger, moment, now, "skip") is None
