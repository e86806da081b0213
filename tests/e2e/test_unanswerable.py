"""A recipe that the loaded model cannot answer, in a real house: an error with a reason, and never a crash."""

import subprocess
import sys
from pathlib import Path

RECIPE = """name: NAME
triggers: [{watch: NOTES, settle: 100ms, existing: process}]
filters: [{extension: md}]
ask:
  prompt: Which words describe this note?
  output:
    tags: {type: list, of: WORDS.yaml, max: 2}
actions:
  - write: {dest: "OUT/{{ file.stem }}.NAME.txt", content: "{{ ask.tags | join(' ') }}"}
"""


def words(house, name: str, *, length: int) -> None:
    """Write a list of two hundred words of so many letters, beside the recipes."""
    lines = [f"- {number:03}{'x' * (length - 3)}\n" for number in range(200)]
    (house.home.recipes / f"{name}.yaml").write_text("".join(lines), encoding="utf-8")


def recipe(house, name: str, list_of: str) -> None:
    """Write a recipe that chooses from a list."""
    text = RECIPE.replace("NAME", name).replace("WORDS", list_of)
    house.recipe(name, text.replace("NOTES", str(house.notes)).replace("OUT", str(house.folder / "out")))


def made(house, name: str) -> bool:
    """Return whether a recipe has written about a note."""
    return (house.folder / "out" / name).exists()


def typed(house, *asked: str) -> tuple[int, str]:
    """Return the exit code and the output of a command."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout


def test_what_the_model_cannot_answer_waits_with_the_reason_and_the_others_go_on(house, tmp_path: Path):
    """At the start, on an edit, and in `check`: file, line and reason; a version that was good goes on; what waited is
    done when the file is right."""
    words(house, "few", length=5)
    words(house, "far-too-much", length=700)  # a grammar larger than any that the engine takes
    recipe(house, "good", "few")
    recipe(house, "bad", "far-too-much")
    house.drop("a.md", "A note about the roof.\n")
    house.start()
    house.until(lambda: "bad" in house.status()["waiting"])
    why = house.status()["waiting"]["bad"]
    assert why.startswith(
        "bad.yaml:6:3: ask.output: the model cannot answer this. The grammar cannot be used: it has "
    )
    assert why.endswith("; ask for less or for something else, or use another model")
    assert "goes on" not in why, "it was never good"
    assert {"good"} == {one["name"] for one in house.status()["recipes"]}
    assert f"bad waits: {why}" in typed(house, "status")[1]
    house.until(lambda: made(house, "a.good.txt"))
    assert not made(house, "a.bad.txt")

    recipe(house, "good", "far-too-much")
    answer = house.ask("POST", "/v1/reload")
    assert "goes on as it was" in answer["waiting"]["good"]
    house.drop("b.md", "A note about the garden.\n")
    house.until(lambda: made(house, "b.good.txt"))
    code, text = typed(house, "check")
    assert 65 == code
    assert why in text
    assert "good.yaml:6:3: ask.output: the model cannot answer this" in text

    words(house, "far-too-much", length=6)
    assert {} == house.ask("POST", "/v1/reload")["waiting"]
    for name in ("a.bad.txt", "b.bad.txt"):
        house.until(lambda name=name: made(house, name))
    recipe(house, "good", "few")
    assert 0 == typed(house, "check")[0]
    assert 0 == house.status()["model"]["process"]["deaths"]
    assert {"done", "skipped"} >= {run["state"] for run in house.runs()}
    log = house.home.log.read_text(encoding="utf-8")
    assert "stumbled" not in log
    assert "bad.yaml" not in log
