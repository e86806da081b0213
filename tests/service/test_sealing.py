"""Do the words that a person reads and the rules that the kernel gets come from one list?"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homebody import seal
from homebody.paths import find_home
from homebody.recipe.permitted import permitted, permitted_in_words
from homebody.recipe.schema import Recipe
from homebody.seal.landlock import READ, WRITE, rules_of
from homebody.service.obstacles import make_folders
from homebody.service.sealing import own_reads, policy_for
from homebody.settings import Settings

IN_PLACE = ("rename", "tag", "front_matter", "move")
"""The actions that change the watched file itself, so that its folder is written."""

FOLDERS = ["in", "in/deep", "other", "link"]
ACTION = {
    "rename": "x {{ file.name }}",
    "tag": "seen",
    "front_matter": {"set": {"seen": "yes"}},
    "move": "TOP/archive/",
    "write": {"dest": "TOP/out/{{ file.stem }}.txt", "content": "x"},
    "append": {"dest": "TOP/logs/{{ file.modified.year }}/all.txt", "content": "x"},
}
WATCHING = st.tuples(st.lists(st.sampled_from(FOLDERS), min_size=1, max_size=2, unique=True),
                     st.lists(st.sampled_from(sorted(ACTION)), min_size=1, max_size=2, unique=True))  # fmt: skip
SCHEDULED = st.tuples(st.sampled_from(FOLDERS), st.just("write"))


def filled(value, top: Path):
    """Return *value* with the folder *top* in it."""
    if isinstance(value, dict):
        return {key: filled(item, top) for key, item in value.items()}
    return value.replace("TOP", str(top))


def recipe(top: Path, number: int, shape) -> Recipe:
    """Return a recipe that watches folders and acts, or that reads one by the clock."""
    folders, actions = shape
    if isinstance(folders, str):
        return Recipe.model_validate({
            "name": f"r{number}", "triggers": [{"schedule": {"every": "1h"}}],
            "select": {"folder": str(top / folders)},
            "actions": [{"write": {"dest": f"{top}/digest/{{{{ run.date }}}}.md", "content": "x"}}],
        })  # fmt: skip
    return Recipe.model_validate({
        "name": f"r{number}", "triggers": [{"watch": [str(top / folder) for folder in folders]}],
        "actions": [{kind: filled(ACTION[kind], top)} for kind in actions],
    })  # fmt: skip


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(WATCHING, SCHEDULED), max_size=3))
def test_the_words_and_the_rules_are_one_list(shapes):
    """Every folder in the words is in a rule, every rule beyond the machine's and homebody's own is in the words."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve()
        for folder in ("in/deep", "other", "home/recipes", "home/state"):
            (top / folder).mkdir(parents=True)
        (top / "link").symlink_to(top / "other")
        home = find_home({}, top / "home")
        recipes = [recipe(top, number, shape) for number, shape in enumerate(shapes)]
        assert {} == make_folders(recipes)
        rules = rules_of(policy_for(home, Settings(), recipes))
        told = [permitted(one) for one in recipes]
        reads = {folder for one in told for folder in one["reads"]}
        writes = {folder for one in told for folder in one["writes"]}
        machine = set(rules_of(seal.daemon_policy(read=[], write=[])))
        own = {str(path.resolve()) for path in own_reads(home, Settings())}

        for path, access in rules:
            if (path, access) in machine:
                continue
            if access == WRITE:
                assert str(path) in writes | {str(home.state)}
            else:
                assert access == READ
                assert str(path) in reads | own
        for folder in reads | writes:
            above = {folder, *map(str, Path(folder).parents)}
            granted = 0
            for path, access in rules:
                granted |= access if str(path) in above else 0
            assert granted & READ == READ
            assert (granted & WRITE == WRITE) is bool(above & writes)
        for one, said in zip(recipes, told, strict=True):
            words = "\n".join(permitted_in_words(one))
            assert all(folder in words for folder in said["reads"] + said["writes"])


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(WATCHING)
def test_a_watched_folder_is_written_only_if_an_action_changes_the_file_there(shape):
    """What writes elsewhere leaves the watched folders read-only."""
    folders, actions = shape
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve()
        for folder in ("in/deep", "other"):
            (top / folder).mkdir(parents=True)
        (top / "link").symlink_to(top / "other")
        needs = recipe(top, 0, shape).permissions()
        watched = {os.path.realpath(top / folder) for folder in folders}
        assert watched == {str(folder) for folder in needs.reads}
        written = {str(folder) for folder in needs.writes}
        assert bool(watched & written) is any(kind in IN_PLACE for kind in actions)
        elsewhere = {"move": "archive", "write": "out", "append": "logs"}
        own = {str(top / elsewhere[kind]) for kind in actions if kind in elsewhere}
        assert own <= written
        assert written <= own | watched


def test_recipes_that_are_links_are_read_where_they_lie(tmp_path: Path):
    """Who keeps recipes elsewhere and links to them: each of these files may be read, and no more of that folder."""
    elsewhere = tmp_path / "dotfiles"
    (tmp_path / "home" / "recipes").mkdir(parents=True)
    elsewhere.mkdir()
    for name in ("one.yaml", "private.yaml"):
        (elsewhere / name).write_text("x", encoding="utf-8")
    (tmp_path / "home" / "recipes" / "one.yaml").symlink_to(elsewhere / "one.yaml")
    own = own_reads(find_home({}, tmp_path / "home"), Settings())
    assert elsewhere / "one.yaml" in own
    assert not own & {elsewhere, elsewhere / "private.yaml"}


GONE_ASTRAY = """
import json, sys
from pathlib import Path
from homebody import seal
from homebody.paths import find_home
from homebody.recipe.load import load_recipe
from homebody.service.sealing import policy_for
from homebody.settings import Settings

top = Path(sys.argv[1])
seal.enter(policy_for(find_home({}, top), Settings(), [load_recipe(top / "recipe.yaml")]))
aims = [seal.ProbeTargets(outside=str(top / name)) for name in ("in", "out")]
print(json.dumps([seal.run_probes(["write_outside"], aim)[0].to_dict() for aim in aims]))
"""


def test_what_is_only_watched_cannot_be_written_even_by_a_daemon_gone_astray(tmp_path: Path):
    """In the seal of a recipe, the watched folder refuses a new file, and the one that it writes takes it."""
    top = tmp_path.resolve()
    for name in ("in", "out", "config/recipes", "state"):
        (top / name).mkdir(parents=True)
    (top / "recipe.yaml").write_text(
        f"version: 1\nname: beside\ntriggers: [{{watch: {top}/in}}]\n"
        f"actions: [{{write: {{dest: '{top}/out/{{{{ file.stem }}}}.txt', content: x}}}}]\n"
    )
    home = find_home({}, top)
    for folder in (home.config, home.state, home.recipes):
        folder.mkdir(parents=True, exist_ok=True)
    child = subprocess.run(
        [sys.executable, "-c", GONE_ASTRAY, str(top)], capture_output=True, text=True, check=False
    )
    assert (0, "") == (child.returncode, child.stderr)
    watched, written = (seal.ProbeResult.from_dict(one) for one in json.loads(child.stdout))
    assert watched.refused
    assert written.reached
