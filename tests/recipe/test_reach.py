"""What a recipe makes: can it wake the recipe again, or others in a circle?"""

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from homebody.actions.action import World
from homebody.actions.destination import resolve
from homebody.errors import HomebodyError
from homebody.filenames import numbered
from homebody.filters import FileFacts
from homebody.house.planner import file_values
from homebody.house.watched import wishes
from homebody.recipe.globs import Globs, alphabet, fold
from homebody.recipe.lint import lint
from homebody.recipe.load import load_folder, read_recipe
from homebody.recipe.reach import circles, edges, hints
from homebody.recipe.schema import Recipe
from homebody.triggers.settle import is_temporary

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def recipe(
    name: str,
    dest: str,
    filters: Sequence[Any] = (),
    *,
    watch: str = "/w/a",
    recursive: bool = False,
    action: str = "append",
    **fields: Any,
) -> Recipe:
    """Return a recipe that makes *dest* of what comes into *watch*."""
    slots = {"kind": "text", "opt": {"type": "text", "optional": True}, "tags": "list"}
    body = {
        "name": name,
        "triggers": [{"watch": watch, "recursive": recursive}],
        "filters": list(filters),
        "ask": {"prompt": "x", "output": slots},
        "actions": [{action: {"dest": dest, "content": "x", **fields}}],
    }
    return read_recipe(yaml.safe_dump(body, sort_keys=False))


def wakes(*recipes: Recipe) -> set[tuple[str, str]]:
    """Return who can wake whom."""
    return {(edge.source, edge.target) for edge in edges(recipes)}


MD = {"extension": "md"}
NO_SUMMARY = {"not name": "*.summary.md"}
OVER = {"action": "write", "on_conflict": "overwrite"}
NEW = {"action": "write"}

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


# against brute force

PIECES = (
    *("x", "y", "-", " ", ".md", ".txt", ".summary.md", ".", "/", "/x/", "Ab"),
    *(
        "{{ file.stem }}",
        "{{ file.name }}",
        "{{ file.suffix }}",
        "{{ ask.kind }}",
        "{{ ask.opt }}",
        "{{ run.date }}",
    ),
    *("{{ file.stem | upper }}", "{{ ask.opt or 'q' }}", "{{ file.stem ~ '-y' }}", "{{ file.stem[:1] }}"),
    *("{{ ask.tags | join('/') }}", "{{ ask.kind | slug }}", "{{ file.stem.removesuffix('.b') }}"),
    *(
        "{% if ask.kind == 'k' %}q{% endif %}",
        "{{ file.stem + file.suffix }}",
        "{{ file.stem | replace('a', 'x') }}",
    ),
    *("{% for t in ask.tags %}{{ t }}{% endfor %}", "{{ 'a' if ask.opt else 'b' }}"),
)
FOLDERS = ("{{ file.folder }}/", "/w/a/", "/w/b/", "/w/a/sub/", "{{ file.folder }}/x/")
GLOBS = (
    "*",
    "x*",
    "*.md",
    "*.summary.md",
    "a?md",
    "[a-c]*",
    "*[!d]",
    "x 2*",
    "* [0-9]*",
    "*-y*",
    "AB*",
    "k",
    "[",
    "*]*",
)
NAMES = (
    "a.md",
    "a.txt",
    "x",
    "x y.md",
    "a.b.md",
    "b.summary.md",
    "a..md",
    "x.tar.gz",
    "Ab.MD",
    "x 2.md",
)
ANSWERS = [
    {"kind": kind, "opt": opt, "tags": tags}
    for kind, opt, tags in (("k", None, []), ("x.md", "o", ["t"]), ("A b", "a.txt", ["t", "u"]))
]

globs = st.sampled_from(GLOBS)
negations = st.sampled_from(["", "not "])
endings = st.lists(st.sampled_from(["md", "txt", "tar.gz", "summary.md"]), min_size=1, max_size=2)
one_filter = (
    st.builds(lambda no, names: {f"{no}name": names}, negations, st.lists(globs, min_size=1, max_size=2))
    | st.builds(lambda no, ends: {f"{no}extension": ends}, negations, endings)
    | st.just({"size": "< 1 MB"})
)
dests = st.builds(
    lambda folder, pieces: folder + "".join(pieces),
    st.sampled_from(FOLDERS),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4),
)
taker_of = st.tuples(
    st.lists(one_filter, max_size=2), st.sampled_from(["/w/a", "/w/b", "/w/a/sub"]), st.booleans()
)
made_of = st.builds(
    lambda dest, filters, watch, recursive, more: (
        dest,
        filters,
        {"watch": watch, "recursive": recursive, **more},
    ),
    dests,
    st.lists(one_filter, max_size=2),
    st.sampled_from(["/w/a", "/w/b", "/w/a/sub"]),
    st.booleans(),
    st.sampled_from([{}, OVER, NEW]),
)


def taken(taker: Recipe, path: Path) -> bool:
    """Return whether *taker* is offered the file *path* and takes it, by the daemon's own code."""
    facts = FileFacts(path=path, size=10, modified=NOW)
    hidden = any(part.startswith(".") for part in path.parts[2:])
    return (
        not hidden
        and not is_temporary(path.name)
        and any(wish.covers(path) for wish in wishes([taker], 5))
        and all(chosen.matches(facts) for chosen in taker.filters)
    )


