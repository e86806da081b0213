"""The house rules, checked by the tools that know them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "daemon" / "homebody"
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "daemon", "recipes", "launchd", "tests"}
SPAWNERS = {"model/process.py", "documents/child.py", "secrets.py"}
STARTS = {("subprocess", name) for name in ("Popen", "run", "call", "check_call", "check_output")} | {
    ("os", name) for name in ("system", "popen", "fork", "execv", "execve", "execvp", "posix_spawn", "spawnv")
}


def tool(*command: str) -> None:
    """Run a tool of the test extra and fail with what it says."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing():
    """Ruff's rules hold in the package, in the starter's maker and in the tests."""
    tool("ruff", "check", "daemon", "tests")


def test_ruff_would_format_nothing():
    """Everything is formatted as ruff formats it."""
    tool("ruff", "format", "--check", "daemon", "tests")


@pytest.mark.parametrize("platform", ["linux", pytest.param("darwin", marks=pytest.mark.long)])
def test_mypy_finds_nothing(platform: str):
    """The package is typed, strictly, for each system on which it runs."""
    tool("mypy", "--platform", platform)


def test_imports_go_down_the_floors():
    """The contracts of import-linter in pyproject.toml hold."""
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([script, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def modules() -> list[Path]:
    """Return every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_can_be_held_in_the_head(path: Path):
    """No module has more than 300 lines, and each begins with what it is about."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text)), "a module says in its first line which question it answers"


def test_a_file_of_tests_can_be_held_in_the_head():
    """No file of the tests has more than 300 lines either."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "tests").rglob("*.py")
    }
    assert {} == {name: length for name, length in lengths.items() if length > 300}


def test_only_the_command_line_and_the_log_print():
    """Nobody but the cli writes to the person's terminal (the log has its own way)."""
    found = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert {name for name in found if not name.startswith("cli/")} <= {
        "logs.py",
        "seal/probes.py",
        "seal/unsealed.py",
    }


def test_only_two_kinds_of_child_are_started():
    """Processes are started by the model's, the reader's and the keyring's side, the seal's trials, and the cli."""
    found = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in STARTS
    }
    assert {name for name in found if not name.startswith(("cli/", "seal/"))} == SPAWNERS


def test_the_top_level_holds_only_what_belongs_there():
    """The top level has the project's folders, its three files, and dot-files."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_the_starter_model_fits_the_wheel():
    """The model that ships is smaller than 8 MB."""
    assert (PACKAGE / "model" / "starter.gguf").stat().st_size < 8_000_000
