"""Putting the seal on on macOS, as far as it can be seen on Linux: order, calls through ctypes, and refusals.

A small C library with macOS' own signatures stands in for libSystem and libsandbox and records what it is given.
What macOS makes of it is shown by the macOS job alone.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homebody.actions.xattrs import MacAttributes
from homebody.seal.interpreter import of_macos
from homebody.seal.links import links_on_the_way

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="the stand-in is built by cc on Linux"
)

ENTER = """
import ctypes
from homebody.seal import seatbelt_entry
from homebody.seal.apple import Apple
os.environ.update(given["environ"])
libc = ctypes.CDLL(None)  # the C library has its own copy of the environment
for name, value in given["environ"].items():
    libc.setenv(name.encode(), value.encode(), 1)
apple = Apple(given["library"], given["library"])
policy = seal.daemon_policy(read=[Path(given["link"])], write=[Path(given["folder"])],
                            control=Path(given["folder"]) / "control.sock")
seen = []
def spelt(path):
    seen.append(str(path))
    path.stat()
    return Path("/private" + str(path)) if str(path).startswith(("/tmp", "/var", "/etc")) else path
try:
    report = seatbelt_entry.enter(policy, apple, spelt)
except SealError as error:
    told({"refused": str(error), "hint": error.hint})
else:
    import resource
    told(report.to_dict() | {"cores": resource.getrlimit(resource.RLIMIT_CORE)[1], "seen": seen,
                             "other": [apple.sealed(1), apple.sealed(2)]})
