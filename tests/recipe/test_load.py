"""Recipe files become values, or mistakes with their place."""

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from homebody.actions import AppendAction
from homebody.recipe.load import long_form, read_recipe
from homebody.recipe.schema import Approve, Schedule, Watch
from homebody.sampling import Sampling
from homebody.slots import DateSlot, FlagSlot, ListSlot, MoneySlot, NumberSlot, ObjectsSlot, TextSlot


def test_the_smallest_recipe(smallest: str, home: Path) -> None:
    """A name, a trigger and an action are enough; the rest has defaults."""
    recipe = read_recipe(smallest)
    (trigger,) = recipe.triggers
    assert isinstance(trigger, Watch)
    assert (home / "Notes",) == trigger.folders
    assert (True, (), (), None) == (recipe.enabled, recipe.ask, recipe.filters, recipe.when)
    assert ("summarize", 50_000_000, 2) == (recipe.read.overflow, recipe.read.limit, recipe.on_error.retry)
    assert isinstance(recipe.actions[0], AppendAction)
    assert not recipe.needs_text()


def test_summarize_notes(shipped_texts: dict[str, str], home: Path) -> None:
    """What the shipped recipe says is what it is said to do."""
    recipe = read_recipe(shipped_texts["summarize-notes"])
    (ask,) = recipe.ask
    assert "Summarise this note in one or two sentences." == ask.prompt
    assert {"summary": TextSlot(max=400)} == ask.output
    assert ["extension", "not name"] == [chosen.word for chosen in recipe.filters]
    assert ((home / "Notes",),) * 2 == (recipe.permissions().reads, recipe.permissions().writes)
    assert recipe.needs_text()


def test_tag_files(shipped_texts: dict[str, str]) -> None:
    """Fifteen words, at most three of them."""
    recipe = read_recipe(shipped_texts["tag-files"])
    (ask,) = recipe.ask
    assert "Choose the tags that fit this document." == ask.prompt
    tags = ask.output["tags"]
    assert isinstance(tags, ListSlot)
    assert (3, 15) == (tags.max, len(tags.of or ()))


def test_daily_digest(shipped_texts: dict[str, str], home: Path) -> None:
    """At six in the evening, the summaries of a day; it may write the digest's folder and no other."""
    recipe = read_recipe(shipped_texts["daily-digest"])
    (trigger,) = recipe.triggers
    assert isinstance(trigger, Schedule)
    assert (time(18), None, None, None, "once") == (
        trigger.at,
        trigger.days,
        trigger.every,
        trigger.cron,
        trigger.catch_up,
    )
    assert recipe.select is not None
    assert (home / "Notes", "*.summary.md", timedelta(days=1)) == (
        recipe.select.folder,
        recipe.select.name,
        recipe.select.newer_than,
    )
    assert ((home / "Notes",), (home / "Notes" / "digest",)) == (
        recipe.permissions().reads,
        recipe.permissions().writes,
    )


def test_every_shorthand_has_one_long_form(shipped_texts: dict[str, str], smallest: str) -> None:
    """The long form is the same recipe, has the same hash, and is its own long form."""
    for text in (*shipped_texts.values(), smallest):
        recipe = read_recipe(text)
        again = read_recipe(long_form(recipe))
        assert recipe == again
        assert recipe.hash == again.hash
        assert long_form(recipe) == long_form(again)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("watch: ~/Notes", "watch: [~/Notes]"),
        ("watch: ~/Notes", "watch: ~/Notes\n    recursive: false\n    existing: skip"),
        ("schedule: 2h", "schedule: {every: 120m}"),
        ('schedule: "7:30"', 'schedule: {at: "07:30"}\n    catch_up: once'),
        ("schedule: 0 8 * * 1-5", 'schedule: {cron: "0 8 * * mon,tue,wed,thu,fri"}'),
        ('schedule: {at: "07:30", days: friday}', 'schedule: {at: "07:30:00", days: [fri]}'),
    ],
)
def test_shorthands_of_triggers(short: str, long: str) -> None:
    """Two ways to say the same have the same hash."""
    text = 'name: x\ntriggers:\n  - {}\nactions:\n  - append: {{dest: ~/Notes/log.md, content: "x"}}\n'
    assert read_recipe(text.format(short)).hash == read_recipe(text.format(long)).hash


