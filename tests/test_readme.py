"""What the README says is so: its YAML loads, its commands run, its links lead somewhere."""

import re
from pathlib import Path

import pytest
import yaml

from homebody.cli.main import COMMANDS
from homebody.paths import find_home
from homebody.recipe.load import load_recipe
from homebody.settings import load_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRIED = {
    "demo", "new", "list", "check", "show", "serve", "status", "history", "why", "run", "review", "tags", "backfill",
    "retry", "undo", "forget", "vault", "prove", "doctor", "install", "uninstall", "start", "stop", "restart",
    "logs", "reload", "bench",
}  # fmt: skip
"""The commands that tests/cli and tests/e2e run."""


def blocks(kind: str) -> list[str]:
    """Return the README's fenced blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(blocks("yaml"))))
def test_every_yaml_block_loads(tmp_path: Path, number: int):
    """A block with triggers is a recipe, any other is a settings file; both load as they stand."""
    text = blocks("yaml")[number]
    if "triggers" in yaml.safe_load(text):
        path = tmp_path / "recipe.yaml"
        path.write_text(text, encoding="utf-8")
        assert load_recipe(path).name == yaml.safe_load(text)["name"]
    else:
        home = find_home({}, tmp_path)
        home.settings.write_text(text, encoding="utf-8")
        assert load_settings(home).model is not None


def test_the_test_command_is_the_one_that_ci_runs():
    """``.ci/run`` ends with the README's test command, to the letter."""
    command = next(line for block in blocks("sh") for line in block.splitlines() if "pytest" in line)
    assert command == (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]


def test_every_command_named_is_one_and_is_tried():
    """Each `homebody WORD` of the README is a command, and a test runs it; each command is in the help."""
    named = set(re.findall(r"`homebody (\w+)", README)) | {
        line.split()[1]
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("homebody ")
    }
    assert named <= set(COMMANDS)
    assert set(COMMANDS) == TRIED


def test_links_inside_the_project_lead_somewhere():
    """A link that is no address is a file."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_the_nine_statements_stand_there():
    """What never happens is in the README, numbered."""
    section = README.split("## What never happens")[1].split("##")[0]
    assert [str(number) for number in range(1, 10)] == re.findall(r"^(\d)\. ", section, flags=re.MULTILINE)
