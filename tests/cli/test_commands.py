"""Each command as a person types it: its output, its exit code, and its errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from homebody.cli.main import COMMANDS, cli


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
def test_every_command_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    """`homebody NAME --help` says what it does and touches nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    shown = CliRunner().invoke(cli, [name, "--help"], prog_name="homebody")
    assert shown.exit_code == 0, shown.output
    assert f"Usage: homebody {name}" in shown.output
    assert [] == list(tmp_path.iterdir())


def test_a_new_user_gets_a_recipe_and_checks_it(tmp_path: Path):
    """`new` writes the shipped recipe and says what it may do; `check`, `list` and `show` know it."""
    (tmp_path / "Notes").mkdir()
    made = homebody("new", "summarize-notes", home=tmp_path)
    assert made.returncode == 0, made.stderr
    assert f"It reads {tmp_path}/Notes" in " ".join(made.stdout.split())
    assert (tmp_path / ".config/homebody/recipes/summarize-notes.yaml").is_file()
    checked = homebody("check", home=tmp_path).stdout
    assert checked.startswith("summarize-notes: right\n")
    assert "can never reach a network of any kind" in checked
    words = " ".join(
        "".join(line for line in made.stdout.splitlines(keepends=True) if line[0] == " ").split()
    )
    assert {word.strip(" .,") for word in words.split()} <= {word.strip(" .,") for word in checked.split()}
    listed = homebody("list", home=tmp_path).stdout
    assert listed.index("summarize-notes") < listed.index("Shipped:") < listed.index("tag-files")
    shown = homebody("show", "summarize-notes", home=tmp_path).stdout
    assert "overflow: summarize" in shown
    assert "can never reach a network" in shown
    assert "fills in `summary`" in shown
    data = json.loads(homebody("show", "summarize-notes", "--json", home=tmp_path).stdout)
    assert ([f"{tmp_path}/Notes"], [f"{tmp_path}/Notes"], ["summary"]) == (
        data["reads"], data["writes"], data["slots"],
    )  # fmt: skip
    assert {"summarize-notes"} == {
        row["name"]
        for row in json.loads(homebody("list", "--json", home=tmp_path).stdout)["recipes"]
        if row["yours"]
    }


def test_new_and_check_as_json(tmp_path: Path):
    """A script learns which file was written, what the recipe may do, and of each mistake where it stands."""
    (tmp_path / "Notes").mkdir()
    made = json.loads(homebody("new", "tag-files", "--json", home=tmp_path).stdout)
    path = tmp_path / ".config/homebody/recipes/tag-files.yaml"
    assert (str(path), "tag-files", [str(tmp_path / "Notes")]) == (
        made["file"], made["recipe"], made["writes"],
    )  # fmt: skip
    right = homebody("check", "--json", home=tmp_path)
    said = json.loads(right.stdout)
    assert (0, ["tag-files"], []) == (
        right.returncode, [one["name"] for one in said["recipes"]], said["problems"],
    )  # fmt: skip
    path.with_name("typo.yaml").write_text("name: typo\nactoins: []\n", encoding="utf-8")
    wrong = homebody("check", "--json", home=tmp_path)
    assert 65 == wrong.returncode
    (typo,) = (one for one in json.loads(wrong.stdout)["problems"] if '"actions"' in one["what"])
    assert ("typo.yaml", 2, 1) == (typo["file"], typo["line"], typo["column"])


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
        (("new", "nonsense"), 64, "There are: changelog-from-commits, "),
        (("show", "nonsense"), 64, "no recipe 'nonsense'"),
        (("status",), 69, "homebody serve"),
        (("history",), 69, "homebody serve"),
        (("history", "--since", "yesteryear"), 64, "is not a time"),
        (("history", "--failed", "--state", "done"), 64, "exclude each other"),
        (("show", "1"), 69, "homebody serve"),
        (("show", "0"), 64, "1 or more"),
        (("retry", "1"), 69, "homebody serve"),
        (("retry",), 64, "--failed"),
        (("retry", "1", "--failed"), 64, "--failed"),
        (("retry", "1", "--recipe", "x"), 64, "belongs to --failed"),
        (("forget", "a.md"), 69, "homebody serve"),
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
    (tmp_path / "Notes").mkdir()
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
    notes = tmp_path / "Notes"
    assert (
        homebody("check", home=tmp_path).stdout.split()
        == (
            f"looped: right It reads {notes}, with all that lies below. It writes in {notes}, with all that lies below."
            " It asks no model. It can never reach a network of any kind, start another program, or read or write a"
            " file anywhere else, apart from homebody's own settings, journal and vault."
        ).split()
    )
    other = LOOPED.replace("looped", "other").replace("~/Notes/log.md", "~/Elsewhere/log.md")
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    shown = homebody("check", home=tmp_path)
    assert shown.returncode == 0
    assert f"hint: other watches {tmp_path}/Notes, into which looped writes" in " ".join(shown.stdout.split())


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


def test_why_needs_neither_a_daemon_nor_a_journal(tmp_path: Path):
    """Before the first start it says what the recipes would do, ends with 0, and makes nothing."""
    empty = homebody("why", "/etc/passwd", home=tmp_path)
    assert (0, True) == (empty.returncode, "There are no recipes yet" in empty.stdout)
    assert [] == list(tmp_path.iterdir())
    (tmp_path / "Notes").mkdir()
    (tmp_path / "Notes" / "photo.jpg").write_bytes(b"x")
    homebody("new", "summarize-notes", home=tmp_path)
    shown = homebody("why", str(tmp_path / "Notes" / "photo.jpg"), home=tmp_path)
    assert (0, "") == (shown.returncode, shown.stderr)
    assert "filtered out by `extension: [md, txt, pdf, docx, odt, rtf, html, eml]`" in " ".join(
        shown.stdout.split()
    )
    assert "homebody is not running" in shown.stdout
    found = json.loads(homebody("why", "/etc/passwd", "--json", home=tmp_path).stdout)
    assert ["not watched"] == [one["verdict"] for one in found["recipes"]]
    assert [".config", "Notes"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_name_cannot_speak_to_the_terminal(tmp_path: Path):
    """An escape sequence in a file's name is spelled out."""
    shown = homebody("why", str(tmp_path / "a\x1b[2J\nb.md"), home=tmp_path)
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert "\\x1b[2J\\nb.md" in shown.stdout


def test_show_as_json(tmp_path: Path):
    """A recipe's JSON has its long form, its hash and its folders."""
    found = json.loads(homebody("show", "summarize-notes", "--json", home=tmp_path).stdout)
    assert "summarize-notes" == found["recipe"]["name"]
    assert [str(tmp_path / "Notes")] == found["reads"]
