"""Is a file that gets another name or disk always at one of two places, whole, and with all that it carries?"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from homebody.actions import duplicate, relocate, swap
from homebody.actions.effect import Move
from homebody.actions.relocate import move, move_back
from homebody.errors import ChangedSinceError, DiskFullError, EffectError


def sha(data: bytes) -> str:
    """Return the SHA-256 of *data*."""
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on another file system."""
    shared = Path("/dev/shm")
    if (
        not shared.is_dir()
        or shared.stat().st_dev == tmp_path.stat().st_dev
        or not os.access(shared, os.W_OK)
    ):
        pytest.skip("there is no second file system that this user may write")
    with tempfile.TemporaryDirectory(dir=shared) as made:
        yield Path(made)


@pytest.fixture(params=["here", "there"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder that is not there yet, on the same file system and on another one."""
    top: Path = tmp_path if request.param == "here" else request.getfixturevalue("other_disk")
    return top / "new" / "folder"


def note(tmp_path: Path, content: bytes = b"note") -> Path:
    """Return a file that carries a mode, a time and attributes of its own."""
    path = tmp_path / "note.md"
    path.write_bytes(content)
    os.setxattr(path, "user.xdg.tags", b"house,roof")
    os.setxattr(path, "user.xdg.origin.url", b"https://example.org")
    path.chmod(0o640)
    os.utime(path, ns=(1_500_000_000_000_000_000, 1_600_000_000_123_456_789))
    return path


def carried(path: Path) -> tuple[bytes, int, int, dict[str, bytes]]:
    """Return everything that is to go along with a file."""
    status = path.stat()
    attributes = {name: os.getxattr(path, name) for name in os.listxattr(path) if name.startswith("user.")}
    return path.read_bytes(), status.st_mode, status.st_mtime_ns, attributes


def names(folder: Path) -> list[str]:
    """Return everything below *folder* but folders, hidden files too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_file_goes_with_all_that_it_carries_and_comes_back_so(tmp_path: Path, target: Path) -> None:
    """Content, mode, time and attributes; both ways may be asked for twice."""
    path = note(tmp_path)
    before = carried(path)
    effect = Move(path=target / "moved.md", source=path, after=sha(b"note"))
    for _ in range(2):
        move(effect)
        assert (before, ["moved.md"], False) == (carried(effect.path), names(target), path.exists())
    for _ in range(2):
        move_back(effect)
        assert (before, []) == (carried(path), names(target))


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o600])
def test_a_file_that_nobody_may_write_moves_too(tmp_path: Path, target: Path, mode: int) -> None:
    """It is its folder that must be writable; mode and tags are as they were."""
    path = note(tmp_path)
    path.chmod(mode)
    before = carried(path)
    move(Move(path=target / "moved.md", source=path, after=sha(b"note")))
    assert before == carried(target / "moved.md")


def test_what_is_to_be_replaced_goes_only_as_it_was_found(tmp_path: Path, target: Path) -> None:
    """Another content at the path stops the move; the expected one, or none at all, does not."""
    path = note(tmp_path)
    target.mkdir(parents=True)
    effect = Move(path=target / "note.md", source=path, after=sha(b"note"), before=sha(b"old"))
    effect.path.write_bytes(b"newer")
    with pytest.raises(ChangedSinceError, match="came before ours"):
        move(effect)
    assert (b"newer", b"note") == (effect.path.read_bytes(), path.read_bytes())
    effect.path.write_bytes(b"old")
    move(effect)
    assert (b"note", ["note.md"], False) == (effect.path.read_bytes(), names(target), path.exists())
    move_back(effect)
    move(effect)
    assert b"note" == effect.path.read_bytes()


