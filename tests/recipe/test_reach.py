"""What a recipe makes: can it wake the recipe again, or others in a circle?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reaching import MD, NEW, NO_SUMMARY, OVER, recipe, wakes

from homebody.recipe.globs import alphabet
from homebody.recipe.lint import lint
from homebody.recipe.load import load_folder, read_recipe
from homebody.recipe.reach import circles, edges, hints

LOOPS = [
    ("/w/a/log.md", [], {}),
    ("/w/a/log.md", [MD], {}),
    ("/w/a//./log.md", [MD], {}),
    ("{{ file.folder }}/{{ file.stem }}.summary.md", [MD], {}),
    ("{{ file.folder }}/{{ file.stem }}.summary.md", [{"size": "< 1 MB"}], {}),
    ("{{ file.folder }}/{{ file.stem }}.SUMMARY.MD", [MD], {}),
    ("{{ file.folder }}/{{ file.stem }}.md", [{"extension": ["md", "txt"]}], {}),
    ("{{ file.folder }}/copy of {{ file.name }}", [MD], {}),
    ("{{ file.folder }}/{{ file.stem }}-2{{ file.suffix }}", [MD], {}),
    ("{{ file.folder }}/{{ ask.kind }}.md", [NO_SUMMARY], {}),
    ("{{ file.folder }}/{{ file.name }}", [MD], NEW),
    ("/w/a/log.txt", [{"not name": "log.txt"}], NEW),
    ("/w/a/done/{{ file.name }}", [MD], {"recursive": True}),
    ("/w/a/{{ ask.opt }}/{{ file.name }}.md", [MD], {}),
    ("/w/a/{{ ask.tags | join('/') }}/x.md", [MD], {"recursive": True}),
    ("/w/a/b/c/{{ file.name }}", [MD], {"watch": "/w", "recursive": True}),
    ("/w/a/{% if ask.opt %}x.txt{% else %}y.md{% endif %}", [MD], {}),
    ("/w/a/{{ 'x' ~ '.md' }}", [MD], {}),
    ("{{ file.folder }}/{{ file.stem }}", [], {}),
    ("/w/a/x.md/{{ ask.opt }}", [MD], {}),
]

FINE = [
    ("{{ file.folder }}/{{ file.stem }}.summary.md", [MD, NO_SUMMARY], {}),
    ("{{ file.folder }}/{{ file.stem }}.summary.md", [MD, NO_SUMMARY], NEW),
    ("{{ file.folder }}/{{ file.stem }}.Summary.md", [MD, {"not name": "*.SUMMARY.*"}], NEW),
    ("{{ file.folder }}/{{ file.stem }}.txt", [MD], NEW),
    ("{{ file.folder }}/{{ file.stem }}.txt", [{"name": "*.md"}], NEW),
    ("{{ file.folder }}/{{ file.stem }}.md.tmp", [], {}),
    ("{{ file.folder }}/.{{ file.stem }}.md", [MD], {}),
    ("/w/a/log.txt", [{"not name": "log.txt"}], {}),
    ("/w/a/log.txt", [{"not name": ["log.txt", "log [0-9]*.txt"]}], NEW),
    ("/w/a/done-{{ ask.kind }}.md", [{"name": "scan*"}], NEW),
    ("/w/a/Log {{ run.date }}.md", [{"not name": "log *"}], NEW),
    ("/w/a/done/{{ file.name }}", [MD], NEW),
    ("/w/a/{{ ask.kind }}/{{ file.name }}", [], NEW),
    ("/w/a/{{ (run.date or file.modified).year }}/{{ file.name }}", [], NEW),
    ("/w/a/{{ run.date | date('%Y') }}/{{ file.name }}", [], NEW),
    ("/w/b/{{ file.name }}", [], NEW),
    ("/w/ab/{{ file.name }}", [], {"recursive": True}),
    ("/w/a/.done/{{ file.name }}", [], {"recursive": True}),
    ("{{ file.path }}", [], {}),
    ("{{ file.path }}", [], OVER),
    ("{{ file.folder }}/{{ file.name }}", [], {"recursive": True}),
    ("{{ file.folder }}/{{ file.stem }}{{ file.suffix }}", [MD], {}),
    ("{{ file.folder }}/{{ file.stem }}.md", [MD], OVER),
    ("/w/a/{{ file.name }}", [], {}),
]


@pytest.mark.parametrize(("dest", "filters", "more"), LOOPS)
def test_what_would_wake_itself(dest: str, filters: list[Any], more: dict[str, Any]) -> None:
    """Its own output lies in its own folder, and its filters let it in."""
    assert {("a", "a")} == wakes(recipe("a", dest, filters, **more))


@pytest.mark.parametrize(("dest", "filters", "more"), FINE)
def test_what_could_never_wake_itself(dest: str, filters: list[Any], more: dict[str, Any]) -> None:
    """Other names, other folders, what nobody is offered, and the very file that came, changed in place."""
    assert set() == wakes(recipe("a", dest, filters, **more))


def test_two_recipes_that_pass_on_files_of_their_own_kind_close_no_circle() -> None:
    """A file keeps its suffix on the way: what one passes on the other does not take."""
    there = recipe("there", "/w/b/{{ file.name }}", [{"extension": "pdf"}])
    back = recipe("back", "/w/a/{{ file.name }}", [MD], watch="/w/b")
    assert set() == wakes(there, back)
    assert {("there", "any"), ("any", "there")} == wakes(
        there, recipe("any", "/w/a/{{ file.name }}", watch="/w/b")
    )


def test_links_lead_where_they_lead(tmp_path: Path) -> None:
    """A folder by another name is the same folder."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    looped = recipe("a", f"{tmp_path}/link/x.md", [MD], watch=str(tmp_path / "real"))
    assert {("a", "a")} == wakes(looped)


