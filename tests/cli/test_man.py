"""The manual page: it is that of the commands as they are, and who knows manual pages finds nothing wrong."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walk import ALL

from homebody import __version__
from homebody.cli.exit_codes import EXIT_CODES
from homebody.cli.main import cli
from homebody.cli.roff import page, text

KEPT = Path(__file__).parents[2] / "daemon" / "homebody.1"
PAGE = page(cli, __version__)


def rendered(source: str) -> str:
    """Return what *source* looks like on a terminal of 80 columns; a warning is a failure."""
    command = ["groff", "-ww", "-man", "-Tutf8", "-Kutf8", "-rLL=80n", "-P-cbou"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True, timeout=60)
    assert "" == done.stderr
    return done.stdout


def test_the_page_that_is_installed_is_that_of_the_commands():
    """`homebody man > daemon/homebody.1` makes it anew when a command has changed."""
    assert KEPT.read_text(encoding="utf-8") == PAGE, "homebody man > daemon/homebody.1"


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here: apt-get install man-db")
def test_every_command_is_in_it():
    """Each stands there with its options and examples, and each exit code; only examples are wider than 80 columns."""
    shown = rendered(PAGE)
    flat = " ".join(shown.split())
    assert [] == [line for line in shown.splitlines() if len(line) > 80 and "  homebody " not in line]
    for name, command in ALL.items():
        assert f"homebody {name} [OPTIONS]" in flat
        options = [option for one in command.params if isinstance(one, click.Option) for option in one.opts]
        assert [] == [option for option in options if option not in flat], name
        for line in (command.epilog or "").splitlines():
            assert " ".join(line.replace("\b", "").split()) in flat, name
    assert [] == [words for words in EXIT_CODES.values() if words.replace("`", "") not in flat]


@pytest.mark.skipif(shutil.which("lexgrog") is None, reason="there is no man-db here: apt-get install man-db")
def test_it_can_be_searched_for(tmp_path: Path):
    """`man -k` and `man -l` understand it: its name and what it is about in a line."""
    path = tmp_path / "homebody.1"
    path.write_text(PAGE, encoding="utf-8")
    found = subprocess.run(["lexgrog", path], capture_output=True, text=True, check=True).stdout
    assert "homebody - Do text chores on your own computer" in found
    read = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, text=True, check=True,
                          env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})  # fmt: skip
    assert ("", True) == (read.stderr, "EXIT STATUS" in read.stdout)


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here: apt-get install man-db")
@pytest.mark.parametrize(
    "words",
    [".TH x", "'ig", "a\\b \\fB", "--json 'x' ^y ~/z", "\u201cin\u201d `code`", "..", "\\", "-", "a\n.b"],
)
def test_no_word_is_taken_for_an_order(words: str):
    """What roff would obey stands in the page as it is."""
    shown = rendered(f".TH X 1\n.SH S\n.PP\n{text(' '.join(words.split()))}\n")
    assert " ".join(words.split()).replace("`", "") in " ".join(shown.split())


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
def test_a_text_never_begins_an_order(words: str):
    """No line of a text begins with a dot or a quote, and every backslash is one of ours."""
    safe = text(words)
    assert not safe.startswith((".", "'"))
    assert re.fullmatch(r"(?:[^\\]|\\(?:e|-|&|f[BR]|\((?:aq|ha|ti|lq|rq)))*", safe, re.DOTALL)
