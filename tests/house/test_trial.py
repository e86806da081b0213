"""A recipe is tried with a document, and nothing happens: what comes of it, and how that is not what is expected."""

from pathlib import Path
from typing import Any

import pytest

from homebody.house.model import InTurn
from homebody.house.trial import Tried, answer_by, try_out
from homebody.recipe.load import load_recipe
from homebody.testing import FakeModel

BODY = """
vars: {out: OUT}
filters: [{extension: [md, txt]}, {not name: "*.skip.md"}]
ask:
  prompt: What is it?
  output:
    kind: {type: choice, of: [bill, letter]}
    sender: {type: text, max: 40, must_appear: true, optional: true}
    day: date?
    total: money?
    tags: {type: list, of: [home, work], max: 2}
when: "{{ ask.kind == 'bill' }}"
actions:
  - rename: "{{ ask.day or run.date }} {{ ask.sender or 'nobody' }}{{ file.suffix }}"
  - tag: "{{ ask.tags }}"
  - append: {dest: "{{ vars.out }}/ledger.csv", content: "{{ ask.day }},{{ ask.total.amount }}"}
  - write: {dest: "{{ vars.out }}/{{ file.stem }}.txt", content: "{{ ask.kind }} of {{ file.modified.date() }}"}
"""
ANSWER = {"kind": "bill", "sender": "Ada", "day": "2026-03-01", "total": {"amount": 12.5, "currency": "EUR"},
          "tags": ["work", "home"]}  # fmt: skip


def tried(room: Any, tests: str, *answers: object, body: str = BODY) -> list[Tried]:
    """Return what comes of each test of the recipe."""
    recipe = room.recipe("bills", body + "tests:\n" + tests)
    model = FakeModel(answers=list(answers) or [ANSWER])
    return [
        try_out(recipe, trial, room.folder, reads=room.reader, now=room.clock.now(),
                asks=lambda *about: answer_by(InTurn(model), *about))
        for trial in recipe.tests
    ]  # fmt: skip


RIGHT = """
  - text: Ada sends a bill.
    file: post.md
    now: 2026-03-05 10:00
    modified: 2026-02-28
    slots:
      kind: {one_of: [bill, letter]}
      sender: {matches: ^A.a$, contains: ADA}
      day: 2026-03-01
      total: 12.50 EUR
      tags: [home, work]
    changes:
      - move: NOTES/2026-03-01 Ada.md
      - tag: {path: "NOTES/2026-03-01 Ada.md", tags: [work, home]}
      - append: {path: "{{ vars.out }}/ledger.csv", text: {equals: "2026-03-01,12.50"}}
      - write: {path: "{{ vars.out }}/*Ada.txt", text: bill of 2026-02-28}
""".replace("      - move: NOTES", "      - rename: NOTES")


def everything(folder: Path) -> set[str]:
    """Return the names of all files below *folder*."""
    return {str(path) for path in folder.rglob("*") if path.is_file() and "journal" not in path.name}


def test_all_as_expected_and_nothing_done(room: Any) -> None:
    """Slots of every type are compared as a person writes them; no file is made, none is moved."""
    recipe_only = everything(room.folder)
    (found,) = tried(room, RIGHT)
    assert ((), "done") == (found.wrong, found.outcome)
    assert {str(room.folder / "bills.yaml")} == everything(room.folder) - recipe_only


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("{one_of: [bill, letter]}", "letter", ["kind is bill, and should be letter"]),
        ("^A.a$", "^B", ["sender is Ada, and should fit ^B"]),
        ("contains: ADA", "contains: [Ad, Bob]", ["sender is Ada, and should hold Bob"]),
        ("contains: ADA", "empty: true", ["sender is Ada, and should be empty"]),
        ("day: 2026-03-01", "day: 2026-03-02", ["day is 2026-03-01, and should be 2026-03-02"]),
        ("total: 12.50 EUR", "total: {empty: true}", ["total is 12.50 EUR, and should be empty"]),
        ("tags: [home, work]\n", "tags: [home]\n", ["tags is ['work', 'home'], and should be ['home']"]),
        ("tags: [work, home]", "tags: [work]", ["the tags of 2026-03-01 Ada.md: is"]),
        ("12.50\"}", "12\"}", ["ledger.csv is 2026-03-01,12.50, and should be 2026-03-01,12"]),
        ("Ada.txt", "Bob.txt", ["no change is `write OUT/*Bob.txt`", "Ada.txt` was not expected"]),
        ("    modified: 2026-02-28\n", "    outcome: skipped\n", ["it is done, and should be skipped"]),
    ],
)  # fmt: skip
def test_each_difference_is_told(room: Any, before: str, after: str, why: list[str]) -> None:
    """Just that one, in words."""
    assert 1 == RIGHT.count(before)
    (found,) = tried(room, RIGHT.replace(before, after))
    out = str(room.folder / "out")
    assert len(why) == len(found.wrong), found.wrong
    assert all(words.replace("OUT", out) in said for words, said in zip(why, found.wrong, strict=True)), (
        found.wrong
    )


