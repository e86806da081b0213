"""Moving in from organize: each rule becomes a recipe that does the same, or is named as what it could not be."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from homebody.cli.main import cli
from homebody.errors import RecipeError
from homebody.recipe.load import load_recipe


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder as people have it."""
    for name in ("Desktop", "Downloads", "Documents"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(house: Path, *words: str) -> tuple[int, str]:
    """Return the exit code and the output of a command."""
    shown = CliRunner().invoke(cli, ["--home", str(house / "config"), *words])
    assert shown.exception is None or isinstance(shown.exception, SystemExit), shown.exception
    return shown.exit_code, shown.output


def moved(house: Path, config: str) -> list[dict[str, Any]]:
    """Move the rules of *config* in and return what became of each; the recipes pass `check`."""
    (house / "organize.yaml").write_text(config, encoding="utf-8")
    code, said = run(house, "import", "organize", "organize.yaml", "--json")
    found: list[dict[str, Any]] = json.loads(said)["rules"]
    assert code == (RecipeError.exit_code if any(one["recipe"] is None for one in found) else 0)
    if any(one["recipe"] for one in found):
        checked, told = run(house, "check")
        assert 0 == checked, told
    return found


def one(house: Path, rule: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Move one rule in and return what was said of it, and the recipe's values."""
    (said,) = moved(house, f"rules:\n  - {{{rule}}}\n")
    return said, yaml.safe_load(Path(said["file"]).read_text(encoding="utf-8"))


FILTERS = [
    ("extension: [.PDF, [png, jpg]]", {"extension": ["pdf", "png", "jpg"]}),
    ("'not extension': jpg", {"not extension": "jpg"}),
    ("empty", "empty"),
    ("not empty", "not empty"),
    ("duplicate", "duplicate"),
    ("size: '>1mb, <10mb'", {"size": [">1mb", "<10mb"]}),
    ("size: '> 0.5 GB'", {"size": "> 0.5 GB"}),
    ("lastmodified: {days: 10}", {"modified": {"older_than": "10d"}}),
    ("lastmodified: {years: 1, hours: 2, mode: newer}", {"modified": {"newer_than": "8762h"}}),
    ("created: {minutes: 5}", {"created": {"older_than": "5m"}}),
    ("mimetype: [image, application/pdf]", {"mime": ["image/*", "application/pdf"]}),
    ("macos_tags: 'Invoice (*)'", {"tagged": "Invoice"}),
    ("filecontent: 'Invoice.*'", {"contains": {"regex": "(?ms)Invoice.*"}}),
    ("regex: '^RG'", {"name": {"regex": "^RG"}}),
    ("name: {startswith: Invoice}", {"name": {"regex": "^(Invoice)"}}),
    ("name: {startswith: [A, B], case_sensitive: false}", {"name": {"regex": "(?i)^(A|B)"}}),
    ("name: {endswith: _end}", {"name": {"regex": r"(_end)(\.[^.]*)?$"}}),
    ("name: '{year:int}-*'", {"name": {"regex": r"^(?P<year>[+-]?[0-9]+)\-.*(\.[^.]*)?$"}}),
]


@pytest.mark.parametrize(("theirs", "ours"), FILTERS, ids=[theirs for theirs, _ in FILTERS])
def test_a_filter(house: Path, theirs: str, ours: object) -> None:
    """Each filter has its like, and nothing is lost."""
    said, values = one(house, f"locations: ~/Desktop, filters: [{theirs}], actions: [trash]")
    assert ([ours], [], []) == (values["filters"], said["not_as_it_was"], said["switched_off"])


ACTIONS = [
    ("move: ~/Documents/PDF/", {"move": "~/Documents/PDF/"}),
    ("move: ~/Documents/PDF", {"move": "~/Documents/PDF/"}),
    ("move: '~/Documents/{extension.upper}'", {"move": "~/Documents/{{ file.suffix[1:] | upper }}/"}),
    ("copy: {dest: '~/Documents/{path.name}', on_conflict: skip}",
     {"copy": {"dest": "~/Documents/{{ file.name }}", "on_conflict": "skip"}}),
    ("move: '~/Documents/{created.year}/'", None),
    ("move: '~/Documents/{lastmodified.year}/'", {"move": "~/Documents/{{ file.modified.year }}/"}),
    ("move: '$HOME/Documents/in/'", {"move": "HOME/Documents/in/"}),
    ("rename: '{name} old.{extension}'", {"rename": "{{ file.stem }} old{{ file.suffix }}"}),
    ("rename: \"{now.strftime('%Y')} {path.name}\"", {"rename": "{{ run.time.strftime('%Y') }} {{ file.name }}"}),
    ("trash", "trash"),
    ("echo: 'Found {path.name}'", {"notify": "Found {{ file.name }}"}),
    ("macos_tags: [Invoice, Important]", {"tag": ["Invoice", "Important"]}),
    ("write: {text: '{path}', outfile: ~/Documents/log.txt}",
     {"append": {"dest": "~/Documents/log.txt", "content": "{{ file.path }}"}}),
]  # fmt: skip


@pytest.mark.parametrize(("theirs", "ours"), ACTIONS, ids=[theirs for theirs, _ in ACTIONS])
def test_an_action(house: Path, theirs: str, ours: object) -> None:
    """Each action has its like, its placeholders in double braces; one that has none is named."""
    said, values = one(house, f"locations: ~/Downloads, actions: [{{macos_tags: x}}, {theirs}]")
    if ours is None:
        assert "{created.year}" in str(said["not_as_it_was"])
        assert not values["enabled"]
        return
    wanted = json.loads(json.dumps(ours).replace('"HOME', f'"{house}'))
    assert ([{"tag": "x"}, wanted], []) == (values["actions"], said["not_as_it_was"])


def test_groups_of_a_pattern_reach_the_templates(house: Path) -> None:
    """What organize catches by a pattern is caught here, from a name and from a text."""
    rule = "locations: ~/Desktop, filters: [regex: '^RG(?P<number>\\d+)', filecontent: 'by (?P<who>\\w+)'], "
    _said, values = one(house, rule + "actions: [move: '~/Documents/{filecontent.who}/{regex.number}.pdf']")
    assert [{"move": "~/Documents/{{ contains.who }}/{{ name.number }}.pdf"}] == values["actions"]


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("any", [{"any": ["empty", {"not extension": "pdf"}]}]),
        ("none", [{"none": ["empty", {"not extension": "pdf"}]}]),
        ("all", ["empty", {"not extension": "pdf"}]),
    ],
)
def test_filter_mode(house: Path, mode: str, wanted: object) -> None:
    """`any` and `none` become groups."""
    rule = (
        f"locations: ~/Desktop, filter_mode: {mode}, filters: [empty, not extension: pdf], actions: [trash]"
    )
    assert wanted == one(house, rule)[1]["filters"]


