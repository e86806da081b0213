"""A model that is chosen, changed behind the daemon's back, and one that does not fit: by the real daemon."""

import subprocess
import sys
from pathlib import Path

from homebody.paths import starter_model


def typed(house, *words: str) -> str:
    """Return what a command prints."""
    command = [sys.executable, "-I", "-m", "homebody", "--home", str(house.home.config), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_chosen_used_and_refused_when_it_has_changed(house, tmp_path: Path):
    """`model use` writes what the daemon loads, `status` shows the estimate beside the peak; another byte is refused,
    the other recipes go on, and choosing it again mends it."""
    path = tmp_path / "mine.gguf"
    path.write_bytes(starter_model().read_bytes())
    assert "Next: `homebody start`" in typed(house, "model", "use", str(path), "--context", "1024")
    house.start()
    status = house.status()
    assert ("ready", 1024, str(path)) == (
        status["model"]["state"], status["model"]["context"], status["model"]["path"]
    )  # fmt: skip
    reckoned, peak = status["model"]["fit"]["need"]["total"], status["model"]["peak_bytes"]
    assert 0.97 <= reckoned / peak < 1.5
    assert "MB so far" in typed(house, "status")
    house.stop()

    with path.open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    house.start()
    problem = house.status()["model"]["problem"]
    assert "is not the one that you chose any more" in problem
    assert f"homebody model use {path}" in problem
    assert "Next: `homebody restart`" in typed(house, "model", "use", str(path))
    house.stop()
    house.start()
    assert "ready" == house.status()["model"]["state"]


def test_refused_under_a_limit_while_the_rest_goes_on(house, tmp_path: Path):
    """With a real limit on memory that the model's sum exceeds, nothing is loaded, the sum is told, and recipes
    that need no model go on."""
    path = tmp_path / "large.gguf"
    path.write_bytes(starter_model().read_bytes())
    with path.open("r+b") as file:  # weights that nobody will read
        file.truncate(2_000_000_000)
    house.recipe("tidy", f"""
version: 1
name: tidy
triggers: [{{watch: {house.notes}, settle: 100ms}}]
actions: [{{rename: "tidied {{{{ file.name }}}}"}}]
""")  # fmt: skip
    house.settings(f"settle: 0.1\nrescan: 2\nmodel: {path}\n")
    house.start(launcher=["prlimit", "--data=300000000:"])
    problem = house.status()["model"]["problem"]
    assert "The model homebody starter does not fit: with 2048 tokens of context it takes " in problem
    assert "it may take 281.2 MB: 300.0 MB of 300.0 MB are free" in problem
    house.drop("roof.md", "The roof leaks.\n")
    house.until((house.notes / "tidied roof.md").exists)