def test_a_circle_is_refused_with_its_line_and_its_cure(tmp_path: Path) -> None:
    """Each of its recipes is named at the action that keeps it going; a recipe outside of it is let be."""
    text = (
        "# a remark\nname: {0}\ntriggers:\n  - watch: /w/{1}\nactions:\n"
        "  - append:\n      dest: /w/{2}/{{{{ file.stem }}}}.{0}.md\n      content: x\n"
    )
    for name, watch, dest in (("a", 1, 2), ("b", 2, 3), ("c", 3, 1), ("d", 1, 9)):
        (tmp_path / f"{name}.yaml").write_text(text.format(name, watch, dest))
    loaded = load_folder(tmp_path)
    assert () == loaded.problems
    found = circles(edges(loaded.recipes), loaded.places)
    assert {"a", "b", "c"} == set(found)
    assert (
        "b.yaml:6:5: actions[0].append: this closes a circle: what b makes can wake c, and what c makes can wake a,"
        ' and what a makes can wake b; add `- not name: "*.b.md"` to the filters of c, or write to a folder that c'
        " does not watch"
    ) == str(found["b"])
    assert set(found.values()) == set(lint(loaded.recipes, loaded.places))


def test_a_recipe_that_wakes_itself_is_told_the_cure() -> None:
    """The filter to add is the name of what it makes; where that would leave no file, another folder is."""
    (problem,) = lint([recipe("a", "/w/a/{{ file.stem }}.out.md", [MD])], {})
    assert (
        'which the recipe watches; add `- not name: "*.out.md"` to its filters, or write to' in problem.what
    )
    (problem,) = lint([recipe("a", "/w/a/{{ ask.kind }}.md", [MD])], {})
    assert "which the recipe watches; write to a folder that it does not watch" in problem.what


def test_what_is_switched_off_or_wakes_by_the_clock_closes_no_circle() -> None:
    """A schedule is woken by no file."""
    off = recipe("a", "/w/a/x.md").model_copy(update={"enabled": False})
    digest = read_recipe(
        "name: digest\ntriggers:\n  - schedule: 2h\nselect: {folder: /w/a}\n"
        "actions:\n  - append: {dest: /w/a/x.md, content: x}\n"
    )
    assert set() == wakes(off, digest)


def test_a_chain_is_no_mistake_and_gets_a_hint() -> None:
    """The second recipe is not woken by the first, and a person could expect it."""
    chain = [recipe("a", "/w/b/x.md"), recipe("b", "/w/c/x.md", watch="/w/b")]
    assert () == lint(chain, {})
    (hint,) = hints(edges(chain))
    assert "b watches /w/b, into which a writes, and is not woken by that" in hint


def test_shipped_recipes_close_no_circle(shipped_texts: Mapping[str, str]) -> None:
    """All three together, as they are."""
    shipped = [read_recipe(text) for text in shipped_texts.values()]
    assert set() == wakes(*shipped)


@given(st.sets(st.characters(max_codepoint=0x250)), st.characters(min_codepoint=0x20, max_codepoint=0x250))
def test_every_letter_has_one_that_stands_for_it(said: set[str], letter: str) -> None:
    """Between two that are told apart there is always one that is looked at."""
    edges_of = sorted({ord(one) for one in said} | {ord(one) + 1 for one in said})
    kept = alphabet(said)

    def span(one: str) -> int:
        return sum(ord(one) >= edge for edge in edges_of)

    assert span(letter) in {span(one) for one in kept}


def test_a_name_of_which_nothing_may_be_left_is_no_cure():
    """A destination that may end in a folder's slash is judged as the others are, and told with another cure."""
    dest = "{{ file.folder }}/{{ file.stem }}/{% if ask.kind == 'k' %}q{% endif %}"
    (problem,) = lint([recipe("a", dest)], {})
    assert "write to a folder that it does not watch" in problem.what
