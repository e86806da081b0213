"""A recipe that leaves something to chance: in the real daemon, with the shipped model, told by `show`."""

import json
import re
import subprocess
import sys

from homebody.cli.demo_documents import MARKDOWN

RECIPE = """\
name: {name}
triggers:
  - watch: {notes}
    settle: 100ms
ask:
  prompt: Choose colours.
  output:
    colours: {{type: list, max: 6, of: [red, green, blue, white, black, grey, pink, brown, orange, gold, silver]}}
{sampling}actions:
  - write: {{dest: "{out}/{name}.txt", content: "{{{{ ask.colours | join(' ') }}}}"}}
"""


def homebody(house, *words: str) -> str:
    """Type a command that must succeed, and return what it prints."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def answer(house, run: int) -> str:
    """Return what the model answered first in a run."""
    return json.loads(homebody(house, "show", str(run), "--json"))["calls"][0]["answer"]


def test_a_recipe_with_a_seed_answers_the_same_again(house):
    """One seed twice, another seed, a drawn one and none: the answers tell them apart, and `show` says the seed."""
    out = house.folder / "Out"
    out.mkdir()
    said = {
        "first": "{temperature: 2, seed: 5}",
        "again": "{temperature: 2, seed: 5}",
        "other": "{temperature: 2, seed: 6}",
        "drawn": "{temperature: 1}",
        "plain": None,
        "cold": "{repeat_penalty: 1.0}",
    }
    for name, sampling in said.items():
        line = f"  sampling: {sampling}\n" if sampling else ""
        house.recipe(name, RECIPE.format(name=name, notes=house.notes, out=out, sampling=line))
    house.start()
    house.drop("roof.md", MARKDOWN)
    runs = {run["recipe"]: run["id"] for run in house.ended("roof.md", len(said))}
    words = {name: answer(house, run) for name, run in runs.items()}
    assert words["first"] == words["again"]
    assert words["plain"] == words["cold"]
    assert 3 == len({words[name] for name in ("first", "other", "plain")})
    shown = {name: homebody(house, "show", str(run)) for name, run in runs.items()}
    seeds = {name: re.findall(r"\bseed\s+(\d+)", text) for name, text in shown.items()}
    assert (["5"], ["5"], ["6"], [], []) == tuple(
        seeds[name] for name in ("first", "again", "other", "plain", "cold")
    )
    drawn = seeds["drawn"][0]
    line = f"  sampling: {{temperature: 1, seed: {drawn}}}\n"
    house.recipe("drawn", RECIPE.format(name="drawn", notes=house.notes, out=out, sampling=line))
    house.ask("POST", "/v1/reload")
    homebody(house, "run", "drawn", str(house.notes / "roof.md"))
    again = [run for run in house.runs("roof.md") if run["recipe"] == "drawn"][-1]
    assert runs["drawn"] != again["id"]
    assert words["drawn"] == answer(house, again["id"])
