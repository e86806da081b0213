"""Does all that keeps work safe also hold inside the seal, where the kernel refuses chmod and its kin?"""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

IN_THE_SEAL = """
import hashlib, json, os, sys
from pathlib import Path
from homebody import seal
from homebody.actions.apply import put, sweep, take_away
from homebody.actions.effect import Put
from homebody.clock import SystemClock
from homebody.events import FileSettled
from homebody.house.recover import recover
from homebody.house.undo import undo
from homebody.journal.run import EffectRow, RunState
from homebody.journal.store import Journal
from homebody.journal.vault import Vault

notes, state = Path(sys.argv[1]), Path(sys.argv[2])
journal = Journal.open(state / "journal.db", SystemClock())
seal.enter(seal.daemon_policy(read=[notes], write=[notes, state]))
vault = Vault(state / "vault", bytes(32))
sha = lambda data: hashlib.sha256(data).hexdigest()

def refused(deed):
    try:
        deed()
    except PermissionError:
        return True
    return False

def run(path, content, made=0):
    number = journal.enqueue(recipe="r", recipe_hash="h", event=FileSettled(path=path, content="c"), key=str(path),
                             path=path, content="c", origin="c", due=None)
    journal.claim()
    old = path.read_bytes() if path.exists() else None
    row = EffectRow(id=None, run=number, ordinal=0, kind="write", path=path, before=sha(old) if old else None,
                    after=sha(content), origin=None, before_image=vault.put(old) if old else None,
                    after_image=vault.put(content), mode=None, before_mode=None, made=made, state="intended")
    journal.plan(number, [row])
    return number

first, second = run(notes / "a.md", b"tagged"), run(notes / "new" / "b.md", b"summary", made=1)
(notes / ".homebody-1.tmp").write_bytes(b"a crash's")
found = recover(journal, vault)
modes = {path.name: path.stat().st_mode & 0o777 for path in (notes / "a.md", notes / "new" / "b.md")}
texts = [(notes / "a.md").read_text(), (notes / "new" / "b.md").read_text()]
undo(journal, vault, second)
undo(journal, vault, first)
print(json.dumps({
    "chmod_refused": refused(lambda: os.chmod(notes / "a.md", 0o777)),
    "recovered": [found.finished, found.swept],
    "modes": modes,
    "texts": texts,
    "states": [journal.run(number).state for number in (first, second)],
    "purged": vault.purge(bytes_at_most=0),
}))
journal.close()
"""


@pytest.fixture
def sealed(tmp_path: Path) -> dict[str, Any]:
    """Return what a sealed process says of a recovery and an undo in a folder of notes."""
    if sys.platform != "linux":
        pytest.skip("the seal is Linux's")
    (tmp_path / "notes").mkdir()
    (tmp_path / "state").mkdir()
    (tmp_path / "notes" / "a.md").write_bytes(b"note")
    (tmp_path / "notes" / "a.md").chmod(0o640)
    command = [sys.executable, "-c", IN_THE_SEAL, str(tmp_path / "notes"), str(tmp_path / "state")]
    child = subprocess.run(command, capture_output=True, text=True, check=False, umask=0o077)
    assert child.returncode == 0, child.stderr
    told: dict[str, Any] = json.loads(child.stdout)
    return told


def test_a_plan_is_finished_and_taken_back_inside_the_seal(sealed: dict[str, Any], tmp_path: Path) -> None:
    """Though chmod is refused, the person's mode is kept, and everything ends as it was."""
    assert {
        "chmod_refused": True,
        "recovered": [2, 1],
        "modes": {"a.md": 0o640, "b.md": 0o600},
        "texts": ["tagged", "summary"],
        "states": ["undone", "undone"],
        "purged": 3,
    } == sealed
    assert ["a.md"] == sorted(os.listdir(tmp_path / "notes"))  # noqa: PTH208
    path = tmp_path / "notes" / "a.md"
    assert (b"note", 0o640) == (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
