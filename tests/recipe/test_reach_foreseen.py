"""Whatever a recipe makes and another takes is foreseen, for recipes of every shape."""

import fnmatch
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from reaching import NEW, NO_SUMMARY, OVER, recipe, wakes

from homebody.actions.action import World
from homebody.actions.destination import resolve
from homebody.errors import HomebodyError
from homebody.filenames import numbered
from homebody.filters import FileFacts
from homebody.house.planner import file_values
from homebody.house.watched import wishes
from homebody.recipe.globs import Globs, fold
from homebody.recipe.reach import edges
from homebody.recipe.schema import Recipe
from homebody.triggers.settle import is_temporary

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


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
