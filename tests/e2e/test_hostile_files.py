"""A burst of mutated files of every kind: the daemon stays up, each file ends with a reason, good ones are done."""

import importlib
import random
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
OVER = {"done", "skipped", "failed", "quarantined"}

SORT = """
name: sort
triggers:
  - watch: {notes}
    settle: 100ms
read: {{overflow: head}}
ask:
  prompt: What is this?
  output:
    kind: {{type: choice, of: [letter, other]}}
actions:
  - write: {{dest: "{folder}/out/{{{{ file.name }}}}.txt", content: "{{{{ ask.kind }}}}"}}
on_error: {{retry: 0}}
"""


def burst(files: int, seed: int) -> dict[str, bytes]:
    """Return so many files by name, every fifth of them as good as new."""
    sys.path.extend(str(TESTS / name) for name in ("documents", "fuzz") if str(TESTS / name) not in sys.path)
    corpus = importlib.import_module("corpus").CORPUS
    mutate = importlib.import_module("mutation").mutate
    pick = random.Random(seed)
    suffixes = list(corpus)
    found = {}
    for number in range(files):
        suffix = suffixes[number % len(suffixes)]
        data = pick.choice(corpus[suffix])
        good = number % 5 == 0
        name = f"{'good' if good else 'bad'}-{number:03}{suffix}"
        found[name] = data if good else mutate(data, suffix, pick, pick.choice(list(corpus.values())))
    return found


@pytest.mark.parametrize("files", [48, pytest.param(300, marks=pytest.mark.long)])
def test_a_burst_of_hostile_files_ends_file_by_file(house, files: int):
    """The same daemon, the same model; no file without an end, no end without a reason, no word of it in the log."""
    house.settings("settle: 0.1\nrescan: 2\ncontext: 512\n")
    house.recipe("sort", SORT.format(notes=house.notes, folder=house.folder))
    house.start()
    daemon, model = house.process.pid, house.status()["model"]["pid"]
    dropped = burst(files, seed=files)
    for name, data in dropped.items():
        house.drop(name, data)
    for some in (
        *range(20, files, 20),
        files,
    ):  # a minute without twenty more is a failure, however many there are
        house.until(lambda some=some: sum(run["state"] in OVER for run in house.runs()) >= some)
    ends = {Path(run["path"]).name: run for run in house.runs()}
    assert set(ends) == set(dropped)
    for name, run in ends.items():
        reason = run["reason"] or ""
        assert run["state"] == "done" or (reason and reason.isprintable()), run
        assert run["state"] in ("done", "skipped"), run
        assert run["state"] == "done" or not name.startswith("good"), run
        assert (house.folder / "out" / f"{name}.txt").exists() == (run["state"] == "done")
        assert (house.notes / name).read_bytes() == dropped[name]
    assert {run["state"] for run in ends.values()} == {"done", "skipped"}
    assert (daemon, model) == (house.process.pid, house.status()["model"]["pid"])
    said = house.words.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert not any(name in said for name in dropped)
    assert house.stop() == 0
