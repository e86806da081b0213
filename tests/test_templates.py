"""Templates say what the run knows, and do nothing else."""

import contextlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homebody.errors import RecipeError
from homebody.templates import Scope, TemplateError, compile_template, variables

SCOPE = Scope(
    names={
        "ask": frozenset({"summary", "tags"}),
        "file": frozenset({"name", "stem"}),
        "vars": frozenset(),
        "documents": None,
        "document": frozenset({"name", "text"}),
    },
    inside={"ask.total": frozenset({"amount", "currency"}), "ask.lines[]": frozenset({"what", "price"})},
)
SCOPE_OF_VALUES = Scope(
    names={"ask": frozenset({"total", "lines", "day", "paid"})},
    inside=SCOPE.inside,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ ask.summary }}!", "Short.!"),
        ("{{ ask.nothing }}|", "|"),
        ("{{ run.date }}", "2026-03-02"),
        ("{{ run.date | date('%d.%m.%Y') }}", "02.03.2026"),
        ("{{ run.now.year }}-{{ run.now.date() }}", "2026-2026-03-02"),
        ("{{ 'Größe & Maß' | slug }}", "grosse-mass"),
        ("{{ '../a:b' | filename }}", "a-b"),
        ("{{ ask.summary | words(1) | upper }}", "SHORT."),
        ("{{ ask.tags | join(', ') }}", "a, b"),
        ("{{ ask.tags | first ~ ask.nothing ~ 1 }}", "a1"),
        ("{% for tag in ask.tags %}\n- {{ loop.index }} {{ tag }}\n{% endfor %}\n", "- 1 a\n- 2 b\n"),
        ("{% if ask.tags and 'a' in ask.tags %}yes{% else %}no{% endif %}", "yes"),
        ("{{ ask.items }}", "a slot of that name"),
        ("{{ 7 // 2 + 1 }}", "4"),
        ("no braces { } % at all", "no braces { } % at all"),
    ],
)
def test_what_templates_say(text: str, expected: str) -> None:
    """Values, a few filters, loops and conditions; nothing leaves no trace."""
    assert expected == compile_template(text).render(values())


def values() -> dict[str, Any]:
    """Return what a run knows."""
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    return {
        "ask": {
            "summary": "Short. Words.",
            "tags": ["a", "b"],
            "nothing": None,
            "items": "a slot of that name",
        }
        | {"summary": "Short."},
        "run": {"date": date(2026, 3, 2), "now": now},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ ask.tags }}", ["a", "b"]),
        ("{{ ask.tags | map('upper') }}", ["A", "B"]),
        ("{{ run.date }}", date(2026, 3, 2)),
        ("{{ ask.nothing }}", None),
        ("{{ '1' }}", "1"),
        ("x{{ ask.tags }}", "x['a', 'b']"),
        ("plain", "plain"),
    ],
)
def test_one_expression_keeps_its_type(text: str, expected: Any) -> None:
    """A list stays a list; with text around it, it is text."""
    assert expected == compile_template(text).evaluate(values())


