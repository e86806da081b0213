"""Which recipes are in force after a person's edits, and never a circle among them."""

import threading
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from homebody.house.taking import NOTHING, Change, InForce, Standing, Wait, change, decide, is_worse, without
from homebody.recipe.load import Loaded
from homebody.recipe.problem import Places, Problem
from homebody.recipe.reach import circles, edges
from homebody.recipe.schema import Recipe

FOLDERS = {"a": "/w/a", "b": "/w/b", "c": "/w/c"}
RESTART = Wait(why="waiting for restart: it would read /else", restart=True, reads=("/else",))


def recipe(name: str, source: str, goal: str, word: str = "x", *, enabled: bool = True) -> Recipe:
    """Return a recipe that makes a file in *goal* of each one in *source*."""
    return Recipe.model_validate(
        {
            "name": name,
            "enabled": enabled,
            "triggers": [{"watch": f"/w/{source}"}],
            "actions": [{"append": {"dest": f"/w/{goal}/{{{{ file.stem }}}}.md", "content": word}}],
        }
    )


def loaded(*recipes: Recipe, wrong: str = "") -> Loaded:
    """Return what a folder says in which each recipe has a file of its name, and those in *wrong* a mistake."""
    problems = tuple(Problem(file=f"{name}.yaml", line=1, column=1, where="", what="wrong") for name in wrong)
    places = {one.name: Places(file=f"{one.name}.yaml") for one in recipes}
    return Loaded(recipes=tuple(sorted(recipes, key=lambda one: one.name)), problems=problems, places=places)


def words(standing: Standing) -> dict[str, str]:
    """Return which version of each recipe is in force, by the word that it writes."""
    return {name: one.actions[0].content for name, one in standing.recipes.items()}


FILE = st.one_of(
    st.none(),
    st.just("wrong"),
    st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.sampled_from(["one", "two"]), st.booleans(),
              st.booleans()),
)  # fmt: skip
"""What the file of a recipe may be: not there, wrong, or from where to where, and whether on and within the seal."""

DISK = st.fixed_dictionaries(dict.fromkeys("pqr", FILE))


def read(disk: Mapping) -> tuple[Loaded, dict[str, Wait]]:
    """Return what is loaded from such a disk, and what is barred."""
    found = {name: file for name, file in disk.items() if isinstance(file, tuple)}
    recipes = [
        recipe(name, source, goal, word, enabled=on) for name, (source, goal, word, on, _) in found.items()
    ]
    wrong = "".join(name for name, file in disk.items() if file == "wrong")
    return loaded(*recipes, wrong=wrong), {name: RESTART for name, file in found.items() if not file[4]}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@example(
    [
        {"p": None, "q": None, "r": ("b", "c", "one", True, True)},
        {"p": None, "q": ("c", "b", "one", True, True), "r": "wrong"},
    ]
)
@given(st.lists(DISK, min_size=1, max_size=5))
def test_whatever_is_edited_what_a_start_would_run_runs(disks):
    """After any edits: all that a start with this seal would run, beyond it only last good versions, no circle."""
    standing = NOTHING
    for disk in disks:
        before, (files, barred) = standing, read(disk)
        standing, fresh = decide(before, files, barred), decide(NOTHING, files, barred)
        assert fresh.recipes == {name: standing.recipes[name] for name in fresh.recipes}
        for name in standing.recipes.keys() - fresh.recipes.keys():
            assert standing.recipes[name] == (before.stopped | before.recipes)[name]
            assert disk[name] is not None
            assert disk[name] == "wrong" or disk[name][3], "one that was switched off does not go on"
            assert standing.waits[name].goes_on
        assert {} == circles(edges(standing.recipes.values()), {})
        assert standing == decide(standing, files, barred), "looking again changes nothing"
        silent = {name for name, file in disk.items() if isinstance(file, tuple)} - fresh.recipes.keys()
        assert silent <= standing.waits.keys(), "whatever does not run as its file says has a reason"


