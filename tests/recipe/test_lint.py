"""What recipes would do to each other."""

from homebody.recipe.lint import lint
from homebody.recipe.load import read_recipe

WRITER = """\
name: {name}
enabled: {enabled}
vars: {{out: ~/Out}}
triggers:
  - schedule: 2h
actions:
  - write: {{dest: "{dest}", content: x, on_conflict: {conflict}}}
"""


def writer(name: str, dest: str = "~/Out/x.md", enabled: str = "true", conflict: str = "overwrite") -> str:
    """Return a recipe that writes one file."""
    return WRITER.format(name=name, dest=dest, enabled=enabled, conflict=conflict)


def test_two_recipes_that_overwrite_one_file_are_told() -> None:
    """Each would undo the other's work, however the place is written."""
    found = lint([read_recipe(writer("a")), read_recipe(writer("b", "{{ vars.out }}/x.md"))], {})
    assert [("a.yaml", "b"), ("b.yaml", "a")] == [(problem.file, problem.what[-1]) for problem in found]


def test_recipes_that_do_not_meet_are_fine() -> None:
    """Other files, recipes that are switched off, and those that never overwrite."""
    recipes = [
        writer("a"),
        writer("b", "~/Out/y.md"),
        writer("c", enabled="false"),
        writer("d", conflict="skip"),
    ]
    assert () == lint([read_recipe(text) for text in recipes], {})


WATCHER = """\
name: {name}
triggers: [{{watch: {folder}}}]
actions:
  - write: {{dest: "{{{{ file.folder }}}}/{{{{ file.stem }}}}.x", content: x, on_conflict: overwrite}}
"""


def test_what_is_named_after_the_file_meets_only_where_both_take_it() -> None:
    """The same words for the destination are one file in one folder, and two files in two folders."""
    for folder, meet in [("~/Notes", True), ("~/Notes/deep", True), ("~/Inbox", False)]:
        texts = [WATCHER.format(name="a", folder="~/Notes"), WATCHER.format(name="b", folder=folder)]
        found = [
            problem
            for problem in lint([read_recipe(text) for text in texts], {})
            if "overwrites" in problem.what
        ]
        assert bool(found) == meet, folder
