"""Recipes that would go round in a circle, and files that are rewritten without end, hold nobody up."""

import subprocess
import sys

LOOPED = """
name: looped
triggers:
  - watch: {notes}
    settle: 100ms
actions:
  - append: {{dest: "{notes}/log.md", content: "{{{{ file.name }}}}"}}
"""

KEPT = """
name: keep-a-list
triggers:
  - watch: {notes}
    settle: 100ms
    existing: process
limits: {{runs_per_file: 1/1h}}
actions:
  - append: {{dest: "{folder}/list/names.md", content: "{{{{ file.name }}}}"}}
"""


def test_a_looped_recipe_waits_with_its_reason_and_the_others_run(house):
    """It is not run, `status` names it with the line and the cure, and the recipe beside it does its work."""
    house.recipe("looped", LOOPED.format(notes=house.notes))
    house.recipe("kept", KEPT.format(notes=house.notes, folder=house.folder))
    house.start(model=False)
    house.drop("a.md", "a note\n")
    assert ["keep-a-list"] == [run["recipe"] for run in house.ended("a.md")]
    waiting = house.status()["waiting"]["looped"]
    assert waiting.startswith("looped.yaml:7:5: actions[0].append: what this makes can wake the recipe again")
    assert 'add `- not name: "log.md"` to its filters' in waiting
    assert not (house.notes / "log.md").exists()


def test_status_names_a_recipe_whose_breaker_is_open(house):
    """A second content within the hour waits, and the command line says whose it is and until when."""
    house.recipe("kept", KEPT.format(notes=house.notes, folder=house.folder))
    house.start(model=False)
    house.drop("a.md", "one\n")
    house.ended("a.md")
    house.drop("a.md", "two\n")
    house.until(lambda: house.status()["held"] != {})
    held = house.status()["held"]["keep-a-list"]
    assert held["files"] == 1
    (waits,) = [run for run in house.runs("a.md") if run["state"] == "queued"]
    assert waits["reason"].startswith("the breaker: 1 run on this file within 1h; it waits until ")
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), "status"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"keep-a-list is held by its breaker on 1 of its files, the first until {held['until']}" in shown
