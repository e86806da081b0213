"""What leaves the vault, on which policy, and what stays because a run may still ask for it."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.house.purge import in_words, keep_to, key_lost, know_key, purge, purges
from homebody.house.undo import undo
from homebody.journal.images import Image, images_in, to_go
from homebody.journal.run import EffectRow, RunState
from homebody.journal.vault import ImageGoneError
from homebody.settings import VaultLimits
from homebody.testing import FakeClock

STAMP = "filters:\n  - extension: md\nactions:\n  - front_matter: {set: {seen: 'yes'}}\n"
NOW = FakeClock().now()


def stamped(room, *names: str) -> None:
    """Let the recipe change notes, and make their images as old as the room's clock says."""
    for name in names:
        (room.notes / name).write_text(f"# {name}\n")
    room.settle()
    room.work()
    fit_ages(room)


def fit_ages(room) -> None:
    """Give images that are as young as the computer's clock the time of the room's."""
    then = room.clock.now().timestamp()
    for image in images_in(room.folder / "state" / "vault"):
        if image.kept_at > room.clock.now():
            os.utime(room.folder / "state" / "vault" / image.name[:2] / image.name, (then, then))


ages = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 500)), max_size=20)


@given(ages=ages, days=st.none() | st.integers(0, 60), most=st.none() | st.integers(0, 3000), data=st.data())
def test_the_limits_hold_and_nothing_more_goes(ages, days, most, data):
    """After a purge nothing is too old, the rest fits, nothing in use went, and nothing went without need."""
    images = [
        Image(name=f"{number}", kept_at=NOW - timedelta(days=age), size=size)
        for number, (age, size) in enumerate(ages)
    ]
    spare = data.draw(st.sets(st.sampled_from([image.name for image in images]))) if images else set()
    before = None if days is None else NOW - timedelta(days=days)
    gone = to_go(images, before=before, bytes_at_most=most, spare=spare)
    stay = [image for image in images if image not in gone and image.name not in spare]
    assert not {image.name for image in gone} & spare
    assert all(before is None or image.kept_at >= before for image in stay)
    if most is not None and stay:
        assert sum(image.size for image in images if image not in gone) <= most
    young = [image for image in gone if before is None or image.kept_at >= before]
    if young:
        assert most is not None
        last = young[-1]
        assert sum(image.size for image in images if image not in gone) + last.size > most


def test_what_is_too_old_goes_and_undo_says_on_which_policy(room):
    """After thirty days the old content is gone, undo names the limit and the day, and the file stays as it is."""
    room.recipe("stamp", STAMP)
    stamped(room, "old.md")
    old = room.journal.runs()[0].id
    room.clock.advance(40 * 86_400)
    stamped(room, "new.md")
    new = room.journal.runs()[0].id
    assert keep_to(room.journal, room.folder / "state" / "vault", room.clock.now(), VaultLimits()).images == 2
    with pytest.raises(ImageGoneError):
        undo(room.journal, room.vault, old)
    words = in_words(room.journal, room.journal.run(old))
    assert words.endswith("because it was older than 30 days (`vault: keep` in the settings)")
    assert room.tree()["Notes/old.md"] == "---\nseen: 'yes'\n---\n# old.md\n"
    undo(room.journal, room.vault, new)
    assert (room.notes / "new.md").read_text() == "# new.md\n"


def test_a_full_vault_loses_its_oldest_and_undo_says_so(room):
    """With a limit of one image's size, the oldest go, and the reason is the size."""
    room.recipe("stamp", STAMP)
    stamped(room, "a.md")
    run = room.journal.runs()[0]
    room.clock.advance(3600)
    stamped(room, "b.md")
    keep_to(room.journal, room.folder / "state" / "vault", room.clock.now(), VaultLimits(size="200 B"))
    assert "`vault: size`" in in_words(room.journal, run)
    assert sum(image.size for image in images_in(room.folder / "state" / "vault")) <= 200


def test_an_image_that_somebody_removed_is_not_called_purged(room):
    """Without a purge that reached it, the words do not name a policy."""
    room.recipe("stamp", STAMP)
    stamped(room, "a.md")
    for image in (room.folder / "state" / "vault").glob("??/*"):
        image.unlink()
    assert "somebody has removed it" in in_words(room.journal, room.journal.runs()[0])


def test_what_a_run_may_still_ask_for_stays(room):
    """A running run's images, those that it has not written down yet too, and a waiting run's plan are spared."""
    room.recipe("stamp", STAMP)
    for name in ("a.md", "b.md"):
        (room.notes / name).write_text(f"# {name}\n")
    room.settle()
    waiting, running = room.journal.claim(), room.journal.claim()
    names = {what: room.vault.put(what.encode()) for what in ("plan", "before", "after", "fresh", "nobody")}
    room.journal.keep(waiting.id, "plan", names["plan"])
    room.journal.finish(waiting.id, RunState.WAITING, "waits")
    effect = EffectRow(
        id=None, run=running.id, ordinal=0, kind="write", path=running.path, before="0", after="1", origin=None,
        before_image=names["before"], after_image=names["after"], mode=None, state="intended",
    )  # fmt: skip
    room.journal.plan(running.id, [effect])
    old = (room.clock.now() - timedelta(days=1)).timestamp()
    for what in ("plan", "before", "after", "nobody"):
        os.utime(room.folder / "state" / "vault" / names[what][:2] / names[what], (old, old))
    vault = room.folder / "state" / "vault"
    purged = purge(room.journal, vault, room.clock.now(), bytes_at_most=0, why="asked")
    assert (1, 4) == (purged.images, purged.spared)
    assert {image.name for image in images_in(vault)} == set(names.values()) - {names["nobody"]}


def test_a_dry_purge_removes_nothing_and_notes_nothing(room):
    """It says what would go."""
    room.recipe("stamp", STAMP)
    stamped(room, "a.md")
    vault = room.folder / "state" / "vault"
    purged = purge(room.journal, vault, room.clock.now(), bytes_at_most=0, why="asked", dry=True)
    assert purged.images == 2 == len(images_in(vault))
    assert [] == purges(room.journal)


def test_a_new_key_is_known_until_all_that_it_cost_is_gone(room):
    """The old key back again is no new one; after the age limit nothing is left to warn of."""
    keep = timedelta(days=30)
    know_key(room.journal, "k1", room.clock.now())
    know_key(room.journal, "k1", room.clock.now())
    assert key_lost(room.journal, room.clock.now(), keep) is None
    room.clock.advance(60)
    know_key(room.journal, "k2", room.clock.now())
    assert key_lost(room.journal, room.clock.now(), keep) == room.clock.now()
    later = room.clock.now() + timedelta(days=31)
    assert key_lost(room.journal, later, keep) is None
    know_key(room.journal, "k1", room.clock.now())
    assert key_lost(room.journal, room.clock.now(), keep) is None


def test_the_note_of_purges_does_not_grow_without_end(room):
    """A purge a day for a year leaves a short note."""
    for number in range(60):
        name = room.vault.put(b"x" * number)
        moment = datetime(2026, 1, 1, tzinfo=UTC).timestamp() + number
        os.utime(room.folder / "state" / "vault" / name[:2] / name, (moment, moment))
        purge(room.journal, room.folder / "state" / "vault", room.clock.now(), bytes_at_most=0, why="asked")
    assert 50 == len(purges(room.journal))