@pytest.mark.parametrize(
    ("test", "outcome", "reason"),
    [
        ("{text: x, file: a.jpg}", "skipped", "filtered out by `extension"),
        ("{text: x, file: a.skip.md}", "skipped", "filtered out by `not name"),
        ("{text: '  '}", "skipped", "the file has no text"),
        (
            "{text: x, answer: {kind: letter, sender: null, day: null, total: null, tags: []}}",
            "skipped",
            "`when`",
        ),
        (
            "{text: x, answer: {kind: bill, sender: Ada, day: null, total: null, tags: []}}",
            "failed",
            "sender",
        ),
        ("{text: x, answer: {kind: none}}", "failed", "is missing"),
        ("{input: gone.md}", "failed", "gone.md cannot be read"),
        ("{input: broken.pdf, file: a.md}", "failed", "broken.pdf cannot be read"),
    ],
)
def test_every_other_end_has_its_reason(room: Any, test: str, outcome: str, reason: str) -> None:
    """And a test may expect it."""
    found, expected = tried(room, f"  - {test}\n  - {test[:-1]}, outcome: {outcome}}}\n")
    assert (outcome, True) == (found.outcome, reason in found.reason), found
    assert found.wrong[0].startswith(f"it is {outcome}, and should be done: ")
    assert () == expected.wrong


def test_what_is_there_already_is_what_the_test_says(room: Any) -> None:
    """Not what is on the disk: a taken name, a ledger that grows, and a file of the same content."""
    (room.folder / "out").mkdir()
    (room.folder / "out/x.txt").write_text("on the disk")
    body = (
        'actions: [{write: {dest: "OUT/x.txt", content: new}}, {append: {dest: OUT/log.md, content: more}}]\n'
    )
    tests = """
  - text: a
    changes: [write: OUT/x.txt, append: {path: OUT/log.md, text: more}]
  - text: a
    there: {OUT/x.txt: old, OUT/log.md: "first\\n"}
    changes: [write: OUT/x 2.txt, append: {text: {equals: "first\\nmore"}}]
  - text: a
    there: {OUT/x.txt: "new\\n", OUT/log.md: "more\\n"}
    changes: []
"""
    assert [(), (), ("`append", )] == [
        tuple(words[:7] for words in found.wrong) for found in tried(room, tests, body=body)
    ]  # fmt: skip


def test_a_schedule_takes_up_the_documents_of_the_test(room: Any) -> None:
    """Their names and texts, in their order; none is a day without news."""
    body = """
triggers: [{schedule: {at: "18:00"}}]
select: {folder: NOTES}
ask: {prompt: Which?, output: {best: {type: text, max: 40}}}
actions: [{write: {dest: "NOTES/d/{{ run.date }}.md", content: "{{ documents[1].stem }}: {{ ask.best }}"}}]
"""
    tests = """
  - {now: 2026-03-02, documents: {a.md: one, b.md: two}, changes: [write: {path: NOTES/d/2026-03-02.md, text: "b: X"}]}
  - {documents: {}, outcome: skipped}
"""
    assert [(), ()] == [found.wrong for found in tried(room, tests, {"best": "X"}, body=body)]


def test_several_asks_are_tried_one_by_one(room: Any) -> None:
    """Slots have the names that templates have for them; an answer may be given for all that are asked."""
    body = """
ask:
  - {name: facts, prompt: What?, output: {kind: {type: choice, of: [a, b]}}}
  - {name: more, when: "{{ ask.facts.kind == 'a' }}", prompt: "A {{ ask.facts.kind }}?", output: {x: {type: text}}}
actions: [{write: {dest: "OUT/{{ ask.facts.kind }}.md", content: "{{ ask.more.x }}"}}]
"""
    tests = """
  - {text: a, slots: {facts.kind: a, more.x: yes it is}}
  - {text: a, answer: {facts: {kind: b}}, slots: {more.x: {empty: true}}, changes: [write: OUT/b.md]}
  - {text: a, answer: {facts: {kind: a}}, outcome: failed}
"""
    found = tried(room, tests, {"kind": "a"}, {"x": "yes it is"}, body=body)
    assert [(), (), ()] == [one.wrong for one in found]


def test_an_input_lies_beside_the_recipe(room: Any) -> None:
    """And is read by the sealed reader, as a file that came would be."""
    (room.folder / "samples").mkdir()
    (room.folder / "samples/post.html").write_text("<p>Ada <!-- not this --> sends it.</p>")
    recipe_body = BODY.replace("[md, txt]", "[html]")
    (found,) = tried(room, "  - {input: samples/post.html, slots: {sender: Ada}}\n", body=recipe_body)
    assert () == found.wrong
    assert load_recipe(room.folder / "bills.yaml").tests[0].input == "samples/post.html"


@pytest.mark.parametrize("name", ["memo.m4a", "scan.PNG", "bill.pdf"])
def test_the_words_of_what_is_no_text_are_its_text(room: Any, name: str) -> None:
    """Nobody writes a recording into a recipe."""
    suffix = Path(name).suffix[1:].lower()
    body = f"vars: {{out: OUT}}\nfilters: [{{extension: {suffix}}}]\n"
    body += 'actions: [{extract_text: "{{ vars.out }}/a.txt"}]\n'
    changes = '[{extract_text: {path: "{{ vars.out }}/a.txt", text: Ada is here.}}]'
    (found,) = tried(room, f"  - {{file: {name}, text: Ada is here., changes: {changes}}}\n", body=body)
    assert ((), "done") == (found.wrong, found.outcome)
