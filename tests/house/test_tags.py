"""Words that a list does not have wait for a person, and are asked about once."""

from typing import Any

import pytest

from homebody.errors import HomebodyError, UsageError
from homebody.house import review
from homebody.house.tags import ProposedWord, proposals, turn_down
from homebody.journal.run import RunState

TAGGING = """
ask:
  prompt: Tag it.
  output:
    tags: {type: list, of: [Work, home], new: propose, max: 4}
actions:
  - append: {dest: "OUT/log.md", content: "{{ file.stem }}: {{ ask.tags | join(', ') }}."}
"""


def work(room: Any, *answers: list[str], more: str = "") -> list[Any]:
    """Let a note come in for each answer, and return the runs."""
    room.recipe("tagging", TAGGING + more)
    room.model.answers = [{"tags": tags} for tags in answers]
    for number in range(len(answers)):
        (room.notes / f"n{number}.md").write_text(f"Note {number}.")
    room.settle()
    return [run for run, _ in room.work()]


def waiting(room: Any) -> list[tuple[str, list[int]]]:
    """Return the words that wait, each with its runs."""
    found = proposals(room.journal, room.vault, room.recipes)
    assert {("tagging", "tags")} >= {(one.recipe, one.slot) for one in found}
    return [(one.word, one.runs) for one in found]


def test_a_new_word_waits_and_is_not_used(room: Any) -> None:
    """Runs that propose the same word, in whatever letters, stand together; the list's own spelling is used."""
    first, second = work(room, ["work", "garden"], ["Garden", "home", "attic"])
    assert [RunState.DONE] * 2 == [first.state, second.state]
    assert "n0: Work.\nn1: home.\n" == room.tree()["out/log.md"]
    assert [("attic", [second.id]), ("garden", [first.id, second.id])] == waiting(room)


def test_no_file_of_the_state_folder_holds_the_word(room: Any) -> None:
    """It is out of a document: the vault keeps it, and what the vault has let go waits no more."""
    work(room, ["greenhouse"])
    room.journal.wipe()
    states = [path for path in (room.folder / "state").rglob("*") if path.is_file()]
    assert [] == [path for path in states if b"greenhouse" in path.read_bytes().lower()]
    room.vault.purge(bytes_at_most=0)
    assert [] == waiting(room)


def test_a_word_that_was_turned_down_is_not_asked_about_again(room: Any) -> None:
    """Not in other letters, not by later runs, and not after the vault was purged; other words still wait."""
    (run,) = work(room, ["garden", "attic"])
    turn_down(
        room.journal, room.vault, ProposedWord(recipe="tagging", slot="tags", word="GARDEN", runs=[run.id])
    )
    turn_down(
        room.journal, room.vault, ProposedWord(recipe="tagging", slot="tags", word="attic", runs=[run.id])
    )
    room.vault.purge(bytes_at_most=0)
    (room.notes / "later.md").write_text("Later.")
    room.model.answers = [{"tags": ["Garden", "Attic", "roof"]}]
    room.settle()
    ((later, _),) = room.work()
    assert [("roof", [later.id])] == waiting(room)


def test_a_word_that_the_list_has_by_now_waits_no_more(room: Any) -> None:
    """Nor one of a list that takes no proposals any more, or of a recipe that is gone."""
    work(room, ["garden"])
    for text in ("of: [Work, GARDEN]", "of: [Work, home], optional: true"):
        room.recipe("tagging", TAGGING.replace("of: [Work, home]", text))
        assert ("GARDEN" in text) == (waiting(room) == [])
    room.recipe("tagging", TAGGING.replace("new: propose", "new: deny"))
    assert [] == waiting(room)
    room.recipes.clear()
    assert [] == waiting(room)


def test_what_nobody_proposed_cannot_be_turned_down(room: Any) -> None:
    """A person is told."""
    with pytest.raises(UsageError, match="has proposed that word"):
        turn_down(room.journal, room.vault, ProposedWord(recipe="tagging", slot="tags", word="x"))


def test_a_vault_that_cannot_be_written_fails_no_run(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The word is not kept then, and the run is done all the same."""
    real = room.vault.put

    def put(data: bytes) -> str:
        if data.startswith(b'["tagging"'):
            raise HomebodyError("broken")
        return real(data)

    monkeypatch.setattr(room.vault, "put", put)
    (run,) = work(room, ["garden"])
    assert (RunState.DONE, []) == (run.state, waiting(room))


def test_a_person_who_fills_the_slot_is_told_of_a_word_that_is_not_there(room: Any) -> None:
    """It would be left out, and nobody would know."""
    (run,) = work(room, ["home"], more="approve: true\n")
    with pytest.raises(UsageError, match="not in the list: add them to it first"):
        review.edit(room.journal, room.vault, room.recipes["tagging"], run.id, {"tags": "home, garden"})
    review.edit(room.journal, room.vault, room.recipes["tagging"], run.id, {"tags": "work"})
    room.work()
    review.accept(room.journal, run.id)
    room.work()
    assert "n0: Work.\n" == room.tree()["out/log.md"]
