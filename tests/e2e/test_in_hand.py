"""How far the runs in hand are, as whoever watches a real daemon with a real model sees it."""

from pathlib import Path

from homebody.cli.daemon import status_lines

RECIPE = """name: long
triggers: [{watch: NOTES, settle: 100ms, existing: process}]
filters: [{extension: md}]
ask:
  prompt: Write about this note.
  output:
    words: {type: text, max: 1500}
actions:
  - write: {dest: "OUT/{{ file.stem }}.txt", content: "{{ ask.words }}"}
"""


def test_status_shows_what_is_read_and_written(house, random_model: Path):
    """While notes are written about, `status` names each run, its tokens and its speed; afterwards none is in hand."""
    house.settings(f"settle: 0.1\nrescan: 2\nmodel: {random_model}\nthreads: 1\n")
    house.recipe("long", RECIPE.replace("NOTES", str(house.notes)).replace("OUT", str(house.folder / "out")))
    house.start()
    assert [] == house.status()["in_hand"]
    for number in range(8):
        house.drop(f"{number}.md", f"Note {number} about the roof. " * 20)
    seen: list[dict] = []

    def writes() -> bool:
        seen.append(house.status())
        return any(one["written"] for run in seen[-1]["in_hand"] for one in run["requests"])

    house.until(writes)
    run = next(run for run in seen[-1]["in_hand"] if run["requests"] and run["requests"][0]["written"])
    (request,) = run["requests"]
    assert ("long", "decode") == (run["recipe"], request["phase"])
    assert Path(run["path"]).parent == house.notes
    assert 0 < request["written"] <= request["most"]
    assert request["prompt"] == request["cached"] + request["read"] > 100
    assert request["tokens_per_second"] > 0
    words = "\n".join(status_lines(seen[-1]))
    assert f"in hand: run {run['id']}, long, " in words
    assert f"writes: {request['written']} of at most {request['most']} tokens, " in words
    house.until(lambda: all(run["state"] not in ("queued", "running") for run in house.runs()))
    assert [] == house.status()["in_hand"]
    log = house.home.log.read_text(encoding="utf-8")
    assert ".md" not in log
