"""What a recipe tells a person comes out of the seal by one way: a process of its own that reads notices."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DESKTOP = """#!{python}
import json, sys
with open({record!r}, "a") as record:
    record.write(json.dumps(sys.argv[1:]) + "\\n")
"""
"""A desktop's program that writes down what it is to show."""

RECIPE = """name: tell
triggers: [{{watch: "{notes}"}}]
actions:
  - notify: "{{{{ file.name }}}} came"
"""


def typed(house, *words: str) -> list[str]:
    """Return a command line on the house's home."""
    return [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]


def homebody(house, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command."""
    return subprocess.run(typed(house, *words), capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def record(house, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a desktop's program on the PATH; return where it writes what it is to show."""
    folder = house.folder / "bin"
    folder.mkdir()
    program, record = folder / "notify-send", house.folder / "shown.txt"
    program.write_text(DESKTOP.format(python=sys.executable, record=str(record)))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return record


@pytest.fixture
def follower(house, record) -> Iterator[subprocess.Popen[str]]:
    """A process that follows, started when the house serves."""
    house.recipe("tell", RECIPE.format(notes=house.notes))
    house.start(model=False)
    house.drop("before.txt", b"old")
    house.ended("before.txt")
    process = subprocess.Popen(
        typed(house, "notices", "--follow", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Notices are shown as they come")
    yield process
    process.terminate()
    process.communicate()


def next_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the next notice that the process shows."""
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def test_a_notice_comes_onto_the_desktop_once(house, record, follower):
    """Only what comes from then on, with markup out of action; the list has all, also without a daemon."""
    house.drop("<b>new & x.txt", b"new")
    assert ("<b>new & x.txt came", True) == ((found := next_of(follower))["words"], found["shown"])
    house.drop("later.txt", b"later")
    assert "later.txt came" == next_of(follower)["words"]
    assert [
        ["--app-name=homebody", "--", "homebody: tell", "&lt;b&gt;new &amp; x.txt came"],
        ["--app-name=homebody", "--", "homebody: tell", "later.txt came"],
    ] == [json.loads(line) for line in record.read_text().splitlines()]
    listed = homebody(house, "notices").stdout
    assert [
        f"  {name} came" for name in ("before.txt", "<b>new & x.txt", "later.txt")
    ] == listed.splitlines()[1::2]
    assert ["  later.txt came"] == homebody(house, "notices", "-n", "1").stdout.splitlines()[1::2]
    house.stop()
    alone = homebody(house, "notices")
    assert "not running" in alone.stderr
    assert "later.txt" not in alone.stdout, "the words are in the vault"
    assert "tell (run 3)" in alone.stdout
    house.start(model=False)
    house.drop("last.txt", b"last")
    assert "last.txt came" == next_of(follower)["words"], "it went on when homebody came back"


def test_neither_words_nor_names_are_in_the_log(house, record):
    """Nor in the journal, but for the file's own name."""
    house.recipe("tell", RECIPE.format(notes=house.notes).replace("came", "came-to-us"))
    house.start(model=False)
    house.drop("secret.txt", b"x")
    house.ended("secret.txt")
    assert "secret.txt came-to-us" in homebody(house, "notices").stdout
    house.stop()
    assert b"secret" not in house.home.log.read_bytes()
    assert b"came-to-us" not in b"".join(p.read_bytes() for p in house.home.state.rglob("*") if p.is_file())


def test_without_a_homebody_there_is_nothing_to_follow(house, record):
    """And an empty list says so."""
    done = homebody(house, "notices", "--follow")
    assert 69 == done.returncode
    house.start(model=False)
    assert "There is no notice.\n" == homebody(house, "notices").stdout
