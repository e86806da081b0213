"""Which beginnings are kept, which go first and which come back; and files that hold what their names say."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.model.attempts import Settings
from homebody.model.prefixes import (
    LARGEST_FILE,
    SENT,
    SENT_BYTES,
    TOTAL_BYTES,
    Entry,
    Prefix,
    PrefixFolder,
    crowded_out,
    decode,
    encode,
    entry_of,
    family_of,
    to_send,
)
from homebody.model.wire import LIMIT, MOST_STATE, key_of

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
OURS, THEIRS = "a" * 32, "b" * 32
LANES, POOL = "lanes-1024-k1-v1", "pool-8192-k1-v1"

ENTRIES = st.lists(
    st.builds(
        Entry,
        family=st.sampled_from([OURS, OURS, OURS, THEIRS]),
        kind=st.sampled_from([LANES, POOL]),
        key=st.integers(0, 30).map(lambda number: f"{number:064x}"),
        size=st.integers(1, MOST_STATE),
        used=st.integers(0, 50),
    ),
    max_size=16,
    unique_by=lambda entry: entry.name,
)
PREFIXES = st.builds(
    Prefix,
    kind=st.sampled_from([LANES, POOL]),
    tokens=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=300).map(tuple),
    state=st.binary(min_size=1, max_size=500),
)


@given(ENTRIES, st.integers(1, LARGEST_FILE))
def test_what_is_crowded_out(entries: list[Entry], size: int) -> None:
    """All of other families goes, and of ours only what was used longer ago than all that stays; the rest fits."""
    newcomer = Entry(family=OURS, kind=POOL, key="f" * 64, size=size)
    gone = crowded_out(entries, newcomer)
    stays = [one for one in entries if one not in gone]

    assert {one for one in entries if one.family == THEIRS} <= set(gone)
    assert sum(one.size for one in stays) + size <= TOTAL_BYTES
    lost = [one for one in gone if one.family == OURS]
    assert all(one.used <= other.used for one in lost for other in stays)
    if lost:
        latest = max(lost, key=lambda one: one.used)
        assert sum(one.size for one in stays) + latest.size + size > TOTAL_BYTES, "not one too many"


def test_what_is_kept_again_does_not_crowd_itself_out() -> None:
    """A beginning that is kept a second time takes its own place."""
    entry = Entry(family=OURS, kind=POOL, key="f" * 64, size=MOST_STATE)

    assert [] == crowded_out([entry], entry)


@given(ENTRIES, st.sets(st.sampled_from([LANES, POOL])))
def test_what_comes_back(entries: list[Entry], kinds: set[str]) -> None:
    """Few enough, small enough, for this model and its memories only, what was used last first."""
    found = to_send(entries, OURS, kinds)

    assert len(found) <= SENT
    assert sum(one.size for one in found) <= SENT_BYTES
    assert all(one.family == OURS and one.kind in kinds for one in found)
    assert [one.used for one in found] == sorted((one.used for one in found), reverse=True)
    left = [one for one in entries if one.family == OURS and one.kind in kinds and one not in found]
    if len(found) < SENT:
        assert all(sum(one.size for one in found) + other.size > SENT_BYTES for other in left)


def test_the_largest_crosses_the_pipe() -> None:
    """What may be kept fits into one message, and a few of the largest into what is kept and given back."""
    assert 4 * -(-MOST_STATE // 3) + 12 * 65_536 < LIMIT
    assert 2 * LARGEST_FILE <= SENT_BYTES
    assert 4 * LARGEST_FILE <= TOTAL_BYTES


@given(PREFIXES)
def test_a_file_gives_back_what_it_was_given(prefix: Prefix) -> None:
    """What is written can be read under its own name, and under no other."""
    entry = Entry(family=OURS, kind=prefix.kind, key=key_of(prefix.tokens))
    content = encode(OURS, prefix)

    assert prefix == decode(content, entry)
    for other in (
        Entry(family=THEIRS, kind=entry.kind, key=entry.key),
        Entry(family=OURS, kind=LANES if entry.kind == POOL else POOL, key=entry.key),
        Entry(family=OURS, kind=entry.kind, key="0" * 64),
    ):
        assert decode(content, other) is None


@given(PREFIXES, st.data())
def test_one_turned_bit_is_noticed(prefix: Prefix, data: st.DataObject) -> None:
    """A file with any bit turned, or cut anywhere, holds nothing."""
    entry = Entry(family=OURS, kind=prefix.kind, key=key_of(prefix.tokens))
    content = bytearray(encode(OURS, prefix))
    place = data.draw(st.integers(0, len(content) - 1))
    assert decode(bytes(content[:place]), entry) is None
    content[place] ^= 1 << data.draw(st.integers(0, 7))

    assert decode(bytes(content), entry) is None


@given(ENTRIES)
def test_names_say_what_is_in_the_files(entries: list[Entry]) -> None:
    """A file's name tells family, kind and key; a name that is none of ours tells nothing."""
    for entry in entries:
        assert entry == entry_of(entry.name, entry.size, entry.used)
        for name in (
            entry.name + "x",
            "x" + entry.name,
            entry.name.replace("-k1", "-k/1"),
            entry.name.upper(),
        ):
            assert entry_of(name) is None


