"""Does a path always show the old content or the new one, and never somebody else's work lost?"""

import contextlib
import errno
import fcntl
import hashlib
import os
import resource
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody.actions.apply import content_sha, missing_folders, put, remove_folders, sweep, take_away
from homebody.actions.effect import Put
from homebody.errors import ChangedSinceError, DiskFullError, EffectError


def sha(data: bytes) -> str:
    """Return the SHA-256 of *data*."""
    return hashlib.sha256(data).hexdigest()


def change(path: Path, content: bytes, *, mode: int | None = None) -> Put:
    """Return the change of what is at *path* now into *content*."""
    before = sha(path.read_bytes()) if path.is_file() else None
    return Put(path=path, content=content, before=before, kind="write", mode=mode)


def names(folder: Path) -> list[str]:
    """Return everything in *folder*, hidden files too."""
    return sorted(os.listdir(folder))  # noqa: PTH208 - names are what is wanted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_the_file_holds_what_was_put_last(tmp_path: Path, contents: list[bytes]) -> None:
    """Whether it was there before or not, and nothing else is left in the folder."""
    path = tmp_path / "a.md"
    path.unlink(missing_ok=True)
    for content in contents:
        put(change(path, content))
        assert content == path.read_bytes()
    assert ["a.md"] == names(tmp_path)


def test_a_name_that_is_no_utf_8_can_be_written(tmp_path: Path) -> None:
    """File names are bytes."""
    path = tmp_path / "\udcff.md"
    put(change(path, b"new"))
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("umask", [0o077, 0o022, 0])
def test_the_mode_survives_a_rewrite(tmp_path: Path, umask: int) -> None:
    """Whatever the umask is, and whatever odd mode the person chose."""
    before = os.umask(umask)
    try:
        for mode in (0o600, 0o640, 0o664, 0o666, 0o755, 0o400):
            path = tmp_path / f"{mode:o}.md"
            path.write_bytes(b"old")
            path.chmod(mode)
            put(change(path, b"new"))
            assert mode == stat.S_IMODE(path.stat().st_mode)
            assert umask == os.umask(umask)
    finally:
        os.umask(before)


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o644)])
def test_a_new_file_has_the_usual_mode(tmp_path: Path, umask: int, mode: int) -> None:
    """Less what the umask takes away; a mode that is asked for is given in full."""
    before = os.umask(umask)
    try:
        put(change(tmp_path / "a.md", b"new"))
        put(change(tmp_path / "b.md", b"new", mode=0o664))
    finally:
        os.umask(before)
    assert mode == stat.S_IMODE((tmp_path / "a.md").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "b.md").stat().st_mode) == 0o664


def test_extended_attributes_survive_a_rewrite(tmp_path: Path) -> None:
    """Tags and comments of a file manager stay on the file."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.xdg.tags", b"red,blue")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    put(change(path, b"new"))
    assert os.getxattr(path, "user.xdg.tags") == b"red,blue"


def test_missing_folders_are_made_and_can_be_removed(tmp_path: Path) -> None:
    """As many as were missing, and only as far as they are empty again."""
    path = tmp_path / "2026" / "03" / "02" / "digest.md"
    assert missing_folders(path) == 3
    put(change(path, b"digest"))
    assert missing_folders(path) == 0
    (tmp_path / "2026" / "other.md").write_bytes(b"")
    take_away(path, sha(b"digest"))
    remove_folders(path, 3)
    assert ["other.md"] == names(tmp_path / "2026")


def test_a_file_that_changed_since_is_left_alone(tmp_path: Path) -> None:
    """The plan was made for another content."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    planned = change(path, b"ours")
    path.write_bytes(b"the person's")
    with pytest.raises(ChangedSinceError):
        put(planned)
    assert path.read_bytes() == b"the person's"
    assert ["a.md"] == names(tmp_path)


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    """The person deleted it."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    planned = change(path, b"ours")
    path.unlink()
    with pytest.raises(ChangedSinceError):
        put(planned)
    assert [] == names(tmp_path)


def test_a_file_that_came_first_is_left_alone(tmp_path: Path) -> None:
    """A new name that was free when it was planned is not free any more."""
    path = tmp_path / "a.md"
    planned = change(path, b"ours")
    path.write_bytes(b"the person's")
    with pytest.raises(ChangedSinceError):
        put(planned)
    assert path.read_bytes() == b"the person's"
    assert ["a.md"] == names(tmp_path)


class Meddler(threading.Thread):
    """Acts on a folder in the moment between our temporary file and the real name."""

    def __init__(self, folder: Path, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.folder, self.act = folder, act
        self.ready, self.over = threading.Event(), threading.Event()

    def run(self) -> None:
        """Wait for the temporary file, then act at once."""
        self.ready.set()
        while not self.over.is_set():
            if any(name.startswith(".homebody-") for name in names(self.folder)):
                self.act()
                return

    def __enter__(self) -> None:
        self.start()
        self.ready.wait()

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.join()


@pytest.mark.parametrize("there", [True, False])
def test_a_file_replaced_while_ours_is_written_is_left_alone(tmp_path: Path, *, there: bool) -> None:
    """An editor saves between our look and our rename: its content stays, ours is refused."""
    path = tmp_path / "a.md"
    if there:
        path.write_bytes(b"old")

    def save() -> None:
        (tmp_path / "editor").write_bytes(b"the person's")
        (tmp_path / "editor").replace(path)

    planned = change(path, os.urandom(16_000_000))
    with Meddler(tmp_path, save), pytest.raises(ChangedSinceError):
        put(planned)
    assert path.read_bytes() == b"the person's"
    assert ["a.md"] == names(tmp_path)


def test_a_touch_while_ours_is_written_changes_nothing(tmp_path: Path) -> None:
    """The content and what the file carries count: a new time of the same content is no change."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    content = os.urandom(16_000_000)
    planned = change(path, content)
    with Meddler(tmp_path, path.touch):
        put(planned)
    assert sha(content) == content_sha(path)


