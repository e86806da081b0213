"""A process sealed as the daemon is, which reads documents in its reader as the daemon does."""

import json
import os
import sys
from pathlib import Path

from homebody import seal
from homebody.clock import SystemClock
from homebody.documents.file import take
from homebody.documents.reader import Reader


def main() -> None:
    """Enter the seal, read each named document, and print what came of it as JSON."""
    folder = Path(sys.argv[1])
    seal.close_inherited({0, 1, 2})
    seal.scrub_environment_here()
    report = seal.enter(seal.daemon_policy(read=[folder], write=[]))
    reader = Reader(clock=SystemClock())
    texts = {}
    for path in sorted(folder.iterdir()):
        snapshot = take(path)
        texts[path.name] = reader.read(snapshot.data, path.suffix).text
    results = reader.probe(None, seal.ProbeTargets())
    said = {"tier": report.tier, "texts": texts, "reader": dict(reader.seal or {}), "pid": reader.pid}
    said["reached"] = [result.name for result in results if result.reached and result.name not in seal.LIMITS]
    said["refused"] = sum(result.refused for result in results)
    reader.stop()
    os.write(1, json.dumps(said).encode())


main()
