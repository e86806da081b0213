"""Where a recipe may write is known before it runs."""

from pathlib import Path

import pytest

from homebody.actions.destination import roots
from homebody.errors import RecipeError

WATCHED = (Path("/data/Notes"), Path("/data/Mail"))


@pytest.mark.parametrize(
    ("dest", "expected"),
    [
        ("/data/Out/x.md", ["/data/Out"]),
        ("/data/Out/{{ file.stem }}.md", ["/data/Out"]),
        ("/data/Out/sub-{{ file.stem }}/x.md", ["/data/Out"]),
        ("{{ vars.out }}/{{ run.date }}.md", ["/data/Out"]),
        ("{{ vars['out'] }}/{{ run.date }}.md", ["/data/Out"]),
        ("{{ vars.out }}/{{ vars.sub }}/{{ ask.x }}/y.md", ["/data/Out/deep"]),
        ("{{ file.folder }}/{{ file.stem }}.summary.md", ["/data/Notes", "/data/Mail"]),
        ("{{ file.folder }}/.out/x.md", ["/data/Notes/.out", "/data/Mail/.out"]),
        ("{{ file.path }}.summary.md", ["/data/Notes", "/data/Mail"]),
        ("{{file.folder}}/x", ["/data/Notes", "/data/Mail"]),
    ],
)
def test_the_root_is_what_surely_stands_first(dest: str, expected: list[str]) -> None:
    """Everything before the first thing that only a run knows, up to its last slash."""
    variables = {"out": "/data/Out", "sub": "deep"}
    assert tuple(map(Path, expected)) == roots(dest, WATCHED, variables)


@pytest.mark.parametrize(
    "dest",
    [
        "x.md",
        "{{ file.stem }}.md",
        "{{ ask.folder }}/x.md",
        "/{{ ask.folder }}/x.md",
        "/x.md",
        "~/x.md",
        "~/{{ ask.folder }}/x.md",
        "~someone/x.md",
        "/data/Out/.",
        "/data/Out/{{ ask.a }}/...",
        "/data/Out/.../x.md",
        "/data/Out/../x.md",
        "{{ vars.up }}/x.md",
        "{% if ask.a %}/data/a/x{% endif %}",
        "{{ file.folder | upper }}/x.md",
        "",
    ],
)
def test_a_root_that_cannot_be_known_is_refused(dest: str) -> None:
    """The whole disk, the whole home and whatever only a run decides."""
    with pytest.raises(RecipeError):
        roots(dest, WATCHED, {"up": "/data/.."})
