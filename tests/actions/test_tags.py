"""Do a person's tags stay, and is a tag always one tag?"""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.actions.tags import joined, merged, plain_tag, set_tags, split, stored_tags
from homebody.errors import ChangedSinceError, EffectError

tags = st.lists(st.text().map(plain_tag).filter(bool), max_size=6)


@given(st.text())
def test_a_plain_tag_is_one_tag(text: str) -> None:
    """Whatever the model wrote: no comma, no line break, not long, and the same when it is stored and read."""
    tag = plain_tag(text)
    assert len(tag) <= 100
    assert ((tag,) if tag else ()) == split(joined([tag] if tag else []))
    assert tag == plain_tag(tag)


@given(tags, tags, tags)
def test_what_is_merged_keeps_a_persons_tags_in_their_order(
    there: list[str], add: list[str], remove: list[str]
) -> None:
    """Those to remove are gone unless they are to be added, too; upper and lower case are the same tag."""
    found = merged(there, add, remove)
    folded = [tag.casefold() for tag in found]
    gone = {tag.casefold() for tag in remove}
    kept = [tag for tag in there if tag.casefold() not in gone]
    assert kept == list(found[: len(kept)])
    assert {tag.casefold() for tag in add} <= set(folded)
    assert not (gone - {tag.casefold() for tag in add}) & set(folded)
    assert merged(found, add, []) == found


def test_tags_are_set_and_taken_away_without_touching_the_time(tmp_path: Path) -> None:
    """Nor the content."""
    path = tmp_path / "a.md"
    path.write_bytes(b"note")
    before = path.stat().st_mtime_ns
    set_tags(path, None, b"house,roof")
    assert b"house,roof" == stored_tags(path)
    set_tags(path, b"house,roof", None)
    assert (None, before, b"note") == (stored_tags(path), path.stat().st_mtime_ns, path.read_bytes())


def test_tags_that_somebody_gave_meanwhile_stay(tmp_path: Path) -> None:
    """They are compared before ours are set."""
    path = tmp_path / "a.md"
    path.write_bytes(b"note")
    os.setxattr(path, "user.xdg.tags", b"theirs")
    with pytest.raises(ChangedSinceError):
        set_tags(path, None, b"ours")
    assert b"theirs" == stored_tags(path)


def test_a_file_that_is_replaced_while_it_is_tagged_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tags went to the file that had the name before: ours are not on the newer one."""
    path = tmp_path / "a.md"
    path.write_bytes(b"note")
    setxattr = os.setxattr

    def late(*arguments: object) -> None:
        newer = tmp_path / "newer"
        newer.write_bytes(b"newer")
        newer.replace(path)
        setxattr(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "setxattr", late)
    with pytest.raises(ChangedSinceError, match="replaced"):
        set_tags(path, None, b"ours")
    assert (b"newer", None) == (path.read_bytes(), stored_tags(path))


def test_links_and_folders_are_not_tagged(tmp_path: Path) -> None:
    """A link is never followed."""
    note, link = tmp_path / "a.md", tmp_path / "link.md"
    note.write_bytes(b"note")
    link.symlink_to(note)
    for path in (link, tmp_path, tmp_path / "gone.md"):
        with pytest.raises(EffectError, match="cannot be"):
            set_tags(path, None, b"ours")
    assert stored_tags(note) is None
