"""What SECURITY.md says is so: every test that it names is there, and every channel that the probes try is in it."""

import re
from pathlib import Path

import pytest

from homebody.seal import LIMITS, PROBES
from homebody.seal.attempts import macos
from homebody.seal.landlock import LACKS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / ".github" / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w./]+)`", TEXT)))
WAYS = 35


def section(name: str) -> str:
    """Return the text of one section."""
    return TEXT.split(f"## {name}")[1].split("\n## ")[0]


@pytest.mark.parametrize("path", NAMED)
def test_every_test_that_is_named_is_there(path: str):
    """A test that is named is a file with tests in it, or a benchmark."""
    text = (ROOT / path).read_text(encoding="utf-8")
    assert "def test_" in text or "/bench/" in path


def test_every_test_of_the_seal_is_named():
    """No test of the seal that is left out: it would be a promise of which nobody is told."""
    there = {f"tests/seal/{path.name}" for path in (ROOT / "tests" / "seal").glob("test_*.py")}
    assert there - set(NAMED) <= {"tests/seal/test_syscalls.py", "tests/seal/test_interpreter.py"}


@pytest.mark.parametrize("channel", sorted({probe.channel for probe in (*PROBES, *LIMITS, *macos.PROBES)}))
def test_every_channel_of_the_probes_is_in_the_table(channel: str):
    """Each channel stands in the table of the ways out, as code."""
    assert f"`{channel}`" in section("The ways out, and what closes each")


def test_every_way_out_has_its_row():
    """The numbers 1 to 35 stand in the first column, each once."""
    rows = re.findall(r"^\| ([\d, ]+) \|", section("The ways out, and what closes each"), flags=re.MULTILINE)
    assert sorted(int(number) for row in rows for number in row.split(",")) == list(range(1, WAYS + 1))


def test_every_row_is_tried_or_open():
    """A way out is tried by a probe or a test that is named, or said to be open."""
    rows = [
        line
        for line in section("The ways out, and what closes each").splitlines()
        if re.match(r"\| \d", line)
    ]
    assert len(rows) > 20
    for row in rows:
        assert "probe" in row or "`tests/" in row or "**open**" in row, row


def test_limits_and_older_kernels_are_told():
    """What no seal refuses is named, and each level of Landlock at which something is missing."""
    limits = section("What it does not do")
    for probe in LIMITS:
        assert f"`{probe.name}`" in limits
    told = {
        int(number)
        for number in re.findall(r"below (?:ABI )?(\d+)|and on UDP below (\d+)", limits)
        for number in number
        if number
    }
    assert set(LACKS) <= told


def test_readme_leads_here():
    """The README has a link."""
    assert "(.github/SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
