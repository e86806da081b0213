"""The paths that this Python needs."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from homebody.seal.interpreter import elf_loader, interpreter_paths, interpreter_programs


def covered(path: str | Path) -> bool:
    """Return whether *path* lies in what the interpreter may read."""
    real = Path(path).resolve()
    return any(real == granted or granted in real.parents for granted in interpreter_paths())


def test_everything_that_is_imported_is_covered() -> None:
    """Every module file and every shared library that a child has in use lies in the list."""
    ask = (
        "import json, sys, hashlib, sqlite3, ssl, ctypes, homebody.seal, yaml, pydantic_core, watchdog;"
        "files = {m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)};"
        "maps = {line.split()[-1] for line in open('/proc/self/maps') if '/' in line};"
        "print(json.dumps(sorted(files | maps)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True, text=True, check=True)
    used = json.loads(done.stdout)
    assert len(used) > 50
    assert [path for path in used if Path(path).exists() and not covered(path)] == []


def test_time_zones_are_covered() -> None:
    """The local time zone and the zone database are readable, as far as this computer has them."""
    for path in ("/etc/localtime", "/usr/share/zoneinfo"):
        assert covered(path) or not Path(path).exists()


def test_environment_and_library_are_covered() -> None:
    """The virtual environment, its packages and the standard library are readable."""
    assert covered(sysconfig.get_path("stdlib"))
    assert covered(sysconfig.get_path("purelib"))
    assert sys.prefix == sys.base_prefix or covered(Path(sys.prefix) / "pyvenv.cfg")


@pytest.mark.parametrize(
    "path", ["/bin/true", "/usr/bin/env", "/etc/hosts", "/etc/shadow", "/home", "/", "/tmp"]
)
def test_other_things_are_not_covered(path: str) -> None:
    """Programs, other people's folders and the system's secrets are not in the list."""
    assert not covered(path)


def test_programs_are_the_interpreter_and_its_loader() -> None:
    """The only files that may be started are this Python itself and the loader that the kernel needs for it."""
    program, *loaders = interpreter_programs()
    assert program == Path(sys.executable).resolve()
    assert all(loader.name.startswith(("ld-", "ld.so")) for loader in loaders)
    assert len(loaders) <= 1


def test_loader_of_something_else_is_none(tmp_path: Path) -> None:
    """A file that is no ELF program names no loader."""
    script = tmp_path / "script"
    script.write_bytes(b"#!/bin/sh\n" + b"x" * 100)
    assert elf_loader(script) is None