"""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of the stand-in, built once."""
    built = tmp_path_factory.mktemp("stand-in") / "stand_in.so"
    source = Path(__file__).with_name("stand_in.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(built), str(source)], check=True)
    return str(built)


@pytest.fixture
def enter(
    library: str, child: Callable[..., Any], tmp_path: Path
) -> Callable[..., tuple[dict[str, Any], list]]:
    """Return a function that enters in a child and returns what it said and what the library recorded."""

    def run(**environ: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        folder, log = tmp_path / "Würzig (a) \\ 'b'", tmp_path / "log"
        folder.mkdir(exist_ok=True)
        link = tmp_path / "link"
        if not link.is_symlink():
            link.symlink_to(folder)
        told = child(
            ENTER,
            library=library,
            folder=str(folder),
            link=str(link),
            environ=environ | {"STAND_IN_LOG": str(log)},
        )
        return told, recorded(log) if log.exists() else []

    return run


def recorded(log: Path) -> list[tuple[str, str]]:
    """Return the library's notes: a word and a text that may have many lines."""
    left, found = log.read_bytes(), []
    while left:
        head, _, left = left.partition(b"\n")
        word, size = head.split()
        found.append((word.decode(), left[: int(size)].decode()))
        left = left[int(size) + 1 :]
    return found


def test_profile_and_parameters_arrive_as_they_are(enter: Callable[..., Any], tmp_path: Path) -> None:
    """Text and pairs reach C whole, quotation marks, backslashes and accents included, ended by a null pointer."""
    told, notes = enter()
    assert ("ptrace", "31") in notes
    assert ("flags", "0") in notes
    [program] = [text for word, text in notes if word == "init"]
    assert program.startswith("(version 1)\n(deny default)\n(allow file-read*")
    assert program.endswith(")\n")
    words = [text for word, text in notes if word == "parameter"]
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    folder = (
        f"/private{tmp_path}/Würzig (a) \\ 'b'"
        if str(tmp_path).startswith("/tmp")
        else f"{tmp_path}/Würzig (a) \\ 'b'"
    )
    assert folder in pairs.values()
    assert pairs["CONTROL_0"] == f"{folder}/control.sock"
    assert str(tmp_path / "link") in [value for name, value in pairs.items() if name.startswith("LINK")]
    assert told["cores"] == 0
    assert told["other"] == [True, False]
    assert (told["landlock_abi"], told["missing"]) == (0, [])
    assert told["layers"].startswith("Seatbelt profile of ")


def test_it_is_put_on_last(enter: Callable[..., Any]) -> None:
    """Debuggers go before the seal, and nothing is asked of the library after it but whether it holds."""
    _told, notes = enter()
    assert [word for word, _ in notes if word != "parameter"] == ["ptrace", "flags", "init"]


def test_refusal_of_macos_is_told_and_its_text_freed(enter: Callable[..., Any]) -> None:
    """When sandbox_init fails, its first line is in the error, and its buffer is given back."""
    told, notes = enter(STAND_IN_REFUSES="1")
    assert told["refused"] == "macOS did not take the seal (sandbox_init: forbidden)."
    assert told["hint"]
    assert ("freed", "sandbox_init: forbidden\nsecond line") in notes


def test_never_inside_another_sandbox(enter: Callable[..., Any]) -> None:
    """A process that is in a sandbox already is refused before anything is changed."""
    told, notes = enter(STAND_IN_SEALED="1")
    assert "in a sandbox already" in told["refused"]
    assert notes == []


def test_a_seal_that_the_kernel_does_not_confirm_is_none(enter: Callable[..., Any]) -> None:
    """Where sandbox_check does not say so afterwards, homebody does not start."""
    told, _notes = enter(STAND_IN_HOLDS_NOT="1")
    assert "does not say that this process is sealed" in told["refused"]


def test_unknown_optional_line_is_left_out_and_reported(enter: Callable[..., Any]) -> None:
    """A release that does not know a word gets the profile without that line, and the report names it."""
    told, notes = enter(STAND_IN_UNKNOWN="lsopen")
    assert told["missing"] == ["this macOS does not know: (deny lsopen)"]
    [program] = [text for word, text in notes if word == "init"]
    assert "lsopen" not in program
    assert "(deny appleevent-send)" in program


def test_unknown_mandatory_line_is_a_refusal(enter: Callable[..., Any]) -> None:
    """Without a line that the seal needs there is no seal."""
    told, notes = enter(STAND_IN_UNKNOWN="process-fork")
    assert "does not know a line that the seal needs: (deny process-fork)" in told["refused"]
    assert "init" not in [word for word, _ in notes]


def test_missing_folder_is_named(child: Callable[..., Any], library: str, tmp_path: Path) -> None:
    """A path that went away between policy and seal is named, with what to do."""
    code = """
from homebody.seal import seatbelt_entry
from homebody.seal.apple import Apple
def spelt(path):
    path.stat()
    return path
try:
    seatbelt_entry.enter(seal.Policy(tier=seal.Tier.DAEMON, write=(Path(given["gone"]),)),
                         Apple(given["library"], given["library"]), spelt)
except SealError as error:
    told([str(error), error.hint])
"""
    message, hint = child(code, gone=str(tmp_path / "gone"), library=library)
    assert "gone cannot be reached (No such file or directory)" in message
    assert "Privacy & Security" in hint


def test_without_the_library_it_refuses(child: Callable[..., Any]) -> None:
    """Where macOS' library cannot be loaded, that is said; here it is not there."""
    code = """
from homebody.seal import seatbelt_entry
from homebody.seal.apple import Apple
try:
    seatbelt_entry.enter(seal.reader_policy(), Apple(), lambda path: path)
except SealError as error:
    told(str(error))
"""
    assert "libSystem.B.dylib" in child(code)


def test_links_on_the_way_are_found(tmp_path: Path) -> None:
    """Relative, absolute and chained links are named by their own real paths; a circle ends."""
    real = tmp_path / "real" / "deep"
    real.mkdir(parents=True)
    (tmp_path / "one").symlink_to("real")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    (tmp_path / "real" / "up").symlink_to("../one/deep")
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "nowhere").symlink_to("gone")
    found = links_on_the_way([tmp_path / "two" / "up" / "x", tmp_path / "round" / "x", tmp_path / "nowhere"])
    assert {link.relative_to(tmp_path) for link in found if tmp_path in link.parents} == {
        Path("two"), Path("one"), Path("real/up"), Path("round"), Path("nowhere"),
    }  # fmt: skip
    assert links_on_the_way([real]) == links_on_the_way([tmp_path])


@pytest.mark.parametrize(
    ("base", "real", "wanted"),
    [
        ("/usr", "/usr", []),
        ("/Library/Frameworks/Python.framework/Versions/3.13",) * 2
        + (["/Library/Frameworks/Python.framework/Versions/3.13"],),
        ("/opt/homebrew/opt/python@3.13/Frameworks/Python.framework/Versions/3.13",
         "/opt/homebrew/Cellar/python@3.13/3.13.1/Frameworks/Python.framework/Versions/3.13",
         ["/opt/homebrew/opt/python@3.13/Frameworks/Python.framework/Versions/3.13",
          "/opt/homebrew/Cellar", "/opt/homebrew/opt"]),
        ("/usr/local/opt/python@3.11", "/usr/local/Cellar/python@3.11/3.11.9", ["/usr/local/Cellar", "/usr/local/opt"]),
    ],
)  # fmt: skip
def test_framework_and_homebrew_pythons_get_what_they_load(base: str, real: str, wanted: list[str]) -> None:
    """python.org's framework and Homebrew's Cellar are granted when this Python comes from there, and only then."""
    assert [str(path) for path in of_macos(Path(base), Path(real))] == wanted


def test_attributes_through_macos_own_calls(library: str, tmp_path: Path) -> None:
    """Attributes are listed, read, set and taken off with position and options, and a missing one is ENODATA."""
    import errno

    path = tmp_path / "note.md"
    path.write_text("x")
    attributes = MacAttributes(library)
    with path.open("r+b") as file:
        before = set(attributes.listxattr(file.fileno()))
        attributes.setxattr(file.fileno(), "user.tags", b"red\0green")
        attributes.setxattr(file.fileno(), "user.empty", b"")
        assert set(attributes.listxattr(file.fileno())) - before == {"user.tags", "user.empty"}
        assert (
            attributes.getxattr(file.fileno(), "user.tags") == b"red\0green" == os.getxattr(path, "user.tags")
        )
        assert attributes.getxattr(file.fileno(), "user.empty") == b""
        attributes.removexattr(file.fileno(), "user.tags")
        with pytest.raises(OSError, match="No data") as raised:
            attributes.getxattr(file.fileno(), "user.tags")
        assert raised.value.errno == errno.ENODATA
