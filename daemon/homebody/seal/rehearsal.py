"""Would the daemon's seal go on, on this computer? Tried in a child process that ends right after."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from homebody.errors import SealError
from homebody.seal.entry import enter
from homebody.seal.policy import daemon_policy
from homebody.seal.report import SealReport

SECONDS = 60
COMMAND = "from homebody.seal.rehearsal import main; main()"


def rehearse() -> SealReport:
    """Return what the daemon's seal would be; raise SealError with the reason and the cure why it would not.

    To be called from an unsealed process.
    """
    with tempfile.TemporaryDirectory(prefix="homebody-rehearsal-") as folder:
        done = subprocess.run(
            [sys.executable, "-I", "-c", COMMAND, folder],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    try:
        told = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        last = done.stderr.strip().rpartition("\n")[2]
        raise SealError(
            f"The trial process ended with exit code {done.returncode}: {last}",
            hint="homebody has to be installed for this very Python (pip install .).",
        ) from error
    if "refused" in told:
        raise SealError(told["refused"], hint=told["hint"])
    return SealReport(**told["report"] | {"missing": tuple(told["report"]["missing"])})


def main() -> None:
    """Seal this process with a write list of one folder, the argument, and print what came of it as JSON."""
    try:
        report = enter(daemon_policy(read=(), write=(Path(sys.argv[1]),)))
    except SealError as error:
        sys.stdout.write(json.dumps({"refused": str(error), "hint": error.hint}) + "\n")
        return
    sys.stdout.write(json.dumps({"report": report.to_dict()}) + "\n")
