"""What holds on which system is decided in one place."""

import ast
from pathlib import Path

import pytest

import homebody
from homebody.seal import is_sealed
from homebody.seal.system import LINUX, MACOS, UNKNOWN, system_called

PACKAGE = Path(homebody.__file__).parent


@pytest.mark.parametrize(
    ("platform", "known"), [("linux", LINUX), ("darwin", MACOS), ("win32", UNKNOWN), ("freebsd14", UNKNOWN)]
)
def test_each_system_has_its_description(platform: str, known: object) -> None:
    """Linux and macOS have one each, and nothing may be started on any other."""
    assert system_called(platform) is known
    assert not UNKNOWN.starts.after_seal


def test_where_children_cannot_follow_they_come_first() -> None:
    """A system whose sealed daemon starts nothing has readers ahead."""
    assert LINUX.starts.after_seal
    assert not MACOS.starts.after_seal
    assert MACOS.starts.readers >= 2


def test_the_seal_looks_at_the_platform_in_one_place() -> None:
    """Of the seal's modules only this one, and the targets of the probes, ask Python for the platform."""
    asking = {
        path.name
        for path in (PACKAGE / "seal").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "platform"
    }
    assert asking == {"system.py", "targets.py"}


def test_an_unsealed_process_is_said_to_be_one() -> None:
    """This very process is not sealed, and the kernel says so."""
    import os

    assert not is_sealed(os.getpid())