@pytest.mark.parametrize(
    ("written", "meant", "long"),
    [
        ("", None, "approve: false"),
        ("approve: false\n", None, "approve: false"),
        ("approve: true\n", Approve(first=None), "approve: true"),
        ("approve: {first: 10}\n", Approve(first=10), "approve:\n  first: 10"),
    ],
)
def test_who_is_asked_first(smallest: str, written: str, meant: Approve | None, long: str) -> None:
    """None is never, an approval without a number is always; the long form says which."""
    recipe = read_recipe(smallest + written)
    assert meant == recipe.approve
    assert long in long_form(recipe)
    assert recipe == read_recipe(long_form(recipe))


@pytest.mark.parametrize(
    ("written", "count", "per", "long"),
    [
        ("", 30, timedelta(hours=1), "30/1h"),
        ("limits: {}\n", 30, timedelta(hours=1), "30/1h"),
        ("limits: {runs_per_file: 3/1h}\n", 3, timedelta(hours=1), "3/1h"),
        ("limits: {runs_per_file: 1000 / 90s}\n", 1000, timedelta(seconds=90), "1000/1m30s"),
    ],
)
def test_how_often_on_one_file(smallest: str, written: str, count: int, per: timedelta, long: str) -> None:
    """A number and a time; thirty in an hour where nothing is said."""
    recipe = read_recipe(smallest + written)
    assert (count, per) == (recipe.limits.runs_per_file.count, recipe.limits.runs_per_file.per)
    assert f"runs_per_file: {long}" in long_form(recipe)
    assert recipe.hash == read_recipe(long_form(recipe)).hash


ASK = "ask:\n  prompt: Summarise it.\n  output: {summary: text}\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", Sampling()),
        ("  sampling: {}\n", Sampling()),
        ("  sampling: {temperature: 0, seed: null}\n", Sampling()),
        ("  sampling: {temperature: 1}\n", Sampling(temperature=1.0)),
        (
            "  sampling: {temperature: 0.7, top_k: 40, top_p: 0.95, min_p: 0.05, seed: 7}\n",
            Sampling(temperature=0.7, top_k=40, top_p=0.95, min_p=0.05, seed=7),
        ),
        (
            "  sampling: {repeat_penalty: 1.1, repeat_last: 128}\n",
            Sampling(repeat_penalty=1.1, repeat_last=128),
        ),
    ],
)
def test_how_tokens_are_chosen(smallest: str, written: str, meant: Sampling) -> None:
    """The likeliest if nothing is said; the long form has every option, and a given seed."""
    recipe = read_recipe(smallest + ASK + written)
    (ask,) = recipe.ask
    assert meant == ask.sampling
    assert meant.to_dict() == recipe.long()["ask"]["sampling"]
    assert recipe == read_recipe(long_form(recipe))


def test_another_way_of_choosing_is_another_hash(smallest: str) -> None:
    """A file is done again when its recipe draws otherwise, or from another seed."""
    ways = ["", "{temperature: 0.7}", "{temperature: 0.7, seed: 1}", "{temperature: 0.7, seed: 2}"]
    hashes = [read_recipe(f"{smallest}{ASK}  sampling: {way or '{}'}\n").hash for way in ways]
    assert len(ways) == len(set(hashes))
    assert hashes[0] == read_recipe(smallest + ASK).hash


@pytest.mark.parametrize(
    ("option", "needed"),
    [
        *((option, "temperature") for option in ("top_k: 40", "top_p: 0.9", "min_p: 0.1", "seed: 7")),
        ("repeat_last: 10", "repeat_penalty"),
    ],
)
def test_an_option_without_effect_is_a_mistake(
    smallest: str, problems: Any, option: str, needed: str
) -> None:
    """Who cuts or seeds what is never drawn is told what is missing, at the option's place."""
    (problem,) = problems(f"{smallest}{ASK}  sampling: {{{option}}}\n")
    assert (f"ask.sampling.{option.split(':', maxsplit=1)[0]}", 9) == (problem.where, problem.line)
    assert f"no effect without `{needed}`" in problem.what