def test_the_family() -> None:
    """Other weights, and other settings on which numbers depend, make another family; mapping the file does not."""
    usual = family_of("1" * 64, Settings())

    assert usual == family_of("1" * 64, Settings(mmap=False, attempt=4))
    assert usual != family_of("2" * 64, Settings())
    assert usual != family_of("1" * 64, Settings(extra_buffers=False))
    assert usual != family_of("1" * 64, Settings(gpu_layers=0))


def prefix_of(number: int, size: int = 100) -> Prefix:
    """Return one of many beginnings."""
    return Prefix(kind=POOL, tokens=(number,) * 130, state=bytes([number]) * size)


def names(folder: Path) -> set[str]:
    """Return the names of the files."""
    return {path.name for path in folder.iterdir()}


def test_what_is_used_stays_longer(tmp_path: Path) -> None:
    """A use counts as of its time, also where the file was written before others."""
    folder = PrefixFolder(tmp_path / "prefixes")
    for number in range(3):
        assert folder.keep(OURS, prefix_of(number), NOW + timedelta(seconds=number))
    first = next(entry for entry in folder.entries() if entry.key == key_of((0,) * 130))
    folder.note_use(first, NOW + timedelta(hours=1))

    used = to_send(folder.entries(), OURS, {POOL})
    assert [key_of((number,) * 130) for number in (0, 2, 1)] == [entry.key for entry in used]
    assert prefix_of(0) == folder.read(first)


def test_the_rest_of_a_killed_daemon_goes(tmp_path: Path) -> None:
    """A file that was not finished is none, and the next that is written removes it; strangers are left alone."""
    place = tmp_path / "prefixes"
    place.mkdir()
    (place / "123.prefix.tmp").write_bytes(b"half")
    (place / "notes.txt").write_bytes(b"a person's")
    folder = PrefixFolder(place)
    assert [] == folder.entries()
    folder.keep(OURS, prefix_of(1), NOW)

    assert {folder.entries()[0].name, "notes.txt"} == names(place)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "sparse"])
def test_what_is_no_plain_file_is_not_read(tmp_path: Path, kind: str) -> None:
    """A link, a pipe, a folder or a giant under the name of a kept file is not followed, waited for or read."""
    place = tmp_path / "prefixes"
    folder = PrefixFolder(place)
    folder.keep(OURS, prefix_of(1), NOW)
    (entry,) = folder.entries()
    path = place / entry.name
    outside = tmp_path / "outside"
    path.rename(outside)
    if kind == "link":
        path.symlink_to(outside)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.touch()
        os.truncate(path, LARGEST_FILE + 1)

    assert folder.read(entry) is None
    assert kind == "folder" or not os.path.lexists(path)
    assert outside.exists()


def test_a_full_disk_costs_only_the_note(tiny_disk: Path) -> None:
    """Where there is no room, nothing is kept, nothing raised, and nothing left behind."""
    folder = PrefixFolder(tiny_disk / "prefixes")
    assert folder.keep(OURS, prefix_of(1), NOW)

    assert not folder.keep(OURS, prefix_of(2, 200_000), NOW)

    assert {entry.name for entry in folder.entries()} == names(tiny_disk / "prefixes")
    assert 1 == len(folder.entries())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Where the folder cannot be, nothing is kept and nothing raised."""
    (tmp_path / "prefixes").write_bytes(b"in the way")
    folder = PrefixFolder(tmp_path / "prefixes")

    assert not folder.keep(OURS, prefix_of(1), NOW)
    assert [] == folder.entries()
