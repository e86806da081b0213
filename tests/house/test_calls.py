"""What was asked and answered is kept, encrypted, for whoever asks; and never at the cost of a run."""

import pytest

from homebody.errors import DiskFullError, HomebodyError
from homebody.house.account import account
from homebody.house.calls import calls
from homebody.journal.run import RunState

SUMMARY = """
ask: {prompt: Summarise this., output: {summary: {type: text, max: 100}}}
actions:
  - write: {dest: "OUT/{{ file.stem }}.md", content: "{{ ask.summary }}"}
"""
SECRET = "The safe opens with 4711."


def done(room, **answers):
    """Let a recipe ask about a note with a secret in it, and return the run."""
    room.recipe("sum", SUMMARY)
    (room.notes / "a.md").write_text(SECRET)
    room.settle()
    ((run, _),) = room.work()
    return run


def test_the_prompt_and_the_answer_are_kept_as_they_were(room):
    """The prompt has the system's words, the document and the task; the answer is the model's own text."""
    run = done(room)
    (call,) = calls(room.journal, room.vault, run.id)
    assert ["system", "user"] == [message["role"] for message in call.prompt]
    said = call.prompt[1]["text"]
    assert said.index(SECRET) < said.index("Summarise this.")
    assert '{"summary":"A summary."}' == call.answer


def test_nothing_of_it_can_be_read_on_the_disk(room):
    """No file of the state folder holds the document's words."""
    done(room)
    room.journal.wipe()
    states = [path for path in (room.folder / "state").rglob("*") if path.is_file()]
    assert len(states) > 3
    assert [] == [path for path in states if b"4711" in path.read_bytes()]


def test_a_wrong_answer_and_its_repair_are_both_there(room):
    """Whoever wonders why a run failed sees every call, those of a later try after those of the first."""
    room.model.answers = ["nonsense", "nonsense again"]
    run = done(room)
    assert RunState.QUEUED is run.state
    assert ["nonsense", "nonsense again"] == [call.answer for call in calls(room.journal, room.vault, run.id)]
    room.clock.advance(60)
    room.model.answers = [{"summary": "Right."}]
    room.work()
    found = calls(room.journal, room.vault, run.id)
    assert [0, 1, 2] == [call.number for call in found]
    assert "Answer again" in found[1].prompt[-1]["text"]
    assert '{"summary":"Right."}' == found[2].answer


@pytest.mark.parametrize("error", [DiskFullError("full"), HomebodyError("broken"), OSError("gone")])
def test_a_vault_that_cannot_be_written_fails_no_run(room, monkeypatch, error):
    """The answer is not kept then, and the run is done all the same."""
    real = room.vault.put

    def put(data: bytes) -> str:
        if b"Summarise this." in data or data.startswith(b"{"):
            raise error
        return real(data)

    monkeypatch.setattr(room.vault, "put", put)
    run = done(room)
    assert RunState.DONE is run.state
    assert {"out/a.md": "A summary.\n"}.items() <= room.tree().items()
    assert [] == calls(room.journal, room.vault, run.id)


def test_an_image_that_went_with_time_is_no_longer_kept(room):
    """The call is still counted, its words are None; the figures stay."""
    run = done(room)
    room.vault.purge(bytes_at_most=0)
    (call,) = calls(room.journal, room.vault, run.id)
    assert (None, None) == (call.prompt, call.answer)
    told = account(room.journal, room.vault, run.id, room.clock.now())
    assert any(step["name"] == "asked" and step["detail"]["prompt_tokens"] for step in told["steps"])


def test_without_the_vault_an_account_says_how_much_is_kept(room):
    """Steps and hashes are there; the calls are not opened."""
    run = done(room)
    told = account(room.journal, None, run.id, room.clock.now())
    assert (1, None) == (told["kept"], told["calls"])
    (effect,) = told["effects"]
    assert (None, 12, "applied") == (effect["before"], len(effect["after"]), effect["state"])
