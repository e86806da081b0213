"""Does a need lie within the policy that the kernel got?"""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from homebody.seal.landlock import READ_DIR, READ_FILE, WRITE_FILE, rules_of
from homebody.seal.policy import Policy, daemon_policy
from homebody.seal.tier import Tier
from homebody.seal.within import Beyond, as_it_stands, beyond, identities

PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(lambda parts: Path("/", *parts))


def policy(*, read=(), write=()) -> Policy:
    """Return a daemon's policy that grants just that."""
    return Policy(tier=Tier.DAEMON, read=tuple(read), write=tuple(write))


@given(st.lists(PATHS, max_size=3), st.lists(PATHS, max_size=3), PATHS)
def test_it_says_what_the_rules_of_landlock_say(read: list[Path], write: list[Path], asked: Path):
    """For every folder: allowed if and only if a rule on it or on one above it grants all that is needed."""
    granted = 0
    for path, access in rules_of(policy(read=read, write=write)):
        if path == asked or path in asked.parents:
            granted |= access
    found = beyond(policy(read=read, write=write), read=[asked], write=[asked])
    may_read = granted & (READ_FILE | READ_DIR) == READ_FILE | READ_DIR
    may_write = bool(granted & WRITE_FILE)
    assert Beyond(reads=() if may_read else (asked,), writes=() if may_write else (asked,)) == found
    assert bool(found) is not (may_read and may_write)


def test_a_folder_of_the_same_name_is_not_the_one_that_was_shown(tmp_path: Path):
    """Replaced, gone or exchanged by a link, it grants nothing; the others still do."""
    folders = [tmp_path / name for name in ("same", "replaced", "gone", "linked")]
    for folder in folders:
        folder.mkdir()
    made = daemon_policy(read=folders[:2], write=folders[2:])
    shown = identities(made)
    assert made == as_it_stands(made, shown)
    for folder in folders[1:]:
        folder.rename(tmp_path / f"old {folder.name}")
    folders[1].mkdir()
    folders[3].symlink_to(folders[0])
    now = as_it_stands(made, shown)
    assert Beyond(reads=(folders[1],), writes=(folders[2], folders[3])) == beyond(
        now, read=folders[:2], write=folders[2:]
    )
