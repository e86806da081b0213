"""A sealed homebody that stands still is ended by its own watchdog, and the next one tells of it."""

import json
import subprocess
import sys

from homebody.service.lock import holder
from homebody.service.pulse import KEPT

STANDS_STILL = """
import sys
from homebody.service import pulse
pulse.BEAT_SECONDS = 3600.0
pulse.Watchdog.__init__.__kwdefaults__["seconds"] = 0.5
from homebody.cli.main import cli
sys.argv = sys.argv[4:]
cli()
"""


def test_one_that_stands_still_is_ended_inside_the_seal(house, monkeypatch, tmp_path):
    """It ends with 1, so that systemd starts it again; what its threads did is kept, and the next start says so."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    command = [sys.executable, "-c", STANDS_STILL, *house.command()]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1, ended.stderr
    assert holder(house.home.lock) is None
    left = house.home.log.with_name("stuck.txt")
    assert "in pulse" in left.read_text()
    monkeypatch.delenv("NOTIFY_SOCKET")
    house.start(model=False)
    log = [json.loads(line)["event"] for line in house.home.log.read_text().splitlines()]
    assert log.count(f"homebody had stood still; what it did is in {KEPT} beside this log") == 1
    assert "in pulse" in left.with_name(KEPT).read_text()