@pytest.mark.parametrize(
    "text",
    [
        "{{ x",
        "{% if x %}",
        "{{ x | nonsense }}",
        "{% include 'other' %}",
        "{% import 'os' as os %}",
        "{% extends 'base' %}",
        "{% macro f() %}{% endmacro %}",
        "{% set x = 1 %}",
        "{% for x in y recursive %}{% endfor %}",
        "{% with a=1 %}{% endwith %}",
        "{% filter upper %}a{% endfilter %}",
        "{{ 2 ** 99 }}",
        "{{ x | attr('y') }}",
        "{{" + "(" * 3000 + "1" + ")" * 3000 + "}}",
        "x" * 70_000,
    ],
)
def test_what_is_no_template_is_refused_when_it_is_compiled(text: str) -> None:
    """Mistakes, and everything that could grow or reach other files."""
    with pytest.raises(TemplateError):
        compile_template(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ missing }}",
        "{{ ask.missing }}",
        "{{ missing.more }}",
        "{% for x in missing %}{% endfor %}",
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ ask.__class__ }}",
        "{{ ask.summary.format }}",
        "{{ ask.summary.encode() }}",
        "{{ ask.tags.append(1) }}",
        "{{ [ask] | map(attribute='__class__') | join }}",
        "{{ run.date.__reduce__() }}",
        "{{ self.x }}",
        "{{ range(3) }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ ask.summary * 99 }}",
        "{{ ask.tags * 99 }}",
        "{{ '%s' % ask }}",
        "{{ 1 / 0 }}",
        "{{ ask.summary + 1 }}",
        "{% for a in big %}{% for b in big %}{% endfor %}{% endfor %}",
        "{% for a in big %}{{ long }}{% endfor %}",
        "{{ long | replace('x', long) }}",
        "{{ [long, long, long, long, long] | join(long) }}",
        "{{ " + " ~ ".join(["long"] * 60) + " }}",
        "{{ long + long + long + long + long + long }}",
    ],
)
def test_what_goes_wrong_in_a_run_is_an_error_without_the_values(text: str) -> None:
    """Nothing that is missing, forbidden or endless gets through, and no message holds a document's text."""
    known = {**values(), "big": ["secret words"] * 1000, "long": "x" * 900_000}
    with pytest.raises(TemplateError) as caught:
        compile_template(text).render(known)
    assert "secret words" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_variables_are_found_wherever_they_stand() -> None:
    """In conditions, loops, filters and brackets."""
    text = "{% if file.name %}{{ ask['tags'] | join(vars.x) }}{% endif %}"
    text += "{% for d in documents %}{{ d.text }}{% endfor %}"
    assert {"file.name", "ask.tags", "vars.x", "documents", "document.text"} == variables(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{{ ask.sumary }}", 'did you mean "ask.summary"?'),
        ("{{ aks.summary }}", 'did you mean "ask"?'),
        ("{{ file['nmae'] }}", 'did you mean "file.name"?'),
        ("{{ vars.x }}", "the recipe has no vars"),
        (
            "{% for d in documents | sort(attribute='name') %}{{ d.txt }}{% endfor %}",
            'did you mean "document.text"?',
        ),
        ("{% for x in ask.tgas %}{% endfor %}", 'did you mean "ask.tags"?'),
    ],
)
def test_a_name_that_is_not_known_is_found_before_any_run(text: str, word: str) -> None:
    """The sentence says what was probably meant."""
    (problem,) = compile_template(text).problems(SCOPE)
    assert word in str(problem)


@pytest.mark.parametrize(
    "text", ["{{ ask.summary }}{{ ask }}", "{% for d in documents %}{{ d.name }}{{ loop.index }}{% endfor %}"]
)
def test_known_names_are_no_problem(text: str) -> None:
    """A whole mapping may be used, too."""
    assert () == compile_template(text).problems(SCOPE)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{{ ask.total.amuont }}", 'did you mean "amount"?'),
        ("{{ ask['total'].sum }}", '"sum" is not known in ask.total; known here: amount, currency'),
        ("{% for line in ask.lines %}{{ line.waht }}{% endfor %}", 'did you mean "what"?'),
        (
            "{% for line in ask.lines | sort(attribute='what') %}{{ line['prize'] }}{% endfor %}",
            'did you mean "price"?',
        ),
    ],
)
def test_a_part_of_a_value_that_is_not_known_is_found_before_any_run(text: str, word: str) -> None:
    """The slot says what its values have."""
    (problem,) = compile_template(text).problems(SCOPE_OF_VALUES)
    assert word in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ask.total.amount }}{{ ask.day.year }}{{ ask.lines.count(1) }}",
        "{% for line in ask.lines[:2] %}{{ line.what }}{{ line.price.amount }}{% endfor %}",
        "{% for words in ask.lines | map(attribute='what') %}{{ words.upper() }}{% endfor %}",
    ],
)
def test_known_parts_are_no_problem(text: str) -> None:
    """Methods, slices, and what a filter made of the items, are left to the run."""
    assert () == compile_template(text).problems(SCOPE_OF_VALUES)


PIECES = [
    "{{ ",
    " }}",
    "ask.tags",
    "{% for x in ",
    " %}",
    "{% endfor %}",
    "x",
    " | ",
    "join",
    "(",
    ")",
    "'a'",
    "~",
    ".",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.text(max_size=5))
def test_no_text_makes_anything_but_a_template_error(pieces: list[str], more: str) -> None:
    """A recipe from anywhere is compiled and filled in, or refused in words."""
    with contextlib.suppress(RecipeError):
        template = compile_template("".join(pieces) + more)
        template.problems(SCOPE)
        template.render(values())
        template.evaluate(values())
