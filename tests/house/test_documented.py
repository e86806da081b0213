"""Does the README's recipe that files bills do what the README says of it?"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homebody.actions.tags import stored_tags
from homebody.house.undo import undo
from homebody.journal.run import RunState

README = Path(__file__).parents[2] / "README.md"
MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def filing(room):
    """Return a room with that recipe, its two folders in the room, and the words of a model."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (text,) = [block for block in blocks if "file-bills" in block]
    text = text.replace("~/Downloads", str(room.notes)).replace("~/Documents/Bills", str(room.folder / "out"))
    room.recipe("file-bills", text.split("name: file-bills\n")[1], existing="process")
    room.intake.rescan()  # what comes from now on is new to it
    room.model.answers = [{"sender": "Roof/Wall"}]
    return room


def drop(room, name: str = "scan.txt") -> Path:
    """Drop a bill that carries tags."""
    path = room.notes / name
    path.write_text("A bill.\n")
    os.setxattr(path, "user.xdg.tags", b"mine,inbox")
    os.utime(path, (MOMENT.timestamp(), MOMENT.timestamp()))
    return path


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("rename_new", ["2026-03-02 Roof-Wall 2.txt", "2026-03-02 Roof-Wall.txt"]),
        ("skip", ["2026-03-02 Roof-Wall.txt"]),
        ("overwrite", ["2026-03-02 Roof-Wall.txt"]),
    ],
)
def test_a_bill_gets_its_name_its_place_and_its_tags(filing, word: str, names: list[str]):
    """Each word for a name that is taken does what it says, and all of it can be taken back."""
    recipe = filing.recipes["file-bills"]
    rename, move, tag = recipe.actions
    actions = (rename, move.model_copy(update={"on_conflict": word}), tag)
    filing.recipes["file-bills"] = recipe.model_copy(update={"actions": actions})
    taken = filing.folder / "out" / "2026" / "2026-03-02 Roof-Wall.txt"
    taken.parent.mkdir(parents=True)
    taken.write_text("Last month's.\n")
    before = filing.tree()
    path = drop(filing)
    filing.settle()
    ((run, _),) = filing.work()
    assert (RunState.DONE, None) == (run.state, run.reason)
    assert names == sorted(os.listdir(taken.parent))  # noqa: PTH208 - names are what is wanted
    place = {
        "rename_new": taken.with_name("2026-03-02 Roof-Wall 2.txt"),
        "skip": filing.notes / "2026-03-02 Roof-Wall.txt",
        "overwrite": taken,
    }[word]
    assert ("A bill.\n", b"mine,bill,Roof/Wall") == (place.read_text(), stored_tags(place))
    undo(filing.journal, filing.vault, run.id)
    assert {**before, "Notes/scan.txt": "A bill.\n"} == filing.tree()
    assert b"mine,inbox" == stored_tags(path)


BOOKED = "## 2026-02-27: 1235.00 EUR\n\n- 12 x Tiles: 1234.50 EUR\n- 1 x Glue: 0.50 EUR\n- together 1235.00\n"


def test_the_ledger_of_bills(room):
    """An open bill becomes a row, and a section with its lines; one that is paid nothing; the undo takes it back."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (text,) = [block for block in blocks if "book-bills" in block]
    places = (("~/Documents/Bills", room.notes), ("~/Documents/Ledger", room.folder / "out"))
    for written, place in places:
        text = text.replace(written, str(place))
    room.recipe("book-bills", text.split("name: book-bills\n")[1])
    room.intake.rescan()
    euros = {"currency": "EUR", "amount": 1234.5}
    answer = {
        "sender": "Roof & Wall", "day": "2026-02-27", "total": {"currency": "EUR", "amount": 1235}, "paid": False,
        "lines": [
            {"what": "Tiles", "pieces": 12, "price": euros},
            {"what": "Glue", "pieces": None, "price": {"currency": "EUR", "amount": 0.5}},
        ],
    }  # fmt: skip
    room.model.answers = [answer, {**answer, "paid": True}]
    for name in ("a", "b"):
        bill = f"Bill {name} of 27.02.2026\n12 tiles 1.234,50 €\nglue 0,50 €\nTotal 1.235,00 €\n"
        (room.notes / f"{name}.txt").write_text(bill)
    before = room.tree()
    room.settle()
    (one, _), (other, _) = room.work()
    assert [(RunState.DONE, None), (RunState.SKIPPED, "`when` does not hold")] == [
        (run.state, run.reason) for run in (one, other)
    ]
    made = {name: held for name, held in room.tree().items() if name not in before}
    assert {
        "out/2026.csv": "day,sender,total,currency\n2026-02-27,Roof & Wall,1235.00,EUR\n",
        "out/Roof & Wall.md": BOOKED,
    } == made
    undo(room.journal, room.vault, one.id)
    assert before == room.tree()
