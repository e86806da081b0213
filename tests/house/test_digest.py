"""An ask over many documents, which a schedule selected: all of them are read, and what is left out is counted."""

import os
from typing import Any

from homebody.house import requests
from homebody.house.asker import MAP_TASK
from homebody.journal.run import RunState

DIGEST = """
triggers: [{schedule: {at: "18:00"}}]
select: {folder: NOTES, name: "*.md", limit: 40}
ask: {prompt: What was the day like?, output: {day: {type: text, max: 100}}}
actions:
  - write: {dest: "OUT/{{ run.date }}.md", content: "{{ ask.day }} ({{ documents | length }})"}
"""


def run(room: Any, *, context: int = 4096) -> Any:
    """Let the digest be due, and return its run."""

    def answers(messages: Any) -> dict[str, str]:
        of_a_part = messages[1].parts[-1].text.startswith(MAP_TASK)
        return {"part": "A part of the day."} if of_a_part else {"day": "Long."}

    room.recipe("digest", DIGEST)
    room.model.answers, room.model.context = [answers], context
    requests.request(room.journal, room.recipes["digest"], None)
    ((found, _),) = room.work()
    return found


def notes(room: Any, number: int, words: int) -> None:
    """Write so many notes, each younger than the one before."""
    for one in range(number):
        path = room.notes / f"n{one:03}.md"
        path.write_text(" ".join(f"w{one}x{word}" for word in range(words)))
        os.utime(path, (1_700_000_000 + one, 1_700_000_000 + one))


def steps(room: Any, found: Any, name: str) -> list[dict[str, Any]]:
    """Return the details of the steps of that name."""
    return [dict(step.detail) for step in room.journal.steps(found.id) if step.name == name]


def test_a_day_too_long_is_read_in_parts_and_every_word_once(room: Any) -> None:
    """Each part is told as it ends; all tokens of all documents count as read, and each was shown to the model."""
    notes(room, 30, 60)
    found = run(room, context=700)
    assert (RunState.DONE, "Long. (30)\n") == (found.state, room.tree()["out/2026-03-02.md"])
    (answered,) = steps(room, found, "answered")
    assert (1800, 1800, "summarize") == (
        answered["tokens_total"],
        answered["tokens_read"],
        answered["overflow"],
    )
    parts = [one["part"] for one in steps(room, found, "asked") if "part" in one]
    assert list(range(1, len(parts) + 1)) == parts
    assert len(parts) > 2
    shown = [
        next(part.text for part in messages[1].parts if part.data)
        for messages in room.model.asked[: len(parts)]
    ]
    assert [f"w{one}x{word}" for one in range(30) for word in range(60)] == " ".join(shown).split()
    assert [{"count": 30}] == steps(room, found, "selected")


def test_what_the_limit_or_a_bad_file_leaves_out_is_counted(room: Any) -> None:
    """The newest are taken; a file that cannot be read stops none of them."""
    notes(room, 45, 5)
    (room.notes / "n044.md").write_bytes(b"%PDF-1.4 broken")
    (room.notes / "n043.md").unlink()
    (room.notes / "n043.md").symlink_to("/etc/hostname")
    (room.notes / "n042.md").chmod(0)
    found = run(room)
    assert RunState.DONE == found.state
    (selected,) = steps(room, found, "selected")
    assert 44 == selected["count"] + selected["beyond_limit"] + selected.get("unreadable", 0)
    assert 4 == selected["beyond_limit"]
    document = next(part.text for part in room.model.asked[0][1].parts if part.data)
    assert ("w3x0" not in document.split(), "w4x0" in document.split()) == (True, True)
