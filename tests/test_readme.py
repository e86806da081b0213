"""What the README says is so: its YAML loads, its commands run, its links lead somewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from homebody.cli.main import COMMANDS
from homebody.cli.throwaway import Throwaway
from homebody.paths import find_home
from homebody.recipe.load import load_recipe
from homebody.seal.attempts import macos
from homebody.seal.probes import LINUX_PROBES
from homebody.settings import load_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRIED = {
    "test",
    "cancel", "pause", "resume", "top", "report", "setup", "model",
    "demo", "new", "list", "check", "show", "serve", "status", "history", "why", "run", "review", "tags", "backfill",
    "retry", "undo", "ask", "chat", "forget", "vault", "prove", "doctor", "install", "uninstall", "start", "stop",
    "restart", "logs", "reload", "bench", "quantize", "compare", "schema", "completion", "man", "bridge",
    "notices", "import",
}  # fmt: skip
"""The commands that tests/cli and tests/e2e run."""


def blocks(kind: str) -> list[str]:
    """Return the README's fenced blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_ways_out_are_counted():
    """The README says how many are tried on each system."""
    assert f"the {len(LINUX_PROBES)} ways out that we know ({len(macos.PROBES)} on macOS)" in README


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


def test_every_shipped_recipe_has_a_line():
    """The gallery names what is shipped, and nothing else."""
    table = README.split("| recipe | what it does |")[1].split("\n\n")[0]
    assert {path.stem for path in (ROOT / "recipes").glob("*.yaml")} == set(
        re.findall(r"^\| `([\w-]+)` \|", table, flags=re.MULTILINE)
    )


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


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home folder of a person whose homebody runs, with a bill in it."""
    folder = tmp_path_factory.mktemp("person")
    state = folder / ".local" / "state" / "homebody"
    made = Throwaway(folder / "house")
    (folder / "house").mkdir()
    made.start()
    made.until(lambda: made.status() is not None, 60, "the daemon")
    state.mkdir(parents=True)
    (state / "control.sock").symlink_to(made.home.socket)
    (folder / "bill.pdf").write_bytes(bill())
    (folder / "home.txt").write_text(str(made.home.config), encoding="utf-8")
    yield folder
    made.stop()


def bill() -> bytes:
    """Return a PDF with one line."""
    line = b"BT /F1 18 Tf 72 720 Td (Miller Plumbing, total 120 EUR, to be paid by 3 May 2026) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(line), line),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (len(objects) + 1, table, end)


def typed(person: Path, *command: str) -> str:
    """Run a command as the person, in their home folder, and return what it prints."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(person),
        "HOMEBODY_HOME": (person / "home.txt").read_text(encoding="utf-8"),
        "http_proxy": "http://127.0.0.1:9",  # nobody listens there: what would go to a proxy fails
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        command, cwd=person, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def section() -> str:
    """Return the section that says how to ask the model."""
    return README.split("## Ask it yourself")[1].split("\n## ")[0]


def test_the_lines_that_ask_are_answered(person: Path):
    """Each `homebody ask` of the README gets an answer as it stands."""
    lines = [line for line in section().splitlines() if line.startswith("homebody ask")]
    assert 2 == len(lines)
    for line in lines:
        answer = typed(person, "sh", "-c", line)
        assert answer.strip()
    assert {"vendor", "due", "total", "kind", "tags"} == set(json.loads(answer)["answer"])


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_line_for_curl_is_answered(person: Path):
    """The README's curl line gets an answer as it stands."""
    line = section().split("curl ")[1].split("```")[0]
    assert json.loads(typed(person, "sh", "-c", f"curl {line}"))["choices"][0]["message"]["content"]


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_the_lines_for_python_are_answered(person: Path, number: int):
    """The README's Python lines print an answer as they stand."""
    assert typed(person, sys.executable, "-c", blocks("python")[number]).strip()


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here")
def test_the_lines_for_node_are_answered(person: Path):
    """The README's JavaScript prints an answer as it stands."""
    (lines,) = blocks("js")
    assert json.loads(typed(person, "node", "-e", lines))["choices"][0]["text"]