def test_locations(house: Path) -> None:
    """Folders, how deep, and names of files; a relative one lies where organize was called."""
    rule = "locations: [{path: Desktop, max_depth: 2, exclude_files: ['~*']}], actions: [trash]"
    _said, values = one(house, rule)
    assert [{"watch": f"{house}/Desktop", "recursive": True}] == values["triggers"]
    assert [{"depth": "<= 2"}, {"not name": ["~*"]}] == values["filters"]


def test_an_action_after_the_last(house: Path) -> None:
    """What comes after the trash could never be done; it is named."""
    said, values = one(house, "locations: ~/Desktop, actions: [trash, macos_tags: x]")
    assert (["trash"], False) == (values["actions"], values["enabled"])
    assert "comes after" in said["not_as_it_was"][0]


def test_subfolders_and_aliases(house: Path) -> None:
    """`subfolders` holds for every location, and what an alias stands for is taken."""
    (said,) = moved(
        house,
        "all: &all [~/Desktop, ~/Downloads]\n"
        "rules:\n  - locations: [*all]\n    subfolders: true\n    actions: [trash]\n",
    )
    triggers = yaml.safe_load(Path(said["file"]).read_text(encoding="utf-8"))["triggers"]
    assert [("~/Desktop", True), ("~/Downloads", True)] == [
        (one["watch"], one["recursive"]) for one in triggers
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            "locations: ~/Desktop, filters: [python: 'return True'], actions: [trash]",
            "there is no such filter",
        ),
        ("locations: ~/Desktop, filters: [regex: '(?=x)'], actions: [trash]", "(?=x)"),
        ("locations: ~/Desktop, filters: [macos_tags: '* (red)'], actions: [trash]", "not by their colour"),
        ("locations: ~/Desktop, actions: [shell: 'open {path}', trash]", "homebody starts no programs"),
        ("locations: [{path: ~/Desktop, exclude_dirs: [x]}], actions: [trash]", "not chosen by their names"),
        ("locations: ~/Gone, actions: [trash]", "is not there"),
        ("locations: ~/Desktop, subfolders: true, actions: [move: ~/Desktop/in/]", "wake the recipe again"),
    ],
)
def test_what_would_do_more_is_switched_off(house: Path, rule: str, words: str) -> None:
    """The recipe is there, switched off, and says why in itself and on screen."""
    said, values = one(house, rule)
    text = Path(said["file"]).read_text(encoding="utf-8")
    assert not values["enabled"]
    assert words in " ".join([*said["not_as_it_was"], *said["switched_off"]])
    assert words in "".join(line for line in text.splitlines() if line.startswith("# "))


