"""Each command as a person types it: its output, its exit code, and its errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from homebody.cli.main import COMMANDS


def homebody(*words: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line with *home* as the person's home folder."""
    return subprocess.run(
        [sys.executable, "-I", "-m", "homebody", *words],
        env={"PATH": os.environ["PATH"], "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_a_word_it_helps(tmp_path: Path):
    """`homebody` and `homebody --help` list every command with a line of its own, within 80 columns."""
    shown = homebody("--help", home=tmp_path)
    assert shown.returncode == 0
    for name, (_room, words) in COMMANDS.items():
        assert name in shown.stdout
        assert words.split()[0] in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps(tmp_path: Path, name: str):
    """`homebody NAME --help` says what it does and touches nothing."""
    shown = homebody(name, "--help", home=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert f"Usage: homebody {name}" in shown.stdout
    assert [] == list(tmp_path.iterdir())


def test_a_new_user_gets_a_recipe_and_checks_it(tmp_path: Path):
    """`new` writes the shipped recipe and says what it may do; `check`, `list` and `show` know it."""
    (tmp_path / "Notes").mkdir()
    made = homebody("new", "summarize-notes", home=tmp_path)
    assert made.returncode == 0, made.stderr
    assert f"It reads {tmp_path}/Notes" in made.stdout
    assert (tmp_path / ".config/homebody/recipes/summarize-notes.yaml").is_file()
    assert homebody("check", home=tmp_path).stdout == "summarize-notes: right\n"
    listed = homebody("list", home=tmp_path).stdout
    assert listed.index("summarize-notes") < listed.index("Shipped:") < listed.index("tag-files")
    shown = homebody("show", "summarize-notes", home=tmp_path).stdout
    assert "overflow: summarize" in shown
    assert "can never reach a network" in shown
    assert {"summarize-notes"} == {
        row["name"]
        for row in json.loads(homebody("list", "--json", home=tmp_path).stdout)["recipes"]
        if row["yours"]
    }


def test_new_takes_a_folder_and_never_overwrites(tmp_path: Path):
    """`--folder` points the recipe elsewhere; a recipe that is there already is left alone."""
    assert homebody("new", "tag-files", "--folder", str(tmp_path / "My notes"), home=tmp_path).returncode == 0
    path = tmp_path / ".config/homebody/recipes/tag-files.yaml"
    assert str(tmp_path / "My notes") in path.read_text(encoding="utf-8")
    again = homebody("new", "tag-files", home=tmp_path)
    assert again.returncode == 64
    assert "is there already" in again.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("new", "nonsense"), 64, "There are: daily-digest, summarize-notes, tag-files"),
        (("show", "nonsense"), 64, "no recipe 'nonsense'"),
        (("status",), 69, "homebody serve"),
        (("history",), 69, "homebody serve"),
        (("undo", "1"), 69, "homebody serve"),
        (("undo", "0"), 64, "1 or more"),
        (("undo",), 64, "Say what to take back"),
        (("dance",), 2, "No such command"),
    ],
)
def test_a_mistake_is_said_in_a_line_or_two(tmp_path: Path, words: tuple[str, ...], code: int, said: str):
    """An error names what is wrong and the cure, has its exit code, and is never a traceback."""
    shown = homebody(*words, home=tmp_path)
    assert shown.returncode == code
    assert said in shown.stderr
    assert "Traceback" not in shown.stderr


def test_check_says_where_a_recipe_is_wrong(tmp_path: Path):
    """A typo is named with file, line, column and what was meant, and the exit code is 65."""
    path = tmp_path / "typo.yaml"
    path.write_text("name: typo\ntriggers:\n  - watch: ~/Notes\nactoins:\n  - write: x\n", encoding="utf-8")
    shown = homebody("check", str(path), home=tmp_path)
    assert shown.returncode == 65
    assert "typo.yaml:4:1" in shown.stdout
    assert '"actions"' in shown.stdout


LOOPED = """\
name: looped
triggers:
  - watch: ~/Notes
actions:
  - append: {dest: ~/Notes/log.md, content: "{{ file.name }}"}
"""


def test_check_refuses_what_would_go_round_in_a_circle(tmp_path: Path):
    """The action's line, what would happen and the cure; with the cure it is right, and a chain gets a hint."""
    folder = tmp_path / ".config/homebody/recipes"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(LOOPED, encoding="utf-8")
    for words in (("check",), ("check", str(folder / "mine.yaml"))):
        shown = homebody(*words, home=tmp_path)
        assert shown.returncode == 65
        assert shown.stdout.startswith(
            "mine.yaml:5:5: actions[0].append: what this makes can wake the recipe again"
        )
    assert "recipes get in each other's way: mine.yaml:5:5" in homebody("doctor", home=tmp_path).stdout
    cured = LOOPED.replace("actions:", 'filters:\n  - not name: "log.md"\nactions:')
    (folder / "mine.yaml").write_text(cured, encoding="utf-8")
    assert homebody("check", home=tmp_path).stdout == "looped: right\n"
    other = LOOPED.replace("looped", "other").replace("~/Notes/log.md", "~/Elsewhere/log.md")
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    shown = homebody("check", home=tmp_path)
    assert shown.returncode == 0
    assert f"hint: other watches {tmp_path}/Notes, into which looped writes" in shown.stdout


def test_settings_with_a_mistake_keep_it_from_starting(tmp_path: Path):
    """`serve` ends with 78 and names the setting."""
    folder = tmp_path / ".config/homebody"
    folder.mkdir(parents=True)
    (folder / "settings.yaml").write_text("modle: x\n", encoding="utf-8")
    shown = homebody("serve", home=tmp_path)
    assert shown.returncode == 78
    assert "modle" in shown.stderr


def test_doctor_finds_what_is_wrong_and_says_the_cure(tmp_path: Path):
    """A recipe whose folder is missing is wrong, with the command that makes it; after that all is well."""
    homebody("new", "summarize-notes", home=tmp_path)
    sick = homebody("doctor", home=tmp_path)
    assert sick.returncode == 1
    assert f"mkdir -p '{tmp_path}/Notes'" in sick.stdout
    (tmp_path / "Notes").mkdir()
    well = homebody("doctor", "--json", home=tmp_path)
    findings = json.loads(well.stdout)["findings"]
    assert well.returncode == 0, findings
    assert any("vault's key lies in a file" in finding["words"] for finding in findings)
    assert any(finding["words"].startswith("the seal: Landlock") for finding in findings)