def results(maker: Recipe) -> Iterator[tuple[Path, Path]]:
    """Yield files that wake *maker*, each with one that it makes then, by the actions' own code."""
    (action,) = maker.actions
    folders = [maker.watched[0], maker.watched[0] / "s"]
    for source in (folder / name for folder in folders for name in NAMES):
        if not taken(maker, source):
            continue
        for answer in ANSWERS:
            values = {
                "file": file_values(source, 10, NOW),
                "ask": answer,
                "run": {"date": date(2026, 3, 2)},
                "vars": {},
            }
            world = World(
                values=values, file=None, source="", roots=maker.permissions().writes, content=lambda _: None
            )
            try:
                path = resolve(action.dest, world)  # type: ignore[attr-defined]
            except HomebodyError:
                continue
            yield source, path
            if getattr(action, "on_conflict", "") == "rename_new":
                for number in (2, 10):
                    yield source, path.with_name(numbered(path.name, number))


def foreseen(maker: Any, taker: Any) -> None:
    """Check that each path that the actions really make and the filters really take is one that was foreseen."""
    filters, watch, recursive = taker
    try:
        one = recipe("a", maker[0], maker[1], **maker[2])
        other = recipe("b", "/elsewhere/x", filters, watch=watch, recursive=recursive)
    except HomebodyError:
        assume(False)
    found = wakes(one, other)
    for source, path in results(one):
        for target in (one, other):
            if path != source and taken(target, path):
                assert ("a", target.name) in found, (source, path)


BESIDE = ("{{ file.folder }}/{{ file.stem }}.summary.md", [NO_SUMMARY], {"watch": "/w/a", **NEW})


@settings(max_examples=100)
@example(BESIDE, ([], "/w/a", False))
@example(
    ("{{ file.folder }}/{{ file.suffix }}", [], {"watch": "/w/a", "recursive": True}), ([], "/w/a", False)
)
@given(made_of, taker_of)
def test_whatever_would_wake_is_found(maker: Any, taker: Any) -> None:
    """No path that the actions' own code makes, and the filters' own code takes, was overlooked."""
    foreseen(maker, taker)


@pytest.mark.long
@settings(max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
@given(made_of, taker_of)
def test_whatever_would_wake_is_found_in_the_long_run(maker: Any, taker: Any) -> None:
    """The same, thirty times as often."""
    foreseen(maker, taker)


KNOWN = ("x", "a", "b", " ", "2", ".md", ".txt", ".summary.md", "AB", "k", "-y", "/", "/x/", ".")


@settings(max_examples=200)
@example([" ", ".", "."], "/w/a/", ([], "/w/a", False))
@example(["x", "/", " ", "."], "/w/a/", ([], "/w/a", True))
@given(
    st.lists(st.sampled_from(KNOWN), min_size=1, max_size=4),
    st.sampled_from(["/w/a/", "/w/b/", "/w/a/sub/"]),
    taker_of,
)
def test_of_a_known_path_the_answer_is_exact(pieces: list[str], folder: str, taker: Any) -> None:
    """No hole, no doubt: it wakes exactly if its one path is taken."""
    try:
        one = recipe("a", folder + "".join(pieces), watch="/elsewhere")
        other = recipe("b", "/elsewhere/x", taker[0], watch=taker[1], recursive=taker[2])
    except HomebodyError:
        assume(False)
    paths = [path for _, path in islice(results(recipe("a", folder + "".join(pieces), watch="/w/a")), 1)]
    assume(paths)  # a folder such as `x.` is one that nothing can be written into
    expected = {("a", "b")} if any(taken(other, path) for path in paths) else set()
    assert expected == {pair for pair in wakes(one, other) if pair[0] == "a"}


@settings(max_examples=100)
@given(made_of)
def test_the_cure_is_one(maker: Any) -> None:
    """With the filter that was recommended the recipe wakes itself no more."""
    dest, filters, more = maker
    try:
        looped = recipe("a", dest, filters, **more)
    except HomebodyError:
        assume(False)
    for edge in edges([looped]):
        if (cure := edge.cure()) is not None:
            assert set() == wakes(recipe("a", dest, [*filters, {"not name": cure}], **more))


WORDS = st.text(alphabet="ab.-[]!*? ßÄé", max_size=8)


@given(st.lists(WORDS.filter(bool), min_size=1, max_size=3), WORDS)
def test_patterns_are_read_as_fnmatch_reads_them(patterns: list[str], name: str) -> None:
    """One character at a time, with the same outcome; what is known of the end is never wrong."""
    globs = Globs(patterns)
    places = globs.start
    for character in fold(name):
        places = globs.step(places, character)
    expected = any(fnmatch.fnmatchcase(fold(name), fold(pattern)) for pattern in patterns)
    assert expected == globs.fits(places)
    for start in range(len(fold(name)) + 1):
        tail = fold(name)[start:]
        assert expected or not globs.always(tail)
        assert not (expected and globs.never(tail))


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