@pytest.mark.parametrize(
    "rule",
    [
        "targets: dirs, locations: ~/Desktop, filters: [empty], actions: [trash]",
        "locations: 'zip://~/x.zip', actions: [trash]",
        "locations: ~/Desktop, actions: [python: 'x']",
        "locations: ~/Desktop",
        "actions: [trash]",
        "locations: ~/Desktop, actions: [{move: 5}, 7, null]",
    ],
)
def test_what_cannot_be_a_recipe_is_named(house: Path, rule: str) -> None:
    """Nothing is written, and the exit code says that something is missing."""
    (said,) = moved(house, f"rules:\n  - {{{rule}}}\n")
    assert said["recipe"] is None
    assert not list((house / "config").rglob("*.yaml"))


def test_no_recipe_is_touched(house: Path) -> None:
    """A name that is taken gets a number; moved in twice, a rule is there once."""
    folder = house / "config" / "recipes"
    folder.mkdir(parents=True)
    (folder / "tidy.yaml").write_text("mine: true\n", encoding="utf-8")
    config = "rules:\n  - {name: Tidy, locations: ~/Desktop, actions: [trash]}\n"
    (house / "organize.yaml").write_text(config, encoding="utf-8")
    assert 0 == run(house, "import", "organize", "organize.yaml")[0]
    code, said = run(house, "import", "organize", "organize.yaml")
    assert (RecipeError.exit_code, True) == (code, "tidy-2 does this already" in said)
    assert "mine: true\n" == (folder / "tidy.yaml").read_text(encoding="utf-8")
    assert ["tidy-2.yaml", "tidy.yaml"] == sorted(path.name for path in folder.glob("*.yaml"))


def test_a_name_cannot_leave_its_remark(house: Path) -> None:
    """Line breaks in a rule's words make no lines of the recipe."""
    (said,) = moved(
        house,
        'rules:\n  - {name: "a\\nenabled: true\\u2028actions: []", '
        'locations: ~/Desktop, actions: [trash, {shell: "a\\nb: c"}]}\n',
    )
    recipe = load_recipe(Path(said["file"]))
    assert (False, ["trash"]) == (recipe.enabled, [action.kind for action in recipe.actions])


@pytest.mark.parametrize(
    "config",
    [
        "",
        "rules: 5",
        "- a",
        "rules: [",
        "a: &a [*a]\nrules: [{locations: *a, actions: [trash]}]",
        "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 'x'}]\n" for n in range(12))
        + "rules: []",
    ],
)
def test_what_is_no_config_is_refused(house: Path, config: str) -> None:
    """A file that is something else, that stands for too much or for itself, ends with one sentence."""
    (house / "organize.yaml").write_text(config, encoding="utf-8")
    code, said = run(house, "import", "organize", "organize.yaml")
    assert (RecipeError.exit_code, False) == (code, "Traceback" in said)
    assert said.startswith("homebody: organize.yaml")
