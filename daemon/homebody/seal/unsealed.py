"""Do the probes work at all? The control: the same probes in a fresh process without a seal."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from homebody.errors import HomebodyError
from homebody.seal.apart import in_a_fork
from homebody.seal.probe import ProbeResult, ProbeTargets
from homebody.seal.probes import PROBES, run_probes

SECONDS = 120
COMMAND = "from homebody.seal.unsealed import main; main()"


def control(names: Sequence[str] | None, targets: ProbeTargets) -> tuple[ProbeResult, ...]:
    """Return what the probes with these *names* do in a fresh, unsealed process.

    To be called from an unsealed process. Raises HomebodyError when the process fails.
    """
    request = {"names": None if names is None else list(names), "targets": targets.to_dict()}
    done = subprocess.run(
        [sys.executable, "-I", "-c", COMMAND],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise HomebodyError(
            f"The unsealed control process failed with exit code {done.returncode}: {last}",
            hint="homebody has to be installed for this very Python (pip install .).",
        )
    return tuple(ProbeResult.from_dict(values) for values in json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Read the request from standard input and print the results as one line of JSON."""
    request = json.loads(sys.stdin.read())
    targets = ProbeTargets(**request["targets"])
    names = request["names"] or [probe.name for probe in PROBES]
    results = [apart(name, targets).to_dict() for name in names]
    sys.stdout.write(json.dumps(results) + "\n")


def apart(name: str, targets: ProbeTargets) -> ProbeResult:
    """Run one probe in a fork of its own: a way out that works may change the process that takes it."""

    def tried() -> dict[str, Any]:
        [result] = run_probes([name], targets)
        return result.to_dict()

    result = in_a_fork(tried)
    if result is None:
        return ProbeResult(name=name, reached=False, skipped="the unsealed process died of it")
    return ProbeResult.from_dict(result)