def test_an_older_version_goes_on_until_the_restart_and_says_so():
    """The new one needs more than the seal allows."""
    old = decide(NOTHING, loaded(recipe("p", "a", "b", "old")), {})
    now = decide(old, loaded(recipe("p", "a", "c", "new")), {"p": RESTART})
    assert {"p": "old"} == words(now)
    assert f"{RESTART.why}; until then it goes on as it was" == str(now.waits["p"])
    assert not is_worse(old, now), "it is clear at once, and no editor leaves it half done"


def test_a_version_that_would_close_a_circle_with_what_is_right_is_stopped():
    """The file that is right wins over a version that only memory holds, and the person is told."""
    old = decide(NOTHING, loaded(recipe("p", "a", "b")), {})
    now = decide(old, loaded(recipe("q", "b", "a"), wrong="p"), {})
    assert {"q": "x"} == words(now)
    assert "was stopped, because it closes a circle" in str(now.waits["p"])
    assert {"p": "x"} == words(decide(now, loaded(wrong="p"), {})), "with the other gone it goes on"


def test_a_version_that_was_never_good_does_not_go_on():
    """What turns out to be unusable while it is in force waits, and is not its own last good version."""
    old = decide(NOTHING, loaded(recipe("p", "a", "b"), recipe("q", "a", "b")), {})
    barred = {"p": Wait(why="p.yaml:1:1: the model cannot answer this")}
    now = decide(without(old, barred.keys()), loaded(recipe("p", "a", "b"), recipe("q", "a", "b")), barred)
    assert {"q": "x"} == words(now)
    assert not now.waits["p"].goes_on
    assert Change(removed=("p",)) == change(old, now)
    assert old is without(old, ())


def test_of_a_circle_that_an_edit_closes_the_versions_before_go_on():
    """Neither new version is taken up; both recipes are told of."""
    old = decide(NOTHING, loaded(recipe("p", "a", "b"), recipe("q", "b", "c", "old")), {})
    now = decide(old, loaded(recipe("p", "a", "b"), recipe("q", "b", "a", "new")), {})
    assert {"p": "x", "q": "old"} == words(now)
    assert {"p", "q"} == now.waits.keys()
    assert is_worse(old, now)


@pytest.mark.parametrize(
    ("now", "differs", "worse"),
    [
        (loaded(recipe("p", "a", "b"), recipe("q", "a", "b")), Change(new=("q",)), False),
        (loaded(recipe("p", "a", "b", "new")), Change(changed=("p",)), False),
        (loaded(), Change(removed=("p",)), True),
        (loaded(recipe("p", "a", "b"), wrong="q"), Change(), True),
        (loaded(wrong="p"), Change(), True),
    ],
)
def test_what_is_another_and_what_is_a_loss(now: Loaded, differs: Change, worse: bool):
    """A change has its names; a loss or a new mistake is worth to be looked at twice."""
    old = decide(NOTHING, loaded(recipe("p", "a", "b")), {})
    found = decide(old, now, {})
    assert (differs, worse) == (change(old, found), is_worse(old, found))


def test_a_mapping_that_is_replaced_is_always_one_whole_set():
    """Whoever goes through the recipes while others come meets one set, never a mixture."""
    first = decide(NOTHING, loaded(*(recipe(name, "a", "b", "one") for name in "pqr")), {})
    second = decide(NOTHING, loaded(*(recipe(name, "a", "b", "two") for name in "st")), {})
    recipes, over, seen = InForce(first), threading.Event(), []

    def go_through() -> None:
        while not over.is_set():
            seen.append(frozenset(one.name for one in recipes.values()))

    thread = threading.Thread(target=go_through)
    thread.start()
    while len(seen) < 5000:
        recipes.standing = second
        recipes.standing = first
    over.set()
    thread.join()
    assert set(seen) <= {frozenset("pqr"), frozenset("st")}
    assert (3, True, None) == (len(recipes), "p" in recipes, recipes.get("s"))
