"""The model and the reader are started by the sealed daemon: their seal goes on inside its seal."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SOURCE = str(Path(__file__).parents[2] / "daemon")

STACK = """
import subprocess
folder, model = Path(given["folder"]), Path(given["model"])
report = seal.enter(seal.daemon_policy(read=[model.parent, Path(given["source"])], write=[folder]))
INNER = '''
import json, os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from homebody import seal
model, targets, tier = Path(sys.argv[2]), seal.ProbeTargets(**json.loads(sys.argv[3])), sys.argv[4]
report = seal.enter(seal.model_policy(model=model) if tier == "model" else seal.reader_policy())
results = [result.to_dict() for result in seal.run_probes(None, targets)]
print(json.dumps({"report": report.to_dict(), "results": results}), flush=True)
sys.stdin.read()
'''
targets = json.dumps({"outside": given["outside"]})
command = [sys.executable, "-I", "-c", INNER, given["source"], str(model), targets, given["tier"]]
inner = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
line = inner.stdout.readline()
status = [thread.to_dict() for thread in seal.seal_status(inner.pid)]
inner.communicate(timeout=30)
told({"inner": json.loads(line), "status": status, "outer": report.to_dict(), "ended": inner.returncode})
"""


@pytest.mark.parametrize("tier", ["model", "reader"])
@pytest.mark.parametrize("who", ["ourselves", "ordinary user"])
def test_child_seals_itself_further(
    tier: str, who: str, child: Callable[..., Any], request: pytest.FixtureRequest, everyone_folder: Path
) -> None:
    """A child of the sealed daemon puts its own layers on top, and nothing gets out of it."""
    run = child if who == "ourselves" else request.getfixturevalue("as_user")
    for name in ("written", "models", "outside"):
        (everyone_folder / name).mkdir()
        (everyone_folder / name).chmod(0o777)
    model = everyone_folder / "models" / "one.gguf"
    model.write_bytes(b"GGUF")
    (everyone_folder / "outside" / "secret.txt").write_bytes(b"s" * 64)
    told = run(
        STACK, folder=str(everyone_folder / "written"), outside=str(everyone_folder / "outside"),
        model=str(model), source=SOURCE, tier=tier,
    )  # fmt: skip
    assert told["ended"] == 0
    assert told["inner"]["report"]["tier"] == tier
    assert told["inner"]["report"]["seccomp_sha256"] != told["outer"]["seccomp_sha256"]
    assert [thread["filters"] for thread in told["status"]] == [2]
    assert all(thread["sealed"] for thread in told["status"])
    tried = [result for result in told["inner"]["results"] if result["skipped"] is None]
    assert len(tried) >= 80
    assert [result for result in tried if result["reached"]] == []


def test_grandchild_of_the_daemon_has_its_limits(child: Callable[..., Any], tmp_path: Path) -> None:
    """A child that seals itself no further still has the daemon's seal: the write list and no sockets."""
    code = """
import subprocess
seal.enter(seal.daemon_policy(read=[], write=[Path(given["folder"])]))
ask = '''
import os, socket, sys
said = []
for act in (lambda: open(sys.argv[1] + "/fine", "w"), lambda: open("/tmp/homebody-not-here", "w"), socket.socket):
    try:
        act()
        said.append("done")
    except OSError as error:
        said.append(error.errno)
print(said)
'''
told(subprocess.run([sys.executable, "-I", "-c", ask, given["folder"]], capture_output=True, text=True).stdout.strip())
"""
    assert child(code, folder=str(tmp_path)) == "['done', 13, 1]"
    assert not os.path.lexists("/tmp/homebody-not-here")


def test_real_model_and_reader_work_under_the_sealed_daemon(
    child: Callable[..., Any], tmp_path: Path
) -> None:
    """The real clients start their processes inside the daemon's seal; both answer, and nothing gets out of them."""
    code = """
from homebody.clock import SystemClock
from homebody.documents.reader import Reader
from homebody.messages import Message, Part
from homebody.model.client import ModelClient
from homebody.paths import starter_model
seal.enter(seal.daemon_policy(read=[starter_model().parent], write=[Path(given["folder"])]))
names = [probe.name for probe in seal.PROBES]
model, reader = ModelClient(starter_model(), clock=SystemClock()), Reader(clock=SystemClock())
ready = model.start()
answer = model.generate([Message(role="user", parts=(Part(text="Boats."),))], grammar=None, max_tokens=4)
text = reader.read(b"A note about boats.", ".txt").text
results = [*model.probe(names, seal.ProbeTargets()), *reader.probe(names, seal.ProbeTargets())]
sealed = [thread.sealed for pid in (ready.pid, reader.pid) for thread in seal.seal_status(pid)]
reader.stop()
model.stop()
told([answer.answer_tokens > 0, text, all(sealed), [result.name for result in results if result.reached],
      sum(result.refused for result in results)])
"""
    answered, text, sealed, reached, refused = child(code, folder=str(tmp_path))
    assert (answered, text.strip(), sealed, reached) == (True, "A note about boats.", True, [])
    assert refused > 150
