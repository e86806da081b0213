"""A document that kills the real model process, among others: what becomes of their runs."""

import sys
from pathlib import Path

from homebody.clock import SystemClock
from homebody.journal.run import RunState
from homebody.model.client import ModelClient
from homebody.paths import starter_model

CHILD = Path(__file__).parents[1] / "model" / "children" / "dies_of_poison.py"

SUMMARY = """
ask: {prompt: Summarise the note., output: {summary: {type: text, max: 80}}}
actions:
  - write: {dest: "OUT/{{ file.stem }}.txt", content: "{{ ask.summary }}"}
"""


def test_set_aside_after_two_deaths_while_the_others_go_on(room) -> None:
    """The poisonous one is quarantined with the reason, its file left where it is; the others are done at their first
    try, and no death is left unexplained."""
    client = ModelClient(starter_model(), clock=SystemClock(), command=[sys.executable, "-I", str(CHILD)])
    client.start()
    room.model = client
    room.recipe("summary", SUMMARY)
    for name, text in (("a", "The roof leaks."), ("b", "This is poison."), ("c", "The boat is blue.")):
        (room.notes / f"{name}.md").write_text(text, encoding="utf-8")
    room.settle()
    ended = {}
    for _ in range(4):
        ended |= {run.path.stem: run for run, _ in room.work()}
        room.clock.advance(4000)

    assert {"a": RunState.DONE, "b": RunState.QUARANTINED, "c": RunState.DONE} == {
        name: run.state for name, run in ended.items()
    }
    assert [1, 3, 1] == [ended[name].attempt for name in "abc"]
    assert "twice over this text, so it is set aside" in ended["b"].reason
    assert "GGML_ASSERT(!poison)" in ended["b"].reason
    assert (room.notes / "b.md").exists()
    assert () == client.standing.deaths
    client.stop()
