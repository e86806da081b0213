"""Would the daemon's seal go on, on this computer? Tried in a child process that ends right after."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from homebody.errors import SealError
from homebody.seal.entry import enter
from homebody.seal.policy import daemon_policy
from homebody.seal.report import SealReport
from homebody.seal.trying import Tried, try_folders

SECONDS = 60
COMMAND = "from homebody.seal.rehearsal import main; main()"


def rehearse() -> SealReport:
    """Return what the daemon's seal would be; raise SealError with the reason and the cure why it would not.

    To be called from an unsealed process.
    """
    return rehearse_with((), ())[0]


def rehearse_with(
    read: Iterable[Path], write: Iterable[Path], *, patience: float = SECONDS
) -> tuple[SealReport, list[Tried]]:
    """Return what the daemon's seal would be, and what it would find when it tries these folders inside it.

    To be called from an unsealed process. Raises SealError as ``rehearse`` does, also for a folder that is not
    there, and when the trial is not over within *patience* seconds.
    """
    asked = {"read": [str(path) for path in read], "write": [str(path) for path in write]}
    with tempfile.TemporaryDirectory(prefix="homebody-rehearsal-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", COMMAND, folder, json.dumps(asked)],
                capture_output=True,
                text=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SealError(
                f"The trial process did not end within {patience:g} seconds: a folder does not answer.",
                hint="Is one of the recipes' folders on a network or a disk that is gone?",
            ) from error
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
    report = SealReport(**told["report"] | {"missing": tuple(told["report"]["missing"])})
    return report, [Tried(**one) for one in told["tried"]]


def main() -> None:
    """Seal this process and try the folders inside, then print what came of it as JSON.

    The arguments are a folder that may be written, and JSON with the folders to ``read`` and to ``write``.
    """
    asked = json.loads(sys.argv[2])
    read, write = ([Path(name) for name in asked[purpose]] for purpose in ("read", "write"))
    try:
        report = enter(daemon_policy(read=read, write=(Path(sys.argv[1]), *write)))
    except SealError as error:
        sys.stdout.write(json.dumps({"refused": str(error), "hint": error.hint}) + "\n")
        return
    tried = [one.to_dict() for one in try_folders(read, write)]
    sys.stdout.write(json.dumps({"report": report.to_dict(), "tried": tried}) + "\n")
