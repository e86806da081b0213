"""What the kernel gets to hear, as plain data, and which write lists are refused."""

import os
import tempfile
from pathlib import Path

import pytest

from homebody.errors import SealError
from homebody.seal.interpreter import interpreter_paths, interpreter_programs
from homebody.seal.persistence import START_UP_FOLDERS, START_UP_NAMES, refuse_start_up_places
from homebody.seal.policy import daemon_policy, model_policy, reader_policy
from homebody.seal.tier import Tier


def test_daemon_policy_names_real_folders(home: Path) -> None:
    """Links are followed, doubles and folders inside others are left out, and the interpreter is added."""
    notes = home / "Notes"
    (notes / "deep").mkdir(parents=True)
    (home / "link").symlink_to(notes)
    policy = daemon_policy(read=[home / "link", notes / "deep"], write=[notes, notes / "deep"])
    assert policy.tier is Tier.DAEMON
    assert policy.write == (notes.resolve(),)
    assert policy.read.count(notes.resolve()) == 1
    readable = set(policy.read)
    assert all(path in readable or readable & set(path.parents) for path in interpreter_paths())
    assert policy.execute == interpreter_programs()
    assert all(path.is_absolute() and path == path.resolve() for path in (*policy.read, *policy.write))


def test_missing_folder_is_named_with_its_cure(home: Path) -> None:
    """A folder that a recipe names and that is not there is refused: which one, and how to make it."""
    gone = home / "Notes"
    for kinds in ({"read": [gone], "write": []}, {"read": [], "write": [gone]}):
        with pytest.raises(SealError, match="Notes") as raised:
            daemon_policy(**kinds)
        assert f"mkdir -p '{gone}'" in (raised.value.hint or "")


def test_circle_of_links_is_an_error(home: Path) -> None:
    """A link that leads to itself is refused, not followed for ever."""
    (home / "a").symlink_to(home / "b")
    (home / "b").symlink_to(home / "a")
    with pytest.raises(SealError, match="cannot be found"):
        daemon_policy(read=[home / "a"], write=[])


def test_write_list_takes_folders_only(home: Path) -> None:
    """A file in the write list is refused: the temporary file beside it could not be made."""
    (home / "note.md").write_text("x")
    with pytest.raises(SealError, match="not a folder"):
        daemon_policy(read=[], write=[home / "note.md"])


def test_model_policy_is_one_file_and_no_writing(home: Path) -> None:
    """The model reads its file and its interpreter, and writes and starts nothing."""
    model = home / "one.gguf"
    model.write_bytes(b"GGUF")
    policy = model_policy(model=model)
    assert policy.read[0] == model.resolve()
    assert (policy.write, policy.execute) == ((), ())
    assert not any(home == path or home in path.parents for path in policy.read[1:])


def test_missing_model_is_an_error(home: Path) -> None:
    """A model file that is not there is named."""
    with pytest.raises(SealError, match=r"one\.gguf"):
        model_policy(model=home / "one.gguf")


def test_reader_policy_is_empty() -> None:
    """The reader gets no file at all."""
    policy = reader_policy()
    assert (policy.read, policy.write, policy.execute) == ((), (), ())


def test_ordinary_places_may_be_written(home: Path) -> None:
    """A folder of notes, the state folder and a temporary folder are fine."""
    for folder in (home / "Notes", home / ".local" / "state" / "homebody", home / "Documents" / "Invoices"):
        folder.mkdir(parents=True)
        refuse_start_up_places(folder)


def test_temporary_folder_may_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary folder and what is in it are fine, as long as neither home nor Python lies there."""
    monkeypatch.setenv("HOME", "/home/somebody")
    temporary = Path(tempfile.gettempdir()).resolve()
    if not any(temporary in path.parents for path in interpreter_paths()):
        refuse_start_up_places(temporary)
    with tempfile.TemporaryDirectory() as folder:
        refuse_start_up_places(Path(folder))


def test_home_and_what_it_is_in_are_refused(home: Path) -> None:
    """The home folder, every folder above it and the root may not be written as a whole."""
    for folder in (home, *home.parents):
        with pytest.raises(SealError, match="may not write"):
            refuse_start_up_places(folder)


@pytest.mark.parametrize("name", START_UP_FOLDERS)
def test_places_of_programs_are_refused(name: str, home: Path) -> None:
    """Autostart, user units, LaunchAgents and the like are refused, and so is what is below and above them."""
    place = home / name
    (place / "below").mkdir(parents=True)
    for folder in (place, place / "below"):
        with pytest.raises(SealError, match="programs start from"):
            refuse_start_up_places(folder)
    if place.parent != home:
        with pytest.raises(SealError, match="may not write in all of"):
            refuse_start_up_places(place.parent)


@pytest.mark.parametrize("name", START_UP_NAMES)
def test_folder_with_a_start_up_file_is_refused(name: str, home: Path) -> None:
    """A folder that has a start-up file, keys or hooks in it is refused, and so is one inside such a folder."""
    notes = home / "Notes"
    (notes / name / "hooks").mkdir(parents=True)
    with pytest.raises(SealError, match="is run or trusted"):
        refuse_start_up_places(notes)
    with pytest.raises(SealError, match="is run or trusted"):
        refuse_start_up_places(notes / name / "hooks")


def test_folder_of_programs_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder on PATH, and one that holds such a folder, is refused."""
    (home / "tools" / "mine").mkdir(parents=True)
    monkeypatch.setenv("PATH", f"{home / 'tools' / 'mine'}{os.pathsep}/usr/bin")
    for folder in (home / "tools" / "mine", home / "tools"):
        with pytest.raises(SealError, match="programs start from"):
            refuse_start_up_places(folder)


def test_what_python_imports_from_is_refused() -> None:
    """Nothing may be written where this Python imports from: a module there would run later, unsealed."""
    import homebody

    package = Path(homebody.__file__).parent
    for folder in (package, package / "seal", Path(os.__file__).parent):
        with pytest.raises(SealError, match="programs start from"):
            refuse_start_up_places(folder)


@pytest.mark.parametrize("name", ["/etc", "/usr/local/share", "/dev/shm", "/proc", "/var/spool", "/run"])
def test_system_folders_are_refused(name: str) -> None:
    """Folders of the system are refused even where root could write them."""
    with pytest.raises(SealError, match="may not write"):
        refuse_start_up_places(Path(name))


def test_link_into_a_refused_place_is_refused(home: Path) -> None:
    """A link is judged by where it leads."""
    (home / ".ssh").mkdir()
    (home / "Notes").symlink_to(home / ".ssh")
    with pytest.raises(SealError, match=r"\.ssh"):
        refuse_start_up_places(home / "Notes")
