"""Tab in real shells: commands, options, choices, recipes, and the runs of a homebody that runs."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from listening import listening

from homebody.cli.completers import proposed_words
from homebody.paths import find_home

RECIPE = "# mine\nname: {name}\ntriggers: [{{watch: ~/Notes}}]\nactions: [{{write: x}}]\n"
RUNS = [{"id": 341, "recipe": "file-bills", "state": "done"}, {"id": 329, "recipe": "tag", "state": "done"}]


@pytest.fixture
def person(tmp_path: Path) -> dict[str, str]:
    """The environment of a person with two recipes and a file, for whom `homebody` is this one."""
    recipes = tmp_path / "house" / "recipes"
    recipes.mkdir(parents=True)
    (recipes / "bills.yaml").write_text(RECIPE.format(name="file-bills"), encoding="utf-8")
    (recipes / "broken.yaml").write_text("name: filings\n - nothing\n", encoding="utf-8")
    (tmp_path / "boiler.md").write_text("x", encoding="utf-8")
    tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": tools, "HOME": str(tmp_path), "HOMEBODY_HOME": str(tmp_path / "house"), "TERM": "dumb",
            "PS1": "ready> ", "LC_ALL": "C.UTF-8"}  # fmt: skip


@contextmanager
def terminal(command: list[str], person: dict[str, str]) -> Iterator[Callable[[str, str], str]]:
    """Run a shell at a terminal; what it yields types something and returns what is shown until a pattern is there."""
    child, master = pty.fork()
    if child == 0:
        os.chdir(person["HOME"])
        os.execvpe(command[0], command, person)

    def typed(text: str, until: str) -> str:
        os.write(master, text.encode())
        shown, deadline = "", time.monotonic() + 30
        while not re.search(until, shown):
            ready, _, _ = select.select([master], [], [], max(0, deadline - time.monotonic()))
            assert ready, shown
            shown += os.read(master, 4096).decode("utf-8", "replace").replace("\x07", "")
        return shown

    try:
        yield typed
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(master)


SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(homebody completion bash)"; echo set""up\n'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'PS1="ready> "; autoload -U compinit; compinit -u -D; eval "$(homebody completion zsh)"; echo set""up\n',
    ),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes(person: dict[str, str], shell: str):
    """A command, an option of it, a choice, a recipe's name even of one with mistakes, and a file."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    command, setting_up = SHELLS[shell]
    with terminal(command, person) as typed:
        typed(setting_up, r"[^\"]setup")
        for begun, whole in (
            ("homebody backf", "homebody backfill "),
            ("homebody prove --verb", "homebody prove --verbose "),
            ("homebody history --state und", "undo"),
            ("homebody show file-", "homebody show file-bills "),
            ("homebody show fili", "homebody show filings "),
            ("homebody why boil", "homebody why boiler.md "),
            ("homebody review rej", "homebody review reject "),
        ):
            typed(f"{begun}\t", re.escape(whole.removeprefix(begun)))
            typed("\x15", "")


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
def test_fish_completes_and_says_what_each_is(person: dict[str, str], tmp_path: Path):
    """fish shows what each command does and which run a number stands for."""

    def completed(line: str) -> list[str]:
        script = f"homebody completion fish | source; complete -C '{line}'"
        done = subprocess.run(["fish", "--no-config", "-c", script], env=person, cwd=person["HOME"],
                              capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
        return done.stdout.splitlines()

    assert ["backfill\tLet a recipe do what was there before it."] == completed("homebody backf")
    assert ["file-bills", "filings"] == completed("homebody run fil")
    routes = {("GET", "/v1/runs"): lambda _asked: {"runs": RUNS}}
    home = find_home({"HOMEBODY_HOME": person["HOMEBODY_HOME"]})
    with listening(home.socket, routes):
        assert ["341\tfile-bills (done)", "329\ttag (done)"] == sorted(
            completed("homebody show 3"), reverse=True
        )
        assert ["341\tfile-bills (done)"] == completed("homebody undo 34")
    assert [] == completed("homebody retry 3")


def test_the_runs_of_the_states_that_count_are_asked_for(person: dict[str, str], tmp_path: Path):
    """What can be tried again is something else than what can be taken back; options lead to another home, too."""
    asked: list[object] = []

    def runs(said: object) -> dict[str, object]:
        asked.append(said)
        return {"runs": RUNS}

    other = tmp_path / "other"
    with listening(find_home({}, other).socket, {("GET", "/v1/runs"): runs}):
        for words in ("retry ", "review accept ", "undo "):
            line = f"homebody --home {other} {words}"
            environment = person | {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split())),
                                    "_HOMEBODY_COMPLETE": "bash_complete"}  # fmt: skip
            done = subprocess.run(["homebody"], env=environment, capture_output=True, text=True, check=True)
            assert {"plain,341", "plain,329"} <= set(done.stdout.splitlines()), words
    assert ["failed,quarantined,skipped", "waiting", "done"] == [dict(one)["state"] for one in asked]


def test_a_word_from_a_document_never_becomes_a_command(tmp_path: Path):
    """A proposed word that means something to a shell is not offered: some shells would put it there unquoted."""
    import click

    from homebody.cli.main import cli

    words = ["garden", "naïve.2", "$(touch x)", "a;b", "`x`", "-rf", "two words", "x*", "a\nb", ">x"]
    proposed = {"proposed": [{"word": word, "recipe": "tags"} for word in words]}
    context = click.Context(cli)
    context.params["home"] = tmp_path
    with listening(find_home({}, tmp_path).socket, {("GET", "/v1/tags"): lambda _asked: proposed}):
        found = proposed_words(context, click.Argument(["words"]), "")
    assert ["garden", "naïve.2"] == [item.value for item in found]
