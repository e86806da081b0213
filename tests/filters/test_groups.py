"""Groups of filters: any, all, none, in layers; what is not known yet; and what a group says about names."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.filters import Closer, FileFacts, Filter, Stage
from homebody.recipe.load import read_recipe
from homebody.recipe.names import Names
from homebody.recipe.problem import RecipeProblemsError


class Text(Closer):
    """A closer look that tells the text."""

    def __init__(self, words: str) -> None:
        self.words = words

    def text(self) -> str:
        """Return the text."""
        return self.words


def filters(*items: Any) -> tuple[Filter, ...]:
    """Return the filters of a recipe."""
    text = {
        "name": "a",
        "triggers": [{"watch": "/notes"}],
        "filters": list(items),
        "actions": [{"append": {"dest": "/log/a.txt", "content": "x"}}],
    }
    return read_recipe(json.dumps(text)).filters


def file(name: str, size: int, text: str) -> FileFacts:
    """Return what is known of a file."""
    modified = datetime(2026, 3, 2, tzinfo=UTC)
    return FileFacts(path=Path("/notes") / name, size=size, modified=modified, closer=Text(text))


single = st.sampled_from(
    [
        {"extension": "md"},
        {"name": "a*"},
        {"size": "< 5 B"},
        {"contains": "roof"},
        {"extension": ["txt", "md"]},
    ]
).flatmap(lambda item: st.sampled_from([item, {f"not {next(iter(item))}": next(iter(item.values()))}]))
nested = st.recursive(
    single,
    lambda inner: st.tuples(
        st.sampled_from(["any", "all", "none", "not any", "not all", "not none"]),
        st.lists(inner, min_size=1, max_size=3),
    ).map(lambda pair: {pair[0]: pair[1]}),
    max_leaves=8,
)
files = st.builds(
    file,
    st.sampled_from(["a.md", "b.md", "a.txt", "b.pdf", "abc", "A.MD"]),
    st.integers(1, 9),
    st.sampled_from(["The roof leaks.", "All is well."]),
)  # fmt: skip


def meant(item: dict[str, Any], facts: FileFacts) -> bool:
    """Return what an item says of a file, by the plain meaning of the words."""
    (word, value), turned = next(iter(item.items())), False
    if word.startswith("not "):
        word, turned = word.removeprefix("not "), True
    if word in ("any", "all", "none"):
        answers = [meant(one, facts) for one in value]
        return {"any": any(answers), "all": all(answers), "none": not any(answers)}[word] is not turned
    (chosen,) = filters({word: value})
    return chosen.matches(facts) is not turned


@given(nested, files)
def test_a_group_means_what_its_words_mean(item: dict[str, Any], facts: FileFacts) -> None:
    """However deeply groups are nested and turned round."""
    (chosen,) = filters(item)
    assert meant(item, facts) is chosen.matches(facts) is chosen.judged(facts, Stage.OTHERS)


@given(nested, files)
def test_what_is_known_early_stays_true(item: dict[str, Any], facts: FileFacts) -> None:
    """An answer without the text is the answer with it; without an answer the text decides."""
    (chosen,) = filters(item)
    early = chosen.judged(facts, Stage.INSIDE)
    assert early in (None, chosen.matches(facts))
    assert early is not None or chosen.stage is Stage.TEXT


@given(nested, files)
def test_what_a_group_is_taken_apart_into_chooses_the_same(item: dict[str, Any], facts: FileFacts) -> None:
    """The parts hold, all together, just when the group does."""
    (chosen,) = filters(item)
    assert chosen.matches(facts) is all(part.matches(facts) for part in chosen.together())


@given(st.lists(nested, min_size=1, max_size=2), st.text("abmdtxpf.", min_size=1, max_size=7), files)
def test_no_name_that_is_chosen_is_thought_impossible(items: list[Any], name: str, facts: FileFacts) -> None:
    """What the search for circles knows of groups never leaves out a name that the filters let through."""
    name = name.lstrip(".") or "a"
    chosen = filters(*items)
    taken = file(name, facts.size, facts.closer.text())
    if all(one.matches(taken) for one in chosen):
        names = Names(chosen, offered=False)
        state = names.start
        for letter in name:
            state = names.step(state, letter)
        assert names.takes(state)


def test_a_cheap_member_spares_the_reading() -> None:
    """A group whose cheap filter settles the matter does not look at the text."""

    class Unread(Closer):
        def text(self) -> str:
            raise AssertionError("the text was read")

    (chosen,) = filters({"any": [{"contains": "roof"}, {"extension": "md"}]})
    facts = FileFacts(
        path=Path("/n/a.md"), size=3, modified=datetime(2026, 3, 2, tzinfo=UTC), closer=Unread()
    )
    assert chosen.matches(facts)


@pytest.mark.parametrize(
    ("item", "what", "where"),
    [
        ({"any": []}, "needs filters", "filters[0].any"),
        ({"any": "md"}, "must be one of", "filters[0].any"),
        ({"any": [{"size": "big"}]}, "not a condition on a size", "filters[0].any[0].size"),
        ({"any": [{"none": [{"nam": "x"}]}]}, 'did you mean "name"', "filters[0].any[0].none[0]"),
        ({"all": [{"name": "a", "size": "< 1 B"}]}, "stand in one item", "filters[0].all[0]"),
    ],
)
def test_a_mistake_in_a_group_is_told_where_it_stands(item: Any, what: str, where: str) -> None:
    """With the way through the groups."""
    with pytest.raises(RecipeProblemsError) as caught:
        filters(item)
    (problem,) = caught.value.problems
    assert what in problem.what
    assert problem.where.startswith(where)