def test_another_word_is_another_hash(smallest: str) -> None:
    """What changes the recipe changes its hash; a remark does not."""
    assert read_recipe(smallest).hash != read_recipe(smallest.replace("log.md", "diary.md")).hash
    assert read_recipe(smallest).hash == read_recipe(smallest + "# a remark\n").hash


def test_variables_fill_folders(smallest: str, home: Path) -> None:
    """One line at the top says where."""
    text = "vars: {notes: ~/Notes}\n" + smallest.replace("~/Notes\n", '"{{ vars.notes }}/new"\n')
    assert (home / "Notes" / "new",) == read_recipe(text).watched


def test_a_link_is_given_to_the_seal_as_what_it_leads_to(smallest: str, home: Path, tmp_path: Path) -> None:
    """The kernel knows real folders only."""
    real = tmp_path / "disk"
    (home / "Notes").rename(real)
    (home / "Notes").symlink_to(real)
    permissions = read_recipe(smallest).permissions()
    assert ((real,), (real,)) == (permissions.reads, permissions.writes)


@pytest.mark.parametrize(
    ("written", "slot"),
    [
        ("date", DateSlot()),
        ("date?", DateSlot(optional=True)),
        ("{type: date, not_before: 2026-01-31, not_after: today}",
         DateSlot(not_before=date(2026, 1, 31), not_after="today")),
        ("{type: date, not_before: '2026-01-31'}", DateSlot(not_before=date(2026, 1, 31))),
        ("number", NumberSlot()),
        ("{type: number, min: 0.1, max: 5, decimals: 2, unit: kg}",
         NumberSlot(min=Decimal("0.1"), max=Decimal(5), decimals=2, unit="kg")),
        ("money", MoneySlot()),
        ("{type: money, currency: EUR}", MoneySlot(currency=["EUR"])),
        ("{type: money, currency: [EUR, NOK], min: -5.25, must_appear: yes}",
         MoneySlot(currency=["EUR", "NOK"], min=Decimal("-5.25"), must_appear=True)),
        ("flag", FlagSlot()),
        ("{type: flag, optional: no}", FlagSlot()),
        ("{type: list, max: 4, max_length: 20, must_appear: true}", ListSlot(max=4, max_length=20, must_appear=True)),
        ("{type: list, of: [a, b], new: allow}", ListSlot(of=["a", "b"], new="allow")),
        ("{type: list, of: {what: text, who: text?, due: {type: date, not_before: today}}}",
         ObjectsSlot(of={"what": TextSlot(max=100), "who": TextSlot(max=100, optional=True),
                         "due": DateSlot(not_before="today")})),
        ("{type: list, max: 2, of: {what: {type: text, max: 7}, price: money?}}",
         ObjectsSlot(of={"what": TextSlot(max=7), "price": MoneySlot(optional=True)}, max=2)),
    ],
)  # fmt: skip
def test_every_kind_of_slot(smallest: str, written: str, slot: Any) -> None:
    """What is written means this slot; the long form means it, too, and loads as the same recipe."""
    recipe = read_recipe(f"{smallest}ask:\n  prompt: What?\n  output: {{it: {written}}}\n")
    (ask,) = recipe.ask
    assert slot == ask.output["it"]
    again = read_recipe(long_form(recipe))
    assert recipe == again
    assert recipe.hash == again.hash


def test_only_texts_and_lists_can_be_joined(smallest: str, problems) -> None:
    """What is neither is refused with its name, where `overflow` puts the answers about parts together."""
    text = (
        smallest
        + 'read: {overflow: join}\nask: {prompt: "What?", output: {kind: {type: choice, of: [a, b]}}}\n'
    )
    (problem,) = problems(text)
    assert "`overflow: join` puts texts and lists together, and `kind` is neither" in str(problem)
    assert read_recipe(text.replace("{type: choice, of: [a, b]}", "text")).read.overflow == "join"
