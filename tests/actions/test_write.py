"""A text into a file of its own."""

import os
from pathlib import Path
from typing import Any

import pytest

from homebody.actions import WriteAction
from homebody.errors import EffectError
from homebody.templates import TemplateError


def write(dest: str = "{{ file.folder }}/{{ file.stem }}.summary.md", **more: Any) -> WriteAction:
    """Return an action that writes the summary."""
    return WriteAction(dest=dest, **{"content": "{{ ask.summary }}", **more})


def test_a_summary_is_written_beside_the_note(stage: Any, tree: Any) -> None:
    """The file is made, and a line break ends it."""
    tree(stage.folder, {"Ideas.md": "Text"})
    effects = stage.run(write(), {"summary": "Short."})
    assert {"Ideas.md": "Text", "Ideas.summary.md": "Short.\n"} == stage.tree()
    assert ["write"] == [effect.kind for effect in effects]


@pytest.mark.parametrize(
    ("on_conflict", "expected"),
    [
        ("rename_new", {"Ideas.summary.md": "Mine", "Ideas 2.summary.md": "Short.\n"}),
        ("skip", {"Ideas.summary.md": "Mine"}),
        ("overwrite", {"Ideas.summary.md": "Short.\n"}),
    ],
)
def test_a_file_that_is_there_already(
    stage: Any, tree: Any, on_conflict: str, expected: dict[str, str]
) -> None:
    """It stays, or it is replaced, as the recipe says."""
    tree(stage.folder, {"Ideas.summary.md": "Mine"})
    stage.run(write(on_conflict=on_conflict), {"summary": "Short."})
    assert expected == stage.tree()


@pytest.mark.parametrize("on_conflict", ["rename_new", "skip", "overwrite"])
def test_writing_twice_is_writing_once(stage: Any, on_conflict: str) -> None:
    """A file that holds the content already is left as it is, under any name."""
    action = write(on_conflict=on_conflict)
    stage.run(action, {"summary": "Short."})
    before = stage.tree()
    assert [] == stage.run(action, {"summary": "Short."})
    assert before == stage.tree()


def test_the_mode_of_an_overwritten_file_stays(stage: Any) -> None:
    """A private file stays private."""
    path = stage.folder / "Ideas.summary.md"
    path.write_text("Mine")
    path.chmod(0o600)
    stage.run(write(on_conflict="overwrite"), {"summary": "Short."})
    assert 0o600 == path.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("slot", "name"),
    [
        ("../../etc/passwd", "etc-passwd.md"),
        ("/etc/passwd", "etc-passwd.md"),
        ("..", "untitled.md"),
        (".bashrc", "bashrc.md"),
        ("a\x00b\x1b]8;;x\x07c", "ab]8;;xc.md"),
        ("con", "_con.md"),
        ("a:b*c?", "a-b-c.md"),
        ("\u202egpj.exe", "gpj.exe.md"),
        ("Zoe\u0308", "Zoë.md"),
        ("~root", "~root.md"),
        ("", "untitled.md"),
        ("x" * 400, "x" * 252 + ".md"),
        ("日" * 200, "日" * 84 + ".md"),
    ],
)
def test_a_slot_is_only_ever_a_part_of_a_name(stage: Any, slot: str, name: str) -> None:
    """Whatever the model says, it names a file in the folder that the recipe names."""
    stage.run(write("{{ file.folder }}/{{ ask.title }}.md", content="x"), {"title": slot})
    assert {name: "x\n"} == stage.tree()


def test_a_variable_cannot_lead_out(stage: Any) -> None:
    """Two dots, another folder and a path without a beginning are refused."""
    for place in ("{}/../x.md", "/tmp/elsewhere/x.md", "x.md", "{}", "{}/"):
        action = write("{{ vars.place }}", content="x")
        with pytest.raises(EffectError):
            stage.run(action, vars={"place": place.format(stage.folder)})
    assert {} == stage.tree()


def test_a_link_cannot_lead_out(stage: Any, tmp_path: Path) -> None:
    """A folder that is a link to elsewhere is not written through, nor is a file that is a link."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (stage.folder / "door").symlink_to(outside)
    (stage.folder / "nowhere").symlink_to(tmp_path / "not-there")
    (stage.folder / "file.md").symlink_to(outside / "file.md")
    for dest in ("door/x.md", "nowhere/x.md", "door/new/x.md", "file.md"):
        with pytest.raises(EffectError):
            stage.run(write("{{ file.folder }}/" + dest, content="x"))
    assert [] == list(outside.iterdir())
    assert not (tmp_path / "not-there").exists()


def test_a_folder_that_is_a_link_may_be_the_root(stage: Any, tmp_path: Path) -> None:
    """People keep ~/Notes on another disk: the real folder is what counts."""
    link = tmp_path / "link"
    link.symlink_to(stage.folder)
    effects = stage.run(write(f"{link}/deep/x.md", content="x"))
    assert [stage.folder.resolve() / "deep" / "x.md"] == [effect.path for effect in effects]


def test_folders_that_are_there_keep_their_own_names(stage: Any, tree: Any) -> None:
    """A folder whose name is decomposed Unicode is not made a second time."""
    folder = "Bu\u0308cher"
    tree(stage.folder, {f"{folder}/a.txt": "x"})
    stage.run(write(f"{{{{ file.folder }}}}/{folder}/Zoe\u0308.md", content="x"))
    assert [f"{folder}/Zoë.md", f"{folder}/a.txt"] == sorted(stage.tree())


def test_control_characters_are_never_written(stage: Any) -> None:
    """Terminal escapes, direction marks and lone surrogates stay out of files."""
    stage.run(write(), {"summary": "a\x1b[31mb\x07\u202ec\ud800d\r\u2066e"})
    assert {"Ideas.summary.md": "a[31mbcde\n"} == stage.tree()


def test_a_missing_slot_is_an_error_that_names_it(stage: Any) -> None:
    """Nothing is written when a template cannot be filled in."""
    with pytest.raises(TemplateError, match="summary"):
        stage.run(write(), {})
    assert {} == stage.tree()


def test_home_is_expanded(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tilde is the person's home folder."""
    monkeypatch.setenv("HOME", str(stage.folder.parent))
    stage.run(write("~/Notes/x.md", content="x"))
    assert {"x.md": "x\n"} == stage.tree()
    assert (Path(os.path.realpath(stage.folder)),) == write("~/Notes/x.md").roots([], {})