@pytest.mark.parametrize("deed", ["tag", "chmod"])
def test_a_tag_or_mode_given_while_ours_is_written_is_not_lost(tmp_path: Path, deed: str) -> None:
    """A file manager tags the note or closes it to others between our look and our rename: the next try keeps it."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o644)
    try:
        os.setxattr(path, "user.xdg.tags", b"red")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    acts = {"tag": lambda: os.setxattr(path, "user.xdg.tags", b"blue"), "chmod": lambda: path.chmod(0o600)}
    planned = change(path, os.urandom(16_000_000))
    with Meddler(tmp_path, acts[deed]), pytest.raises(ChangedSinceError, match="tags or rights"):
        put(planned)
    assert path.read_bytes() == b"old"
    before = (os.getxattr(path, "user.xdg.tags"), path.stat().st_mode)
    put(planned)
    assert (os.getxattr(path, "user.xdg.tags"), path.stat().st_mode) == before
    assert ["a.md"] == names(tmp_path)


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    """Neither to a file, nor to nowhere, nor to a folder; what it leads to stays as it is."""
    (tmp_path / "real").write_bytes(b"old")
    for target in ("real", "nowhere", "."):
        link = tmp_path / "a.md"
        link.symlink_to(target)
        for before in (None, sha(b"old")):
            with pytest.raises(EffectError, match="symbolic link"):
                put(Put(path=link, content=b"ours", before=before, kind="write"))
        with pytest.raises(EffectError, match="symbolic link"):
            take_away(link, sha(b"old"))
        assert link.is_symlink()
        link.unlink()
    assert (tmp_path / "real").read_bytes() == b"old"
    assert ["real"] == names(tmp_path)


def test_what_is_no_plain_file_is_never_replaced(tmp_path: Path) -> None:
    """A folder and a pipe stay, and nobody waits for the pipe's other end."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(EffectError, match="not a plain file"):
            put(Put(path=tmp_path / name, content=b"ours", before=None, kind="write"))
        with pytest.raises(EffectError, match="not a plain file"):
            content_sha(tmp_path / name)
    assert ["folder", "pipe"] == names(tmp_path)


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    """The error says what is in the way."""
    (tmp_path / "notes").write_bytes(b"")
    with pytest.raises(EffectError, match="in the way"):
        put(change(tmp_path / "notes" / "a.md", b"new"))


def test_a_creation_is_taken_away_only_as_we_left_it(tmp_path: Path) -> None:
    """A word more, and it is somebody's."""
    path = tmp_path / "a.md"
    path.write_bytes(b"ours and more")
    with pytest.raises(ChangedSinceError):
        take_away(path, sha(b"ours"))
    take_away(path, sha(b"ours and more"))
    assert [] == names(tmp_path)


def test_a_sweep_takes_a_crashs_leavings_and_no_more(tmp_path: Path) -> None:
    """A temporary file that a living process has locked stays, and so does everybody else's."""
    left, living, other = (tmp_path / name for name in (".homebody-1.tmp", ".homebody-2.tmp", ".other.tmp"))
    for path in (left, living, other):
        path.write_bytes(b"")
    (tmp_path / ".homebody-3.tmp").symlink_to(other)
    with living.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert 1 == sweep([tmp_path, tmp_path / "nowhere"])
    assert [".homebody-2.tmp", ".homebody-3.tmp", ".other.tmp"] == names(tmp_path)


