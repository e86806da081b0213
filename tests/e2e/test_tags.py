"""Words that a list does not have: proposed by a real model, decided by a person, and part of the recipe then."""

import json
import subprocess
import sys

import yaml

TAGGING = """
name: tagging
triggers:
  - watch: {notes}
    settle: 100ms
    existing: process
ask:
  prompt: Tag it.
  output:
    tags: {{type: list, of: tags.yaml, new: propose, max: 3, max_length: 8}}
  sampling: {{temperature: 2}}
actions:
  - append: {{dest: "{notes}/out/log.md", content: "{{{{ file.stem }}}} {{{{ ask.tags }}}}"}}
"""


def homebody(house, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the house's home."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def waiting(house) -> list[dict[str, object]]:
    """Return what `homebody tags` lists."""
    return json.loads(homebody(house, "tags", "--json").stdout)["proposed"]


def propose(house) -> list[dict[str, object]]:
    """Let notes come in until two words wait, and return what does."""
    for batch in range(0, 800, 10):
        for number in range(batch, batch + 10):
            house.drop(f"n{number}.md", f"Note number {number}.\n")
        for number in range(batch, batch + 10):
            assert {"done"} == {run["state"] for run in house.ended(f"n{number}.md")}
        if len(found := waiting(house)) >= 2:
            return found
    raise AssertionError("no word was proposed")


def test_a_word_is_proposed_accepted_or_rejected_and_not_asked_about_again(house, write_model):
    """Random weights, with much left to chance, write words that no list has; the list gets the one accepted."""
    house.settings(f"settle: 0.1\nrescan: 2\nmodel: {write_model(house.folder / 'random.gguf', seed=3)}\n")
    house.recipe("tagging", TAGGING.format(notes=house.notes))
    (house.home.recipes / "tags.yaml").write_text("# mine\n- work\n- home\n", encoding="utf-8")
    (house.notes / "out").mkdir()
    house.start()
    assert "No word waits" in homebody(house, "tags").stdout
    found = propose(house)
    accepted, rejected = str(found[0]["word"]), str(found[1]["word"])
    assert accepted in homebody(house, "tags").stdout

    refused = homebody(house, "tags", "accept", "--", "no such word")
    assert (64, True) == (refused.returncode, "does not wait for you" in refused.stderr)
    done = homebody(house, "tags", "accept", "--recipe", "tagging", "--", accepted)
    assert (0, "") == (done.returncode, done.stderr)
    text = (house.home.recipes / "tags.yaml").read_text(encoding="utf-8")
    assert text.startswith("# mine\n- work\n- home\n- ")
    assert ["work", "home", accepted] == yaml.safe_load(text)
    turned_down = json.loads(homebody(house, "tags", "reject", "--json", "--", rejected).stdout)
    assert [{"word": rejected, "recipe": "tagging", "slot": "tags"}] == turned_down["rejected"]
    house.until(lambda: {accepted, rejected}.isdisjoint(one["word"] for one in waiting(house)))
    assert len(found) - 2 == len(waiting(house))
    assert [] == [name for name in house.home.recipes.iterdir() if name.name.startswith(".")]
