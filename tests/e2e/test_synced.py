"""The real daemon, and folders that another program carries away."""

import os
import subprocess
from pathlib import Path

RECIPE = """\
name: listed
triggers:
  - watch: {notes}
    settle: 100ms
    recursive: true
actions:
  - append: {{dest: "{dest}", content: "{{{{ file.name }}}}\\n"}}
"""


def test_a_recipe_that_writes_there_is_refused_until_it_says_so(house):
    """The others run, the refused one says where and why; with `synced: allowed` and a restart it runs, too."""
    shared = house.folder / "Shared"
    (shared / ".stfolder").mkdir(parents=True)
    text = RECIPE.format(notes=house.notes, dest=f"{shared}/log.md")
    house.recipe("listed", text)
    house.recipe("other", text.replace("listed", "other").replace(f"{shared}/", f"{house.folder}/Own/"))
    house.start(model=False)
    house.drop("a.txt", "a")
    house.ended("a.txt")
    why = house.status()["waiting"]["listed"]
    assert (
        f"listed.yaml:7:5: actions[0].append: this writes in {shared}, and Syncthing carries it away" in why
    )
    assert "say `synced: allowed` in the recipe" in why
    assert ["other"] == [run["recipe"] for run in house.runs()]
    assert [".stfolder"] == [path.name for path in shared.iterdir()]
    assert 0 == house.stop()
    house.recipe("listed", text + "synced: allowed\n")
    house.start(model=False)
    house.drop("b.txt", "b")
    house.ended("b.txt", 2)
    assert "b.txt" in (shared / "log.md").read_text(encoding="utf-8")


def test_a_synchronised_folder_below_is_met_when_a_file_goes_there(house):
    """Nobody knew of it at the start: the run is skipped with the reason, and nothing is written."""
    house.recipe("listed", RECIPE.format(notes=house.notes, dest="{{ file.folder }}/{{ file.stem }}.log").replace(
        "actions:", 'filters:\n  - extension: txt\nactions:'))  # fmt: skip
    house.start(model=False)
    (house.notes / "team" / ".stfolder").mkdir(parents=True)
    (house.notes / "team" / "in.txt").write_text("in", encoding="utf-8")
    (run,) = house.ended("in.txt")
    assert "skipped" == run["state"]
    assert "Syncthing carries it away" in run["reason"]
    house.drop("out.txt", "out")
    assert ["done"] == [run["state"] for run in house.ended("out.txt")]
    assert not (house.notes / "team" / "in.log").exists()


def test_state_that_would_be_carried_away_keeps_it_from_starting(house, tmp_path: Path):
    """The journal has the names of files in it: exit code 78, the reason and the cure, and nothing is made."""
    person = tmp_path / "person"
    (person / ".dropbox").mkdir(parents=True)
    (person / ".dropbox" / "info.json").write_text(f'{{"personal": {{"path": "{house.home.config}"}}}}')
    done = subprocess.run(
        house.command(),
        env={**os.environ, "HOME": str(person)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78, done.stderr
    assert "Dropbox carries it away" in done.stderr
    assert "XDG_STATE_HOME" in done.stderr
    assert not house.home.state.exists()
