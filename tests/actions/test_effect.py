"""Is a change a value that says all there is to know?"""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.actions.effect import Put

PATH = Path("/notes/a.md")


@given(st.binary(max_size=100))
def test_after_is_the_hash_of_the_content(content: bytes) -> None:
    """In hex, as the journal keeps it."""
    effect = Put(path=PATH, content=content, before=None, kind="write")
    assert hashlib.sha256(content).hexdigest() == effect.after


def test_two_changes_of_one_file_are_one() -> None:
    """It begins where the first began and ends where the second ends."""
    first = Put(path=PATH, content=b"a", before="0", kind="write", mode=0o600)
    second = Put(path=PATH, content=b"b", before=first.after, kind="append")
    both = second.following(first)
    assert ("0", b"b", "append", 0o600) == (both.before, both.content, both.kind, both.mode)
    assert hashlib.sha256(b"b").hexdigest() == both.after


def test_a_change_cannot_be_changed() -> None:
    """What was written down in the journal is what is done."""
    effect = Put(path=PATH, content=b"a", before=None, kind="write")
    with pytest.raises(AttributeError):
        effect.content = b"b"  # type: ignore[misc]
