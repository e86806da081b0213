"""`homebody test`: with a model of its own, with that of a running homebody, and against another one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from make_pdf import make_pdf

from homebody.paths import shipped

ASKS = """
ask:
  - name: facts
    prompt: What is this?
    output:
      kind: {type: choice, of: [note, letter]}
      tags: {type: list, of: [roof, garden, letter, work], max: 2}
  - name: more
    when: "{{ ask.facts.kind }}"
    prompt: Summarise the {{ ask.facts.kind }} {{ file.name }} of {{ file.modified.year }}.
    output: {words: {type: text, max: 60}}
actions:
  - write: {dest: "{{ file.folder }}/out/{{ file.stem }}.txt", content: "{{ ask.facts.kind }} {{ ask.more.words }}"}
"""
TESTS = """tests:
  - name: fits
    file: Roof.md
    input: samples/roof.txt
    slots: {facts.kind: {one_of: [note, letter]}, more.words: {empty: false}}
    changes: [write: {text: {matches: "^(note|letter) ."}}]
  - name: cannot be
    text: The roof leaks.
    slots: {facts.kind: poem}
"""


def homebody(house, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the house's home, 80 columns wide."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    environ = {**os.environ, "COLUMNS": "80"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environ)


def tested(house) -> None:
    """Write the recipe with its tests."""
    head = f"name: tested\ntriggers: [{{watch: {house.notes}}}]\n"
    house.recipe("tested", head + ASKS + TESTS)
    (house.home.recipes / "samples").mkdir()
    (house.home.recipes / "samples/roof.txt").write_text("The roof of the shed leaks since Monday.")


def answers(found: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the tests of a report in JSON."""
    return json.loads(found.stdout)["tests"]


def files(house) -> set[Path]:
    """Return all files of the house but the daemon's words."""
    return {path for path in house.folder.rglob("*") if path.is_file() and path != house.words}


def test_without_a_running_homebody_a_model_is_started_and_nothing_is_left(house):
    """Each test has its line, and why it failed; the exit code is 1 then; no file is made, the journal's neither."""
    tested(house)
    before = files(house)
    found = homebody(house, "test")
    assert (1, before) == (found.returncode, files(house)), found.stdout + found.stderr
    first, *lines = found.stdout.splitlines()
    assert "tested" == first
    assert lines[0].startswith("  passed  fits  (")
    assert lines[1].startswith("  FAILED  cannot be  (")
    assert "should be poem" in lines[2]
    assert "1 of 2 passed." == lines[-1]
    assert not list(house.notes.iterdir())


def test_the_running_homebody_answers_and_writes_nothing_down(house):
    """The same answers as by a model of its own; no run, no step, no kept word comes of it."""
    tested(house)
    alone = answers(homebody(house, "test", "--json"))
    house.start()
    images = sorted(house.home.vault.rglob("*"))
    found = homebody(house, "test", "tested", "--json")
    assert 1 == found.returncode, found.stderr
    told = answers(found)
    assert [one["slots"] for one in alone] == [one["slots"] for one in told]
    assert [True, False] == [one["passed"] for one in told]
    assert [str(house.notes / "out/Roof.txt")] == [change["path"] for change in told[0]["changes"]]
    assert ([], []) == (house.runs(), house.steps())
    assert images == sorted(house.home.vault.rglob("*"))
    assert "roof" not in house.home.log.read_text().lower()


def test_another_model_is_told_apart(house, write_model):
    """What a change of model changes is shown, test by test; the exit code says whether a test is lost by it."""
    tested(house)
    other = write_model(house.folder / "random.gguf", context=4096, seed=3)
    found = homebody(house, "test", "--against", str(other))
    assert found.returncode in (0, 1), found.stderr
    assert "fits, with random.gguf" in found.stdout
    assert "more.words: " in found.stdout
    assert " -> " in found.stdout
    assert "With random.gguf: " in found.stdout.splitlines()[-1]
    both = json.loads(homebody(house, "test", "--against", str(other), "--json").stdout)["tests"]
    assert all(one["slots"]["more.words"] != one["against"]["slots"]["more.words"] for one in both)
    lost = any(one["passed"] and not one["against"]["passed"] for one in both)
    assert found.returncode == int(lost)


def test_the_shipped_recipes_pass_with_the_starter_model(house):
    """Each has tests; those that only a larger model passes say so, and the first three that people meet are green."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in shipped("recipes").glob("*.yaml")}
    found = homebody(house, "test", *texts, "--json")
    told = answers(found)
    assert set(texts) == {one["recipe"] for one in told}
    failed = {one["recipe"] for one in told if not one["passed"]}
    assert [] == [name for name in failed if "it takes a model of some size" not in texts[name]], told
    assert not failed & {"summarize-notes", "tag-files", "daily-digest"}


def test_only_the_pages_that_the_recipe_reads_are_read(house):
    """As in a run: what stands on another page is not in the text."""
    (house.home.recipes / "samples").mkdir()
    (house.home.recipes / "samples/two.pdf").write_bytes(
        make_pdf([["The first page."], ["The second page."]])
    )
    body = f"triggers: [{{watch: {house.notes}}}]\nfilters: [{{contains: second}}]\nactions: [trash]\n"
    for name, pages, outcome in (("one", "1", "skipped"), ("both", "1-2", "done")):
        test = f"tests: [{{input: samples/two.pdf, outcome: {outcome}}}]\n"
        house.recipe(name, f"name: {name}\nread: {{pages: {pages}}}\n" + body + test)
    found = homebody(house, "test")
    assert (0, True) == (found.returncode, "2 of 2 passed." in found.stdout), found.stdout + found.stderr


def test_what_cannot_be_tested_is_said(house):
    """No test at all, and no such recipe."""
    nothing = homebody(house, "test")
    assert (64, True) == (nothing.returncode, "There is no test to run." in nothing.stderr)
    house.recipe("wrong", "name: wrong\ntests: 3\n")
    tested(house)
    found = homebody(house, "test", "--json")
    assert (1, 2) == (found.returncode, len(answers(found)))
    assert "left out: wrong.yaml:2:8: tests: must be a list of tests" in found.stderr
    unknown = homebody(house, "test", "nobody")
    assert (64, True) == (unknown.returncode, "There is no recipe 'nobody'" in unknown.stderr)