def test_a_name_that_is_taken_at_the_last_moment_is_left(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nothing was there when it was looked for."""
    path = note(tmp_path)
    effect = Move(path=target / "note.md", source=path, after=sha(b"note"))
    bring = relocate.bring

    def late(*arguments: object) -> None:
        effect.path.write_bytes(b"a person's")
        bring(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(relocate, "bring", late)
    with pytest.raises(ChangedSinceError, match="came before ours"):
        move(effect)
    assert (b"a person's", b"note") == (effect.path.read_bytes(), path.read_bytes())
    assert ["note.md"] == names(target)


def test_a_copy_that_was_damaged_on_the_way_is_not_followed_by_removing_the_original(
    tmp_path: Path, other_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read back and compared first; nothing of it is left."""
    path = note(tmp_path, b"x" * 5000)
    write_all: Callable[[int, bytes], None] = duplicate.write_all
    monkeypatch.setattr(
        duplicate,
        "write_all",
        lambda descriptor, data: write_all(descriptor, data[:4000] + b"?" + data[4001:]),
    )
    with pytest.raises(EffectError, match="does not hold what was copied"):
        move(Move(path=other_disk / "note.md", source=path, after=sha(b"x" * 5000)))
    assert (b"x" * 5000, []) == (path.read_bytes(), names(other_disk))


def test_a_full_disk_is_told_and_leaves_the_file_where_it_is(tmp_path: Path, tiny_disk: Path) -> None:
    """And takes its half copy away; once there is room, the file moves."""
    data = os.urandom(100_000)
    path = note(tmp_path, data)
    with pytest.raises(DiskFullError):
        move(Move(path=tiny_disk / "note.md", source=path, after=sha(data)))
    assert (data, []) == (path.read_bytes(), names(tiny_disk))
    path.write_bytes(b"short")
    move(Move(path=tiny_disk / "note.md", source=path, after=sha(b"short")))
    assert b"short" == (tiny_disk / "note.md").read_bytes()


@pytest.mark.parametrize("both", [True, False])
def test_a_broken_off_move_to_another_disk_goes_on_either_way(
    tmp_path: Path, other_disk: Path, both: bool
) -> None:
    """Both are there when a crash came before the original went: one of them goes, as is asked."""
    path = note(tmp_path)
    effect = Move(path=other_disk / "note.md", source=path, after=sha(b"note"))
    effect.path.write_bytes(b"note")
    if both:
        move(effect)
        assert (["note.md"], []) == (names(other_disk), names(tmp_path))
    else:
        move_back(effect)
        assert ([], ["note.md"]) == (names(other_disk), names(tmp_path))


def test_one_of_two_names_of_a_file_moves_and_the_other_stays(tmp_path: Path, target: Path) -> None:
    """A hard link is another name of the same content: it keeps it."""
    path, other = note(tmp_path), tmp_path / "other.md"
    other.hardlink_to(path)
    move(Move(path=target / "moved.md", source=path, after=sha(b"note")))
    assert (b"note", b"note") == (other.read_bytes(), (target / "moved.md").read_bytes())
    assert not path.exists()


def test_a_file_moves_over_another_name_of_itself(tmp_path: Path) -> None:
    """rename(2) would do nothing and say that it had; here the old name goes."""
    path, other = note(tmp_path), tmp_path / "other.md"
    other.hardlink_to(path)
    move(Move(path=other, source=path, after=sha(b"note"), before=sha(b"note")))
    assert (["other.md"], b"note") == (names(tmp_path), other.read_bytes())


def test_a_file_system_without_exclusive_renames_and_links_will_do(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As old network shares and memory cards are: the look before a plain rename is all that there is."""

    def unknown(*_: object, **__: object) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(swap, "_rename", unknown)
    monkeypatch.setattr(os, "link", refused)
    path = note(tmp_path)
    effect = Move(path=target / "moved.md", source=path, after=sha(b"note"))
    move(effect)
    move_back(effect)
    (target / "moved.md").write_bytes(b"taken")
    with pytest.raises(ChangedSinceError):
        move(effect)
    move(Move(path=effect.path, source=path, after=sha(b"note"), before=sha(b"taken")))
    assert (b"note", ["moved.md"]) == (effect.path.read_bytes(), names(target))
    assert not path.exists()


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_what_is_no_plain_file_is_neither_moved_nor_replaced(tmp_path: Path, target: Path, kind: str) -> None:
    """Links are not followed, folders are not emptied."""
    path = note(tmp_path)
    target.mkdir(parents=True)
    odd = target / "odd"
    odd.symlink_to(path) if kind == "link" else odd.mkdir()
    for effect in (
        Move(path=odd, source=path, after=sha(b"note"), before=sha(b"note")),
        Move(path=target / "x", source=odd, after=sha(b"note")),
    ):
        with pytest.raises(EffectError):
            move(effect)
    assert (b"note", ["odd"] if kind == "link" else []) == (path.read_bytes(), names(target))