def test_a_full_disk_leaves_the_file_as_it_was(tiny_disk: Path) -> None:
    """The error says so, and no temporary file takes the last room."""
    path = tiny_disk / "a.md"
    path.write_bytes(b"old")
    with pytest.raises(DiskFullError, match="left as it was"):
        put(change(path, os.urandom(100_000)))
    assert path.read_bytes() == b"old"
    assert ["a.md"] == names(tiny_disk)
    put(change(path, b"new"))
    assert path.read_bytes() == b"new"


def test_a_read_only_file_system_is_told(tiny_disk: Path) -> None:
    """A card that is write-protected, a disk that the kernel took away."""
    path = tiny_disk / "a.md"
    path.write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    for deed in (lambda: put(change(path, b"new")), lambda: take_away(path, sha(b"old"))):
        with pytest.raises(EffectError, match="Read-only"):
            deed()
    assert path.read_bytes() == b"old"


def test_a_file_larger_than_the_process_may_write_is_told(tmp_path: Path) -> None:
    """A limit on file sizes is an error with the file left as it was, not a killed process."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(EffectError, match=os.strerror(errno.EFBIG)):
            put(change(path, bytes(5000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (b"old", ["a.md"]) == (path.read_bytes(), names(tmp_path))


AS_ANOTHER = """
import os, sys
from pathlib import Path
from homebody.actions.apply import put
from homebody.actions.effect import Put
from homebody.errors import EffectError
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    put(Put(path=Path(sys.argv[1]), content=b"ours", before=sys.argv[2] or None, kind="write"))
    print("written")
except EffectError as error:
    print(error)
"""


def as_another(path: Path, before: bytes | None) -> str:
    """Let another user put a file at *path*, and return what they are told."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    arguments = [str(path), sha(before) if before is not None else ""]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    child = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environ,
    )
    return child.stdout


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that another user can reach."""
    folder = Path("/var/tmp") / f"homebody-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_a_folder_that_may_not_be_written_is_told(open_folder: Path) -> None:
    """The words are the system's, and the file stays."""
    (open_folder / "a.md").write_bytes(b"old")
    assert "Permission denied" in as_another(open_folder / "a.md", b"old")
    assert ["a.md"] == names(open_folder)


def test_a_file_that_may_not_be_read_is_told(open_folder: Path) -> None:
    """Nobody replaces what they could not even look at."""
    (open_folder / "a.md").write_bytes(b"old")
    (open_folder / "a.md").chmod(0o600)
    open_folder.chmod(0o777)
    assert "cannot be written: Permission denied" in as_another(open_folder / "a.md", b"old")
    assert (open_folder / "a.md").read_bytes() == b"old"


def test_another_users_file_is_not_taken_from_them(open_folder: Path) -> None:
    """A rename would make it ours: that is refused, and nothing is left behind."""
    (open_folder / "a.md").write_bytes(b"old")
    (open_folder / "a.md").chmod(0o666)
    open_folder.chmod(0o777)
    assert "belongs to another user" in as_another(open_folder / "a.md", b"old")
    assert ["a.md"] == names(open_folder)
    assert (b"old", 0) == ((open_folder / "a.md").read_bytes(), (open_folder / "a.md").stat().st_uid)
    assert as_another(open_folder / "b.md", None) == "written\n"


def test_many_threads_make_files_with_their_own_modes(tmp_path: Path) -> None:
    """The umask steps aside for one at a time, and is back afterwards."""
    before = os.umask(0o027)

    def work(mode: int) -> None:
        for number in range(20):
            put(change(tmp_path / f"{mode:o}-{number}", b"new", mode=mode))

    try:
        threads = [threading.Thread(target=work, args=(mode,)) for mode in (0o600, 0o666, 0o640)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        assert os.umask(before) == 0o027
    for path in tmp_path.iterdir():
        assert path.name.split("-")[0] == f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """While a file is rewritten fifty times, whoever reads it gets one whole content or another."""
    path = tmp_path / "a.md"
    contents = [bytes([number]) * 200_000 for number in range(50)]
    path.write_bytes(contents[0])
    done = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not done.is_set():
            with contextlib.suppress(FileNotFoundError):
                seen.add(path.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for content in contents[1:]:
        put(change(path, content))
    done.set()
    reader.join()
    assert seen <= set(contents)
