"""When do background runs rest because of the battery?"""

from hypothesis import given
from hypothesis import strategies as st

from homebody.house.battery import LOOK_SECONDS, Battery
from homebody.testing import FakeClock


def test_it_rests_from_the_look_that_finds_the_battery_in_use_to_the_one_that_does_not():
    """The supplies are looked at every few seconds at most, and since when it rests is told."""
    clock, used, looks = FakeClock(), [True], []

    def discharging() -> bool:
        looks.append(clock.monotonic())
        return used[0]

    battery = Battery(clock, discharging)
    assert battery.since is None
    began = clock.now()
    assert battery.rests()
    assert battery.rests()
    assert 1 == len(looks)
    used[0] = False
    clock.advance(LOOK_SECONDS - 1)
    assert battery.rests()
    clock.advance(1)
    assert (began, False, None) == (battery.since, battery.rests(), battery.since)
    assert 2 == len(looks)


def test_without_the_setting_nobody_looks():
    """Who is not to rest is not asked about."""
    battery = Battery(FakeClock())
    assert not battery.rests()
    assert battery.since is None


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 20)), max_size=30))
def test_it_is_never_later_than_one_look(history: list[tuple[bool, float]]):
    """However the plug is pulled and put in again: what it says was so within the last few seconds."""
    clock, now = FakeClock(), [False]
    battery, seen = Battery(clock, lambda: now[0]), [(clock.monotonic(), False)]
    for used, seconds in history:
        now[0] = used
        seen.append((clock.monotonic(), used))
        said = battery.rests()
        assert said == (battery.since is not None)
        lately = [state for at, state in seen if clock.monotonic() - at < LOOK_SECONDS]
        assert said in lately or said == used
        clock.advance(seconds)
