"""The seal on a Mac, for real: run by the macOS job alone, and skipped everywhere else."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from homebody.seal import LIMITS, PROBES, Targets, Tier, control
from homebody.seal.apple import Apple, kernel_path
from homebody.seal.policy import Policy, daemon_policy, model_policy, reader_policy
from homebody.seal.seatbelt import Profile, profile
from homebody.seal.seatbelt_entry import HEAD, as_the_kernel_says

pytestmark = [
    pytest.mark.macos,
    pytest.mark.skipif(str(sys.platform) != "darwin", reason="only a Mac can show it"),
]

HANDFUL = {"tcp", "udp", "dns", "unix", "child", "write_outside"}

TRY = """
import threading
from homebody.seal import this_system
folder = Path(given["folder"])
policies = {
    "daemon": lambda: seal.daemon_policy(read=[], write=[folder], control=folder / "control.sock"),
    "model": lambda: seal.model_policy(model=folder / "model.gguf"),
    "reader": seal.reader_policy,
}
policy = policies[given["tier"]]()
names, targets = given["names"], seal.ProbeTargets(**given["targets"])
ahead = threading.Event()
early = []
thread = threading.Thread(target=lambda: (ahead.wait(), early.extend(seal.run_probes(["tcp"], targets))))
thread.start()
report = seal.enter(policy)
ahead.set()
thread.join()
told({"report": report.to_dict(), "early": [one.to_dict() for one in early],
      "results": [one.to_dict() for one in seal.run_probes(names, targets)]})
"""

WORK = """
import sqlite3, time
folder = Path(given["folder"])
seal.enter(seal.daemon_policy(read=[Path(given["notes"])], write=[folder], control=folder / "control.sock"))
made = folder / "Würzig 'a'.md"
made.write_text("x")
made.replace(folder / "b.md")
(folder / "sub").mkdir()
(folder / "sub").rmdir()
with sqlite3.connect(folder / "journal.db") as journal:
    journal.execute("pragma journal_mode = wal")
    journal.execute("create table t (a)")
journal.close()
told({"read": (Path(given["notes"]) / "note.md").read_text(), "zone": time.localtime().tm_zone,
      "machine": os.uname().machine,
      "write": name_of_refusal(lambda: (Path(given["notes"]) / "new.md").write_text("x")),
      "link": name_of_refusal(lambda: os.symlink("/etc", folder / "link"))})
"""


@pytest.fixture(scope="module")
def targets() -> Iterator[Targets]:
    """Yield what the probes aim at."""
    with Targets() as opened:
        yield opened


def policies(folder: Path) -> dict[str, Policy]:
    """Return the policies of this very Python."""
    (folder / "model.gguf").write_bytes(b"GGUF")
    return {
        "daemon": daemon_policy(read=[], write=[folder], control=folder / "control.sock"),
        "model": model_policy(model=folder / "model.gguf"),
        "model-gpu": model_policy(model=folder / "model.gguf", gpu=True),
        "reader": reader_policy(),
    }


def made(policy: Policy) -> Profile:
    """Return the profile of *policy* as the kernel spells its paths."""
    return profile(as_the_kernel_says(policy, kernel_path))


@pytest.mark.parametrize("name", ["daemon", "model", "model-gpu", "reader"])
def test_every_line_compiles(name: str, tmp_path: Path) -> None:
    """Mandatory lines compile; of the optional ones those that do not are named in the test's warnings."""
    whole = made(policies(tmp_path)[name])
    said = {
        line.text: why
        for line in whole.lines
        if line.text not in HEAD
        and (why := Apple().complaint(HEAD + line.text, whole.parameters)) is not None
    }
    print(json.dumps(said, indent=1))
    assert [line.text for line in whole.lines if line.text in said and not line.optional] == []


def test_a_broken_profile_does_not_compile() -> None:
    """The compiler that we ask does say no."""
    assert Apple().complaint(HEAD + "(deny an-operation-of-nowhere)", ()) is not None


@pytest.mark.parametrize("tier", Tier)
def test_nothing_gets_out(tier: Tier, targets: Targets, child: Callable[..., Any], tmp_path: Path) -> None:
    """In each tier every way that works unsealed is refused, also for a thread that was there before the seal."""
    policies(tmp_path)
    names = [one.name for one in PROBES]
    free = {one.name: one for one in control(names, targets.targets)}
    assert {name for name in HANDFUL if free[name].reached} == HANDFUL
    before = targets.arrived
    told = child(TRY, tier=tier, folder=str(tmp_path), names=names, targets=targets.targets.to_dict())
    print(json.dumps(told, indent=1))
    assert [one["name"] for one in told["results"] if one["reached"]] == []
    assert [one["name"] for one in told["results"] if one["skipped"] and free[one["name"]].reached] == []
    assert [one["reached"] for one in told["early"]] == [False]
    assert sum(one.reached for one in free.values()) >= 40
    assert targets.arrived == before


def test_known_limit_is_one(targets: Targets) -> None:
    """What is named as out of reach is really there."""
    assert [one.reached for one in control([limit.name for limit in LIMITS], targets.targets)] == [True]


def test_work_goes_on_inside(child: Callable[..., Any], tmp_path: Path) -> None:
    """A sealed daemon writes, renames, keeps SQLite in WAL mode, reads what it may, and writes nowhere else."""
    notes, folder = tmp_path / "notes", tmp_path / "state"
    notes.mkdir()
    folder.mkdir()
    (notes / "note.md").write_text("hello")
    told = child(WORK, folder=str(folder), notes=str(notes))
    assert told["read"] == "hello"
    assert told["machine"]
    assert (told["write"], told["link"]) == ("EPERM", "EPERM")
